"""Prints a benchmark's rows as a table; writes them as JSON, or into the README, when asked."""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

Row = Mapping[str, str | float]

README = Path(__file__).with_name("README.md")
END = "<!-- end -->"


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
        table.add_row(*(_short(value) for value in row.values()))
    console = Console()
    # Piped into a file, a table is not to be cut to a terminal's 80 columns.
    (console if console.is_terminal else Console(width=140)).print(table)
    if out:
        out.write_text(json.dumps({"title": title, "note": note, "rows": list(rows)}, indent=2))


def write_block(name: str, command: str, rows: Sequence[Row], note: str) -> None:
    """Replaces the README's table of this name by the rows, under today's date."""
    content = f"{table_of(rows)}\n{time.strftime('%Y-%m-%d')}; {note}.\n"
    doc = README.read_text(encoding="utf-8")
    README.write_text(with_block(doc, name, command, content), encoding="utf-8")


def with_block(doc: str, name: str, command: str, content: str) -> str:
    """A document with what stands between a name's markers replaced, and nothing else.

    Raises ValueError if the markers are not there, or there twice.
    """
    begin = f"<!-- {name}: written by `{command}` -->\n"
    before, _, rest = doc.partition(begin)
    _, closing, after = rest.partition(END)
    if doc.count(begin) != 1 or not closing:
        raise ValueError(f"The document lacks the one line {begin.strip()!r}, or {END!r} after it.")
    return f"{before}{begin}\n{content}\n{closing}{after}"


def table_of(rows: Sequence[Row]) -> str:
    """The rows as a Markdown table; their keys are the columns."""
    lines = [list(rows[0]), ["---"] * len(rows[0])]
    lines += [[_short(value) for value in row.values()] for row in rows]
    return "".join(f"| {' | '.join(cells)} |\n".replace("| --- ", "|---") for cells in lines)


def percentile(values: Sequence[float], percent: int) -> float:
    """The value that `percent` of a hundred do not exceed."""
    if len(values) == 1:
        return values[0]
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def _short(value: str | float) -> str:
    if isinstance(value, str):
        return value
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    if abs(value) < 0.1:
        return f"{value:.4f}"
    return f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"
