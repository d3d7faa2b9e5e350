"""A fault that is made is an alarm: the real functions meet it, and what they report is evaluated.

The functions run as they are deployed, with the real SDKs over real sockets; the metrics are those
of their logs. What AWS itself reports (Lambda, API Gateway, SQS) is recorded as it documents.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from nexus.metrics import written
from nexus.wiring.aws_clients import forget_clients
from tests.bench.seeding import answer, asked, questions
from tests.functions.faults import NOW_S, Alarms, Context, load, prod_alarms, raised
from tests.infrastructure.alarm_evaluation import Recorded, spread
from tests.openai_server import Fault
from tests.restores.upstreams import Upstreams, running_upstreams

NEW = iter(questions(900))


@pytest.fixture(scope="module")
def alarms(tmp_path_factory: pytest.TempPathFactory) -> Alarms:
    return prod_alarms(tmp_path_factory.mktemp("alarms"))


@pytest.fixture(scope="module")
def upstreams() -> Iterator[Upstreams]:
    with running_upstreams() as running:
        yield running


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


def test_answers_as_they_should_be_raise_nothing(
    alarms: Alarms, chat: ModuleType, capsys: pytest.CaptureFixture[str]
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


def test_a_model_whose_tokens_have_no_price_is_an_alarm_and_no_spend(
    alarms: Alarms,
    upstreams: Upstreams,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NEXUS_CHAT_MODEL", "dear-and-new")
    _, log = ask(load("chat", upstreams, monkeypatch), 1, capsys)
    recorded = Recorded()
    recorded.read(log, NOW_S - 30)
    assert raised(alarms, recorded) == {"model-without-a-price"}
    named = {dict(point[3]).get("model") for point in recorded.points if "unpriced" in point[2]}
    assert "dear-and-new" in named
    forget_clients()


def test_a_model_that_fails_is_a_failing_dependency_and_a_share_of_server_errors(
    alarms: Alarms,
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
    alarms: Alarms,
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
    alarms: Alarms,
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
    alarms: Alarms,
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
    alarms: Alarms,
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
    alarms: Alarms, alarm: str, metric: str, value: float
) -> None:
    for function in ("chat", "documents", "ingest", "reindex", "backup"):
        recorded = Recorded()
        named = f"nexus-prod-{function}"
        recorded.add(NOW_S - 30, "AWS/Lambda", metric, value, FunctionName=named)
        assert raised(alarms, recorded) == {alarm}
        recorded = Recorded()  # another stage's is none of ours
        recorded.add(NOW_S - 30, "AWS/Lambda", metric, value, FunctionName=f"nexus-dev-{function}")
        assert raised(alarms, recorded) == set()
