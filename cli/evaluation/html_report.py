"""Writes an evaluation as one HTML page that needs nothing else, with every text escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from cli.evaluation.plots import latency_plot, recall_plot, recalls, reliability_plot

_SECTIONS = ("retrieval", "answers", "refusals", "calibration", "tokens", "indexing", "questions")
_MOST_LINES = 500
_STYLE = """
body{font:15px/1.5 system-ui,sans-serif;max-width:1000px;margin:2rem auto;padding:0 1rem;
color:#1b1f24;background:#fff}
h1,h2{font-weight:600}section{margin:2rem 0}table{border-collapse:collapse;font-size:14px}
td,th{padding:3px 12px 3px 0;text-align:left;vertical-align:top;border-bottom:1px solid #e3e6ea}
.n{text-align:right;font-variant-numeric:tabular-nums}.plots{display:flex;flex-wrap:wrap;gap:2rem}
.figures{display:flex;flex-wrap:wrap;gap:3rem}svg text{font-size:11px;fill:#444}
svg .axis{stroke:#888}svg .guide{stroke:#bbb;stroke-dasharray:4 4}
svg .curve{stroke:#2257a8;fill:none;stroke-width:2}svg .mark{fill:#2257a8;fill-opacity:.7}
svg .bar{fill:#8fb2e3}.note{color:#8a4b00}
"""


def page(found: Mapping[str, Any]) -> str:
    """The report as a page: figures, plots, settings, and the questions that went wrong."""
    questions = found["questions"]
    stopped = ""
    if questions["stopped"]:
        stopped = (
            f'<p class="note">Stopped after {questions["measured"]} of {questions["asked"]} '
            f"questions: {escape(questions['stopped'])}.</p>"
        )
    figures = "".join(_figures(name, found.get(name)) for name in _SECTIONS)
    plots = "".join(
        f"<figure><figcaption>{title}</figcaption>{plot}</figure>"
        for title, plot in (
            ("Recall by k", recall_plot(recalls(found["per_question"]))),
            ("Reliability", reliability_plot(found["calibration"]["bins"])),
            ("Latency by stage", latency_plot(found["latency_ms"])),
        )
    )
    return document(
        "Nexus evaluation",
        f'{stopped}<section class="figures">{figures}</section>'
        f'<section><h2>Plots</h2><div class="plots">{plots}</div></section>'
        f"<section><h2>Settings</h2>{_table(found['settings'].items())}</section>"
        f"<section><h2>Questions that went wrong</h2>{_wrong(found['per_question'])}</section>",
    )


def document(title: str, body: str) -> str:
    """A page that needs nothing else, around a body that is HTML already."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>"
        f"<h1>{escape(title)}</h1>{body}</body></html>\n"
    )


def _figures(name: str, values: Mapping[str, Any] | None) -> str:
    rows = [
        (label.replace("_", " "), value)
        for label, value in (values or {}).items()
        if isinstance(value, (int, float)) and not isinstance(value, bool)
    ]
    return f"<div><h2>{escape(name.capitalize())}</h2>{_table(rows)}</div>" if rows else ""


def _table(rows: Any) -> str:
    body = "".join(
        f'<tr><td>{escape(str(name))}</td><td class="n">{escape(_shown(value))}</td></tr>'
        for name, value in rows
    )
    return f"<table>{body}</table>"


def _wrong(lines: Sequence[Mapping[str, Any]]) -> str:
    wrong = [line for line in lines if _fault(line)]
    rows = "".join(
        "<tr>"
        f"<td>{escape(str(line['id']))}</td><td>{escape(str(line['question']))}</td>"
        f"<td>{escape(_fault(line))}</td><td>{escape(str(line.get('answer') or ''))}</td></tr>"
        for line in wrong[:_MOST_LINES]
    )
    left = len(wrong) - _MOST_LINES
    more = f"<p>… and {left} more, in the JSON.</p>" if left > 0 else ""
    return (
        "<table><tr><th>id</th><th>question</th><th>what went wrong</th><th>answer</th></tr>"
        f"{rows}</table>{more}"
    )


def _fault(line: Mapping[str, Any]) -> str:
    if "error" in line:
        return f"failed: {line['error']}"
    if not line["answerable"]:
        return "" if line["refused"] else "not refused"
    if line["refused"]:
        return "refused"
    if line["contains"] is False:
        return "the answer lacks what was expected"
    if line["rank"] != 1:
        return f"document found at {line['rank']}" if line["rank"] else "document not found"
    return ""


def _shown(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
