"""Where figures are read from: CloudWatch's answers by its model, and logs (moto's).

Both hold what the functions themselves wrote. moto evaluates no SEARCH, so CloudWatch's answers are
those of its documentation, checked against the SDK's model by botocore's stubber.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws

from nexus import metrics
from nexus.adapters.aws.logged_metrics import LoggedFigures
from nexus.adapters.aws.recorded_metrics import CloudWatchFigures
from nexus.errors import UpstreamRefused, UpstreamUnavailable
from nexus.models import Figure

GROUP = "nexus-chat"
NOW_MS = 1_750_000_000_000
REQUESTS, BY_ROUTE = Figure("requests", "Sum"), Figure("requests", "Sum", "route")
P95, AVERAGE = Figure("request_duration", "p95", "route"), Figure("server_errors", "Average")
COUNT = Figure("upstream_duration", "SampleCount", "dependency")
CALLS = Figure("upstream_duration", "p50", "dependency")


@pytest.fixture(autouse=True)
def nothing_pending(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    metrics.written("none", 0)
    yield
    metrics.written("none", 0)


class Logs:
    """A log group at moto's, in which functions of a stage write."""

    def __init__(self) -> None:
        self.client = boto3.client("logs", region_name="us-east-1")
        self.client.create_log_group(logGroupName=GROUP)
        self.client.create_log_stream(logGroupName=GROUP, logStreamName="one")
        self.at_ms = round(time.time() * 1000) - 60_000

    def write(self, *lines: str) -> None:
        events: Any = []
        for line in lines:
            self.at_ms += 1
            events.append({"timestamp": self.at_ms, "message": line})
        self.client.put_log_events(logGroupName=GROUP, logStreamName="one", logEvents=events)

    def source(self, *groups: str) -> LoggedFigures:
        return LoggedFigures(self.client, groups or (GROUP,), "prod")


@pytest.fixture
def logs() -> Iterator[Logs]:
    with mock_aws():
        yield Logs()


def request(route: str, ms: float, status: int = 200) -> None:
    metrics.record("requests", route=route)
    metrics.record("request_duration", ms, route=route)
    metrics.record("server_errors", status >= 500, route=route if status >= 500 else None)


def test_what_functions_wrote_is_summed_from_their_logs(logs: Logs) -> None:
    for ms in range(1, 101):
        request("/v1/chat", ms, 500 if ms <= 20 else 200)
    request("/ready", 5)
    metrics.called("index", 40, failed=False)
    metrics.called("index", 60, failed=True)
    logs.write(*metrics.written("prod", NOW_MS), "not JSON", '{"message": "CloudWatchMetrics"}')
    now = time.time()
    found = logs.source().read([REQUESTS, BY_ROUTE, P95, AVERAGE, COUNT, CALLS], now - 86_400, now)
    assert found.complete
    assert found.values[REQUESTS] == {"": 101}
    assert found.values[BY_ROUTE] == {"/v1/chat": 100, "/ready": 1}
    assert found.values[P95]["/v1/chat"] == 95
    assert found.values[AVERAGE][""] == pytest.approx(20 / 101)
    assert found.values[COUNT] == {"index": 2}
    assert found.values[CALLS] == {"index": 40}


def test_a_line_that_stands_in_two_streams_counts_once(logs: Logs) -> None:
    request("/v1/chat", 5)
    (line,) = metrics.written("prod", NOW_MS)
    logs.client.create_log_stream(logGroupName=GROUP, logStreamName="two")
    for stream in ("one", "two"):
        logs.client.put_log_events(
            logGroupName=GROUP,
            logStreamName=stream,
            logEvents=[{"timestamp": logs.at_ms, "message": line}],
        )
    assert logs.source().read([REQUESTS], 0, time.time()).values[REQUESTS] == {"": 1}


