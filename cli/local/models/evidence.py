"""Measures how well each sentence of the passages fits a question, as rows of numbers.

A first look compares words, for every sentence; a second, with the encoder, only for the best.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from cli.local.models.prompt_reader import AnswerPrompt, QuotedPassage
from cli.local.models.sentences import Unit, split_units
from cli.local.models.words import (
    FUNCTION_WORDS,
    AnswerKind,
    all_words,
    asked_kind,
    content_stems,
    offers,
    stem,
)
from nexus.inert import HIDDEN

Array = NDArray[np.float32]


class Encoder(Protocol):
    """What the evidence needs of `MiniLM`."""

    def both(self, texts: Sequence[str]) -> tuple[Array, list[Array]]:
        """A unit vector for each text, and for each text one for each of its tokens."""
        ...

    def rarity(self, word: str) -> float:
        """How rare a lower-case word is in the language, 0.1 to 1."""
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


# What the columns of a row hold; the last three need the encoder.
FEATURES = (
    "covered", "covered_alike", "covered_before", "covered_around", "covered_passage", "pairs",
    "date", "number", "person", "place", "rank", "length", "heading",
    "cosine", "maxsim", "passage_cosine",
)  # fmt: skip
WORD_FEATURES = 13
RANK = FEATURES.index("rank")
# The column of each kind of answer.
_KINDS: dict[AnswerKind, int] = {
    "date": 6, "year": 6, "duration": 6, "number": 7, "person": 8, "place": 9
}  # fmt: skip
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
    """One row of `FEATURES` per candidate, its encoder columns still 0."""
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


def measure_meaning(
    question: str, found: Sequence[Candidate], rows: Array, model: Encoder
) -> Array:
    """The rows with their encoder columns filled in."""
    pooled, states = model.both([question, *(candidate.text for candidate in found)])
    cosines = pooled[1:] @ pooled[0]
    filled = rows.copy()
    best: dict[int, float] = {}
    for candidate, cosine in zip(found, cosines, strict=True):
        best[candidate.rank] = max(best.get(candidate.rank, -1.0), float(cosine))
    filled[:, WORD_FEATURES] = cosines
    for row, candidate, tokens in zip(filled, found, states[1:], strict=True):
        row[WORD_FEATURES + 1] = max_similarity(states[0], tokens)
        row[WORD_FEATURES + 2] = best[candidate.rank]
    return filled


def max_similarity(question: Array, text: Array) -> float:
    """MaxSim: each of the question's tokens with its nearest in the text, by cosine; the mean."""
    if not len(question) or not len(text):
        return 0.0
    return float((question @ text.T).max(axis=1).mean())
