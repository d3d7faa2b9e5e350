"""Measures how well stated probabilities tell what is true from what is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """The statements whose probability lies in [`low`, `high`): what they said, what was true."""

    low: float
    high: float
    count: int
    stated: float
    true: float


def auroc(positives: Sequence[float], negatives: Sequence[float]) -> float | None:
    """The probability that a random positive is scored over a random negative; ties count half.

    None without a positive or without a negative.
    """
    if not positives or not negatives:
        return None
    scored = sorted([(score, 1) for score in positives] + [(score, 0) for score in negatives])
    below = 0
    won = 0.0
    for _, tied in groupby(scored, key=lambda pair: pair[0]):
        labels = [label for _, label in tied]
        above = sum(labels)
        level = len(labels) - above
        won += above * (below + level / 2)
        below += level
    return won / (len(positives) * len(negatives))


def reliability(stated: Sequence[float], true: Sequence[bool], bins: int = BINS) -> list[Bin]:
    """Bins of equal width over [0, 1]; those without a statement are left out.

    Raises ValueError for a probability outside [0, 1].
    """
    held: list[list[tuple[float, bool]]] = [[] for _ in range(bins)]
    for probability, truth in zip(stated, true, strict=True):
        if not 0 <= probability <= 1:
            raise ValueError("A probability is from 0 to 1.")
        held[min(bins - 1, int(probability * bins))].append((probability, truth))
    return [
        Bin(
            low=place / bins,
            high=(place + 1) / bins,
            count=len(pairs),
            stated=sum(probability for probability, _ in pairs) / len(pairs),
            true=sum(truth for _, truth in pairs) / len(pairs),
        )
        for place, pairs in enumerate(held)
        if pairs
    ]


def calibration_error(found: Sequence[Bin]) -> float | None:
    """The expected calibration error: the mean distance of stated from true, by count."""
    total = sum(item.count for item in found)
    if not total:
        return None
    return sum(item.count * abs(item.stated - item.true) for item in found) / total


def percentile(values: Sequence[float], share: float) -> float | None:
    """The value that `share` (0 to 1) of the values do not exceed, interpolated; None if none."""
    if not values:
        return None
    ordered = sorted(values)
    at = (len(ordered) - 1) * share
    low = int(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (at - low)
