"""Writes an equation of a web page (MathML) on one line, as people type it: (a+b)/2, x^2, √(x)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nexus.ingestion.parsing.cleaning import squeeze
from nexus.ingestion.parsing.equations import grouped

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_DEEPEST = 60
# Of these the first child is the base, and the marks stand before the others.
_SCRIPTS = {
    "msup": "^", "msub": "_", "mover": "^", "munder": "_", "msubsup": "_^", "munderover": "_^",
}  # fmt: skip
_SILENT = {"annotation", "annotation-xml", "mphantom", "none"}


def equation(math: LexborNode) -> str:
    """The text of a `math` element: what its author says it reads, or what it shows."""
    told = math.attributes.get("alttext") or ""
    return squeeze(told) or squeeze(_linear(math, 0))


def _linear(node: LexborNode, depth: int) -> str:  # noqa: PLR0911 - one for each element
    if depth > _DEEPEST:
        return ""
    if node.is_text_node:
        return squeeze(node.text_content or "")
    tag = node.tag or ""
    if tag in _SILENT:
        return ""
    parts = [_linear(child, depth + 1) for child in node.iter(include_text=True)]
    elements = [part for part in parts if part]
    if tag == "mfrac" and len(elements) == 2:
        return f"{grouped(elements[0])}/{grouped(elements[1])}"
    if tag == "mroot" and len(elements) == 2:
        return f"{elements[1]}√({elements[0]})"
    if tag == "msqrt":
        return f"√({''.join(elements)})"
    if tag in _SCRIPTS and elements:
        scripts = zip(_SCRIPTS[tag], elements[1:], strict=False)
        return grouped(elements[0]) + "".join(f"{mark}{grouped(one)}" for mark, one in scripts)
    if tag == "mtr":
        return ", ".join(elements)
    if tag == "mtable":
        return f"[{'; '.join(elements)}]"
    if tag == "mfenced":
        return f"({', '.join(elements)})"
    return "".join(elements)
