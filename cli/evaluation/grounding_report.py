"""`nexus eval --grounding`: measures the check of answers, and shows, writes and draws what came.

The page draws the sets side by side, the half that nothing was tuned on where a set has one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from rich.markup import escape as plain

from cli.evaluation.grounding import measure
from cli.evaluation.html_report import document
from cli.evaluation.plots import share_plot
from cli.evaluation.recorded_verifier import ChatVerifier, named_verifier
from cli.failure import Failure
from cli.local.layout import write_json
from cli.terminal import console, errors

Row = Mapping[str, Any]


def measure_grounding(
    files: Sequence[Path] | None,
    verifier: str,
    environment: Mapping[str, str],
    record: Path | None,
    json_file: Path | None,
    html_file: Path | None,
) -> None:
    """Prints a line a row of `grounding.measure`, and writes them as JSON and as a page.

    `verifier` is the option's text. Raises Failure if it names none, or if there is no file.
    """
    if not files:
        raise Failure("--verifier and --record go with --grounding.")
    asked = named_verifier(verifier, environment, record)
    rows = measure(files, asked)
    told = asked.described() if isinstance(asked, ChatVerifier) else {}
    for row in [*rows, told] if told else rows:
        console.print(
            plain("  ".join(f"{name} {value}" for name, value in row.items() if value != ""))
        )
    if told.get("unanswered"):
        errors.print(
            f"[yellow]{told['unanswered']} requests had no reply; what they asked stays "
            "undecided.[/]"
        )
    if json_file:
        write_json(json_file, {"grounding": rows} | ({"verifier": told} if told else {}))
    if html_file:
        html_file.write_text(grounding_page(rows, verifier or "none"), encoding="utf-8")


def grounding_page(rows: Sequence[Row], verifier: str) -> str:
    """The rows of `grounding.measure` as a page: plots of the held halves, and every figure."""
    held = {row["set"] for row in rows if row["half"] == "held"}
    drawn = [row for row in rows if row["half"] == ("held" if row["set"] in held else "all")]
    plots = "".join(
        f"<figure><figcaption>{escape(title)}</figcaption>{share_plot(title, bars)}</figure>"
        for title, bars in (
            ("Right sentences removed", _bars(drawn, "removed", "language", "right")),
            ("Wrong sentences caught", _bars(drawn, "caught", "language", "wrong")),
            ("Right ones settled without a call", _bars(drawn, "settled", "language", "right")),
            ("Planted errors contradicted", _bars(drawn, "contradicted", "planted")),
            ("Planted errors called supported", _bars(drawn, "called_supported", "planted")),
            ("Whole answers that lose a sentence", _bars(drawn, "lose_a_sentence", "")),
        )
        if bars
    )
    return document(
        "Nexus: the check of answers",
        f"<p>Verifier: {escape(verifier)}. Drawn is the half of the documents that nothing was "
        "tuned on, and the whole set where it has no such half.</p>"
        f'<section><h2>Plots</h2><div class="plots">{plots}</div></section>'
        f"<section><h2>Figures</h2>{_listed(rows)}</section>",
    )


def _bars(
    rows: Sequence[Row], measured: str, kind: str, counted: str = ""
) -> list[tuple[str, float]]:
    """The name and the share of each row that has it; one with nothing to count is left out."""
    return [
        (" ".join(filter(None, (row["set"], row.get(kind, "")))), row[measured])
        for row in rows
        if measured in row and (not counted or row[counted])
    ]


def _listed(rows: Sequence[Row]) -> str:
    """A table for each kind of row, whose columns are the row's names."""
    tables: dict[tuple[str, ...], list[str]] = {}
    for row in rows:
        cells = "".join(
            f"<td{'' if isinstance(value, str) else ' class=n'}>{escape(str(value))}</td>"
            for value in row.values()
        )
        tables.setdefault(tuple(row), []).append(f"<tr>{cells}</tr>")
    return "".join(
        f"<table><tr>{_heads(names)}</tr>{''.join(lines)}</table>"
        for names, lines in tables.items()
    )


def _heads(names: Sequence[str]) -> str:
    return "".join(f"<th>{escape(name.replace('_', ' '))}</th>" for name in names)
