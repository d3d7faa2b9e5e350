"""What a check found, and how it is shown."""

from __future__ import annotations

from dataclasses import dataclass

from rich.markup import escape

from cli.terminal import console


@dataclass(frozen=True)
class Finding:
    """One thing that was checked; `advice` says what to do when it is not well.

    A command in `advice` stands between backticks. What is not `serious` stops nothing.
    """

    subject: str
    well: bool
    detail: str
    advice: str = ""
    serious: bool = True


def show(finding: Finding) -> None:
    """Prints a finding and, if it is not well, its advice."""
    colour, mark = ("green", "✓") if finding.well else ("red", "✗")
    if not finding.well and not finding.serious:
        colour, mark = "yellow", "!"
    console.print(
        f"[{colour}]{mark}[/] [bold]{escape(finding.subject)}[/]  {escape(finding.detail)}",
        soft_wrap=True,
    )
    if finding.advice and not finding.well:
        console.print(f"    → {finding.advice}", soft_wrap=True, markup=False)
