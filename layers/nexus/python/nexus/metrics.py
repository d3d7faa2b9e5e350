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
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
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
Recorded = tuple[str, float, Dimensions]
# A metric with the values of the dimensions that it was recorded with.
Key = tuple[str, Dimensions]

# Appended to from any thread, and emptied by the one that the handler runs in.
_pending: deque[Recorded] = deque(maxlen=_KEPT)


@dataclass(slots=True)
class _Line:
    """Metrics that agree on the value of each dimension that they have."""

    dimensions: dict[str, str] = field(default_factory=dict)
    keys: dict[str, Dimensions] = field(default_factory=dict)

    def takes(self, name: str, of: Dimensions) -> bool:
        """Whether the values of a metric may stand here."""
        if name in self.keys or len(self.keys) >= _MOST:
            return False
        return all(self.dimensions.get(key, wanted) == wanted for key, wanted in of)

    def add(self, name: str, of: Dimensions) -> None:
        """Puts a metric here."""
        self.dimensions.update(of)
        self.keys[name] = of


@dataclass(frozen=True, slots=True)
class _Form:
    """A line but for what differs from request to request: its time, and the values."""

    after_time: str
    named: tuple[tuple[str, Key], ...]

    def written(self, now_ms: int, values: Mapping[Key, Sequence[float]]) -> str:
        """The line as CloudWatch reads it, with at most 100 values of each metric."""
        told = ", ".join([f"{name}[{_numbers(values[key][:_MOST])}]" for name, key in self.named])
        return f'{{"_aws": {{"Timestamp": {now_ms}{self.after_time}{told}}}'


def _numbers(values: Sequence[float]) -> str:
    # As `json` writes them, which takes six times as long for a few.
    text = ", ".join(map(float.__repr__, values))
    return json.dumps(values)[1:-1] if "n" in text else text  # "nan" and "inf" are Python's


@functools.lru_cache(maxsize=256)
def _forms(keys: frozenset[Key], stage: str) -> tuple[_Form, ...]:
    """The lines that these metrics share: as few as the values of their dimensions allow.

    Requests of a kind are alike in them: they are made once for all.
    """
    lines: list[_Line] = []
    for name, of in sorted(keys):
        line = next((line for line in lines if line.takes(name, of)), None)
        if line is None:
            line = _Line()
            lines.append(line)
        line.add(name, of)
    return tuple(
        _Form(
            f', "CloudWatchMetrics": {_directives(line.keys)}}}, '
            f"{json.dumps({'stage': stage, **line.dimensions})[1:-1]}, ",
            tuple((f"{json.dumps(name)}: ", (name, of)) for name, of in line.keys.items()),
        )
        for line in lines
    )


def _directives(keys: Mapping[str, Dimensions]) -> str:
    """What CloudWatch is to make of a line with these metrics and their dimensions, as JSON."""
    groups: dict[tuple[tuple[str, ...], ...], list[dict[str, str]]] = {}
    for name, of in keys.items():
        metric = METRICS[name]
        had = {key for key, _ in of}
        sets = tuple(one for one in metric.by if had.issuperset(one))
        groups.setdefault(sets, []).append({"Name": name, "Unit": metric.unit})
    return json.dumps(
        [
            {
                "Namespace": NAMESPACE,
                "Dimensions": [["stage", *one] for one in sets],
                "Metrics": metrics,
            }
            for sets, metrics in groups.items()
            if sets
        ]
    )


def record(name: str, value: float = 1.0, **dimensions: str | None) -> None:
    """Notes a value of a metric of `METRICS`, from any thread; it is written by `metered`.

    A dimension that is None or "" is not there, and the metric is kept without it. Raises KeyError
    for a name that METRICS does not have.
    """
    METRICS[name]  # a name that is not listed is a fault of ours, told where it is made
    had: Any = tuple(dimensions.items())
    if not all(dimensions.values()):
        had = tuple([(key, value) for key, value in had if value])
    _pending.append((name, float(value), had))


def count(name: str) -> None:
    """Counts one occurrence of something, in a metric of that name."""
    record(name)


def called(dependency: str, duration_ms: float, failed: bool) -> None:
    """Notes a call of a dependency: how long it took, and whether the dependency failed it."""
    record("upstream_duration", duration_ms, dependency=dependency)
    if failed:
        record("upstream_errors", dependency=dependency)


def pending(name: str) -> float:
    """The sum of what was recorded in a metric, and is not written yet."""
    return sum(value for one, value, _ in list(_pending) if one == name)


def written(stage: str, now_ms: int) -> list[str]:
    """Everything recorded so far as lines, which are then no longer pending."""
    values: dict[Key, list[float]] = {}
    while _pending:
        name, value, of = _pending.popleft()
        values.setdefault((name, of), []).append(value)
    names = {name for name, _ in values}
    if "upstream_duration" in names or "upstream_errors" in names:
        failing = float("upstream_errors" in names)
        values.setdefault(("dependency_failing", ()), []).append(failing)
    lines: list[str] = []
    while values:
        # Threads record in any order: as a set, what requests of a kind record is of one form.
        lines += [form.written(now_ms, values) for form in _forms(frozenset(values), stage)]
        values = {key: left[_MOST:] for key, left in values.items() if len(left) > _MOST}
    return lines


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
