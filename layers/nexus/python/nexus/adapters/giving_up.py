"""Does what may hang where no time-out reaches, and leaves it behind when its time is over."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class _Work(threading.Thread, Generic[T]):
    def __init__(self, work: Callable[[], T], discard: Callable[[T], object]) -> None:
        super().__init__(daemon=True)
        self._work = work
        self._discard = discard
        self._lock = threading.Lock()
        self._is_left = False
        self._done: list[T] = []
        self._failure: Exception | None = None

    def run(self) -> None:
        try:
            made = self._work()
        except Exception as err:  # noqa: BLE001 - raised where it is waited for
            self._failure = err
            return
        with self._lock:
            if not self._is_left:
                self._done.append(made)
                return
        self._discard(made)

    def made(self, within_s: float) -> T:
        self.start()
        self.join(None if math.isinf(within_s) else within_s)
        with self._lock:
            if self._failure is not None:
                raise self._failure
            if self._done:
                return self._done[0]
            self._is_left = True
        raise TimeoutError("it took too long")


def in_time(work: Callable[[], T], within_s: float, discard: Callable[[T], object]) -> T:
    """What the work makes, or raises; it has a thread of its own, without the caller's context.

    Raises TimeoutError when it is not done in so many seconds; `discard` gets what comes later.
    """
    return _Work(work, discard).made(within_s)
