"""Has pygal draw an evaluation's plots, as SVG text that stands alone inside a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pygal import XY, HorizontalBar
from pygal.style import Style

from cli.evaluation.rank_measures import recall_at

_NAMESPACES = {"": "http://www.w3.org/2000/svg", ":xlink": "http://www.w3.org/1999/xlink"}
_STYLE = Style(
    background="transparent",
    plot_background="transparent",
    guide_stroke_color="#dddddd",
    major_guide_stroke_color="#dddddd",
    colors=("#2257a8", "#888888"),
    font_family="system-ui,sans-serif",
)


def reliability_plot(bins: Sequence[Mapping[str, float]]) -> str:
    """Stated probability against the share that was true; a dot's area grows with its count."""
    most = max((item["count"] for item in bins), default=1)
    plot = XY(
        title="Reliability",
        x_title="stated probability",
        y_title="share true",
        xrange=(0, 1),
        range=(0, 1),
        stroke=False,
        **_frame(320),
    )
    if bins:
        dashed = {"dasharray": "4, 4"}
        plot.add("measured", [_dot(item, most) for item in bins])
        plot.add("true", [(0, 0), (1, 1)], stroke=True, show_dots=False, stroke_style=dashed)
    return _drawn(plot, "reliability")


def recall_plot(recall: Mapping[int, float]) -> str:
    """Recall by the number of documents looked at."""
    plot = XY(
        title="Recall by k",
        x_title="documents looked at",
        y_title="recall",
        range=(0, 1),
        formatter=lambda point: f"{point[0]:.0f}: {point[1]:.3f}",
        **_frame(320),
    )
    plot.add("recall", list(recall.items()))
    return _drawn(plot, "recall")


def latency_plot(latency: Mapping[str, Mapping[str, float]]) -> str:
    """A bar for each stage: the median, with a whisker to the 95th percentile."""
    plot = HorizontalBar(
        title="Latency by stage, median and 95th percentile",
        x_title="ms",
        range=(0, max((spent["p95"] for spent in latency.values()), default=0.0) or 1.0),
        **_frame(110 + 30 * len(latency)),
    )
    bars = [
        {"value": spent["p50"], "ci": {"low": spent["p50"], "high": spent["p95"]}}
        for spent in latency.values()
    ]
    # Drawn from below: the first stage is the topmost.
    plot.x_labels = [
        f"{_printable(stage)} {spent['p50']:.1f} · {spent['p95']:.1f} ms"
        for stage, spent in reversed(list(latency.items()))
    ]
    plot.add("ms", bars[::-1])
    return _drawn(plot, "latency")


def recalls(per_question: Sequence[Mapping[str, Any]], most: int = 20) -> dict[int, float]:
    """Recall at every k up to `most`, over the answerable questions."""
    ranks = [q["rank"] for q in per_question if q["answerable"] and "error" not in q]
    found = {k: recall_at(ranks, k) for k in range(1, most + 1)}
    return {k: recall for k, recall in found.items() if recall is not None}


def _dot(item: Mapping[str, float], most: float) -> dict[str, Any]:
    label = f"{item['count']:.0f} said {item['stated']:.2f}, true {item['true']:.2f}"
    return {
        "value": (item["stated"], item["true"]),
        "node": {"r": 3 + 9 * (item["count"] / most) ** 0.5},
        "formatter": lambda _: label,
    }


def _frame(height: int) -> dict[str, Any]:
    return {
        "width": 480,
        "height": height,
        "style": _STYLE,
        "js": [],
        "show_legend": False,
        "explicit_size": True,
        "disable_xml_declaration": True,
    }


def _drawn(plot: Any, name: str) -> str:
    plot.uuid = name  # binds the style to this plot, and is random otherwise
    plot.add_xml_filter(_without_script)
    svg: str = plot.render(is_unicode=True)
    for prefix, uri in _NAMESPACES.items():  # inside HTML, SVG needs none
        svg = svg.replace(f' xmlns{prefix}="{uri}"', "")
    return svg


def _without_script(root: Any) -> Any:
    """Takes out the script that shows values, and has the browser show them as titles instead."""
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag == "script" or callable(child.tag):  # a comment's tag is a function
                parent.remove(child)
            elif child.tag == "desc" and child.get("class") == "value":
                child.tag = "title"
    return root


def _printable(name: str) -> str:
    """A stage's name, which may come from any deployment, without what XML does not allow."""
    return "".join(char if char.isprintable() else " " for char in name)
