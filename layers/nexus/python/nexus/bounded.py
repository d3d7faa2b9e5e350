"""Gives up a call that does not end in time, and takes each request's deadline into its threads."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, TypeVar, cast

from nexus.deadline import awaited, current, ends_in_time, exceeded, within
from nexus.deferred import already_made
from nexus.errors import ConfigurationError, DeadlineExceeded, UpstreamError
from nexus.metrics import called

T = TypeVar("T")

# More calls at once than any request makes: a pool that is this busy is full of hanging ones.
THREADS = 32


class CarryingExecutor(Executor):
    """A pool of threads in which work has the context, and so the deadline, of who submitted it.

    A call that hangs keeps its thread when it is given up. When all threads are taken by such, new
    ones take over; the old ones end with their calls.
    """

    def __init__(self, threads: int = THREADS) -> None:
        self._threads = threads
        self._lock = threading.Lock()
        self._pool, self._busy = ThreadPoolExecutor(threads), [0]

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Runs the function in a thread, in a copy of the caller's context."""
        with self._lock:
            if self._busy[0] >= self._threads:
                self._pool.shutdown(wait=False)
                self._pool, self._busy = ThreadPoolExecutor(self._threads), [0]
            busy = self._busy
            busy[0] += 1
            future = self._pool.submit(copy_context().run, fn, *args, **kwargs)

        def done(_: Future[T]) -> None:
            with self._lock:
                busy[0] -= 1

        future.add_done_callback(done)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Takes no more work; waits for what was begun in the newest threads."""
        self._pool.shutdown(wait, cancel_futures=cancel_futures)


class _Bounded:
    """Makes each call end in time, in a thread unless it ends by itself, and measures it."""

    def __init__(
        self, thing: object, service: str, own_s: float, executor: Executor, named: str
    ) -> None:
        self._thing = thing
        self._service = service
        self._own_s = own_s
        self._executor = executor
        self._named = named

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            started, failed = time.perf_counter(), False
            try:
                with within(self._own_s):
                    # What has to be made first may hang in that.
                    here = already_made(self._thing)
                    # A thread costs as much time as the call does.
                    if here is not None and ends_in_time(here, name):
                        return _here(getattr(here, name), self._service, args, kwargs)
                    future = self._executor.submit(getattr(self._thing, name), *args, **kwargs)
                    return awaited(future, self._service)
            except (UpstreamError, ConfigurationError):
                failed = True
                raise
            finally:
                called(self._named, (time.perf_counter() - started) * 1000, failed)

        return call


def _here(call: Callable[..., T], service: str, args: Any, kwargs: Any) -> T:
    """A call in this thread; how it failed when the deadline came is the deadline's doing."""
    try:
        current().limit(math.inf, service)
        return call(*args, **kwargs)
    except UpstreamError as failure:
        if current().remaining() <= 0 and not isinstance(failure, DeadlineExceeded):
            raise exceeded(service) from failure
        raise


def bounded(thing: T, service: str, own_s: float, executor: Executor, measured_as: str = "") -> T:
    """Something that behaves as `thing`, of which each call ends in time.

    A call, with all its tries and waits, may take `own_s` seconds, or what is left of the request's
    time if that is less; it then raises DeadlineExceeded naming `service`, whatever the SDK below
    is doing. The adapter sees the same deadline as `current()`. What each call took, and whether it
    failed, is a metric of the dependency `measured_as`, or of the service.
    """
    return cast(T, _Bounded(thing, service, own_s, executor, measured_as or service))
