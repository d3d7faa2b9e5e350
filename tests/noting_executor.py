"""An executor that knows what it was given, so that a test can wait for the end of it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from nexus.bounded import CarryingExecutor


class NotingExecutor(CarryingExecutor):
    """The service's executor, which also notes each piece of work."""

    def __init__(self) -> None:
        super().__init__()
        self._given: list[Future[Any]] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Runs it, and notes it."""
        future = super().submit(fn, *args, **kwargs)
        self._given.append(future)
        return future

    def taken(self) -> list[Future[Any]]:
        """What was given since the last time."""
        given, self._given = self._given, []
        return given
