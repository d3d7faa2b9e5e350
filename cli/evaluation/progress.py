"""Shows how far an evaluation has come, in the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from cli.evaluation.measurements import Track
from cli.terminal import errors

T = TypeVar("T")


@contextmanager
def progress() -> Iterator[Track]:
    """What shows a bar for each named series of items, while inside."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=errors, transient=True) as bars:

        def track(name: str, items: Iterable[T], total: int) -> Iterable[T]:
            return bars.track(items, total=total, description=name)

        yield track
