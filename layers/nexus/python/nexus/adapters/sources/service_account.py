"""Gets tokens of Google's for a service account, by an assertion that its own key signs.

https://developers.google.com/identity/protocols/oauth2/service-account (HTTP/REST: the claims, the
grant and its answer), https://www.rfc-editor.org/rfc/rfc7523 (2.1).
"""

from __future__ import annotations

import time
from collections.abc import Callable

import httpx2

from nexus.adapters.sources.credentials import OAuth, fields_of
from nexus.errors import ConfigurationError

TOKENS = "https://oauth2.googleapis.com/token"
_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
# The longest that Google takes; the token that it gives for it ends by itself.
_LASTS_S = 3600


def service_account(
    client: httpx2.Client,
    tokens: str,
    secret: Callable[[], str],
    scope: str,
    user: str = "",
    now: Callable[[], float] = time.time,
) -> OAuth:
    """Credentials by a key file's JSON, which is read when the first call is made.

    With `user`, a person's address, calls are made in that person's name, where the organisation
    lets the account do so (domain-wide delegation). A key that cannot sign raises
    ConfigurationError then, which does not quote it.
    """

    def grant() -> dict[str, str]:
        found = fields_of(secret(), "client_email", "private_key", "?private_key_id")
        issued = int(now())
        claims: dict[str, str | int] = {
            "iss": found["client_email"],
            "scope": scope,
            "aud": tokens,
            "iat": issued,
            "exp": issued + _LASTS_S,
        }
        if user:
            claims["sub"] = user
        signed = _signed(claims, found["private_key"], found["private_key_id"])
        return {"grant_type": _GRANT, "assertion": signed}

    return OAuth(client, tokens, grant, now)


def _signed(claims: dict[str, str | int], key: str, key_id: str) -> str:
    import jwt

    try:
        return jwt.encode(claims, key, algorithm="RS256", headers={"kid": key_id} if key_id else {})
    except (ValueError, TypeError, jwt.PyJWTError) as err:
        raise ConfigurationError(
            'The "private_key" of the source\'s secret is no RSA key in PEM: put the service '
            "account's JSON key file there as Google gave it."
        ) from err
