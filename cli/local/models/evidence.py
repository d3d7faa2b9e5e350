"""Measures how well each sentence of the passages fits a question, as rows of numbers.

A first look compares words and what the encoder made of each sentence in its passage; a second has
the encoder read the best sentences alone.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from cli.local.models.prompt_reader import AnswerPrompt, QuotedPassage
from cli.local.models.relevance import mean_of_windows
from cli.local.models.sentences import Unit, split_units
from cli.local.models.words import FUNCTION_WORDS, content_stems, stem
from nexus.retrieval.answer_kinds import AnswerKind, all_words, asked_kind, offers
from nexus.text.inert import HIDDEN

Array = NDArray[np.float32]


class Encoder(Protocol):
    """What the evidence needs of `MiniLM`."""

    def both(self, texts: Sequence[str]) -> tuple[Array, list[Array]]:
        """A unit vector for each text, and for each text one for each of its tokens."""
        ...

    def rarity(self, word: str) -> float:
        """How rare a lower-case word is in the language, 0.1 to 1."""
        ...

    def shares(self, question: str) -> Array:
        """What each of a question's tokens counts for; together 1."""
        ...

    def placed(self, texts: Sequence[str]) -> list[tuple[Array, NDArray[np.int64]]]:
        """For each text its tokens' vectors, and where each token starts and ends in it."""
        ...


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit of a passage, with the stems in it, before it, about it and in its whole passage."""

    passage: QuotedPassage
    unit: Unit
    rank: int
    stems: tuple[str, ...]
    before: frozenset[str]
    around: frozenset[str]
    everywhere: frozenset[str]

    @property
    def text(self) -> str:
        """The unit's own text, verbatim."""
        return self.passage.text[self.unit.start : self.unit.end]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the encoder makes of a question: its vector, its tokens', and what each token counts."""

    pooled: Array
    states: Array
    shares: Array


@dataclass(slots=True)
class _Inside:
    """What a passage holds of a question: how close it comes, and the best cosine of each of the
    question's tokens above the text and in each unit, by where that starts.
    """

    above: Array
    closeness: float = 0.0
    units: dict[int, Array] = field(default_factory=dict)


# What the columns of a row hold: what words tell; what the encoder made of the sentence in its
# passage; and, for the best, what it makes of the sentence alone.
FEATURES = (
    "covered", "covered_alike", "covered_before", "covered_around", "covered_passage", "pairs",
    "date", "number", "person", "place", "rank", "length", "heading",
    "inside", "inside_titled", "inside_around", "closeness", "closeness_behind",
    "cosine", "maxsim", "passage_cosine", "maxsim_weighted",
)  # fmt: skip
WORD_FEATURES = 13
FIRST_FEATURES = 18
# The column of each kind of answer.
_KINDS: dict[AnswerKind, int] = {
    "date": 6, "year": 6, "duration": 6, "number": 7, "person": 8, "place": 9
}  # fmt: skip
# What a place says before its headings, which are embedded with a passage.
_PLACE = re.compile(r"^(?:(?:page|slide|row) \d+(?:, |\Z))+")
# What the prompt shows instead of a paragraph's rest that instructs a machine: a gap between
# sentences, and no part of one.
_HIDDEN_END = re.compile(rf"{re.escape(HIDDEN)}(?=\s*(?:\n|\Z))")


def candidates(prompt: AnswerPrompt) -> list[Candidate]:
    """Every unit of every passage, each text once, in the prompt's order."""
    found: list[Candidate] = []
    seen: set[str] = set()
    for rank, passage in enumerate(prompt.passages):
        units = split_units(_HIDDEN_END.sub("\n" * len(HIDDEN), passage.text))
        stems = [tuple(content_stems(passage.text[unit.start : unit.end])) for unit in units]
        title = frozenset(content_stems(f"{passage.title} {passage.place}"))
        everywhere = title.union(*stems)
        for place, unit in enumerate(units):
            text = passage.text[unit.start : unit.end]
            if text in seen:
                continue
            seen.add(text)
            before = frozenset(stems[place]).union(*stems[max(0, place - 1) : place])
            if unit.context is not None:
                before = before.union(content_stems(passage.text[slice(*unit.context)]))
            around = before.union(title, *stems[place + 1 : place + 2])
            found.append(Candidate(passage, unit, rank, stems[place], before, around, everywhere))
    return found


def word_weights(question: str, found: Sequence[Candidate], model: Encoder) -> dict[str, float]:
    """How telling each stem of the question is: rare here, and rare in the language."""
    frequency = Counter(stem for candidate in found for stem in set(candidate.stems))
    return {
        stem(word): math.log(1 + len(found) / (0.5 + frequency[stem(word)]))
        * (0.2 + model.rarity(word))
        for word in all_words(question)
        if word not in FUNCTION_WORDS
    }


def coverage(weights: dict[str, float], stems: frozenset[str] | set[str]) -> float:
    """The share of the question's weight that the stems hold, from 0 to 1."""
    total = sum(weights.values())
    return sum(w for stem, w in weights.items() if stem in stems) / total if total else 0.0


