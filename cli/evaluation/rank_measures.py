"""Measures rankings by the place of the first right document, from 1; None is not found.

Each function takes one place per question and gives a mean over the questions, from 0 to 1; None
where there is no question.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

Places = Sequence[int | None]


def place_of(ranking: Sequence[str], right: Collection[str]) -> int | None:
    """The place of the first right id among the distinct ids of a ranking, from 1."""
    distinct = dict.fromkeys(ranking)
    return next((place for place, item in enumerate(distinct, 1) if item in right), None)


def recall_at(places: Places, k: int) -> float | None:
    """The share of questions with a right document among the first `k`."""
    return _mean([float(place is not None and place <= k) for place in places])


def mrr_at(places: Places, k: int) -> float | None:
    """The mean reciprocal rank, where a place after `k` counts as 0."""
    return _mean([1 / place if place is not None and place <= k else 0.0 for place in places])


def ndcg_at(places: Places, k: int) -> float | None:
    """The normalised discounted cumulative gain with one right document per question."""
    gains = [1 / math.log2(place + 1) if place and place <= k else 0.0 for place in places]
    return _mean(gains)


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
