"""Puts the notes of a page or a book's chapter where they are called, in brackets.

Only links that say that they call a note are taken (EPUB's `noteref`, ARIA's `doc-noteref`):
read as it stands, such a link's number would become a part of the word before it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nexus.ingestion.parsing.web_words import words

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

# A longer note stays where it is, and one deeper in the page than any book's.
_LONGEST, _LONGEST_MARKUP = 1_000, 8_000
_DEEPEST = 40
_MOST = 2_000
# Back to where the note is called, and its number.
_BACK = re.compile(r"[↩↑⏎]\ufe0e?\Z")
_FOOTNOTES = ("doc-footnote", "doc-endnote", "doc-endnotes")
_NUMBER = re.compile(r"\A[\[(]?\d{1,4}[\])]?[.:]?\s+")


def is_note(node: LexborNode) -> bool:
    """Whether an element says that it is a note or another part of a book."""
    given = node.attributes
    return bool(given.get("epub:type")) or (given.get("role") or "").startswith("doc-")


def is_footnote(node: LexborNode) -> bool:
    """Whether an element holds notes, which book readers show over the page where it hides them."""
    given = node.attributes
    return "note" in (given.get("epub:type") or "") or (given.get("role") or "") in _FOOTNOTES


def place_notes(tree: LexborHTMLParser) -> None:
    """Writes each note into the place that calls it first, and takes all calls out."""
    calls = [link for link in tree.css("a[href]") if _calls(link)][:_MOST]
    if not calls:
        return
    notes = {node.attributes.get("id") or "": node for node in tree.css("[id]")}
    placed: dict[int, LexborNode] = {}
    for link in calls:
        before, _, name = (link.attributes.get("href") or "").rpartition("#")
        note = None if before else notes.pop(name, None)
        said = _said(note, _around(link)) if note is not None else ""
        if said and note is not None:
            placed[note.mem_id] = note
        _mark_of(link).replace_with(f" [{said}]" if said else "")
    # A note within another goes with that.
    alone = [note for note in placed.values() if placed.keys().isdisjoint(_around(note) or ())]
    for note in alone:
        note.decompose()


def _calls(link: LexborNode) -> bool:
    given = link.attributes
    kinds = f"{given.get('epub:type') or ''} {given.get('role') or ''}".split()
    return "noteref" in kinds or "doc-noteref" in kinds


def _mark_of(link: LexborNode) -> LexborNode:
    """The link, or the raised mark that is nothing but it."""
    around = link.parent
    if around is None or around.tag != "sup" or len([*around.iter(include_text=True)]) > 1:
        return link
    return around


def _around(node: LexborNode) -> set[int] | None:
    """The elements around one; None if they are too many."""
    found: set[int] = set()
    parent = node.parent
    while parent is not None:
        if len(found) == _DEEPEST:
            return None
        found.add(parent.mem_id)
        parent = parent.parent
    return found


def _said(note: LexborNode, around_call: set[int] | None) -> str:
    """What a note says, without its number; "" if it is none that can be moved."""
    if around_call is None or note.mem_id in around_call or _around(note) is None:
        return ""
    if note.tag in ("a", "body", "sup") or len(note.html or "") > _LONGEST_MARKUP:
        return ""
    text = _NUMBER.sub("", _BACK.sub("", words(note)).rstrip())
    return text if len(text) <= _LONGEST else ""
