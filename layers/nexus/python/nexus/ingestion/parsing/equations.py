"""Writes an equation of an office file (OMML) on one line, as people type it: (a+b)/2, x^2, √(x).

Elements and their defaults are those of ECMA-376, part 1, section 22.1.
"""

from __future__ import annotations

from typing import Any

_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
EQUATION = f"{_M}oMath"
# An XML parser stops at 256 levels; what nests deeper than this no page shows legibly.
_DEEPEST = 60


def linear(element: Any, depth: int = 0) -> str:
    """The text of an equation or of a part of one."""
    if depth > _DEEPEST:
        return ""
    return "".join(_said(child, depth + 1) for child in element.iterchildren(f"{_M}*"))


def _said(node: Any, depth: int) -> str:  # noqa: PLR0911, PLR0912 - one line for each element
    kind = node.tag.removeprefix(_M)
    if kind == "t":
        return node.text or ""
    if kind.endswith("Pr"):
        return ""

    def part(name: str) -> str:
        found = node.find(f"{_M}{name}")
        return "" if found is None else linear(found, depth)

    match kind:
        case "f":
            return f"{grouped(part('num'))}/{grouped(part('den'))}"
        case "sSup":
            return f"{grouped(part('e'))}^{grouped(part('sup'))}"
        case "sSub":
            return f"{grouped(part('e'))}_{grouped(part('sub'))}"
        case "sSubSup":
            return f"{grouped(part('e'))}_{grouped(part('sub'))}^{grouped(part('sup'))}"
        case "sPre":
            return f"_{grouped(part('sub'))}^{grouped(part('sup'))}{grouped(part('e'))}"
        case "rad":
            degree = part("deg")
            return f"{degree}√({part('e')})" if degree else f"√({part('e')})"
        case "nary":
            limits = [f"{mark}{grouped(one)}" for mark, one in _limits(part) if one]
            return f"{_property(node, 'chr', '∫')}{''.join(limits)} {part('e')}"
        case "d":
            begin, end = _property(node, "begChr", "("), _property(node, "endChr", ")")
            between = _property(node, "sepChr", "|")
            inside = [linear(one, depth) for one in node.iterchildren(f"{_M}e")]
            return f"{begin}{between.join(inside)}{end}"
        case "func":
            return f"{part('fName')}({_bare(part('e'))})"
        case "limLow":
            return f"{part('e')}_{grouped(part('lim'))}"
        case "limUpp":
            return f"{part('e')}^{grouped(part('lim'))}"
        case "m":
            rows = [
                ", ".join(linear(one, depth) for one in row.iterchildren(f"{_M}e"))
                for row in node.iterchildren(f"{_M}mr")
            ]
            return f"[{'; '.join(rows)}]"
        case "eqArr":
            return "; ".join(linear(one, depth) for one in node.iterchildren(f"{_M}e"))
    return linear(node, depth)


def _limits(part: Any) -> list[tuple[str, str]]:
    return [("_", part("sub")), ("^", part("sup"))]


def _property(node: Any, name: str, default: str) -> str:
    found = node.find(f"{_M}{node.tag.removeprefix(_M)}Pr/{_M}{name}")
    return default if found is None else str(found.get(f"{_M}val", ""))


def grouped(text: str) -> str:
    """The text in parentheses, unless it is one number or one word."""
    is_one = all(letter.isalnum() or letter in ".," for letter in text)
    return text if is_one or _bare(text) != text else f"({text})"


def _bare(text: str) -> str:
    """The text without parentheses around the whole of it."""
    if text[:1] != "(" or text[-1:] != ")":
        return text
    open_ones = 0
    for at, letter in enumerate(text):
        open_ones += (letter == "(") - (letter == ")")
        if open_ones == 0:
            return text[1:-1] if at == len(text) - 1 else text
    return text
