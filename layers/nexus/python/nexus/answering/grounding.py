"""Checks each sentence of an answer against the passages, and keeps only what they support."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from nexus.answering.answer_text import Piece, joined, pieces_of
from nexus.answering.citations import MARKER, renumber, single_markers
from nexus.answering.claims import (
    HAS_WORDS,
    claims_nothing,
    introduces,
    plain_words,
    read_claim,
    read_question,
)
from nexus.answering.evidence import evidence_of, quote
from nexus.answering.support import sources_of
from nexus.models import Passage, Source
from nexus.text.sanitising import sanitise, without_markup

# Far more than an answer is allowed: a model that writes on and on repeats itself.
MOST_CHARS = 20_000
MOST_PIECES = 300


@dataclass(frozen=True, slots=True)
class Grounded:
    """An answer of supported sentences only, with the sources that its markers `[1]` to `[n]` name.

    `unsupported` holds the sentences that were removed: to be counted, never logged. `support` is
    the share of the claims that were kept, from 0 to 1. `needs_retry` is True if the first claim
    was removed, on which the rest leans, or no claim is left.
    """

    text: str
    sources: tuple[Source, ...]
    unsupported: tuple[str, ...]
    support: float
    needs_retry: bool


def ground(text: str, passages: Sequence[Passage], question: str = "") -> Grounded:
    """Removes what no passage supports, and ties the rest to verbatim quotes.

    Every number, date, amount, address and proper name of a sentence must stand in the passages it
    cites, and most of its other words; a sentence that cites none, or the wrong ones, gets the
    passages that support it. Names and numbers that merely repeat the question are let through.
    Links, images and HTML are removed. What documents say to machines supports nothing. What a
    model wrote beyond 20,000 characters, or 300 sentences and lines, is left out. Takes some 2 ms;
    never raises.
    """
    evidence = [evidence_of(passage) for passage in passages]
    asked = read_question(question)
    allowed = {fact[4:] for e in evidence for fact in e.facts if fact.startswith("url:")}
    # Each is compared with all that the passages say.
    pieces = pieces_of(single_markers(without_markup(text[:MOST_CHARS], allowed)))
    # The half of a sentence that was cut may say the opposite of the whole.
    pieces = (pieces[:-1] if len(text) > MOST_CHARS else pieces)[:MOST_PIECES]
    kept: list[tuple[Piece, tuple[int, ...]]] = []
    claims: dict[int, list[str]] = {}
    removed: list[str] = []
    supported = 0
    first_removed = False
    rules = {(piece.line, piece.table) for piece in pieces if piece.kind == "layout"}
    for piece in _with_lone_markers(pieces):
        words = plain_words(piece)
        if piece.kind == "layout":
            kept.append((piece, ()))
        if piece.kind == "layout" or not HAS_WORDS.search(words):
            continue
        # A table's row is its header if it is the one above the rule.
        is_header = bool(piece.table) and (piece.line + 1, piece.table) in rules
        is_label = is_header or piece.kind == "heading"
        claim = read_claim(words, label=is_label, has_label=piece.is_item)
        if is_header:
            known = introduces(claim, evidence, asked, 1)
            kept.append((piece if known else _blank_row(piece), ()))
        elif claims_nothing(claim, words, asked):
            kept.append((piece, ()))
        elif piece.kind == "heading":
            if introduces(claim, evidence, asked, 1):
                kept.append((piece, ()))
        elif words.endswith(":") and not claim.facts and introduces(claim, evidence, asked, 0.75):
            kept.append((piece, ()))
        elif numbers := sources_of(claim, piece.markers, evidence, asked):
            supported += 1
            kept.append((piece, numbers))
            for number in numbers:
                claims.setdefault(number, []).append(words)
        else:
            first_removed = first_removed or not supported
            removed.append(piece.text)
    if not supported:
        return Grounded("", (), tuple(removed), 0.0, needs_retry=True)
    order = _order_of_appearance(kept)
    shown = [replace(piece, text=_cited(piece, numbers, order)) for piece, numbers in kept]
    sources = tuple(
        Source(new, passages[old - 1], quote(claims[old], evidence[old - 1]))
        for old, new in order.items()
    )
    text = joined(_without_empty_parts(shown, [bool(numbers) for _, numbers in kept]))
    text = sanitise(text, [source.passage.text for source in sources])
    return Grounded(
        text, sources, tuple(removed), supported / (supported + len(removed)), first_removed
    )


def _blank_row(piece: Piece) -> Piece:
    """A table's header without its words, since a table has none without a header."""
    return replace(piece, text="|" + " |" * (piece.text.strip().strip("|").count("|") + 1))


def _with_lone_markers(pieces: Sequence[Piece]) -> list[Piece]:
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


def _order_of_appearance(kept: Sequence[tuple[Piece, tuple[int, ...]]]) -> dict[int, int]:
    order: dict[int, int] = {}
    for piece, numbers in kept:
        for number in [n for n in piece.markers if n in numbers] + list(numbers):
            order.setdefault(number, len(order) + 1)
    return order


def _cited(piece: Piece, numbers: Sequence[int], order: dict[int, int]) -> str:
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


def _without_empty_parts(pieces: Sequence[Piece], claims: Sequence[bool]) -> list[Piece]:
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
