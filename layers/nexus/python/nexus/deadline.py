"""How long a request may still take: one deadline that reaches every call it makes.

It travels in a context variable and not as a parameter: no port, adapter or fake can then forget to
hand it on, work without a request (ingestion, the terminal) has none, and one executor carries it
into threads (`nexus.bounded.CarryingExecutor`). Whoever calls asks `current()`.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextvars import ContextVar
from typing import Any, TypeVar

from nexus.errors import ConfigurationError, DeadlineExceeded, InvalidRequest, UpstreamError

T = TypeVar("T")

# An optional step that has less than this is not begun: it would only be broken off.
LEAST_S = 0.05


class Deadline:
    """The moment at which an answer, or a problem, has to be there; `now` is its clock."""

    def __init__(self, seconds: float, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._end = now() + seconds

    def now(self) -> float:
        """The clock's time, in seconds; only differences mean something."""
        return self._now()

    def remaining(self) -> float:
        """The seconds that are left, at least 0; infinite where there is no deadline."""
        return max(0.0, self._end - self._now())

    def limit(self, own_s: float, service: str) -> float:
        """The smaller of a call's own limit and what is left, in seconds.

        Raises DeadlineExceeded, naming the service, when nothing is left.
        """
        left = self.remaining()
        if left <= 0:
            raise exceeded(service)
        return min(own_s, left)

    def spare(self, leaving_s: float) -> float:
        """What a step may take so that `leaving_s` are left; where there is little, a third."""
        left = self.remaining()
        return max(left - leaving_s, left / 3)

    def fits(self, seconds: float) -> bool:
        """Whether a step of so many seconds would end in time."""
        return seconds <= self.remaining()

    def narrowed(self, seconds: float) -> Deadline:
        """The earlier of this deadline and one in so many seconds."""
        return Deadline(min(seconds, self.remaining()), self._now)

    def lifted(self) -> Deadline:
        """No deadline, by the same clock."""
        return Deadline(math.inf, self._now)


_NEVER = Deadline(math.inf)
_CURRENT: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


def current() -> Deadline:
    """The deadline of the request that this is done for; one that never comes, without any."""
    return _CURRENT.get() or _NEVER


class meeting:  # noqa: N801 - read as a verb: `with meeting(deadline):`
    """Does the block's work by this deadline."""

    __slots__ = ("_deadline", "_token")

    # A class, as each call of each request goes through it: a generator's costs twice the time.
    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline

    def __enter__(self) -> None:
        self._token = _CURRENT.set(self._deadline)

    def __exit__(self, *failure: object) -> None:
        _CURRENT.reset(self._token)


def within(seconds: float) -> meeting:
    """Does the block's work in so many seconds, or by the deadline if that is earlier."""
    return meeting(current().narrowed(seconds))


def awaited(future: Future[T], service: str) -> T:
    """The future's result; it is given up, wherever it hangs, when the deadline comes.

    Raises DeadlineExceeded naming the service, and whatever the future's work raised.
    """
    if future.done():
        return future.result()
    limit = current().limit(math.inf, service)
    try:
        return future.result(None if math.isinf(limit) else limit)
    except TimeoutError:
        if future.done():  # the work's own
            raise
        future.cancel()
        raise exceeded(service) from None


def ends_in_time(thing: object, method: str) -> bool:
    """Whether a call of this method ends by `current()`, wherever the other side hangs.

    The thing says so by a method of this name; one that has none may hang.
    """
    told = getattr(type(thing), "ends_in_time", None)
    return told is not None and bool(told(thing, method))


def optional(
    name: str,
    step: Callable[[], T],
    *,
    own_s: float = math.inf,
    needs_s: float = LEAST_S,
    leaving_s: float = 0.0,
) -> T | None:
    """What a step returns that the answer can do without; None if it is skipped, late or fails.

    It may take `own_s`, and what the request can spare of its time if `leaving_s` are needed for
    what follows; with less than `needs_s` for it, it is not begun.
    """
    allowed = min(own_s, current().spare(leaving_s))
    if allowed < needs_s:
        from nexus.observability import logger  # which not every function loads

        logger.warning("step_skipped", extra={"step": name})
        return None
    try:
        with within(allowed):
            return step()
    except (UpstreamError, ConfigurationError, InvalidRequest) as error:
        from nexus.observability import logger

        logger.warning("step_failed", extra={"step": name, "error": type(error).__name__})
        return None


def behind(executor: Executor, work: Callable[..., object], *args: Any) -> None:
    """Begins work that no answer waits for: the request's deadline is not its own."""
    with meeting(current().lifted()):
        executor.submit(work, *args)


def exceeded(service: str) -> DeadlineExceeded:
    """The error for a service whose answer was not there in time."""
    return DeadlineExceeded(
        service, f"The time for the request ended before the {service} service answered; try again."
    )
