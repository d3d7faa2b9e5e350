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
from collections.abc import Callable
from dataclasses import dataclass, field
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
Recorded = tuple[str, float, Dimensions]

_NAME_AND_DIMENSIONS = itemgetter(0, 2)

# Appended to from any thread, and emptied by the one that the handler runs in.
_pending: deque[Recorded] = deque(maxlen=_KEPT)


@dataclass(slots=True)
class _Line:
    """Metrics that agree on the value of each dimension that they have."""

    dimensions: dict[str, str] = field(default_factory=dict)
    values: dict[str, list[float]] = field(default_factory=dict)
    keys: dict[str, Dimensions] = field(default_factory=dict)

    def takes(self, name: str, of: Dimensions) -> bool:
        """Whether a value may stand here."""
        known = self.values.get(name)
        if known is None:
            if len(self.values) >= _MOST:
                return False
        elif len(known) >= _MOST or self.keys[name] != of:
            return False
        # A generator takes twice the time, for each value of each request.
        for key, wanted in of:  # noqa: SIM110
            if self.dimensions.get(key, wanted) != wanted:
                return False
        return True

    def add(self, name: str, value: float, of: Dimensions) -> None:
        """Puts a value here."""
        if of:
            self.dimensions.update(of)
        self.values.setdefault(name, []).append(value)
        self.keys[name] = of

    def written(self, stage: str, now_ms: int) -> str:
        """The line as CloudWatch reads it."""
        shape = tuple((name, tuple([key for key, _ in of])) for name, of in self.keys.items())
        values = json.dumps({"stage": stage, **self.dimensions, **self.values})
        about = f'{{"Timestamp": {now_ms}, "CloudWatchMetrics": {_directives(shape)}}}'
        return f'{{"_aws": {about}, {values[1:]}'


@functools.lru_cache(maxsize=256)
def _directives(shape: tuple[tuple[str, tuple[str, ...]], ...]) -> str:
    """What CloudWatch is to make of a line with these metrics and their dimensions, as JSON.

    Requests of a kind are alike in that: it is made once for them.
    """
    groups: dict[tuple[tuple[str, ...], ...], list[dict[str, str]]] = {}
    for name, had in shape:
        metric = METRICS[name]
        sets = tuple(one for one in metric.by if set(had).issuperset(one))
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
    had = tuple([(key, value) for key, value in dimensions.items() if value])
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
    found: list[Recorded] = []
    while _pending:
        found.append(_pending.popleft())
    names = {name for name, _, _ in found}
    if "upstream_duration" in names or "upstream_errors" in names:
        found.append(("dependency_failing", float("upstream_errors" in names), ()))
    # Threads record in any order: in one, requests of a kind make lines of one shape.
    found.sort(key=_NAME_AND_DIMENSIONS)
    lines: list[_Line] = []
    for name, value, of in found:
        line = next((line for line in lines if line.takes(name, of)), None)
        if line is None:
            line = _Line()
            lines.append(line)
        line.add(name, value, of)
    return [line.written(stage, now_ms) for line in lines]


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
