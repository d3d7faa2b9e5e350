"""Makes a thing that may fail to be made when it is needed, and anew when it has grown old."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from threading import Lock
from typing import Any, Generic, TypeVar, cast

from nexus.errors import NexusError

T = TypeVar("T")

RENEWED_S = 900.0


class _Deferred(Generic[T]):
    """Makes a thing when it is first needed, tries again if that failed, and renews it in time.

    A function whose secret is not set yet thus starts, tells so in /health, and works as soon as
    the secret is there; and a secret that was changed is read, at the latest, RENEWED_S and the
    seconds for which one reading serves later, even by a function restored from a snapshot.
    """

    def __init__(self, make: Callable[[], T], now: Callable[[], float] = time.time) -> None:
        self._make = make
        self._now = now
        self._made: tuple[T, float] | None = None
        self._lock = Lock()

    # All other names are the thing's.

    def _get(self) -> T:
        with self._lock:
            made = self._fresh()
            if made is None:
                made = self._make()
                self._made = made, self._now()
            return made

    def _fresh(self) -> T | None:
        """What was made and is not old, without waiting for it."""
        kept = self._made
        return kept[0] if kept is not None and self._now() - kept[1] <= RENEWED_S else None

    def __getattr__(self, name: str) -> Callable[..., Any]:
        # The method is looked up when it is called, so that `x.ping` can be handed on unmade.
        def call(*args: Any, **kwargs: Any) -> Any:
            return getattr(self._get(), name)(*args, **kwargs)

        return call


def deferred(make: Callable[[], T], now: Callable[[], float] = time.time) -> T:
    """Something that behaves as what `make` returns, which is made when it is first used."""
    return cast(T, _Deferred(make, now))


def already_made(thing: T) -> T | None:
    """What may be deferred, if it is made and not old; None where it would have to be made."""
    return thing._fresh() if isinstance(thing, _Deferred) else thing


def make_ready(thing: object) -> None:
    """Makes a deferred thing now if that works; what fails fails again, and is told, when used."""
    if isinstance(thing, _Deferred):
        with suppress(NexusError):
            thing._get()
