"""Says what a paragraph of Word shows, and in which order paragraphs and tables stand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nexus.ingestion.parsing.word_xml import W

_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
# Deleted or moved-away text, the instructions of fields, and how a word is pronounced.
_SKIPPED = {
    f"{W}del", f"{W}moveFrom", f"{W}instrText", _FALLBACK, f"{W}rPr", f"{W}pPr", f"{W}rt",
}  # fmt: skip
# Fields in fields, which are looked at.
_DEEPEST = 20
_BREAKS = {
    f"{W}tab": "\t", f"{W}ptab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-",
}  # fmt: skip
# What wraps paragraphs and tables without being one: content controls, tracked insertions.
_WRAPPERS = {f"{W}sdt", f"{W}sdtContent", f"{W}customXml", f"{W}ins", f"{W}moveTo", f"{W}smartTag"}


def blocks(parent: Any) -> Iterator[Any]:
    """Paragraphs and tables in order; python-docx's iter_inner_content misses content controls."""
    for child in parent.iterchildren():
        if child.tag in (f"{W}p", f"{W}tbl"):
            yield child
        elif child.tag in _WRAPPERS:
            yield from blocks(child)


def descend(parent: Any, tag: str) -> Iterator[Any]:
    """The rows of a table or the cells of a row, those in wrappers too."""
    for child in parent.iterchildren():
        if child.tag == tag:
            yield child
        elif child.tag in _WRAPPERS:
            yield from descend(child, tag)


def paragraph_text(element: Any) -> str:
    """The text of a paragraph, with its line breaks and tabs."""
    return "".join(_pieces(element))


def _pieces(element: Any) -> Iterator[str]:
    for child in element.iterchildren():
        if child.tag == f"{W}t":
            yield child.text or ""
        elif child.tag in _BREAKS:
            yield _BREAKS[child.tag]
        elif child.tag in _SKIPPED or not isinstance(child.tag, str):
            continue
        else:
            yield from _pieces(child)
            if child.tag == f"{W}p":
                yield "\n"


def without_instructions(root: Any) -> None:
    """Takes out what fields within the instructions of another field result in: it is not shown.

    What a field leaves open is kept, since its end may be lost.
    """
    open_: list[tuple[bool, list[Any]]] = []
    for one in root.iter(f"{W}fldChar", f"{W}t"):
        if one.tag == f"{W}t":
            of = next((waiting for has_result, waiting in open_[:_DEEPEST] if not has_result), None)
            if of is not None:
                of.append(one)
            continue
        match one.get(f"{W}fldCharType"):
            case "begin":
                open_.append((False, []))
            case "separate" if open_:
                open_[-1] = (True, open_[-1][1])
            case "end" if open_:
                for text in open_.pop()[1]:
                    text.getparent().remove(text)
