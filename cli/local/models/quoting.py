"""Writes an answer of the best sentences: what is quoted of each, and how many there are."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cli.local.models.candidates import Candidate
from cli.local.models.sentences import SECTION
from cli.local.models.words import content_stems
from nexus.text.literals import literals

Array = NDArray[np.float32]

# A second quote comes when the best one has less than the first share of the belief, a third when
# the best two have less than the second. The lines of a table or list are alike in all but what was
# asked for, so that a small lead tells more there, and each says all that it has to say.
SENTENCE_SHARES = (0.95, 0.95)
LINE_SHARES = (0.7, 0.5)
MAX_SENTENCES = 3
_TELLS = re.compile(r"\w\W+\w|\d{3}|@")
_LINE_BREAK = re.compile(r"(?<!\s)[^\S\n]*+\n\s*+")


def quotable(found: Sequence[Candidate]) -> NDArray[np.bool_]:
    """Which units can be an answer: no heading, and a bare line of the first passage only.

    A lone word or sign, such as the "Note" above a note, is no answer; a number may be.
    """
    return np.array(
        [
            one.unit.kind != "heading"
            and (one.unit.kind != "line" or (not one.rank and bool(_TELLS.search(one.text))))
            for one in found
        ]
    )


def compose(best: Sequence[Candidate], scores: Array, asked: frozenset[str]) -> str:
    """The best quote first, since a reader may stop there, then the others by their scores."""
    belief = np.exp(scores - scores.max())
    shares = np.cumsum(belief / belief.sum())
    alone, both = SENTENCE_SHARES if best[0].unit.kind == "sentence" else LINE_SHARES
    wanted = 1 if shares[0] >= alone else 2
    if wanted == 2 and len(shares) > 1 and shares[1] < both:
        wanted = MAX_SENTENCES
    chosen: list[Candidate] = []
    for candidate, can in zip(best, quotable(best), strict=True):
        if can and len(chosen) < wanted and not any(repeats(candidate, c) for c in chosen):
            chosen.append(candidate)
    quotes: dict[tuple[int, int], str] = {}
    for candidate in chosen:
        for start, end in _spans(candidate, asked, alone=candidate is not chosen[0]):
            quotes.setdefault((candidate.rank, start), quote(candidate, start, end))
    if any(c.unit.kind != "sentence" for c in chosen):
        return "\n".join(quotes.values())
    return " ".join(list(quotes.values())[:MAX_SENTENCES])


def _spans(candidate: Candidate, asked: frozenset[str], *, alone: bool) -> list[tuple[int, int]]:
    """What to quote: a row below its table's first; else the unit before what it points to.

    A heading above it comes along unless the unit says all of it, as below "Exclusions" and "Until
    2022" what is quoted means something else: right before the first sentence under it, and behind
    an item. Behind a later sentence it comes where it holds words of the question, and not at all
    behind one that stands `alone`, since that only adds to the best.
    """
    unit, term, text = candidate.unit, candidate.term, candidate.passage.text
    own = (unit.start, unit.end)
    if unit.kind == "row" and unit.context is not None:
        return [unit.context, own]

    def tells(span: tuple[int, int]) -> bool:
        line = text[slice(*span)]
        return bool(set(content_stems(line)) - set(candidate.stems) or literals(line))

    if term is not None and not text[term[1] : unit.start].strip() and not _is_title(text, term):
        return [(term[0] if tells(term) else unit.start, unit.end)]
    if unit.kind == "sentence" and alone:
        return [own]
    near = [unit.context] if unit.context else []
    if unit.kind == "sentence":
        told = term and asked & set(content_stems(text[slice(*term)])) - set(candidate.stems)
        return [own, *near, *([term] if term and told else [])]
    return [own, *(span for span in near if tells(span))]


def _is_title(text: str, span: tuple[int, int]) -> bool:
    """Whether a line is marked or numbered as a heading, and so names no one thing."""
    return bool(SECTION.match(text, *span))


def quote(candidate: Candidate, start: int, end: int) -> str:
    """The stretch with its passage's number, and without the breaks of a printed page's lines."""
    stretch = _LINE_BREAK.sub(" ", candidate.passage.text[start:end])
    return f"{stretch} [{candidate.passage.number}]"


def repeats(candidate: Candidate, other: Candidate) -> bool:
    """Whether one of the two says nothing that the other does not, as overlapping chunks do."""
    return candidate.text in other.text or other.text in candidate.text
