"""The names of Word's XML, and the few moves that its readers share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


def value(element: Any, path: str) -> str | None:
    """The `w:val` of what lies at the path, or None."""
    found = element.find(path)
    return None if found is None else found.get(f"{W}val")


def number(element: Any, path: str) -> int | None:
    """A whole number as the file says it; None where it says none, or one that Word cannot mean."""
    text = value(element, path) or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None


def is_on(element: Any, path: str) -> bool | None:
    """Whether a property is on; None where nothing is said of it."""
    found = element.find(path)
    return None if found is None else found.get(f"{W}val", "1") not in ("0", "false", "off")


def run_of(root: Any, text: str) -> Any:
    """A run that says the text."""
    run = root.makeelement(f"{W}r")
    said = run.makeelement(f"{W}t")
    said.set(_SPACE, "preserve")
    said.text = text
    run.append(said)
    return run


def paragraph_of(root: Any, text: str) -> Any:
    """A paragraph that says the text."""
    paragraph = root.makeelement(f"{W}p")
    paragraph.append(run_of(root, text))
    return paragraph


def runs(paragraph: Any) -> Iterator[Any]:
    """The runs of a paragraph, those within links and insertions too."""
    return iter(list(paragraph.iter(f"{W}r")))


def remove(element: Any) -> None:
    """Takes an element out of its tree."""
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)
