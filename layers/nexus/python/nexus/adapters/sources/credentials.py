"""Reads the secrets of sources, and gets tokens by OAuth 2.0 that are renewed midway.

https://www.rfc-editor.org/rfc/rfc6749 (4.4 client credentials, 6 refreshing a token).
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

import httpx2

from nexus.adapters.http_deadline import cap
from nexus.adapters.sources.calling import SERVICE, read_whole
from nexus.deadline import within
from nexus.errors import ConfigurationError, UpstreamRefused, UpstreamUnavailable

# A token is renewed before it ends, so that a call under way still has it.
_EARLY_S = 120.0
_LONGEST_CALL_S = 30.0
_LARGEST_ANSWER = 1024 * 1024


def fields_of(secret: str, *names: str) -> dict[str, str]:
    """A secret's JSON object with these texts in it. Raises ConfigurationError, never quoting it.

    Optional names begin with "?"; one that is missing is "".
    """
    try:
        told = json.loads(secret)
    except ValueError:
        told = None
    given = told if isinstance(told, dict) else {}
    found = {name.lstrip("?"): given.get(name.lstrip("?"), "") for name in names}
    for name in names:
        if not isinstance(found[name.lstrip("?")], str) or not (found.get(name, "x")):
            wanted = ", ".join(f'"{one}"' for one in names if not one.startswith("?"))
            raise ConfigurationError(f"The source's secret must be a JSON object with {wanted}.")
    return found


def password_of(secret: str) -> tuple[str, str]:
    """User and password for HTTP: of a JSON object, or a bare token.

    GitHub, GitLab and Bitbucket take a token with any user, or with one of these names.
    """
    if secret.lstrip().startswith("{"):
        found = fields_of(secret, "username", "password")
        return found["username"], found["password"]
    return "x-access-token", secret


class Basic:
    """A name and a password, or an API token, in each call (RFC 7617)."""

    def __init__(self, user: str, password: str) -> None:
        pair = base64.b64encode(f"{user}:{password}".encode()).decode()
        self._headers = {"authorization": f"Basic {pair}"}

    def headers(self) -> Mapping[str, str]:
        """The headers to send."""
        return self._headers

    def renew(self) -> bool:
        """There is no other."""
        return False


class OAuth:
    """A token that a token endpoint gives for `grant`, again whenever it ends or is refused."""

    def __init__(
        self,
        client: httpx2.Client,
        url: str,
        grant: Callable[[], Mapping[str, str]],
        now: Callable[[], float] = time.time,
    ) -> None:
        self._client = client
        self._url = url
        self._grant = grant
        self._now = now
        self._token = ""
        self._ends = 0.0

    def headers(self) -> Mapping[str, str]:
        """The headers to send, with a token that is valid for a while yet."""
        if not self._token or self._now() >= self._ends - _EARLY_S:
            self.renew()
        return {"authorization": f"Bearer {self._token}"}

    def renew(self) -> bool:
        """Gets another token. Raises UpstreamRefused if the credentials are not taken."""
        try:
            with within(_LONGEST_CALL_S):
                request = self._client.build_request("POST", self._url, data=dict(self._grant()))
                cap(request)
                response = self._client.send(request, stream=True)
                try:
                    told = _object(read_whole(response, _LARGEST_ANSWER))
                finally:
                    response.close()
        except httpx2.HTTPError as err:
            raise UpstreamUnavailable(SERVICE, "The token endpoint could not be asked.") from err
        if response.status_code in (400, 401, 403):
            raise UpstreamRefused(
                SERVICE, "The token endpoint refused the source's credentials: check its secret."
            )
        token, lasts = told.get("access_token"), told.get("expires_in", 3600)
        if response.status_code != 200 or not isinstance(token, str) or not token:
            raise UpstreamUnavailable(
                SERVICE, f"The token endpoint answered {response.status_code} without a token."
            )
        self._token = token
        is_number = isinstance(lasts, int | float) or (isinstance(lasts, str) and lasts.isdecimal())
        # One that lasts less than the margin is used until it is refused.
        self._ends = self._now() + max(float(lasts) if is_number else 0.0, _EARLY_S + 30)
        return True


def _object(content: bytes) -> dict[str, Any]:
    try:
        told = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}
