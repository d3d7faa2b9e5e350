"""What callers and logs are told when something behind the chat API fails."""

from __future__ import annotations

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from mangum import Mangum
from starlette.testclient import TestClient

from nexus.errors import (
    ConfigurationError,
    InvalidRequest,
    NexusError,
    UpstreamRefused,
    UpstreamUnavailable,
)
from nexus.operations import health
from nexus.operations.health import Dependency, Health
from tests.functions.chat_services import ACME_KEY, World
from tests.functions.gateway import chat_app as create_app

SECRET_WORDS = "zanzibar marmalade"
ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:Models-abc"
EVENT = Path(__file__).resolve().parents[2] / "events" / "chat.json"


def through_the_gateway(world: World, **headers: str) -> dict[str, Any]:
    """What Lambda returns for the sample event, as Mangum makes it."""
    event = json.loads(EVENT.read_text(encoding="utf-8"))
    for name, value in {"x-api-key": ACME_KEY, **headers}.items():
        event["headers"][name] = value
        event["multiValueHeaders"][name] = [value]
    handler = Mangum(
        create_app(world.services), lifespan="off", text_mime_types=["application/problem+json"]
    )
    context: Any = object()
    return dict(handler(event, context))


def test_an_unexpected_error_is_a_whole_response_and_its_message_is_not_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    world = World(cors_origins=("https://app.example",))

    def broken(*_: object) -> None:
        raise ValueError(SECRET_WORDS)

    world.library.catalogue.get_many = broken  # type: ignore[assignment,method-assign]
    world.library.index.search_dense = broken  # type: ignore[assignment,method-assign]
    with caplog.at_level(logging.DEBUG):
        response = through_the_gateway(world, origin="https://app.example")

    body = json.loads(response["body"])
    assert response["statusCode"] == body["status"] == 500
    assert response["headers"]["content-type"] == "application/problem+json"
    assert response["headers"]["x-request-id"] == body["request_id"]
    assert response["headers"]["x-content-type-options"] == "nosniff"
    assert response["headers"]["access-control-allow-origin"] == "https://app.example"
    told = next(record for record in caplog.records if record.message == "unexpected_error")
    assert told.__dict__["error"] == "ValueError"
    assert Path(__file__).name in told.__dict__["where"]
    for record in caplog.records:
        assert not record.exc_info
        assert SECRET_WORDS not in str(record.__dict__)


def test_a_question_that_the_model_may_not_answer_is_the_callers_to_change() -> None:
    world = World()
    world.chat.failure = InvalidRequest("Ask in other words.", "message")
    response = ask(world)
    assert (response.status_code, response.json()["field"]) == (422, "message")
    assert response.json()["detail"] == "Ask in other words."


@pytest.mark.parametrize(
    "failure", [UpstreamRefused("models", f"Not with {ARN}."), ConfigurationError(f"Set {ARN}.")]
)
def test_a_lasting_failure_is_the_operators_and_promises_nothing(failure: NexusError) -> None:
    world = World()
    world.chat.failure = failure
    response = ask(world)
    assert response.status_code == 503
    assert "retry-after" not in response.headers
    assert "operator" in response.json()["detail"]
    assert "again" not in response.json()["detail"]
    assert ARN not in response.text


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (ConfigurationError(f"The secret {ARN} is not set."), "not configured"),
        (UpstreamRefused("models", f"No right to read {ARN}."), "refused"),
        (UpstreamUnavailable("models", f"No answer from {ARN}."), "unreachable"),
        (ValueError(ARN), "failed"),
    ],
)
def test_health_tells_everyone_the_kind_and_the_log_the_rest(
    failure: Exception, told: str, caplog: pytest.LogCaptureFixture
) -> None:
    def ping() -> None:
        raise failure

    response = ask_health(Health({"language_model": Dependency(ping)}, ThreadPoolExecutor(1)))
    assert response.json()["checks"]["language_model"]["detail"] == told
    assert ARN not in response.text
    (logged,) = [vars(record) for record in caplog.records if "dependency" in vars(record)]
    assert logged["detail"] == (
        str(failure)
        if isinstance(failure, NexusError)
        else "The check itself failed with ValueError."
    )


def test_a_dependency_that_is_silent_is_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "PATIENCE_S", 0.01)
    done = Event()

    def ping() -> None:
        done.wait(9)

    response = ask_health(Health({"index": Dependency(ping)}, ThreadPoolExecutor(1)))
    done.set()
    assert "no answer within" in response.json()["checks"]["index"]["detail"]


def ask(world: World) -> Any:
    api = TestClient(create_app(world.services), headers={"x-api-key": ACME_KEY})
    return api.post("/v1/chat", json={"message": "How much is the tuition fee?"})


def ask_health(made: Health) -> Any:
    services = replace(World().services, health=made)
    return TestClient(create_app(services)).get("/health")