def test_another_stage_s_lines_and_older_ones_are_not_read(logs: Logs) -> None:
    request("/v1/chat", 5)
    logs.write(*metrics.written("dev", NOW_MS))
    request("/v1/chat", 5)
    logs.write(*metrics.written("prod", NOW_MS))
    now = time.time()
    assert logs.source().read([REQUESTS], now - 3600, now).values[REQUESTS] == {"": 1}
    assert not logs.source().read([REQUESTS], now - 10, now).values


def test_a_group_that_no_function_has_written_to_yet_holds_nothing(logs: Logs) -> None:
    assert not logs.source("nexus-ingest").read([REQUESTS], 0, time.time()).values


def stubbed() -> tuple[Any, Stubber]:
    client = boto3.client("cloudwatch", region_name="us-east-1")
    return client, Stubber(client)


def series(query: int, label: str, *values: float, status: str = "Complete") -> dict[str, Any]:
    at = datetime(2026, 11, 28, 6, 0, tzinfo=UTC)
    return {
        "Id": f"q{query}",
        "Label": label,
        "Timestamps": [at] * len(values),
        "Values": list(values),
        "StatusCode": status,
    }


ASKED: dict[str, Any] = {
    "MetricDataQueries": [
        {
            "Id": "q0",
            "MetricStat": {
                "Metric": {
                    "Namespace": "Nexus",
                    "MetricName": "requests",
                    "Dimensions": [{"Name": "stage", "Value": "prod"}],
                },
                "Period": 86400,
                "Stat": "Sum",
            },
        },
        {
            "Id": "q1",
            "Expression": 'SEARCH(\'{Nexus,route,stage} MetricName="request_duration" '
            "stage=\"prod\"', 'p95', 86400)",
            "Label": "${PROP('Dim.route')}",
        },
    ],
    "StartTime": datetime.fromtimestamp(NOW_MS // 60_000 * 60 - 86_400, UTC),
    "EndTime": datetime.fromtimestamp(NOW_MS // 60_000 * 60, UTC),
}


def read(client: Any) -> Any:
    now = NOW_MS / 1000
    return CloudWatchFigures(client, "prod").read([REQUESTS, P95], now - 86_400, now)


def test_cloudwatch_is_asked_once_and_its_pages_are_joined() -> None:
    client, stub = stubbed()
    first = [series(0, "requests", 40.0, 2.0), series(1, "/v1/chat", 900.0, status="PartialData")]
    stub.add_response("get_metric_data", {"MetricDataResults": first, "NextToken": "t"}, ASKED)
    second = [series(1, "/v1/chat", 1200.0), series(1, "/ready", 3.0), series(1, "/idle")]
    stub.add_response("get_metric_data", {"MetricDataResults": second}, {**ASKED, "NextToken": "t"})
    with stub:
        found = read(client)
    stub.assert_no_pending_responses()
    assert found.values[REQUESTS] == {"": 42}
    assert found.values[P95] == {"/v1/chat": 1200, "/ready": 3}
    assert found.complete


def test_pages_without_end_are_left_and_said_to_be_incomplete() -> None:
    client, stub = stubbed()
    for page in range(5):
        asked = {**ASKED, "NextToken": "t"} if page else ASKED
        answer = {"MetricDataResults": [series(0, "requests", 1.0)], "NextToken": "t"}
        stub.add_response("get_metric_data", answer, asked)
    with stub:
        found = read(client)
    assert found.values[REQUESTS] == {"": 5}
    assert not found.complete


@pytest.mark.parametrize(
    ("code", "status", "error"),
    [("Throttling", 400, UpstreamUnavailable), ("AccessDenied", 403, UpstreamRefused)],
)
def test_a_failure_is_told_as_passing_or_lasting(
    code: str, status: int, error: type[Exception]
) -> None:
    client, stub = stubbed()
    stub.add_client_error("get_metric_data", code, http_status_code=status)
    with stub, pytest.raises(error):
        read(client)
