"""When a request's time ends: from its arrival, or when Lambda ends; and what is told then."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from starlette.testclient import TestClient

from nexus.deadline import current
from nexus.errors import (
    ConfigurationError,
    DeadlineExceeded,
    NexusError,
    UpstreamRefused,
    UpstreamUnavailable,
)
from nexus.http.middleware import WRITING_BACK_S, RequestDeadline
from tests.fakes import FakeClock
from tests.functions.chat_services import ACME_KEY, World
from tests.functions.gateway import chat_app as create_app

BUSY = UpstreamUnavailable("index", "Busy.", 17.0)
REFUSED = UpstreamRefused("index", "The key is not valid.")
QUESTION = "How much is the tuition fee?"


class Lambda:
    """A function's context of which so many seconds are left."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def get_remaining_time_in_millis(self) -> int:
        return int(self._seconds * 1000)


def time_given(waited_s: float | None = None, context: object = None) -> float:
    """What a request is given that has waited so long since the gateway received it."""
    seen: list[float] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(current().remaining())

    scope: dict[str, Any] = {"type": "http", "aws.context": context}
    if waited_s is not None:
        received_ms = int((time.time() - waited_s) * 1000)
        scope["aws.event"] = {"requestContext": {"requestTimeEpoch": received_ms}}
    asyncio.run(RequestDeadline(app, 27.0, FakeClock())(scope, None, None))  # type: ignore[arg-type]
    return seen[0] + WRITING_BACK_S


def test_a_request_has_27_seconds_from_when_the_gateway_received_it() -> None:
    assert time_given() == pytest.approx(27)
    assert time_given(waited_s=6) == pytest.approx(21, abs=0.2)


def test_a_replayed_event_and_a_clock_that_differs_take_nothing_away() -> None:
    assert time_given(waited_s=86_400) == pytest.approx(27)
    assert time_given(waited_s=-3_600) == pytest.approx(27)


def test_what_lambda_leaves_is_the_limit_if_it_is_less() -> None:
    assert time_given(context=Lambda(9)) == pytest.approx(9)
    assert time_given(context=Lambda(600)) == pytest.approx(27)
    assert time_given(context=object()) == pytest.approx(27)


def ask(world: World, **more: object) -> Any:
    api = TestClient(create_app(world.services), headers={"x-api-key": ACME_KEY})
    return api.post("/v1/chat", json={"message": QUESTION, **more})


def fail_search(world: World, method: str, failure: NexusError) -> None:
    def failing(*_: object) -> Any:
        raise failure

    setattr(world.library.index, method, failing)


@pytest.mark.parametrize("method", ["search_dense", "search_text"])
def test_half_a_search_gives_an_answer_that_is_less_sure_and_not_kept(method: str) -> None:
    whole, half = World(refuse_below=0.0), World(refuse_below=0.0)
    half.library.clock.advance(60)  # the documents have settled: answers may be kept
    fail_search(half, method, BUSY)
    sure, unsure = ask(whole), ask(half)
    assert unsure.status_code == 200
    assert unsure.json()["answer"] == sure.json()["answer"]
    assert unsure.json()["confidence"]["level"] != "high"
    ask(half)
    assert len(half.chat.prompts) == 2


def test_without_an_embedding_the_words_are_searched() -> None:
    world = World(refuse_below=0.0)
    world.library.embedder.failure = BUSY
    response = ask(world)
    assert response.status_code == 200
    assert response.json()["sources"]


@pytest.mark.parametrize(
    ("dense", "text", "wait"),
    [
        (BUSY, BUSY, "17"),
        (BUSY, REFUSED, "17"),  # after the one that passes, there is an answer again
        (REFUSED, BUSY, "17"),
        (REFUSED, REFUSED, None),
        (DeadlineExceeded("index", "Late."), REFUSED, "5"),
    ],
)
def test_both_searches_failing_is_a_problem_that_promises_what_is_true(
    dense: NexusError, text: NexusError, wait: str | None
) -> None:
    world = World()
    fail_search(world, "search_dense", dense)
    fail_search(world, "search_text", text)
    response = ask(world)
    assert response.status_code == 503
    assert response.headers.get("retry-after") == wait
    assert ("operator" in response.json()["detail"]) is (wait is None)


def test_half_a_search_never_says_that_the_documents_hold_nothing() -> None:
    world = World()
    fail_search(world, "search_dense", BUSY)
    unknown = ask(world, message="zebra quantum xylophone?")
    assert (unknown.status_code, unknown.headers["retry-after"]) == (503, "17")


@pytest.mark.parametrize(
    ("failure", "wait"),
    [(BUSY, "5"), (REFUSED, None), (ConfigurationError("Not set."), None)],
)
def test_readiness_promises_a_later_time_only_for_what_passes(
    failure: NexusError, wait: str | None
) -> None:
    world = World()
    world.library.index.failure = failure
    response = TestClient(create_app(world.services)).get("/ready")
    assert response.status_code == 503
    assert response.headers.get("retry-after") == wait