def measure_words(question: str, found: Sequence[Candidate], weights: dict[str, float]) -> Array:
    """One row of `FEATURES` per candidate, what the encoder tells still 0."""
    kind = asked_kind(question)
    asked = frozenset(all_words(question))
    ordered = content_stems(question)
    alike = dict.fromkeys(weights, 1.0)
    pairs = set(pairwise(ordered))
    rows = np.zeros((len(found), len(FEATURES)), np.float32)
    for row, candidate in zip(rows, found, strict=True):
        own = set(candidate.stems)
        shared = pairs & set(pairwise(candidate.stems))
        row[:6] = (
            coverage(weights, own),
            coverage(alike, own),
            coverage(weights, candidate.before),
            coverage(weights, candidate.around),
            coverage(weights, candidate.everywhere),
            len(shared) / len(pairs) if pairs else 0.0,
        )
        if kind is not None:
            row[_KINDS[kind]] = 1.0 if offers(kind, candidate.text, asked) else -1.0
        row[10:13] = (
            1 / (1 + candidate.rank),
            math.log1p(len(own)),
            candidate.unit.kind == "heading" or candidate.text.endswith((":", "?")),
        )
    return rows


def measure_inside(found: Sequence[Candidate], rows: Array, asked: Asked, model: Encoder) -> Array:
    """The rows with the columns filled in for which whole passages are read."""
    filled = rows.copy()
    nothing = np.zeros(len(asked.states), np.float32)
    places: dict[int, list[int]] = {}
    for place, candidate in enumerate(found):
        places.setdefault(candidate.rank, []).append(place)
    read = _read_passages(found, asked, model)
    for rank, own in places.items():
        passage = read[rank]
        above = passage.above
        best = [passage.units.get(found[place].unit.start, nothing) for place in own]
        for at, place in enumerate(own):
            around = np.maximum.reduce(best[max(0, at - 1) : at + 2])
            filled[place, WORD_FEATURES : WORD_FEATURES + 4] = (
                asked.shares @ best[at],
                asked.shares @ np.maximum(best[at], above),
                asked.shares @ around,
                passage.closeness,
            )
    closeness = WORD_FEATURES + 3
    filled[:, closeness + 1] = filled[:, closeness] - filled[:, closeness].max(initial=0)
    return filled


def measure_alone(found: Sequence[Candidate], rows: Array, asked: Asked, model: Encoder) -> Array:
    """The rows with the last columns filled in, for which each sentence is read alone."""
    pooled, states = model.both([candidate.text for candidate in found])
    cosines = pooled @ asked.pooled
    filled = rows.copy()
    nearest: dict[int, float] = {}
    for candidate, cosine in zip(found, cosines, strict=True):
        nearest[candidate.rank] = max(nearest.get(candidate.rank, -1.0), float(cosine))
    for row, candidate, cosine, tokens in zip(filled, found, cosines, states, strict=True):
        best = best_cosines(asked.states, tokens)
        row[FIRST_FEATURES:] = (
            cosine,
            best.mean() if len(best) else 0.0,
            nearest[candidate.rank],
            asked.shares @ best,
        )
    return filled


def read_question(question: str, model: Encoder) -> Asked:
    """What the encoder makes of a question."""
    pooled, states = model.both([question])
    return Asked(pooled[0], states[0], model.shares(question))


def best_cosines(question: Array, text: Array) -> Array:
    """For each of the question's tokens its best cosine in a text, 0 if the text has no token."""
    if not len(text):
        return np.zeros(len(question), np.float32)
    best: Array = (question @ text.T).max(axis=1)
    return best


def _read_passages(found: Sequence[Candidate], asked: Asked, model: Encoder) -> dict[int, _Inside]:
    """What is found in each passage, by its rank.

    Where the encoder stops reading within a passage, it goes on with the first unit that it left
    out, below the same heading.
    """
    waiting: dict[int, list[Candidate]] = {}
    for candidate in found:
        waiting.setdefault(candidate.rank, []).append(candidate)
    read: dict[int, _Inside] = {}
    while waiting:
        first = {rank: units[0] for rank, units in waiting.items()}
        begins = {rank: unit.unit.start if rank in read else 0 for rank, unit in first.items()}
        heads = {rank: _heading(unit.passage) for rank, unit in first.items()}
        texts = [heads[rank] + first[rank].passage.text[begins[rank] :] for rank in first]
        for rank, (states, places) in zip(first, model.placed(texts), strict=True):
            offset = len(heads[rank]) - begins[rank]
            cosines = asked.states @ states.T
            starts, ends = places[:, 0], places[:, 1]
            above = _best(cosines[:, starts < len(heads[rank])])
            inside = read.setdefault(rank, _Inside(above))
            if len(ends):
                close = mean_of_windows(asked.shares, cosines)
                inside.closeness = max(inside.closeness, close)
            reached = int(ends[-1]) - offset if len(ends) else 0
            left = []
            for place, candidate in enumerate(waiting[rank]):
                unit = candidate.unit
                if place and unit.end > reached:
                    left.append(candidate)
                    continue
                own = (starts >= unit.start + offset) & (starts < unit.end + offset)
                inside.units[unit.start] = _best(cosines[:, own])
            waiting[rank] = left
        waiting = {rank: units for rank, units in waiting.items() if units}
    return read


def _best(cosines: Array) -> Array:
    if not cosines.shape[1]:
        return np.zeros(len(cosines), np.float32)
    best: Array = cosines.max(axis=1)
    return best


def _heading(passage: QuotedPassage) -> str:
    """The line above a passage as it was embedded, so that it need not be read again."""
    names = [passage.title, *_PLACE.sub("", passage.place).split(" › ")]
    context = " › ".join(dict.fromkeys(name for name in names if name))
    return f"{context}\n" if context else ""
