"""Has the encoder read whole passages, and says how close each of their sentences is to a question.

What the encoder made of a sentence depends on the passage around it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from cli.local.models.candidates import Candidate
from cli.local.models.prompt_reader import QuotedPassage
from cli.local.models.relevance import mean_of_windows

Array = NDArray[np.float32]

# What a place says before its headings, which are embedded with a passage.
_PLACE = re.compile(r"^(?:(?:page|slide|row) \d+(?:, |\Z))+")


class Encoder(Protocol):
    """What the evidence needs of `TextEncoder`."""

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
class Asked:
    """What the encoder makes of a question: its vector, its tokens', and what each token counts."""

    pooled: Array
    states: Array
    shares: Array


@dataclass(slots=True)
class Inside:
    """What a passage holds of a question: how close it comes, and the best cosine of each of the
    question's tokens above the text and in each unit, by where that starts.
    """

    above: Array
    closeness: float = 0.0
    units: dict[int, Array] = field(default_factory=dict)


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


def read_passages(found: Sequence[Candidate], asked: Asked, model: Encoder) -> dict[int, Inside]:
    """What is found in each passage, by its rank.

    Where the encoder stops reading within a passage, it goes on with the first unit that it left
    out, below the same heading.
    """
    waiting: dict[int, list[Candidate]] = {}
    for candidate in found:
        waiting.setdefault(candidate.rank, []).append(candidate)
    read: dict[int, Inside] = {}
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
            inside = read.setdefault(rank, Inside(above))
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
