"""A provider in the test's own hands: its keys, the tokens that it signs, and what was ended."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from nexus.adapters.oidc.key_set import KeySet
from nexus.adapters.oidc.tokens import JwtVerifier
from nexus.errors import UpstreamUnavailable
from nexus.sign_in.claims import ClaimNames
from nexus.sign_in.people import People

ISSUER, AUDIENCE = "https://provider.example/pool", "client-1"
KEYS_URL = "https://provider.example/pool/keys"
NAMES = ClaimNames("tenant", "", "groups", "groups", ("admins",), "email")


class FakeEndedSignIns:
    """EndedSignIns in memory."""

    def __init__(self) -> None:
        self.ended: dict[str, int] = {}
        self.before: dict[str, int] = {}

    def end(self, sign_in: str, forget_at: int) -> None:
        self.ended[sign_in] = forget_at

    def has_ended(self, sign_in: str) -> bool:
        return sign_in in self.ended

    def end_all(self, person: str, before: int, forget_at: int) -> None:
        assert forget_at > before
        self.before[person] = before

    def ended_before(self, person: str) -> int:
        return self.before.get(person, 0)


class FakeRefreshTokens:
    """RefreshTokens that notes what was taken back."""

    def __init__(self) -> None:
        self.revoked: list[str] = []
        self.failing = False

    def revoke(self, token: str) -> None:
        if self.failing:
            raise UpstreamUnavailable("sign-in", "The provider did not answer.")
        self.revoked.append(token)


@dataclass
class Provider:
    """Signs tokens with keys that it publishes, and may fail to say them."""

    keys: dict[str, Any] = field(default_factory=dict)
    asked: int = 0
    failing: bool = False

    def __post_init__(self) -> None:
        self.add("one")

    def add(self, key_id: str, *, elliptic: bool = False, bits: int = 2048) -> None:
        made: Any = (
            ec.generate_private_key(ec.SECP256R1())
            if elliptic
            else rsa.generate_private_key(public_exponent=65537, key_size=bits)
        )
        self.keys[key_id] = made

    def fetch(self, _url: str) -> bytes:
        self.asked += 1
        if self.failing:
            raise OSError("no route")
        return json.dumps({"keys": [self.jwk(key_id) for key_id in self.keys]}).encode()

    def jwk(self, key_id: str) -> dict[str, Any]:
        key = self.keys[key_id].public_key()
        is_rsa = isinstance(key, rsa.RSAPublicKey)
        kind: Any = jwt.algorithms.RSAAlgorithm if is_rsa else jwt.algorithms.ECAlgorithm
        return {**json.loads(kind.to_jwk(key)), "kid": key_id, "use": "sig"}

    def claims(self, **said: Any) -> dict[str, Any]:
        """What a token of Ana's says; a claim given as None is not in it."""
        now = int(time.time())
        whole = {
            **{"iss": ISSUER, "aud": AUDIENCE, "sub": "ana", "iat": now, "exp": now + 3600},
            **{"auth_time": now, "sid": "s-1", "email": "ana@acme.example"},
            **{"tenant": "acme", "groups": ["finance"], **said},
        }
        return {name: value for name, value in whole.items() if value is not None}

    def token(self, key_id: str = "one", header: dict[str, Any] | None = None, **said: Any) -> str:
        """A token that is signed with one of its keys."""
        key = self.keys[key_id]
        algorithm = "RS256" if isinstance(key, rsa.RSAPrivateKey) else "ES256"
        headers = {"kid": key_id, **(header or {})}
        return jwt.encode(self.claims(**said), key, algorithm, headers=headers)

    def verifier(self, now: Callable[[], float] = time.monotonic) -> JwtVerifier:
        return JwtVerifier(KeySet(KEYS_URL, self.fetch, now), ISSUER, (AUDIENCE,))

    def people(
        self, ended: FakeEndedSignIns, now: Callable[[], float] = time.time, **names: Any
    ) -> People:
        return People(self.verifier(), ended, names.get("names", NAMES), now)
