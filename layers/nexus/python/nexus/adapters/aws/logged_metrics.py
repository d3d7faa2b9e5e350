"""The figures of a stage from its functions' logs, where no CloudWatch makes metrics of them."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nexus.adapters.aws.errors import translate
from nexus.metrics import NAMESPACE
from nexus.models import Figure, Readings

if TYPE_CHECKING:
    from mypy_boto3_logs.client import CloudWatchLogsClient

SERVICE = "figures"
# Lines of one reading, of up to 10,000 a page.
_MOST_LINES = 200_000


class LoggedFigures:
    """A FigureSource over FilterLogEvents: reads the lines that CloudWatch would make metrics of.

    It reads them all, which is for a stage of one machine.
    """

    def __init__(self, client: CloudWatchLogsClient, groups: Sequence[str], stage: str) -> None:
        self._client = client
        self._groups = tuple(groups)
        self._stage = stage

    def read(self, figures: Sequence[Figure], begin_s: float, end_s: float) -> Readings:
        """The figures of at most 200,000 lines."""
        found: dict[Figure, dict[str, list[float]]] = {}
        seen: set[tuple[int, str]] = set()
        complete = True
        for at, message in self._lines(round(begin_s * 1000), round(end_s * 1000)):
            if len(seen) >= _MOST_LINES:
                complete = False
                break
            # The emulator writes a line into two streams; each names its millisecond.
            if (at, message) in seen:
                continue
            seen.add((at, message))
            line = _metrics_of(message)
            if line and line.get("stage") == self._stage:
                _add(found, figures, line)
        return Readings(
            {
                figure: {label: _statistic(figure.statistic, got) for label, got in by.items()}
                for figure, by in found.items()
            },
            complete,
        )

    def _lines(self, begin_ms: int, end_ms: int) -> Iterator[tuple[int, str]]:
        pages = self._client.get_paginator("filter_log_events")
        for group in self._groups:
            with translate(SERVICE):
                asked = pages.paginate(
                    logGroupName=group,
                    startTime=begin_ms,
                    endTime=end_ms,
                    filterPattern='"CloudWatchMetrics"',
                )
                try:
                    for page in asked:
                        for event in page["events"]:
                            yield event["timestamp"], event["message"]
                except self._client.exceptions.ResourceNotFoundException:
                    continue  # a group appears with its function's first line


def _metrics_of(message: str) -> dict[str, Any] | None:
    if not message.startswith("{"):
        return None
    try:
        line = json.loads(message)
    except (ValueError, RecursionError):
        return None
    return line if isinstance(line, dict) and isinstance(line.get("_aws"), dict) else None


def _add(
    found: dict[Figure, dict[str, list[float]]],
    figures: Sequence[Figure],
    line: Mapping[str, Any],
) -> None:
    kept = {
        (metric["Name"], tuple(dimensions))
        for directive in line["_aws"].get("CloudWatchMetrics", ())
        if directive["Namespace"] == NAMESPACE
        for metric in directive["Metrics"]
        for dimensions in directive["Dimensions"]
    }
    for figure in figures:
        dimensions = ("stage", figure.by) if figure.by else ("stage",)
        if (figure.metric, dimensions) in kept:
            values = line[figure.metric]
            label = str(line[figure.by]) if figure.by else ""
            had = found.setdefault(figure, {}).setdefault(label, [])
            had.extend(values if isinstance(values, list) else [values])


def _statistic(name: str, values: list[float]) -> float:
    if name == "Sum":
        return math.fsum(values)
    if name == "SampleCount":
        return float(len(values))
    if name == "Average":
        return math.fsum(values) / len(values)
    # The nearest rank: the least value that so many percent are not above.
    rank = math.ceil(float(name.removeprefix("p")) / 100 * len(values))
    return float(sorted(values)[max(rank, 1) - 1])
