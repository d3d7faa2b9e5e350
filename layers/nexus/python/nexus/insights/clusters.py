"""Gathers questions that ask for the same: each joins the first group that it is near enough to.

A group is led by one of its questions, and what joins it is compared with that alone ("leader
clustering", Hartigan, Clustering Algorithms, 1975, chapter 3): one pass, the same result for the
same questions, and no more comparisons than questions times groups. Questions of the same words
are one, and those asked most often come first, so that they lead.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from operator import mul
from typing import Any

from nexus.insights.packing import length, signs, unpacked

# Groups that are told apart, of a day and of a range of days; what is near none of them is left
# out, and counted as such.
MOST_GROUPS = 300
# What is kept of a group: questions to show, and documents.
SHOWN_QUESTIONS, SHOWN_DOCUMENTS = 3, 5


@dataclass(slots=True)
class Asked:
    """One question, or a group of them: how often it was asked, refused, and badly rated.

    `examples` are questions of it by `created_at` and message id, best first, `misses` those
    of them that got no good answer, `documents` what is cited or closest, with how often.
    """

    vector: bytes
    digests: set[str] = field(default_factory=set)
    count: int = 0
    refused: int = 0
    disliked: int = 0
    examples: list[tuple[str, str]] = field(default_factory=list)
    misses: list[tuple[str, str]] = field(default_factory=list)
    documents: Counter[str] = field(default_factory=Counter)

    @property
    def missed(self) -> int:
        """How many of them got no good answer."""
        return self.refused + self.disliked

    def join(self, other: Asked) -> None:
        """Takes another in; this one's vector stays."""
        self.digests |= other.digests
        self.count += other.count
        self.refused += other.refused
        self.disliked += other.disliked
        self.examples = (self.examples + other.examples)[:SHOWN_QUESTIONS]
        self.misses = (self.misses + other.misses)[:SHOWN_QUESTIONS]
        self.documents.update(other.documents)

    def values(self) -> dict[str, Any]:
        """The same as plain values, for a store."""
        return {
            "vector": self.vector,
            "digests": sorted(self.digests)[:MOST_DIGESTS],
            "count": self.count,
            "refused": self.refused,
            "disliked": self.disliked,
            "examples": [list(one) for one in self.examples],
            "misses": [list(one) for one in self.misses],
            "documents": dict(first(self.documents, SHOWN_DOCUMENTS)),
        }

    @classmethod
    def of(cls, values: dict[str, Any]) -> Asked:
        """From what `values` made."""
        return cls(
            vector=bytes(values["vector"]),
            digests=set(values["digests"]),
            count=values["count"],
            refused=values["refused"],
            disliked=values["disliked"],
            examples=[(str(when), str(name)) for when, name in values["examples"]],
            misses=[(str(when), str(name)) for when, name in values["misses"]],
            documents=Counter(values["documents"]),
        )


# Ways of putting a question that are remembered of a group from one day to the next.
MOST_DIGESTS = 20


@dataclass(frozen=True, slots=True)
class Groups:
    """Groups, those asked most often first, and how many questions are in none of them."""

    groups: list[Asked]
    left_out: int = 0


def first(counted: Counter[str], most: int) -> list[tuple[str, int]]:
    """The most frequent, of equals the first by name."""
    return sorted(counted.items(), key=lambda one: (-one[1], one[0]))[:most]


def gathered(asked: Iterable[Asked], least: float, most: int = MOST_GROUPS) -> Groups:
    """Groups of what is at least so near (a cosine, -1 to 1) to the group's leader."""
    leaders: list[_Leader] = []
    left_out = 0
    for one in _by_words(asked):
        numbers = unpacked(one.vector)
        near = _nearest(leaders, numbers, least)
        if near is not None:
            near.group.join(one)
        elif len(leaders) < most:
            leaders.append(_Leader(one, numbers, length(numbers), signs(numbers)))
        else:
            left_out += one.count
    groups = sorted((leader.group for leader in leaders), key=_order)
    return Groups(groups, left_out)


def _by_words(asked: Iterable[Asked]) -> list[Asked]:
    """What is asked, that of the same words as one, in the order in which it is to lead."""
    by_digest: dict[str, Asked] = {}
    alone: list[Asked] = []
    for one in asked:
        known = next((by_digest[key] for key in sorted(one.digests) if key in by_digest), None)
        if known is None:
            alone.append(one)
            known = one
        else:
            known.vector = known.vector or one.vector
            known.join(one)
        by_digest.update(dict.fromkeys(one.digests, known))
    return sorted(alone, key=_order)


def _order(one: Asked) -> tuple[int, list[tuple[str, str]]]:
    return -one.count, one.examples[:1]


@dataclass(frozen=True, slots=True)
class _Leader:
    group: Asked
    numbers: Sequence[int]
    length: float
    signs: int


def _nearest(leaders: Sequence[_Leader], numbers: Sequence[int], least: float) -> _Leader | None:
    """The leader of the greatest cosine, if that is at least `least`."""
    if not any(numbers):
        return None
    own, mine = length(numbers), signs(numbers)
    far = _most_signs_apart(len(numbers), least)
    best, found = least, None
    for leader in leaders:
        # Vectors that differ in more signs than chance explains at this angle are not so near.
        if len(leader.numbers) != len(numbers) or (leader.signs ^ mine).bit_count() > far:
            continue
        cosine = sum(map(mul, leader.numbers, numbers)) / (leader.length * own)
        if cosine > best or (cosine == best and found is None):
            best, found = cosine, leader
    return found


def _most_signs_apart(dimension: int, least: float) -> float:
    """Signs in which vectors at an angle differ: θ/π of them, and five standard deviations.

    Goemans and Williamson, 1995: a random plane parts two vectors with the probability θ/π.
    """
    share = math.acos(max(-1.0, min(1.0, least))) / math.pi
    return dimension * share + 5 * math.sqrt(dimension * share * (1 - share))
