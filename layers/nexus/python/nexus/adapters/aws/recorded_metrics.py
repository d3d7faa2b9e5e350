"""The figures of a stage as CloudWatch keeps them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from nexus.adapters.aws.errors import translate
from nexus.metrics import NAMESPACE
from nexus.models import Figure, Readings

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch.client import CloudWatchClient

SERVICE = "figures"
# Pages of one reading: a page holds more than a stage has, unless its dimensions are endless.
_MOST_PAGES = 5
_DAY_S = 86_400


class CloudWatchFigures:
    """A FigureSource over GetMetricData: one call, whose pages are bounded.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
    """

    def __init__(self, client: CloudWatchClient, stage: str) -> None:
        self._client = client
        self._stage = stage

    def read(self, figures: Sequence[Figure], begin_s: float, end_s: float) -> Readings:
        """At most 500 figures; times are rounded down to minutes, as CloudWatch does."""
        asked: dict[str, Any] = {
            "MetricDataQueries": [self._query(n, figure) for n, figure in enumerate(figures)],
            "StartTime": _minute(begin_s),
            "EndTime": _minute(end_s),
        }
        found: dict[Figure, dict[str, list[float]]] = {}
        complete = True
        for _ in range(_MOST_PAGES):
            with translate(SERVICE):
                page = self._client.get_metric_data(**asked)
            for result in page["MetricDataResults"]:
                figure = figures[int(result["Id"].removeprefix("q"))]
                label = result["Label"] if figure.by else ""
                found.setdefault(figure, {}).setdefault(label, []).extend(result["Values"])
                complete = complete and result.get("StatusCode", "Complete") in (
                    "Complete",
                    "PartialData",  # more of it is on a page that follows
                )
            asked["NextToken"] = page.get("NextToken")
            if not asked["NextToken"]:
                break
        return Readings(
            {
                figure: {label: _joined(figure, values) for label, values in by.items() if values}
                for figure, by in found.items()
            },
            complete and not asked["NextToken"],
        )

    def _query(self, number: int, figure: Figure) -> dict[str, Any]:
        if not figure.by:
            metric = {
                "Namespace": NAMESPACE,
                "MetricName": figure.metric,
                "Dimensions": [{"Name": "stage", "Value": self._stage}],
            }
            stat = {"Metric": metric, "Period": _DAY_S, "Stat": figure.statistic}
            return {"Id": f"q{number}", "MetricStat": stat}
        # The values that a dimension has, CloudWatch knows: a series each, labelled by its value.
        return {
            "Id": f"q{number}",
            "Expression": f"SEARCH('{{{NAMESPACE},{figure.by},stage}} "
            f'MetricName="{figure.metric}" stage="{self._stage}"\', '
            f"'{figure.statistic}', {_DAY_S})",
            "Label": f"${{PROP('Dim.{figure.by}')}}",
        }


def _joined(figure: Figure, values: list[float]) -> float:
    """One value of what CloudWatch may have split at a border of its own.

    Percentiles and averages cannot be added up: the worse part is told.
    """
    return sum(values) if figure.statistic in ("Sum", "SampleCount") else max(values)


def _minute(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds // 60 * 60, UTC)
