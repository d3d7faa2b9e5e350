"""Reads the numbers behind a chart of an office file, whatever its kind: a line for each category.

Charts keep a copy of what they draw (ECMA-376, part 1, section 21.2; newer kinds MS-ODRAWXML 2.24).
"""

from __future__ import annotations

import re
from typing import Any

from nexus.ingestion.parsing.cleaning import squeeze
from nexus.ingestion.parsing.tables import render

_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_CX = "{http://schemas.microsoft.com/office/drawing/2014/chartex}"
_MOST_POINTS = 20_000
_PERCENT = re.compile(r"^0(?:\.(0{1,9}))?%$")


def chart_lines(root: Any) -> list[str]:
    """The title of a chart, and its values by category; [] if it keeps none.

    `root` is the parsed chart part.
    """
    if root.tag.startswith(_CX):
        return _newer(root)
    rows: dict[str, list[str]] = {}
    names: list[str] = []
    for series in root.iter(f"{_C}ser"):
        categories = _points(series, "cat") or _points(series, "xVal")
        values = _points(series, "val") or _points(series, "yVal")
        if not values:
            continue
        names.append(_words(series.find(f"{_C}tx")))
        for at, value in sorted(values.items()):
            category = categories.get(at, str(at + 1))
            # Two categories of one name stay two rows.
            row = rows.setdefault(f"{at}\n{category}", [category])
            row += [""] * (len(names) - len(row)) + [value]
    width = len(names) + 1
    table = [["", *names], *(row + [""] * (width - len(row)) for row in rows.values())]
    title = _words(root.find(f"{_C}chart/{_C}title"))
    if not rows:
        return []
    return [*([title] if title else []), *render(table, 1)]


def _points(series: Any, name: str) -> dict[int, str]:
    """The points of a dimension by their place; a category of several levels names all of them."""
    found = series.find(f"{_C}{name}")
    if found is None:
        return {}
    percent = _PERCENT.match(found.findtext(f".//{_C}formatCode") or "")
    levels: list[dict[int, str]] = []
    for level in found.iter(f"{_C}lvl"):
        levels.insert(0, _values(level, None))
    if levels:
        return _joined(levels)
    return _values(found, percent)


def _values(parent: Any, percent: re.Match[str] | None) -> dict[int, str]:
    values: dict[int, str] = {}
    for point in parent.iter(f"{_C}pt"):
        place = point.get("idx", "")
        if place.isascii() and place.isdigit() and len(values) < _MOST_POINTS:
            text = _number(point.findtext(f"{_C}v") or "", percent)
            if text:
                values[int(place[:9])] = text
    return values


def _joined(levels: list[dict[int, str]]) -> dict[int, str]:
    """Each point with the names above it, of which a file keeps one a group."""
    joined = {}
    above: list[str] = [""] * len(levels)
    for at in sorted(levels[-1]):
        for depth, level in enumerate(levels):
            above[depth] = level.get(at, above[depth])
        joined[at] = " ".join(filter(None, above))
    return joined


def _number(text: str, percent: re.Match[str] | None) -> str:
    """A value as a person would type it; what is no number, such as #N/A, says nothing."""
    text = squeeze(text)
    try:
        value = float(text)
    except ValueError:
        return "" if text.startswith("#") else text
    if percent:
        return f"{value:.{len(percent[1] or '')}%}"
    return f"{value:.15g}"


def _words(element: Any) -> str:
    """The text of a name or title, given outright or as a copy of a cell."""
    if element is None:
        return ""
    runs = [run.text or "" for run in element.iter(f"{_A}t")]
    return squeeze(" ".join(runs) or " ".join(v.text or "" for v in element.iter(f"{_C}v")))


def _newer(root: Any) -> list[str]:
    """The values of a waterfall, funnel, tree map and their like."""
    title = squeeze(" ".join(run.text or "" for run in root.iter(f"{_A}t")))
    lines = [title] if title else []
    for data in root.iter(f"{_CX}data"):
        texts = [
            [squeeze(point.text or "") for point in level.iter(f"{_CX}pt")]
            for level in data.iterfind(f"{_CX}strDim/{_CX}lvl")
        ]
        numbers = [
            [_number(point.text or "", None) for point in level.iter(f"{_CX}pt")]
            for level in data.iterfind(f"{_CX}numDim/{_CX}lvl")
        ]
        for at in range(min(max(map(len, numbers), default=0), _MOST_POINTS)):
            name = " ".join(level[at] for level in reversed(texts) if at < len(level))
            value = "; ".join(level[at] for level in numbers if at < len(level))
            lines.append(f"{name}: {value}" if name and value else name or value)
    return lines if len(lines) > len([title] if title else []) else []
