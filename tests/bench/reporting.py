"""Prints a benchmark's rows as a table, and writes them as JSON when asked."""

from __future__ import annotations

import argparse
import json
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

Row = Mapping[str, str | float]


def arguments(description: str | None) -> argparse.ArgumentParser:
    """A parser that knows `--json`, described by the script's docstring."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", metavar="OUT", type=Path, help="also write the rows here")
    return parser


def report(title: str, rows: Sequence[Row], out: Path | None, note: str = "") -> None:
    """Shows the rows; their keys are the columns."""
    table = Table(title=title, caption=note or None)
    for name in rows[0]:
        is_text = isinstance(rows[0][name], str)
        table.add_column(name, justify="left" if is_text else "right")
    for row in rows:
        table.add_row(
            *(value if isinstance(value, str) else _short(value) for value in row.values())
        )
    console = Console()
    # Piped into a file, a table is not to be cut to a terminal's 80 columns.
    (console if console.is_terminal else Console(width=140)).print(table)
    if out:
        out.write_text(json.dumps({"title": title, "note": note, "rows": list(rows)}, indent=2))


def percentile(values: Sequence[float], percent: int) -> float:
    """The value that `percent` of a hundred do not exceed."""
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def _short(value: str | float) -> str:
    if isinstance(value, str):
        return value
    if value == int(value) or abs(value) >= 1000:
        return f"{value:,.0f}"
    if abs(value) < 0.1:
        return f"{value:.4f}"
    return f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"
