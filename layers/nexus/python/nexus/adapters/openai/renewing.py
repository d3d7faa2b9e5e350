"""Reads the API key once more when the endpoint refuses it: it may have been exchanged."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator

import httpx2

from nexus.adapters.resending import ANSWER
from nexus.errors import NexusError

# How often the secret is read for that; a wrong key must not cost a reading with each call.
EVERY_S = 10.0
# Endpoints and the gateways before them answer a key that was withdrawn with either.
_REFUSED = (401, 403)


class RenewedKey(httpx2.Auth):
    """Tries a call that was answered with 401 or 403 once more, with what `read_key` then gives."""

    def __init__(
        self, read_key: Callable[[], str], now: Callable[[], float] = time.monotonic
    ) -> None:
        self._read_key = read_key
        self._now = now
        self._lock = threading.Lock()
        # The header with the key that was read last, once one was refused.
        self.renewed: str | None = None
        self._next = 0.0

    def auth_flow(
        self, request: httpx2.Request
    ) -> Generator[httpx2.Request, httpx2.Response, None]:
        """Sends the request, and again if its key was refused and there is another one."""
        # What was sent already says what it was sent with.
        if self.renewed and ANSWER not in request.extensions:
            request.headers["authorization"] = self.renewed
        sent = request.headers.get("authorization")
        response = yield request
        if response.status_code in _REFUSED:
            other = self._other_than(sent)
            if other:
                request.headers["authorization"] = other
                yield request

    def _other_than(self, sent: str | None) -> str | None:
        with self._lock:
            if self.renewed and self.renewed != sent:
                return self.renewed  # another thread has read it meanwhile
            if self._now() < self._next:
                return None
            self._next = self._now() + EVERY_S
            try:
                found = f"Bearer {self._read_key()}"
            except NexusError:  # the caller is told of the refusal
                return None
            if found == sent:
                return None
            self.renewed = found
            return found
