"""Reads a passage as evidence: what it states, in which stretches, and where words stand in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from nexus.models import Language, Passage
from nexus.text.facts import FACT_WORDS, folded, stated, units
from nexus.text.inert import inert_spans, without_inert
from nexus.text.numerals import Fact
from nexus.text.segments import words_of
from nexus.text.sentences import sentence_spans
from nexus.text.stems import content_stems, language_of_words, meanings, negated

QUOTE_CHARS = 400
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A sentence or line of a passage that may be quoted, and the stems of its words."""

    start: int
    end: int
    stems: frozenset[str]
    meanings: frozenset[int]
    negated: frozenset[str]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a passage can support; what in it instructs a machine is left out.

    `stems`, `meanings`, `facts` and `units` are also those of its title and headings. `plain` is
    its text in one form of each character, in small letters.
    """

    text: str
    plain: str
    stretches: tuple[Stretch, ...]
    stems: frozenset[str]
    meanings: frozenset[int]
    facts: frozenset[str]
    units: frozenset[str]
    language: Language | None


def evidence_of(passage: Passage) -> Evidence:
    """The evidence that a passage holds, with what it stands under."""
    heading = " › ".join((passage.title, passage.locator.sheet or "", *passage.locator.heading))
    return _gather(passage.text, heading)


def stems_of(text: str) -> list[str]:
    """The stems of a folded text's words that carry meaning; numbers are facts, not words."""
    return _claiming(words_of(text))


def _claiming(words: Sequence[str]) -> list[str]:
    return content_stems([w for w in words if not w[0].isdigit() and w not in FACT_WORDS])


def meanings_of(stems: Sequence[str] | frozenset[str]) -> frozenset[int]:
    """All the meanings that the stems are known for."""
    return frozenset().union(*map(meanings, stems))


def locate(words: str, text: str) -> tuple[int, int] | None:
    """Where words stand verbatim in a text, white space and Unicode forms apart; or None.

    The stretch `text[start:end]` is the original one. Case counts for nothing.
    """
    at = text.find(words)
    if at >= 0:
        return at, at + len(words)
    wanted = " ".join(folded(words).split()).casefold()
    if not wanted or wanted not in " ".join(folded(text).split()).casefold():
        return None
    shown: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        for form in folded(character).casefold():
            if form.isspace():
                if shown and shown[-1] != " ":
                    shown.append(" ")
                    places.append(place)
            else:
                shown.append(form)
                places.append(place)
    at = "".join(shown).find(wanted)
    return None if at < 0 else (places[at], places[at + len(wanted) - 1] + 1)


def quote(claims: Sequence[str], evidence: Evidence) -> str:
    """The stretch of the passage, verbatim and ≤ 400 characters, that the claims rest on.

    The claim's own words where they stand there, else the sentence that shares most with it; drawn
    out to those of the other claims, and to each number and date of them, where the whole is short
    enough. Never what is inert.
    """
    spans = [span for claim in claims for span in _spans(claim, evidence)]
    start, end = spans[0]
    for other_start, other_end in spans[1:]:
        low, high = min(start, other_start), max(end, other_end)
        if high - low <= QUOTE_CHARS and not crosses_inert(evidence, low, high):
            start, end = low, high
    return evidence.text[start : min(end, start + QUOTE_CHARS)]


def crosses_inert(evidence: Evidence, start: int, end: int) -> bool:
    """Whether a stretch of the passage has a part that instructs a machine."""
    return any(a < end and start < b for a, b in inert_spans(evidence.text))


def _spans(claim: str, evidence: Evidence) -> list[tuple[int, int]]:
    """Where the claim stands: its best stretch, then those with the facts that this one lacks."""
    found = locate(claim, evidence.text) if len(claim) >= 20 else None
    if found and not crosses_inert(evidence, *found):
        return [found]
    stems, facts = frozenset(stems_of(folded(claim))), stated(folded(claim))
    means = meanings_of(stems)
    spans: list[tuple[int, int]] = []
    while not spans or facts:
        best = max(evidence.stretches, key=lambda s: _shared(s, evidence.text, stems, means, facts))
        said = facts_in(best, evidence.text)
        left = tuple(fact for fact in facts if not fact & said)
        if spans and len(left) == len(facts):
            break
        spans.append((best.start, best.end))
        facts = left
    return spans


def _shared(
    stretch: Stretch,
    text: str,
    stems: frozenset[str],
    means: frozenset[int],
    facts: Sequence[Fact],
) -> float:
    shared = len(stems & stretch.stems) + 0.3 * len(means & stretch.meanings)
    said = facts_in(stretch, text) if facts else frozenset()
    return shared + 2 * sum(bool(fact & said) for fact in facts) - len(stretch.stems) / 1000


def facts_in(stretch: Stretch, text: str) -> frozenset[str]:
    """The facts that a stretch of the text states by itself."""
    return frozenset().union(*stated(folded(text[stretch.start : stretch.end])))


@lru_cache(maxsize=256)
def _gather(text: str, heading: str) -> Evidence:
    stretches = tuple(_stretches(text))
    above = folded(without_inert(heading))
    told = folded(without_inert(text))
    said = f"{told}\n{above}"
    stems = frozenset().union(*(s.stems for s in stretches), stems_of(above))
    return Evidence(
        text,
        " ".join(told.split()).casefold(),
        stretches,
        stems,
        meanings_of(stems),
        frozenset().union(*stated(said)),
        units(said),
        language_of_words(words_of(told)),
    )


def _stretches(text: str) -> Iterator[Stretch]:
    inert = inert_spans(text)
    for start, end in sentence_spans(text):
        if any(a < end and start < b for a, b in inert):
            continue
        words = words_of(folded(text[start:end]))
        stems = frozenset(_claiming(words))
        if words:
            yield Stretch(start, end, stems, meanings_of(stems), negated(words))
