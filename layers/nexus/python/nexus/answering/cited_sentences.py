"""Finds the sentences of the passages that a sentence of an answer cites, and quotes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from nexus.answering.citations import Citation
from nexus.answering.evidence import QUOTE_CHARS, Evidence, crosses_inert, quote
from nexus.answering.numbered import cut, sentences
from nexus.answering.verdicts import best_sentences
from nexus.models import Passage

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Cited:
    """What a sentence rests on: the numbers of the passages, and what is cited of their text.

    `spans` has the stretch of each passage whose sentences are named by number; `said` is the text
    of all sentences that the claim is to be compared with.
    """

    numbers: tuple[int, ...] = ()
    said: tuple[str, ...] = ()
    spans: dict[int, Span] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.numbers)


def cited_by(words: str, citations: Sequence[Citation], passages: Sequence[Passage]) -> Cited:
    """The sentences that a sentence cites; without any citation those that are most like it.

    Numbers that name no passage, or no sentence of it, are read as less exact ones.
    """
    numbers: dict[int, None] = {}
    said: list[str] = []
    spans: dict[int, Span] = {}
    for citation in citations:
        if not 1 <= citation.passage <= len(passages):
            continue
        passage = passages[citation.passage - 1]
        if not sentences(passage):
            continue
        numbers.setdefault(citation.passage)
        span = cut(passage, citation.first, citation.last) if citation.first else None
        if span:
            low, high = spans.get(citation.passage, span)
            spans[citation.passage] = min(low, span[0]), max(high, span[1])
            said += _sentences_within(passage, span)
        else:
            said += _best(words, (passage,))
    if not numbers and not citations:
        best = best_sentences(words, passages)
        return Cited(
            tuple(dict.fromkeys(c.passage for c in best[:1])), tuple(_texts(best, passages))
        )
    return Cited(tuple(numbers), tuple(dict.fromkeys(said)), spans)


def _best(words: str, passages: Sequence[Passage]) -> list[str]:
    return _texts(best_sentences(words, passages), passages)


def _texts(citations: Sequence[Citation], passages: Sequence[Passage]) -> list[str]:
    found = []
    for citation in citations:
        passage = passages[citation.passage - 1]
        span = cut(passage, citation.first or 1)
        if span:
            found.append(passage.text[slice(*span)])
    return found


def _sentences_within(passage: Passage, span: Span) -> list[str]:
    return [
        passage.text[s.start : s.end]
        for s in sentences(passage)
        if span[0] <= s.start and s.end <= span[1]
    ]


def quoted(claims: Sequence[tuple[str, Span | None]], evidence: Evidence) -> str:
    """The stretch of a passage, verbatim and ≤ 400 characters, that the claims on it rest on.

    Sentences that are cited by number are cut out as they are; for others the best are found.
    """
    spans = [span for _, span in claims if span]
    if not spans:
        return quote([words for words, _ in claims], evidence)
    start, end = spans[0]
    for low, high in spans[1:]:
        new = min(start, low), max(end, high)
        if new[1] - new[0] <= QUOTE_CHARS and not crosses_inert(evidence, *new):
            start, end = new
    return evidence.text[start : min(end, start + QUOTE_CHARS)]
