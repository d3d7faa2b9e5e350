"""Reads the words of a diagram (SmartArt) of an office file, each indented under what it hangs on.

The data of a diagram is a graph of points (ECMA-376, part 1, section 21.4).
"""

from __future__ import annotations

from typing import Any

from nexus.ingestion.parsing.cleaning import squeeze

_D = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_DEEPEST = 20


def diagram_text(root: Any) -> str:
    """One line for each box, two spaces deeper for each level; "" for a diagram without words.

    `root` is the parsed data part.
    """
    words: dict[str, str] = {}
    for point in root.iter(f"{_D}pt"):
        if point.get("type", "node") in ("node", "asst", "doc", "norm"):
            name = point.get("modelId", "")
            words[name] = squeeze(
                " ".join("".join(run.itertext(f"{_A}t")) for run in point.iterfind(f"{_D}t/{_A}p"))
            )
    below: dict[str, list[tuple[int, str]]] = {}
    has_parent = set()
    for link in root.iter(f"{_D}cxn"):
        parent, child = link.get("srcId", ""), link.get("destId", "")
        if link.get("type", "parOf") == "parOf" and parent in words and child in words:
            order = link.get("srcOrd", "0")
            below.setdefault(parent, []).append((int(order[:9]) if order.isdigit() else 0, child))
            has_parent.add(child)
    lines: list[str] = []
    seen: set[str] = set()
    coming = [(name, 0) for name in reversed(words) if name not in has_parent]
    while coming:
        name, depth = coming.pop()
        if name in seen:
            continue
        seen.add(name)
        if words[name]:
            lines.append("  " * min(depth, _DEEPEST) + words[name])
        depth += bool(words[name])
        coming += [(child, depth) for _, child in sorted(below.get(name, ()), reverse=True)]
    lines += [words[name] for name in words if name not in seen and words[name]]
    return "\n".join(lines)
