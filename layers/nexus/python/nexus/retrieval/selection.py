"""Picks the passages worth reading: no repeats, several documents, whole sections."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from nexus.models import Hit, Locator

_WORD = re.compile(r"\w+")

# Two texts are the same when they share this much of their words, and every number: rows of a table
# or years of a price list differ in nothing else.
SAME = 0.9
# What a passage loses for each better one of its document: enough to let another document of equal
# relevance come first, too little to bring up a worse one.
REPEATED_DOCUMENT = 0.02
# Joined passages stay readable, and within what a language model should be given.
LONGEST_JOINED = 2_400
LONGEST_OVERLAP = 400
# Passages whose words are kept: the best ones of a question are compared with each other.
REMEMBERED = 256


@dataclass(frozen=True, slots=True)
class Ranked:
    """A hit with its relevance, from 0 to 1."""

    hit: Hit
    relevance: float


def select(ranked: Sequence[Ranked], top_k: int) -> list[Ranked]:
    """At most `top_k` of the ranked, best first, without repeats, and with neighbours joined."""
    chosen: list[Ranked] = []
    taken: dict[str, int] = {}
    left = list(ranked)
    while left and len(chosen) < top_k:
        best = max(
            left,
            key=lambda item: (
                item.relevance - REPEATED_DOCUMENT * taken.get(item.hit.document_id, 0)
            ),
        )
        left.remove(best)
        if any(_same(best.hit.text, item.hit.text) for item in chosen):
            continue
        taken[best.hit.document_id] = taken.get(best.hit.document_id, 0) + 1
        chosen.append(best)
    return _joined(chosen)


def _joined(chosen: Sequence[Ranked]) -> list[Ranked]:
    """The same passages, those that follow each other in one section as one."""
    result: list[Ranked] = []
    for item in chosen:
        for place, other in enumerate(result):
            if united := _unite(other, item):
                result[place] = united
                break
        else:
            result.append(item)
    return result


def _unite(one: Ranked, other: Ranked) -> Ranked | None:
    first, second = sorted((one.hit, other.hit), key=lambda hit: hit.ordinal)
    neighbours = (
        first.document_id == second.document_id
        and first.added_in == second.added_in
        and second.ordinal == first.ordinal + 1
        and _section(first.locator) == _section(second.locator)
        and first.locator.row is None
    )
    if not neighbours:
        return None
    text = join(first.text, second.text)
    if len(text) > LONGEST_JOINED:
        return None
    # The last chunk's place lets a third one follow; the first's names where the passage begins.
    hit = first._replace(text=text, ordinal=second.ordinal, score=max(first.score, second.score))
    return Ranked(hit, max(one.relevance, other.relevance))


def join(first: str, second: str) -> str:
    """Two consecutive chunks as one text, what they overlap in standing once."""
    longest = min(len(first), len(second), LONGEST_OVERLAP)
    for size in range(longest, 15, -1):
        if first.endswith(second[:size]):
            return first + second[size:]
    return f"{first}\n\n{second}"


def _section(locator: Locator) -> tuple[object, ...]:
    return locator.page, locator.slide, locator.sheet, locator.heading


def _same(one: str, other: str) -> bool:
    left, right = _words(one), _words(other)
    if not left or not right:
        return one == other
    if len(left & right) / len(left | right) < SAME:
        return False
    return not any(any(map(str.isdigit, word)) for word in left ^ right)


@lru_cache(maxsize=REMEMBERED)
def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.lower()))
