"""A cache whose failures cost an answer nothing: it is left alone for a while, and counted."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from typing import TypeVar

from nexus.answering.opening import opened
from nexus.errors import UpstreamError
from nexus.observability import logger
from nexus.ports import Cache

T = TypeVar("T")

# How long the cache is left alone after it failed: waiting for it must not slow every request.
PAUSE_S = 30.0


class ForgivingCache:
    """A cache whose failures are misses, counted as `cache_failure`; it then rests for PAUSE_S.

    `count` is told the name of each thing that happens, from any thread.
    """

    def __init__(
        self,
        cache: Cache,
        count: Callable[[str], None],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._cache = cache
        self._now = now
        self._resting_until = 0.0
        self.count = count

    @property
    def rests(self) -> bool:
        """Whether it is left alone now, as it failed."""
        return self._now() < self._resting_until

    def get(self, key: str) -> bytes | None:
        """The value, or None if there is none or the cache fails."""
        turn = opened()
        if turn and turn.has(key):
            return turn.value(key)
        return self._attempt(lambda: self._cache.get(key))

    def get_many(self, keys: Collection[str]) -> Mapping[str, bytes]:
        """The values that are there; none if the cache fails."""
        return self._attempt(lambda: self._cache.get_many(list(keys))) or {}

    def put(
        self, key: str, value: bytes, ttl_s: int, documents: Collection[tuple[str, str]] = ()
    ) -> None:
        """Keeps a value, if the cache can."""
        self._attempt(lambda: self._cache.put(key, value, ttl_s, documents))

    def discard(self, key: str) -> None:
        """Removes a value, if the cache can."""
        self._attempt(lambda: self._cache.discard(key))

    def _attempt(self, call: Callable[[], T | None]) -> T | None:
        if self.rests:
            return None
        try:
            return call()
        except UpstreamError as error:
            self._resting_until = self._now() + PAUSE_S
            self.count("cache_failure")
            logger.warning("cache_failed", extra={"error": type(error).__name__})
            return None
