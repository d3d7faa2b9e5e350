"""Who calls: from an API key to its principal, by the key's SHA-256."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable

from nexus.errors import NotAllowed
from nexus.models import ApiClient, Principal
from nexus.ports import ClientStore

# How long a key's entry is believed without asking again, unless the settings say otherwise; the
# gateway, which refuses a revoked key before any function runs, takes about as long to learn of it.
REMEMBERED_S = 60.0
REMEMBERED_KEYS = 1_000
# As the gateway says it (cdk/gateway_errors.py): who holds an ended key learns no more than who
# never had one.
REFUSED = "The API key is missing, not known or no longer valid: send a valid one as x-api-key."


def new_key() -> str:
    """A new API key: "nx_" and 43 characters that carry 256 random bits."""
    return f"nx_{secrets.token_urlsafe(32)}"


def hash_key(key: str) -> str:
    """The name under which a key is stored: its SHA-256 in 64 hex digits."""
    return hashlib.sha256(key.encode()).hexdigest()


class Authenticator:
    """Turns API keys into principals."""

    def __init__(
        self,
        clients: ClientStore,
        now: Callable[[], float] = time.time,
        remembered_s: float = REMEMBERED_S,
    ) -> None:
        self._clients = clients
        self._now = now
        self._remembered_s = remembered_s
        self._known: dict[str, tuple[float, ApiClient]] = {}

    def principal(self, key: str) -> Principal:
        """The principal of a key. Raises NotAllowed if it is unknown, expired or revoked."""
        key_hash = hash_key(key)
        now = self._now()
        until, client = self._known.get(key_hash, (0.0, None))
        if client is None or until <= now:
            client = self._clients.find(key_hash)
            if client is None:
                self._known.pop(key_hash, None)
                raise NotAllowed(REFUSED)
            if len(self._known) >= REMEMBERED_KEYS:
                self._known.clear()
            self._known[key_hash] = (now + self._remembered_s, client)
        expires_at = client.principal.expires_at
        if expires_at is not None and expires_at <= now:
            raise NotAllowed(REFUSED)
        return client.principal
