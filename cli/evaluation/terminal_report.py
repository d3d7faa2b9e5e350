"""Shows an evaluation's figures, or what changed between two, as tables in the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

_SHOWN = ("retrieval", "answers", "across", "refusals", "calibration")
_LISTED = 10


def show_report(found: Mapping[str, Any], target: Console) -> None:
    """Prints the figures that were measured, the latencies and the cost."""
    table = Table(box=None, pad_edge=False, show_header=False)
    for section in _SHOWN:
        figures = [(name, value) for name, value in found[section].items() if _plain(value)]
        if not any(value for _, value in figures):
            continue
        table.add_row(f"[bold]{section}[/]", "")
        for name, value in figures:
            table.add_row(f"  {name.replace('_', ' ')}", _figure(value))
    target.print(table)
    if len(found["languages"]) > 1:
        target.print(_languages(found["languages"]))
    if found["latency_ms"]:
        target.print(_latencies(found["latency_ms"]))
    tokens = ", ".join(f"{count:,} {name}" for name, count in found["tokens"].items())
    cost = found["cost_usd"]
    target.print(f"\n[bold]tokens[/] {tokens}" + ("" if cost is None else f", ${cost:.4f}"))
    questions = found["questions"]
    if questions["failed"]:
        target.print(f"[yellow]{questions['failed']} questions failed and are left out.[/]")
    if questions["not_reranked"]:
        target.print(
            f"[yellow]{questions['not_reranked']} questions were not reranked: the reranker "
            "failed.[/]"
        )
    if questions["stopped"]:
        target.print(
            f"[yellow]Stopped after {questions['measured']} of {questions['asked']} questions "
            f"({escape(questions['stopped'])}): the figures are of those.[/]"
        )


def show_comparison(found: Mapping[str, Any], target: Console) -> None:
    """Prints the figures side by side, then the questions that changed, at most ten each."""
    table = Table(box=None, pad_edge=False)
    for title in ("figure", "before", "after", "difference"):
        table.add_column(title, justify="left" if title == "figure" else "right")
    for name, values in found["figures"].items():
        change = values["difference"]
        shown = "" if change is None else f"{change:+.4g}"
        table.add_row(name, _figure(values["before"]), _figure(values["after"]), shown)
    target.print(table)
    for kind, colour in (("better", "green"), ("worse", "red")):
        target.print(f"\n[bold {colour}]{len(found[kind])} {kind}[/]")
        for line in found[kind][:_LISTED]:
            rank = f"{_place(line['rank']['before'])} → {_place(line['rank']['after'])}"
            target.print(f"  {escape(str(line['id']))}  {rank}  {escape(line['question'])}")
    counts = found["questions"]
    if counts["only_before"] or counts["only_after"]:
        target.print(
            f"\n{counts['in_both']} questions are in both, {counts['only_before']} only before, "
            f"{counts['only_after']} only after."
        )


def _languages(found: Mapping[str, Mapping[str, float | None]]) -> Table:
    table = Table(box=None, pad_edge=False)
    columns = list(next(iter(found.values())))
    for title in ("question->document", *columns):
        shown = title.replace("_", " ")
        table.add_column(shown, justify="left" if "->" in title else "right")
    for pair, figures in found.items():
        table.add_row(pair, *(_figure(figures[name]) for name in columns))
    return table


def _latencies(found: Mapping[str, Mapping[str, float]]) -> Table:
    table = Table(box=None, pad_edge=False)
    for title in ("latency, ms", "p50", "p95", "max"):
        table.add_column(title, justify="left" if title.startswith("latency") else "right")
    for stage, spent in found.items():
        table.add_row(stage, *(f"{spent[name]:.1f}" for name in ("p50", "p95", "max")))
    return table


def _plain(value: Any) -> bool:
    return value is None or isinstance(value, (int, float))


def _figure(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,}" if isinstance(value, int) else f"{value:.4g}"


def _place(rank: int | None) -> str:
    return "–" if rank is None else str(rank)
