"""A line that tells what is being done, how far it is, and then that it was done."""

from __future__ import annotations

import time
from collections.abc import Callable

from rich.markup import escape
from rich.status import Status

from cli.terminal import console

EVERY_S = 5.0  # in a log, where no line can be written over


class Step:
    """Used as a context: `with Step("deploying") as step: … step.update("a table") … step.done()`.

    In a terminal the line changes in place; elsewhere, as in a CI's log, a new one is written every
    few seconds.
    """

    def __init__(self, text: str, now: Callable[[], float] = time.monotonic) -> None:
        self._status = Status(escape(text), console=console)
        self._now = now
        self._begun = self._said = now()
        self._text = text

    def __enter__(self) -> Step:
        self._status.start()
        return self

    def update(self, detail: str) -> None:
        """Tells what is at hand."""
        self._status.update(f"{escape(self._text)}  [dim]{escape(detail)}[/]")
        if not console.is_terminal and self._now() - self._said >= EVERY_S:
            self._said = self._now()
            console.print(f"  {self._text}: {detail}", soft_wrap=True, markup=False)

    def done(self, text: str) -> None:
        """Tells what was done, and how long it took."""
        self._status.stop()
        took = self._now() - self._begun
        console.print(f"[green]✓[/] {escape(text)}  [dim]{took:.1f} s[/]", soft_wrap=True)

    def __exit__(self, *_: object) -> None:
        self._status.stop()
