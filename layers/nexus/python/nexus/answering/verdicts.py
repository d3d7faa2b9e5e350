"""Judges a sentence of an answer against what it cites: supported, contradicted or undecided.

Without a model and in any language. Only what can be told for certain is told: a number, date,
amount or address that stands nowhere contradicts; a sentence that stands there supports; all else
is undecided, with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from nexus.answering.agreement import agrees, computed, stands
from nexus.answering.citations import Citation, renumber, single_markers
from nexus.answering.likeness import coverage, objection
from nexus.answering.said import Figures, Read, Said, figures, read, said
from nexus.models import Passage
from nexus.text.inert import inert_spans
from nexus.text.orders import asks_for_address, order_in
from nexus.text.quantities import Quantity
from nexus.text.stems import stem

Verdict = Literal["supported", "contradicted", "undecided"]

# A sentence rests on at most so many sentences when it cites none.
MOST_BEST = 3
# So much of a sentence stands in what a document says to machines when it relays that.
INJECTED = 0.5
_MARKUP = re.compile(r"[*`]+|(?<!\w)_+|_+(?!\w)|^[#>\s]+|^\s*(?:[-+•·]|\d{1,3}[.)])\s+")
_SENTENCE_MARKER = re.compile(r"\s?\[\d{1,2}\.\d{1,3}(?:-\d{1,3})?\]")
_SPLIT_DIGITS = re.compile(r"(?<![\d.,])\d{1,3}(?:[.,] \d{3})++(?!\d)")
# The number of the next item of a list that was cut off behind its colon.
_NEXT_ITEM = re.compile(r":\s+\d{1,2}[.)]?$")
_NEXT_WORD = re.compile(r"[^\w%]*([^\W\d_]+)")


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict, and in a short code what decided it."""

    verdict: Verdict
    reason: str


@dataclass(frozen=True, slots=True)
class _Place:
    """A sentence of a passage, by its number from 0, with the passage as it was read."""

    read: Read
    at: int

    @property
    def sentence(self) -> Said:
        return self.read.sentences[self.at]

    @property
    def above(self) -> list[Said]:
        header = self.read.headers[self.at]
        return [self.read.above, header] if header else [self.read.above]

    @property
    def beside(self) -> list[Said]:
        return [
            self.read.sentences[n]
            for n in (self.at - 1, self.at + 1)
            if 0 <= n < len(self.read.sentences)
        ]


def judge(
    sentence: str, cited: Sequence[str], passages: Sequence[Passage], question: str
) -> Judgement:
    """Whether the cited sentences of the passages support a sentence of an answer.

    `cited` is their text, as it stands in the passages; without any, the sentences that are most
    like it are taken. Takes 1 to 2 ms; never raises.
    """
    claim, asked = said(bare(sentence)), figures(question)
    reads = [read(passage) for passage in passages]
    places = _located(cited, reads) or [place for _, _, place in _ranked(claim, reads)[:MOST_BEST]]
    nowhere = _nowhere(claim, asked, places, reads)
    if nowhere and _SPLIT_DIGITS.search(claim.text):
        # Some models set a blank behind the comma of a number: 23, 768.
        joined = _SPLIT_DIGITS.sub(lambda m: m.group().replace(" ", ""), claim.text)
        nowhere = _nowhere(said(joined), asked, places, reads)
    if nowhere and nowhere.verdict == "contradicted":
        return nowhere
    if inert_spans(sentence) or _injected(claim, passages, reads):
        return Judgement("undecided", "injected")
    if order_in(claim.text, asked.text):
        return Judgement("undecided", "order")
    known = {q.key for q in asked.quantities if q.kind == "address"}
    named = {q.key for q in claim.quantities if q.kind == "address"}
    if named - known and not asks_for_address(asked.text):
        return Judgement("undecided", "address")
    if nowhere:
        return nowhere
    return _supported(claim, asked, places, [x for r in reads for x in r.sentences])


def best_sentences(sentence: str, passages: Sequence[Passage]) -> tuple[Citation, ...]:
    """The sentences of the passages that are most like a sentence, the best one first."""
    claim = said(bare(sentence))
    found = _ranked(claim, [read(passage) for passage in passages])
    return tuple(Citation(number, place.at + 1, place.at + 1) for _, number, place in found)


def bare(sentence: str) -> str:
    """A sentence without its markers, its bullet and its markup."""
    text = _SENTENCE_MARKER.sub("", renumber(single_markers(sentence), {}))
    return _NEXT_ITEM.sub(":", " ".join(_MARKUP.sub(" ", text).replace("|", " ").split()))


