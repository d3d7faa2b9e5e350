"""A clock that runs only where something waits, and threads that take no real time.

Work that is submitted runs at once, on a time line of its own: it begins when it is submitted, and
the clock then stands where it stood. Who waits for its result moves the clock to when it ends.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextvars import copy_context
from typing import Any


class SimulatedClock:
    """Callable like `time.monotonic`."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        """Waits; for ever, if that is infinite: nobody may then wait for what comes after."""
        self.now += seconds


class SimulatedExecutor(Executor):
    """Runs what is submitted beside everything else, in any number of threads."""

    def __init__(self, clock: SimulatedClock) -> None:
        self._clock = clock

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        begun = self._clock.now
        future: _Future
        try:
            result = copy_context().run(fn, *args, **kwargs)
        except Exception as error:  # noqa: BLE001 - it is whose who waits
            future = _Future(self._clock, self._clock.now, None, error)
        else:
            future = _Future(self._clock, self._clock.now, result, None)
        self._clock.now = begun
        return future


class _Future(Future[Any]):
    def __init__(
        self, clock: SimulatedClock, ends: float, value: Any, error: Exception | None
    ) -> None:
        super().__init__()
        self._clock, self._ends = clock, ends
        self._value, self._failure = value, error

    def done(self) -> bool:
        return self._clock.now >= self._ends

    def result(self, timeout: float | None = None) -> Any:
        wait = max(0.0, self._ends - self._clock.now)
        if timeout is not None and wait > timeout:
            self._clock.sleep(timeout)
            raise TimeoutError
        self._clock.sleep(wait)
        if self._failure is not None:
            raise self._failure
        return self._value
