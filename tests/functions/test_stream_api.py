"""POST /v1/chat/stream as its callers see it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from functions.chat.listening import listen
from nexus.answering.telling import Abandoned, Telling
from nexus.errors import UpstreamUnavailable
from nexus.models import Answer
from tests.fakes import FakeChat
from tests.functions.chat_services import ACME_KEY, World
from tests.functions.gateway import chat_app as create_app

FEE = "The tuition fee is nine million rupiah. [1]"
ASKED = "How much is the tuition fee?"


def over(world: World) -> TestClient:
    app = create_app(world.services)
    return TestClient(app, headers={"x-api-key": ACME_KEY}, raise_server_exceptions=False)


def events(response: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """The name and the data of each event."""
    for block in response.text.split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if lines:
            yield lines["event"], json.loads(lines["data"])


def stream(world: World, message: str = ASKED, **more: Any) -> list[tuple[str, dict[str, Any]]]:
    response = over(world).post("/v1/chat/stream", json={"message": message}, **more)
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/event-stream")
    return list(events(response))


def test_an_answer_comes_in_events_and_at_last_whole() -> None:
    told = stream(World(f"{FEE} It is due in August."))
    names = [name for name, _ in told]
    assert names[:3] == ["start", "sources", "delta"]
    assert names[-3:] == ["confidence", "usage", "done"]
    body = dict(told)
    done = body["done"]
    assert "".join(data["text"] for name, data in told if name == "delta") == done["answer"]
    assert body["start"]["conversation_id"] == done["conversation_id"]
    assert body["start"]["message_id"] == done["message_id"]
    assert body["sources"]["passages"][0]["text"] == "The tuition fee is nine million rupiah."
    first = next(data for name, data in told if name == "delta")
    assert [source["number"] for source in first["sources"]] == [1]
    assert done["remembered"]


def test_the_whole_is_what_the_buffered_answer_is() -> None:
    done = dict(stream(World(FEE)))["done"]
    answer = over(World(FEE)).post("/v1/chat", json={"message": ASKED}).json()
    for own in ("conversation_id", "message_id", "timings"):
        done.pop(own), answer.pop(own)
    assert done == answer


def test_a_failure_after_the_beginning_is_told_as_a_problem_within_the_stream() -> None:
    world = World(chat=FakeChat(UpstreamUnavailable("models", "It is down.", 3.0)))
    name, problem = stream(world)[-1]
    assert name == "error"
    assert problem["status"] == 503
    assert "try again in 3 seconds" in problem["detail"]
    assert problem["request_id"]


@pytest.mark.parametrize(
    ("sent", "headers", "status"),
    [
        ({"message": ""}, {}, 422),
        ({"message": ASKED, "conversation_id": "a"}, {"x-conversation-id": "b"}, 422),
        ({"message": ASKED}, {"x-api-key": "nx_unknown"}, 403),
    ],
)
def test_what_is_wrong_with_a_request_is_told_before_any_event(sent, headers, status) -> None:
    response = over(World()).post("/v1/chat/stream", json=sent, headers=headers)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"


def test_a_repeated_request_gets_the_same_answer_and_makes_no_other_turn() -> None:
    world = World(FEE)
    headers = {"Idempotency-Key": "one"}
    first, again = (dict(stream(world, headers=headers)) for _ in range(2))
    assert (
        again["done"]["message_id"] == first["done"]["message_id"] == again["start"]["message_id"]
    )
    assert again["delta"]["text"] == FEE
    assert len(world.chat.prompts) == 1


def test_a_turn_ends_when_nobody_takes_what_it_tells() -> None:
    world = World(FEE)
    ended: list[type[BaseException]] = []

    def turn(telling: Telling) -> Answer:
        try:
            while True:
                telling.check()
                telling.begin("c", "m")
        except Abandoned as error:
            ended.append(type(error))
            raise

    async def leave() -> None:
        told = listen(world.services, turn)
        await anext(told)
        await told.aclose()

    asyncio.run(leave())
    world.services.executor.shutdown(wait=True)
    assert ended == [Abandoned]
