"""Counts durations so that percentiles of many days can be told from what each day came to.

Buckets grow by 2 %: each value is told as the middle of its bucket, which is at most 1 % from it
(the relative-error buckets of DDSketch, Masson et al., 2019, https://arxiv.org/abs/1908.10693).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping

# The middle 2g/(1+g) of a bucket (1, g] is (g-1)/(g+1) from both its ends: 1 % for this g.
ERROR = 0.01
_GROWTH = (1 + ERROR) / (1 - ERROR)
# From 0.01 ms to an hour: no more buckets than these can be told apart.
_LEAST, _MOST = 0.01, 3_600_000.0


class Histogram:
    """How many durations fell into which bucket; any two can be added."""

    def __init__(self, buckets: Mapping[int, int] | None = None) -> None:
        self.buckets: Counter[int] = Counter(buckets or {})

    def add(self, milliseconds: float) -> None:
        """Counts one duration; beyond 0.01 ms and an hour as these."""
        value = min(max(milliseconds, _LEAST), _MOST)
        self.buckets[math.ceil(math.log(value, _GROWTH))] += 1

    def merge(self, other: Histogram) -> None:
        """Counts what another has counted."""
        self.buckets.update(other.buckets)

    def percentile(self, share: float) -> float | None:
        """The value under or at which this share (0 to 1) lies, within 1 %; None if there is none.

        It is that of rank ⌈share × n⌉, as the nearest-rank method takes it.
        """
        total = self.buckets.total()
        if not total:
            return None
        rank = max(1, math.ceil(share * total))
        seen = 0
        for bucket in sorted(self.buckets):
            seen += self.buckets[bucket]
            if seen >= rank:
                break
        return 2 * _GROWTH**bucket / (1 + _GROWTH)
