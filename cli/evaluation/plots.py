"""Draws an evaluation's plots as SVG text that stands alone inside a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from cli.evaluation.rank_measures import recall_at

WIDTH, HEIGHT = 420, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 48, 12, 12, 40


def reliability_plot(bins: Sequence[Mapping[str, float]]) -> str:
    """Stated probability against the share that was true; a dot's area grows with its count."""
    most = max((item["count"] for item in bins), default=1)
    parts = [_axes("stated probability", "share true"), _line(0, 0, 1, 1, "guide")]
    for item in bins:
        x, y = _x(item["stated"]), _y(item["true"])
        radius = 3 + 9 * (item["count"] / most) ** 0.5
        label = f"{item['count']:.0f} said {item['stated']:.2f}, true {item['true']:.2f}"
        parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" class="mark">'
            f"<title>{escape(label)}</title></circle>"
        )
    return _svg("Reliability", parts)


def recall_plot(recall: Mapping[int, float]) -> str:
    """Recall by the number of documents looked at."""
    most = max(recall, default=1)
    points = " ".join(f"{_x(k / most):.1f},{_y(value):.1f}" for k, value in recall.items())
    parts = [
        _axes("documents looked at", "recall", right=str(most)),
        f'<polyline points="{points}" class="curve"/>',
    ]
    for k, value in recall.items():
        parts.append(
            f'<circle cx="{_x(k / most):.1f}" cy="{_y(value):.1f}" r="3" class="mark">'
            f"<title>{k}: {value:.3f}</title></circle>"
        )
    return _svg("Recall by k", parts)


def latency_plot(latency: Mapping[str, Mapping[str, float]]) -> str:
    """A bar for each stage: the median, with a whisker to the 95th percentile."""
    most = max((spent["p95"] for spent in latency.values()), default=0.0) or 1.0
    step = 26
    height = _TOP + step * len(latency) + 8
    parts = []
    for row, (stage, spent) in enumerate(latency.items()):
        y, scale = _TOP + row * step, (WIDTH - 200) / most
        middle, end = 130 + spent["p50"] * scale, 130 + spent["p95"] * scale
        label = f"{spent['p50']:.1f} · {spent['p95']:.1f} ms"
        parts.append(
            f'<text x="124" y="{y + 13}" text-anchor="end">{escape(stage)}</text>'
            f'<rect x="130" y="{y + 3}" width="{middle - 130:.1f}" height="14" class="bar"/>'
            f'<line x1="{middle:.1f}" y1="{y + 10}" x2="{end:.1f}" y2="{y + 10}" class="curve"/>'
            f'<text x="{end + 4:.1f}" y="{y + 14}">{label}</text>'
        )
    return _svg("Latency by stage, median and 95th percentile", parts, height, WIDTH + 60)


def share_plot(title: str, bars: Sequence[tuple[str, float]]) -> str:
    """A bar for each name, as long as its share from 0 to 1."""
    step = 20
    parts = []
    for row, (name, share) in enumerate(bars):
        y, length = _TOP + row * step, share * (WIDTH - 260)
        parts.append(
            f'<text x="214" y="{y + 12}" text-anchor="end">{escape(name)}</text>'
            f'<rect x="220" y="{y + 2}" width="{length:.1f}" height="13" class="bar"/>'
            f'<text x="{224 + length:.1f}" y="{y + 12}">{share:.3f}</text>'
        )
    return _svg(title, parts, _TOP + step * len(bars) + 8)


def recalls(per_question: Sequence[Mapping[str, Any]], most: int = 20) -> dict[int, float]:
    """Recall at every k up to `most`, over the answerable questions."""
    ranks = [q["rank"] for q in per_question if q["answerable"] and "error" not in q]
    found = {k: recall_at(ranks, k) for k in range(1, most + 1)}
    return {k: recall for k, recall in found.items() if recall is not None}


def _svg(title: str, parts: Sequence[str], height: int = HEIGHT, width: int = WIDTH) -> str:
    return (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">'
        f"<title>{escape(title)}</title>{''.join(parts)}</svg>"
    )


def _axes(below: str, beside: str, right: str = "1") -> str:
    bottom, middle = HEIGHT - _BOTTOM, (WIDTH + _LEFT) / 2
    return (
        f"{_line(0, 0, 1, 0, 'axis')}{_line(0, 0, 0, 1, 'axis')}"
        f'<text x="{middle}" y="{HEIGHT - 6}" text-anchor="middle">{escape(below)}</text>'
        f'<text x="14" y="{HEIGHT / 2}" text-anchor="middle" '
        f'transform="rotate(-90 14 {HEIGHT / 2})">{escape(beside)}</text>'
        f'<text x="{_LEFT}" y="{bottom + 16}" text-anchor="middle">0</text>'
        f'<text x="{WIDTH - _RIGHT}" y="{bottom + 16}" text-anchor="end">{escape(right)}</text>'
        f'<text x="{_LEFT - 6}" y="{bottom}" text-anchor="end">0</text>'
        f'<text x="{_LEFT - 6}" y="{_TOP + 8}" text-anchor="end">1</text>'
    )


def _line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    return (
        f'<line x1="{_x(x1):.1f}" y1="{_y(y1):.1f}" x2="{_x(x2):.1f}" y2="{_y(y2):.1f}" '
        f'class="{kind}"/>'
    )


def _x(share: float) -> float:
    return _LEFT + share * (WIDTH - _LEFT - _RIGHT)


def _y(share: float) -> float:
    return HEIGHT - _BOTTOM - share * (HEIGHT - _BOTTOM - _TOP)
