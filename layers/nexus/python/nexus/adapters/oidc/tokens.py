"""Checks a person's token (OpenID Connect Core, 3.1.3.7; RFC 8725), with PyJWT.

Accepted are the two signatures that providers use by themselves, RS256 and ES256, each with a key
that the provider publishes for it: never a signature that the token itself chose to be without, or
one made with a public key as if it were a secret.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, Protocol

from nexus.errors import NotSignedIn

ALGORITHMS = {"RSA": "RS256", "EC": "ES256"}
# Clocks differ; a token is believed for as long after its end, and before its beginning.
LEEWAY_S = 60
# The gateway takes 10,240 bytes of headers in all.
LONGEST = 10_240
_LEAST_RSA_BITS = 2048  # RFC 7518, 3.3
_REQUIRED = ("exp", "iat", "iss", "sub")

UNREADABLE = (
    "The token cannot be read: send the one that the sign-in gave, as Authorization: Bearer."
)
UNSIGNED = "The token is not signed by RS256 or ES256, as this service asks: sign in again."
UNKNOWN_KEY = "The key that signed the token is not one of the provider's: sign in again."
FORGED = "The token's signature is wrong: sign in again."
EXPIRED = "The sign-in has expired: sign in again."
EARLY = "The token is not valid yet: set the clock of what sent it right, then sign in again."
FOREIGN_ISSUER = "The token is of another provider: sign in at this service's own."
FOREIGN_AUDIENCE = "The token was made for another application: sign in to this one."
WRONG_USE = "The token is neither an ID token nor an access token: send one of these."
INCOMPLETE = "The token lacks what every sign-in's token holds (exp, iat, iss, sub): sign in again."


class Keys(Protocol):
    """The provider's public keys."""

    def key(self, key_id: str | None) -> Mapping[str, Any] | None:
        """The key (a JWK) of an id, or None; for None the only one. Raises UpstreamUnavailable."""
        ...


class JwtVerifier:
    """A TokenVerifier for the tokens of one issuer that are meant for one of some audiences."""

    def __init__(self, keys: Keys, issuer: str, audiences: Collection[str]) -> None:
        self._keys = keys
        self._issuer = issuer
        self._audiences = frozenset(audiences)
        # A key is read once: RSA's checks of it take longer than a signature.
        self._read: dict[str | None, tuple[Mapping[str, Any], Any]] = {}

    def claims(self, token: str) -> Mapping[str, object]:
        """What the token says. Raises NotSignedIn, or UpstreamUnavailable without the keys."""
        import jwt

        if len(token) > LONGEST:
            raise NotSignedIn(UNREADABLE)
        try:
            header = jwt.get_unverified_header(token)
        except (jwt.InvalidTokenError, ValueError, RecursionError) as err:
            raise NotSignedIn(UNREADABLE) from err
        algorithm, key_id = str(header.get("alg")), header.get("kid")
        if algorithm not in ALGORITHMS.values():
            raise NotSignedIn(UNSIGNED)
        key = self._key(key_id, algorithm)
        claims = _believed(
            lambda: jwt.decode(
                token,
                key,
                algorithms=[algorithm],
                issuer=self._issuer,
                leeway=LEEWAY_S,
                options={"require": list(_REQUIRED), "verify_aud": False},
            )
        )
        if not self._is_for_us(claims):
            raise NotSignedIn(FOREIGN_AUDIENCE)
        # Cognito's tokens say what they are for, and its ID tokens are for an application, too.
        if claims.get("token_use", "id") not in ("id", "access"):
            raise NotSignedIn(WRONG_USE)
        return claims

    def _key(self, key_id: str | None, algorithm: str) -> Any:
        from jwt import PyJWK, PyJWTError

        found = self._keys.key(key_id)
        if found is None:
            raise NotSignedIn(UNKNOWN_KEY)
        known, read = self._read.get(key_id, (None, None))
        if known == found:
            return read
        if ALGORITHMS.get(str(found.get("kty"))) != algorithm:
            raise NotSignedIn(UNSIGNED)
        try:
            read = PyJWK(dict(found), algorithm).key
        except (PyJWTError, ValueError) as err:
            raise NotSignedIn(UNKNOWN_KEY) from err
        if algorithm == "RS256" and read.key_size < _LEAST_RSA_BITS:
            raise NotSignedIn(UNKNOWN_KEY)
        if len(self._read) >= 100:
            self._read.clear()
        self._read[key_id] = (found, read)
        return read

    def _is_for_us(self, claims: Mapping[str, object]) -> bool:
        named = claims.get("aud")
        # Cognito's access tokens name the application so, and have no audience.
        named = claims.get("client_id") if named is None else named
        listed = named if isinstance(named, list) else [named]
        return any(isinstance(one, str) and one in self._audiences for one in listed)


def _believed(decode: Callable[[], dict[str, object]]) -> dict[str, object]:
    import jwt

    faults: tuple[tuple[type[Exception], str], ...] = (
        (jwt.ExpiredSignatureError, EXPIRED),
        (jwt.ImmatureSignatureError, EARLY),
        (jwt.InvalidIssuerError, FOREIGN_ISSUER),
        (jwt.MissingRequiredClaimError, INCOMPLETE),
        (jwt.InvalidSignatureError, FORGED),
    )
    try:
        return decode()
    except (jwt.PyJWTError, ValueError, OverflowError, TypeError, RecursionError) as err:
        told = next((sentence for kind, sentence in faults if isinstance(err, kind)), UNREADABLE)
        raise NotSignedIn(told) from err
