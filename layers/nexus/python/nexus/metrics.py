"""Records what happens as metrics, and writes them where CloudWatch reads them: in the log.

Nobody waits for it: a line of JSON in CloudWatch's embedded metric format
(https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html).
Powertools writes one set of dimensions for an invocation; here routes, models and dependencies of
one request share as few lines as their values allow. What is written is numbers and names from
short lists, never text.
"""

from __future__ import annotations

import functools
import json
import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from operator import itemgetter
from typing import Any

from nexus.metric_names import METRICS

NAMESPACE = "Nexus"
# The specification's limits: values of a metric, and metrics of a line.
_MOST = 100
# What no list knows, such as a path that no route takes.
UNKNOWN = "unknown"

# What a process that writes none, such as the CLI's, keeps at most.
_KEPT = 10_000

Dimensions = tuple[tuple[str, str], ...]
# A metric under the values of some dimensions.
Series = tuple[str, Dimensions]
# A line but for its time and its values, and where those stand in what is written.
Form = tuple[str, Callable[[Sequence[object]], object]]

# What requests record is recorded under numbers, which are quickly compared and looked up: a
# series' own is its place here.
_series: list[Series] = []
_numbering = threading.Lock()

# Appended to from any thread, and emptied by the one that the handler runs in.
_pending: deque[tuple[int, float]] = deque(maxlen=_KEPT)
_BY_NUMBER = itemgetter(0)


@functools.cache
def _number(name: str, **dimensions: str | None) -> int:
    """The number of a metric under those of these dimensions that have a value."""
    METRICS[name]  # a name that is not listed is a fault of ours, told where it is made
    one = name, tuple([(key, value) for key, value in dimensions.items() if value])
    with _numbering:
        if one not in _series:
            _series.append(one)
        return _series.index(one)


@dataclass(slots=True)
class _Line:
    """Metrics that agree on the value of each dimension that they have, and what they are told."""

    dimensions: dict[str, str] = field(default_factory=dict)
    metrics: dict[str, Dimensions] = field(default_factory=dict)
    values: list[str] = field(default_factory=list)
    places: list[int] = field(default_factory=list)

    def takes(self, name: str, of: Dimensions) -> bool:
        """Whether the values of a metric may stand here."""
        if name in self.metrics or len(self.metrics) >= _MOST:
            return False
        return all(self.dimensions.get(key, wanted) == wanted for key, wanted in of)

    def add(self, name: str, of: Dimensions, values: Sequence[str], places: Sequence[int]) -> None:
        """Puts a metric here."""
        self.dimensions.update(of)
        self.metrics[name] = of
        self.values.append(f"{json.dumps(name)}: [{', '.join(values)}]")
        self.places += places

    def form(self, stage: str) -> Form:
        """It, ready to be filled in."""
        dimensions = json.dumps({"stage": stage, **self.dimensions})[1:-1]
        around = f', "CloudWatchMetrics": {_directives(self.metrics)}}}, {dimensions}, '
        values = ", ".join(self.values)
        text = f'{{"_aws": {{"Timestamp": %s{around.replace("%", "%%")}{values}}}'
        return text, itemgetter(_TIME, *self.places)


# The time stands behind all values.
_TIME = -1


def _made_forms(numbers: Sequence[int], stage: str) -> list[Form]:
    """The lines that these series share: as few as the values of their dimensions allow.

    A series stands there once for each of its values.
    """
    places: dict[Series, list[int]] = {}
    for place, number in enumerate(numbers):
        places.setdefault(_series[number], []).append(place)
    values = {one: ["%s"] * len(there) for one, there in places.items()}
    names = {name for name, _ in places}
    if "upstream_duration" in names or "upstream_errors" in names:
        failing = str(float("upstream_errors" in names))
        values.setdefault(("dependency_failing", ()), []).append(failing)
    forms: list[Form] = []
    for start in range(0, max(map(len, values.values()), default=0), _MOST):
        lines: list[_Line] = []
        for one in sorted(values):
            some = values[one][start : start + _MOST]
            if not some:
                continue
            line = next((line for line in lines if line.takes(*one)), None)
            if line is None:
                line = _Line()
                lines.append(line)
            line.add(*one, some, places.get(one, [])[start : start + _MOST])
        forms += [line.form(stage) for line in lines]
    return forms