def _ranked(claim: Said, reads: Sequence[Read]) -> list[tuple[float, int, _Place]]:
    """The best sentences: their score, the number of their passage and their place."""
    scored: list[tuple[float, int, _Place]] = []
    for number, found in enumerate(reads, start=1):
        for at, evidence in enumerate(found.sentences):
            shared = sum(any(agrees(q, e) for e in evidence.quantities) for q in claim.quantities)
            score = coverage(claim, evidence) + 0.3 * shared - len(evidence.words) / 5000
            if score > 0:
                scored.append((score, number, _Place(found, at)))
    scored.sort(key=lambda one: -one[0])
    return [one for one in scored[:MOST_BEST] if one[0] >= 0.6 * scored[0][0]]


def _located(cited: Sequence[str], reads: Sequence[Read]) -> list[_Place]:
    """The places of the cited sentences."""
    found: list[_Place] = []
    for text in cited:
        wanted = said(text).text
        for one in reads:
            for at, sentence in enumerate(one.sentences):
                if sentence.text and sentence.text in wanted:
                    found.append(_Place(one, at))
    return found


def _injected(claim: Said, passages: Sequence[Passage], reads: Sequence[Read]) -> bool:
    """Whether a claim says what a document says to machines, more than what it says to readers."""
    for passage in passages:
        for text in (passage.text, passage.title, *passage.locator.heading):
            spans = inert_spans(text)
            if not spans:
                continue
            orders = said(" ".join(text[start:end] for start, end in spans))
            share = coverage(claim, orders)
            if share >= INJECTED and share > max(
                (coverage(claim, s) for one in reads for s in one.sentences), default=0.0
            ):
                return True
    return False


@lru_cache(maxsize=64)
def _everything(reads: tuple[Read, ...]) -> tuple[tuple[Quantity, ...], frozenset[float]]:
    """All the quantities of the passages, and the numbers that stand in dates, times and codes."""
    all_of = tuple(
        q for one in reads for part in (one.above, *one.sentences) for q in part.quantities
    )
    loose: set[float] = set()
    for q in all_of:
        if q.kind in ("date", "month"):
            loose |= q.values if q.kind == "date" else set()
        elif q.kind == "time":
            loose |= {v // 60 for v in q.values}
        elif q.kind == "code":
            loose |= q.values
    return all_of, frozenset(loose)


def _nowhere(
    claim: Said, asked: Figures, places: Sequence[_Place], reads: Sequence[Read]
) -> Judgement | None:
    """What a claim gives that stands in no passage, if it gives such a thing."""
    everything, digits = _everything(tuple(reads))
    near = [
        q
        for place in places[:1]
        for part in (place.sentence, *place.above, *place.beside)
        for q in part.quantities
    ]
    doubt = None
    for quantity in claim.quantities:
        hedge = claim.text[max(0, quantity.start - 16) : quantity.end + 4]
        if stands(quantity, everything, digits, hedge) or computed(quantity, near):
            continue
        if quantity.kind != "address" and any(agrees(quantity, q) for q in asked.quantities):
            continue
        if quantity.kind == "address" and any(
            q.key == quantity.key for q in asked.quantities if q.kind == "address"
        ):
            doubt = Judgement("undecided", "asked_address")
        elif quantity.weak and not _contested(quantity, claim, places):
            doubt = Judgement("undecided", "count")
        else:
            return Judgement("contradicted", f"{quantity.kind}_nowhere")
    return doubt


def _contested(quantity: Quantity, claim: Said, places: Sequence[_Place]) -> bool:
    """Whether the cited sentences give another number for the same thing."""
    thing = _counted(quantity, claim)
    for place in places:
        for evidence in (place.sentence, *place.beside):
            for q in evidence.quantities:
                if q.kind != "number" or q.span != (0, 0):
                    continue
                if quantity.unit and quantity.unit == q.unit:
                    return True
                if not quantity.unit and thing and thing == _counted(q, evidence):
                    return True
    return False


def _counted(quantity: Quantity, where: Said) -> str:
    """The stem of the word behind a number: what it counts."""
    match = _NEXT_WORD.match(where.text, quantity.end)
    return stem(match[1]) if match else ""


def _supported(
    claim: Said, asked: Figures, places: Sequence[_Place], others: Sequence[Said]
) -> Judgement:
    reasons: list[str] = []
    for place in places:
        evidence = place.sentence
        if claim.text and claim.text.rstrip(".!。 ") == evidence.text.rstrip(".!。 "):
            return Judgement("supported", "verbatim")
        found = objection(claim, evidence, place.above, place.beside, asked, others)
        if not found:
            return Judgement("supported", "near_copy")
        reasons.append(found)
    return Judgement("undecided", reasons[0] if reasons else "words")
