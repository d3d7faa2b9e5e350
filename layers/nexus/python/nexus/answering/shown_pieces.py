"""Puts the pieces of an answer that are kept into the form that is shown, with their markers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from nexus.answering.answer_text import Piece
from nexus.answering.citations import MARKER, renumber


def blank_row(piece: Piece) -> Piece:
    """A table's header without its words, since a table has none without a header."""
    return replace(piece, text="|" + " |" * (piece.text.strip().strip("|").count("|") + 1))


def with_lone_markers(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces, with markers that stand on a line of their own given to the piece before."""
    found: list[Piece] = []
    for piece in pieces:
        alone = (
            piece.kind == "sentence" and piece.markers and not MARKER.sub("", piece.text).strip()
        )
        if alone and found and found[-1].kind in ("sentence", "row"):
            found[-1] = replace(found[-1], text=f"{found[-1].text} {piece.text}")
        elif not alone:
            found.append(piece)
    return found


def order_of_appearance(kept: Sequence[tuple[Piece, tuple[int, ...]]]) -> dict[int, int]:
    """The new number of each passage: they count in the order in which an answer cites them."""
    order: dict[int, int] = {}
    for piece, numbers in kept:
        for number in [n for n in piece.markers if n in numbers] + list(numbers):
            order.setdefault(number, len(order) + 1)
    return order


def cited_anew(piece: Piece, numbers: Sequence[int], order: dict[int, int]) -> str:
    """The piece's text with its markers renumbered, wrong ones dropped and missing ones added."""
    new = {number: order[number] for number in numbers}
    text = renumber(piece.text, new)
    missing = [number for number in numbers if number not in piece.markers]
    if not missing:
        return text
    added = "".join(f"[{new[number]}]" for number in missing)
    if piece.kind == "code":
        return f"{text}\n{added}"
    if piece.kind == "row" and text.rstrip().endswith("|"):
        return f"{text.rstrip()[:-1].rstrip()} {added} |"
    return f"{text.rstrip()} {added}"


def without_empty_parts(pieces: Sequence[Piece], claims: Sequence[bool]) -> list[Piece]:
    """The pieces without headings, announcements and tables that have lost all they stood over."""
    kept: list[Piece] = []
    rows = {piece.table for piece, claim in zip(pieces, claims, strict=True) if claim}
    anything = under_heading = False
    for piece, claim in zip(reversed(pieces), reversed(claims), strict=True):
        if piece.table and piece.table not in rows:
            continue
        if piece.kind == "heading":
            if not under_heading:
                continue
            under_heading = False
        elif piece.kind != "layout" and not claim and piece.text.rstrip("*_ ").endswith(":"):
            if not anything:
                continue
        else:
            under_heading = under_heading or claim
        anything = anything or claim
        kept.append(piece)
    return kept[::-1]