# Requests of a kind are alike in them: they are made once for all.
_forms = functools.lru_cache(maxsize=256)(_made_forms)


def _directives(metrics: Mapping[str, Dimensions]) -> str:
    """What CloudWatch is to make of a line with these metrics and their dimensions, as JSON."""
    groups: dict[tuple[tuple[str, ...], ...], list[dict[str, str]]] = {}
    for name, of in metrics.items():
        metric = METRICS[name]
        had = {key for key, _ in of}
        sets = tuple(one for one in metric.by if had.issuperset(one))
        groups.setdefault(sets, []).append({"Name": name, "Unit": metric.unit})
    return json.dumps(
        [
            {
                "Namespace": NAMESPACE,
                "Dimensions": [["stage", *one] for one in sets],
                "Metrics": named,
            }
            for sets, named in groups.items()
            if sets
        ]
    )


def record(name: str, value: float = 1.0, **dimensions: str | None) -> None:
    """Notes a value of a metric of `METRICS`, from any thread; it is written by `metered`.

    A dimension that is None or "" is not there, and the metric is kept without it. Raises KeyError
    for a name that METRICS does not have.
    """
    _pending.append((_number(name, **dimensions), float(value)))


def recorder(name: str, **dimensions: str | None) -> Callable[[float], None]:
    """What notes a value as `record` does, for who always has the same dimensions."""
    number = _number(name, **dimensions)
    return lambda value: _pending.append((number, float(value)))


def count(name: str) -> None:
    """Counts one occurrence of something, in a metric of that name."""
    record(name)


def called(dependency: str, duration_ms: float, failed: bool) -> None:
    """Notes a call of a dependency: how long it took, and whether the dependency failed it."""
    took, failures = _calls_of(dependency)
    _pending.append((took, duration_ms))
    if failed:
        _pending.append((failures, 1.0))


@functools.cache
def _calls_of(dependency: str) -> tuple[int, int]:
    return (
        _number("upstream_duration", dependency=dependency),
        _number("upstream_errors", dependency=dependency),
    )


def pending(name: str) -> float:
    """The sum of what was recorded in a metric, and is not written yet."""
    return sum([value for number, value in list(_pending) if _series[number][0] == name])


def written(stage: str, now_ms: int) -> list[str]:
    """Everything recorded so far as lines, which are then no longer pending."""
    recorded = [_pending.popleft() for _ in range(len(_pending))]
    if not recorded:
        return []
    # Threads record in any order: sorted, what requests of a kind record is of one form.
    recorded.sort(key=_BY_NUMBER)
    numbers, values = zip(*recorded, strict=True)
    # So many are hardly ever the same again.
    forms = (_forms if len(numbers) <= _MOST else _made_forms)(numbers, stage)
    told: tuple[object, ...] = (*values, now_ms)
    if not isfinite(sum(values)):  # one is not, and has another name in JSON than in Python
        told = tuple(map(json.dumps, told))
    return [text % values_of(told) for text, values_of in forms]


def write() -> None:
    """Writes to the log what was recorded since it was last called."""
    lines = written(os.environ.get("NEXUS_STAGE") or "local", round(time.time() * 1000))
    if lines:
        sys.stdout.write("\n".join(lines) + "\n")
        sys.stdout.flush()


def metered(function: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Makes a Lambda handler write, when it ends, what was recorded meanwhile.

    Its first invocation is counted as a cold start of `function`.
    """
    is_first = True

    def around(handler: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(handler)
        def run(event: Any, context: Any) -> Any:
            nonlocal is_first
            if is_first:
                is_first = False
                record("cold_starts", function=function)
            try:
                return handler(event, context)
            finally:
                write()

        return run

    return around
