"""Figures of a stage: which metrics are asked for, and what was recorded of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """A metric of `metric_names.METRICS` over a span of time, in all or by a dimension's values.

    `statistic` is in CloudWatch's words: Sum, Average, SampleCount, or a percentile such as p95.
    """

    metric: str
    statistic: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Readings:
    """What was recorded: for each figure its values by the dimension's value, "" where it has none.

    What was not recorded is not there. `complete` is false where there was more than was read.
    """

    values: Mapping[Figure, Mapping[str, float]]
    complete: bool = True
