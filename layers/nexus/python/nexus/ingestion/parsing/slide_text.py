"""Says what a text frame of a slide shows: paragraphs, their numbers, fields and equations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from nexus.ingestion.parsing.equations import EQUATION, linear
from nexus.ingestion.parsing.word_marks import raised
from nexus.ingestion.parsing.word_numbers import formatted

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_LEVELS = 9
# How Office writes a character that XML cannot hold, such as the end of a line (ECMA-376 part 1,
# 22.9.2.19).
_ESCAPED = re.compile(r"_x00(09|0[AaBbDd])_")
# The beginning of a numbering's name (ECMA-376, part 1, section 20.1.10.61).
_FORMS = {
    "alphaLc": "lowerLetter", "alphaUc": "upperLetter", "romanLc": "lowerRoman",
    "romanUc": "upperRoman",
}  # fmt: skip
_AROUND = {"ParenBoth": ("(", ")"), "ParenR": ("", ")"), "Period": ("", "."), "Plain": ("", "")}


def frame_text(body: Any) -> str:
    """The text of a `txBody`, a line for each paragraph."""
    counts: dict[int, tuple[str, int]] = {}
    lines = []
    for paragraph in body.iterchildren(f"{A}p"):
        text = "".join(_pieces(paragraph))
        lines.append(_number(paragraph, counts, has_text=bool(text.strip())) + text)
    return "\n".join(lines)


def _pieces(parent: Any) -> Iterator[str]:
    for child in parent.iterchildren():
        if child.tag == f"{A}r":
            text = _unescaped(child.findtext(f"{A}t") or "")
            properties = child.find(f"{A}rPr")
            is_raised = properties is not None and not properties.get("baseline", "0").startswith(
                ("-", "0")
            )
            yield raised(text) if is_raised else text
        elif child.tag == f"{A}br":
            yield "\n"
        elif child.tag == f"{A}fld":
            yield _unescaped(child.findtext(f"{A}t") or "")
        elif child.tag == EQUATION:
            yield linear(child)
        elif isinstance(child.tag, str) and not child.tag.endswith("Pr"):
            yield from _pieces(child)  # equations stand in wrappers of several namespaces


def _unescaped(text: str) -> str:
    """A run's text, its escaped tabs and line ends as such."""
    return _ESCAPED.sub(lambda found: "\t" if found[1] == "09" else "\n", text)


def _number(paragraph: Any, counts: dict[int, tuple[str, int]], *, has_text: bool) -> str:
    """The automatic number of a paragraph; numbers of a level go on until another kind begins."""
    properties = paragraph.find(f"{A}pPr")
    level = 0 if properties is None else _whole(properties.get("lvl", "0"), 0)
    for deeper in range(level + 1, _LEVELS):
        counts.pop(deeper, None)
    numbering = None if properties is None else properties.find(f"{A}buAutoNum")
    if numbering is None or not has_text:
        if has_text:
            counts.pop(level, None)
        return ""
    kind = numbering.get("type", "arabicPeriod")
    before, count = counts.get(level, ("", 0))
    start = _whole(numbering.get("startAt", "1"), 1)
    count = count + 1 if before == kind else start
    counts[level] = (kind, count)
    form = next((form for name, form in _FORMS.items() if kind.startswith(name)), "decimal")
    begin, end = next((a for name, a in _AROUND.items() if kind.endswith(name)), ("", "."))
    return f"{begin}{formatted(count, form)}{end} "


def _whole(text: str, default: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 5 else default
