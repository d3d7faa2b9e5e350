"""A fault that is made is an alarm: the real functions meet it, and what they report is evaluated.

The functions run as they are deployed, with the real SDKs over real sockets; the metrics are those
of their logs. What AWS itself reports (Lambda, API Gateway, SQS) is recorded as it documents.
"""

from __future__ import annotations

import importlib
import json
import re
import sys
import time
from collections.abc import Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

import botocore.session
import pytest
from aws_cdk import App

from cdk.app import add_stage, configured_app
from cdk.stages import read_stage
from nexus.metrics import written
from nexus.wiring.parts import forget_clients
from tests.bench.seeding import answer, asked, event, questions
from tests.infrastructure.alarm_evaluation import Recorded, spread, state
from tests.infrastructure.assembly import PINECONE_HOST, configuration
from tests.infrastructure.changes import without_packages
from tests.openai_server import Fault
from tests.restores.upstreams import Upstreams, running_upstreams

NOW_S = 1_800_000_000.0
NEW = iter(questions(900))


class Context:
    """What Lambda tells a function of its invocation."""

    function_name, memory_limit_in_mb, aws_request_id = "chat", 1536, "request-1"
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:chat"

    def get_remaining_time_in_millis(self) -> int:
        return 100_000


@pytest.fixture(scope="module")
def alarms(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """The alarms of prod by their names without the stage."""
    folder = tmp_path_factory.mktemp("alarms")
    stage = read_stage("prod", {**configuration("prod"), "pinecone_host": PINECONE_HOST})
    with without_packages(folder / "package"):
        app: App = configured_app(
            outdir=str(folder / "out"), context={"aws:cdk:disable-asset-staging": True}
        )
        add_stage(app, stage)
        app.synth()
    found = {}
    for stack in ("data", "service"):
        template = json.loads((folder / "out" / f"nexus-prod-{stack}.template.json").read_text())
        for resource in template["Resources"].values():
            if resource["Type"] == "AWS::CloudWatch::Alarm":
                properties = resource["Properties"]
                found[properties["AlarmName"].removeprefix("nexus-prod-")] = properties
    return found


@pytest.fixture(scope="module")
def upstreams() -> Iterator[Upstreams]:
    with running_upstreams() as running:
        yield running


def load(function: str, upstreams: Upstreams, environment: pytest.MonkeyPatch) -> ModuleType:
    """The handler's module, imported as Lambda does."""
    for name, value in upstreams.environ.items():
        environment.setenv(name, value)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        environment.delenv(name, raising=False)  # moto's own: a function has its role's
    environment.setenv("NEXUS_MODEL_PRICES", "gpt-5.4-mini=40000/40000")
    forget_clients()
    name = f"functions.{function}.handler"
    sys.modules.pop(name, None)
    return importlib.import_module(name)


@pytest.fixture
def chat(upstreams: Upstreams, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    serve = upstreams.aws.answer
    yield load("chat", upstreams, monkeypatch)
    upstreams.aws.answer = serve  # type: ignore[method-assign]
    upstreams.models._faults.clear()
    forget_clients()


def ask(chat: ModuleType, times: int, capsys: pytest.CaptureFixture[str]) -> tuple[list[int], str]:
    """Asks so many new questions; the statuses, and what the function wrote."""
    written("prod", 0)  # nothing that other tests of this process left unwritten
    capsys.readouterr()
    statuses = [chat.handler(asked(next(NEW), None), Context())["statusCode"] for _ in range(times)]
    return statuses, capsys.readouterr().out


def is_alarm(alarm: dict[str, Any], recorded: Recorded) -> bool:
    """Whether it is, however many more periods CloudWatch asks for."""
    [found] = {state(alarm, recorded, NOW_S, more) for more in (0, 2, 5)}
    return found == "ALARM"


def raised(alarms: dict[str, dict[str, Any]], recorded: Recorded) -> set[str]:
    """Which alarms are on, of those that silence does not raise."""
    return {
        name
        for name, alarm in alarms.items()
        if not name.startswith("missed") and is_alarm(alarm, recorded)
    }


def test_answers_as_they_should_be_raise_nothing(
    alarms: dict[str, dict[str, Any]], chat: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    statuses, log = ask(chat, 4, capsys)
    assert set(statuses) == {200}
    recorded = Recorded()
    for moment in spread(6, 60, NOW_S):
        recorded.read(log, moment)
    assert raised(alarms, recorded) == {"spend-per-day"}  # at 40,000 dollars for a million tokens
    names = {point[2] for point in recorded.points}
    assert {"requests", "answers", "dollars", "upstream_duration", "source_diversity"} <= names
    assert "dependency" in {key for point in recorded.points for key, _ in point[3]}


def test_a_model_that_fails_is_a_failing_dependency_and_a_share_of_server_errors(
    alarms: dict[str, dict[str, Any]],
    upstreams: Upstreams,
    chat: ModuleType,
    capsys: pytest.CaptureFixture[str],
) -> None:
    upstreams.models.fail(*[Fault(status=500)] * 200)
    statuses, log = ask(chat, 4, capsys)
    assert set(statuses) == {503}
    recorded = Recorded()
    recorded.read(log, NOW_S - 30)
    for moment in spread(3, 60, NOW_S):
        for status in statuses:
            recorded.add(
                moment, "AWS/ApiGateway", "5XXError", float(status >= 500), ApiName="nexus-prod"
            )
    assert raised(alarms, recorded) == {"api-down", "server-errors", "dependency-failing"}
    failing = {dict(point[3]).get("dependency") for point in recorded.points}
    assert failing & {"embeddings", "language_model"}


def test_one_failure_in_a_night_wakes_nobody(
    alarms: dict[str, dict[str, Any]],
    upstreams: Upstreams,
    chat: ModuleType,
    capsys: pytest.CaptureFixture[str],
) -> None:
    upstreams.models.fail(*[Fault(status=500)] * 200)
    _, log = ask(chat, 1, capsys)
    recorded = Recorded()
    recorded.read(log, NOW_S - 30)
    assert raised(alarms, recorded) == set()


def test_a_model_that_takes_six_seconds_for_ten_minutes_is_slow(
    alarms: dict[str, dict[str, Any]],
    upstreams: Upstreams,
    chat: ModuleType,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    later = [0.0]
    clock = SimpleNamespace(perf_counter=lambda: time.perf_counter() + later[0], time=time.time)
    monkeypatch.setattr("nexus.http.middleware.time", clock)

    def slowly(messages: Any) -> str:
        later[0] += 6.0
        return str(answer(messages))

    upstreams.models.answer_with(slowly)
    try:
        _, log = ask(chat, 3, capsys)
    finally:
        upstreams.models.answer_with(answer)
    once, twice = Recorded(), Recorded()
    once.read(log, NOW_S - 30)
    for moment in spread(2, 300, NOW_S):
        twice.read(log, moment)
    assert "slow-answers" not in raised(alarms, once)
    assert "slow-answers" in raised(alarms, twice)


def test_answers_that_no_passage_supports_are_too_many_refusals(
    alarms: dict[str, dict[str, Any]],
    upstreams: Upstreams,
    chat: ModuleType,
    capsys: pytest.CaptureFixture[str],
) -> None:
    upstreams.models.answer_with(lambda _: "Zebras swim to the moon on Sundays in 1871. [1]")
    try:
        _, log = ask(chat, 4, capsys)
    finally:
        upstreams.models.answer_with(answer)
    recorded = Recorded()
    recorded.read(log, NOW_S - 30)
    assert "refusals" in raised(alarms, recorded)
    reasons = {dict(point[3]).get("reason") for point in recorded.points if point[2] == "refusals"}
    assert "nothing_supported" in reasons
    assert "Zebras" not in log
    assert "zebras" not in log


def test_throttles_of_dynamodb_are_seen_though_the_sdk_tries_again(
    alarms: dict[str, dict[str, Any]],
    upstreams: Upstreams,
    chat: ModuleType,
    capsys: pytest.CaptureFixture[str],
) -> None:
    serve = upstreams.aws.answer
    throttled: list[str] = []
    body = json.dumps({"__type": "ProvisionedThroughputExceededException", "message": "slow down"})

    def sometimes(method: str, path: str, headers: dict[str, str], sent: bytes) -> Any:
        if "DynamoDB" in headers.get("x-amz-target", "") and len(throttled) < 1:
            throttled.append(path)
            return 400, {"content-type": "application/x-amz-json-1.0"}, body.encode()
        return serve(method, path, headers, sent)

    upstreams.aws.answer = sometimes  # type: ignore[method-assign,assignment]
    statuses, log = ask(chat, 1, capsys)
    assert (statuses, len(throttled)) == ([200], 1)
    recorded = Recorded()
    for moment in spread(5, 60, NOW_S):
        recorded.read(log, moment)
    assert "dynamodb-throttles" in raised(alarms, recorded)


@pytest.mark.parametrize(
    ("alarm", "metric", "value"),
    [("lambda-errors", "Errors", 1), ("lambda-throttles", "Throttles", 2)],
)
def test_what_lambda_reports_of_any_function_is_an_alarm(
    alarms: dict[str, dict[str, Any]], alarm: str, metric: str, value: float
) -> None:
    for function in ("chat", "documents", "ingest", "reindex", "backup"):
        recorded = Recorded()
        named = f"nexus-prod-{function}"
        recorded.add(NOW_S - 30, "AWS/Lambda", metric, value, FunctionName=named)
        assert raised(alarms, recorded) == {alarm}
        recorded = Recorded()  # another stage's is none of ours
        recorded.add(NOW_S - 30, "AWS/Lambda", metric, value, FunctionName=f"nexus-dev-{function}")
        assert raised(alarms, recorded) == set()


@pytest.mark.parametrize(
    ("alarm", "queue"),
    [
        ("reindex-failures", "nexus-prod-reindex-failures"),
        ("backup-failures", "nexus-prod-backup-failures"),
    ],
)
def test_one_failed_run_that_is_kept_is_an_alarm(
    alarms: dict[str, dict[str, Any]], alarm: str, queue: str
) -> None:
    recorded = Recorded()
    name = "ApproximateNumberOfMessagesVisible"
    recorded.add(NOW_S - 30, "AWS/SQS", name, 1, QueueName=queue)
    assert raised(alarms, recorded) == {alarm}


def test_a_run_that_did_not_come_is_an_alarm_and_one_that_came_ends_it(
    alarms: dict[str, dict[str, Any]],
    upstreams: Upstreams,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert is_alarm(alarms["missed-reindex"], Recorded())
    assert is_alarm(alarms["missed-backup"], Recorded())
    reindex = load("reindex", upstreams, monkeypatch)
    sqs: Any = botocore.session.Session().create_client("sqs")
    sqs.create_queue(QueueName="queue")
    capsys.readouterr()
    reindex.handler(event("reindex"), Context())
    log = capsys.readouterr().out
    came, long_ago = Recorded(), Recorded()
    came.read(log, NOW_S - 25.5 * 3600)
    long_ago.read(log, NOW_S - 33 * 3600)
    assert not is_alarm(alarms["missed-reindex"], came)
    assert is_alarm(alarms["missed-reindex"], long_ago)
    assert is_alarm(alarms["missed-backup"], came)


def test_the_line_that_lambda_writes_of_a_timeout_is_counted(
    alarms: dict[str, dict[str, Any]],
) -> None:
    line = "2026-11-29T02:14:00.100Z 1f2e Task timed out after 29.00 seconds"
    assert re.search("Task timed out after", line)  # the filter's phrase
    recorded = Recorded()
    recorded.add(NOW_S - 30, "Nexus/prod", "timeouts", 1)
    assert raised(alarms, recorded) == {"lambda-timeouts"}
