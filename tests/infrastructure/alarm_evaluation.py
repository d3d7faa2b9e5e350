"""Evaluates a template's alarms over recorded metrics, as CloudWatch documents that it does.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html: an
alarm asks for more periods than it evaluates. With enough real data points among them, it evaluates
the newest of these; with fewer, all of them, and what is missing is filled as `TreatMissingData`
says. How many more periods it asks for depends on their length and is not told: `state` is asked
with several. Metrics are read from the functions' log as
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
has it, and expressions by the rules of
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html.
"""

from __future__ import annotations

import ast
import json
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Work = Callable[[float, float], float]
Point = tuple[float, str, str, frozenset[tuple[str, str]], float]


@dataclass
class Recorded:
    """Values of metrics by their time in seconds."""

    points: list[Point] = field(default_factory=list)

    def add(self, at_s: float, namespace: str, name: str, value: float, **dimensions: str) -> None:
        """One value of a metric that AWS itself reports."""
        key = frozenset(dimensions.items())
        self.points.append((at_s, namespace, name, key, value))

    def read(self, log: str, at_s: float) -> None:
        """Every metric that the lines of a function's log hold, as if written at this time."""
        for text in log.splitlines():
            if not text.startswith('{"_aws"'):
                continue
            line = json.loads(text)
            for directive in line["_aws"]["CloudWatchMetrics"]:
                for names in directive["Dimensions"]:
                    key = frozenset((name, line[name]) for name in names)
                    for metric in directive["Metrics"]:
                        for value in line[metric["Name"]]:
                            self.points.append(
                                (at_s, directive["Namespace"], metric["Name"], key, value)
                            )

    def statistic(self, metric: Mapping[str, Any], begin: float, end: float) -> float | None:
        """A metric's statistic over one period; None if nothing was reported in it."""
        key = frozenset((one["Name"], str(one["Value"])) for one in metric.get("Dimensions", ()))
        wanted = (metric["Namespace"], metric["MetricName"], key)
        values = sorted(p[4] for p in self.points if begin <= p[0] < end and p[1:4] == wanted)
        if not values:
            return None
        stat = metric["Stat"]
        if stat.startswith("p"):
            return values[max(0, math.ceil(float(stat[1:]) / 100 * len(values)) - 1)]
        return {
            "Sum": sum(values),
            "Average": sum(values) / len(values),
            "Maximum": values[-1],
            "SampleCount": float(len(values)),
        }[stat]


def state(alarm: Mapping[str, Any], recorded: Recorded, now_s: float, more_periods: int = 2) -> str:
    """The state of an alarm at a moment: OK, ALARM, or INSUFFICIENT_DATA."""
    period = _period_s(alarm)
    wanted, enough = alarm["EvaluationPeriods"], alarm["DatapointsToAlarm"]
    found = [
        _value(alarm, recorded, now_s - (back + 1) * period, now_s - back * period)
        for back in range(wanted + more_periods)
    ]
    real = [value for value in found if value is not None]
    missing = alarm["TreatMissingData"]
    breaching = [_breaches(alarm, value) for value in real[:wanted]]
    if len(breaching) < wanted:
        if missing == "missing" and not real:
            return "INSUFFICIENT_DATA"
        filled = wanted - len(breaching) if missing in ("breaching", "notBreaching") else 0
        breaching += [missing == "breaching"] * filled
    return "ALARM" if sum(breaching) >= enough else "OK"


def _breaches(alarm: Mapping[str, Any], value: float) -> bool:
    operator, threshold = alarm["ComparisonOperator"], alarm["Threshold"]
    states = {
        "GreaterThanThreshold": value > threshold,
        "LessThanThreshold": value < threshold,
    }
    return bool(states[operator])


def _period_s(alarm: Mapping[str, Any]) -> int:
    if "Metrics" not in alarm:
        return int(alarm["Period"])
    [period] = {one["MetricStat"]["Period"] for one in alarm["Metrics"] if "MetricStat" in one}
    return int(period)


def _value(alarm: Mapping[str, Any], recorded: Recorded, begin: float, end: float) -> float | None:
    if "Metrics" not in alarm:
        stat = alarm.get("Statistic") or alarm["ExtendedStatistic"]
        return recorded.statistic({**alarm, "Stat": stat}, begin, end)
    values: dict[str, float | None] = {}
    expression = ""
    for one in alarm["Metrics"]:
        if "MetricStat" in one:
            asked = one["MetricStat"]
            metric = {**asked["Metric"], "Stat": asked["Stat"]}
            values[one["Id"]] = recorded.statistic(metric, begin, end)
        else:
            expression = one["Expression"]
    return _computed(ast.parse(expression, mode="eval").body, values)


def _computed(node: ast.expr, values: Mapping[str, float | None]) -> float | None:
    if isinstance(node, ast.Constant):
        return float(node.value)  # type: ignore[arg-type]
    if isinstance(node, ast.Name):
        return values[node.id]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        parts = [_computed(one, values) for one in node.args]
        if node.func.id == "FILL":
            return parts[1] if parts[0] is None else parts[0]
        if node.func.id == "IF":
            return None if parts[0] is None else parts[1] if parts[0] else parts[2]
    if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.GtE):
        return _both(node.left, node.comparators[0], values, lambda one, two: float(one >= two))
    if isinstance(node, ast.BinOp):
        if isinstance(node.op, ast.Add):
            return _both(node.left, node.right, values, lambda one, two: one + two)
        if isinstance(node.op, ast.Mult):
            return _both(node.left, node.right, values, lambda one, two: one * two)
    raise AssertionError(f"the evaluator does not know {ast.unparse(node)}")


def _both(
    one: ast.expr, other: ast.expr, values: Mapping[str, float | None], work: Work
) -> float | None:
    left, right = _computed(one, values), _computed(other, values)
    return None if left is None or right is None else work(left, right)


def spread(moments: int, step_s: float, now_s: float) -> Iterable[float]:
    """So many moments before now, a step apart, the first in the middle of the newest step."""
    return [now_s - (number + 0.5) * step_s for number in range(moments)]
