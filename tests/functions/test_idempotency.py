"""A request that is sent again under its Idempotency-Key: one turn, one payment, one answer."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from starlette.testclient import TestClient

from nexus.answering.idempotency import KEPT_S
from nexus.clients import hash_key
from nexus.errors import UpstreamUnavailable
from nexus.models import ApiClient, Filters, Principal
from nexus.ports import Completion, Message
from nexus.taken_requests import CLAIMED_S, LOOK_S, WAIT_S
from tests.fakes import FakeChat
from tests.functions.chat_services import ACME_KEY, COLLEAGUE_KEY, RIVAL_KEY, World
from tests.functions.gateway import chat_app as create_app

ASKED = {"message": "How much is the tuition fee?", "conversation_id": "c-1"}


@pytest.fixture
def world() -> World:
    return World("The tuition fee is nine million rupiah. [1]", "Something else entirely. [1]")


@pytest.fixture
def api(world: World) -> TestClient:
    return TestClient(create_app(world.services), headers={"x-api-key": ACME_KEY})


def send(api: TestClient, key: str = "k-1", **more: Any) -> Any:
    headers = {"idempotency-key": key, "cache-control": "no-cache"}
    if "x_api_key" in more:
        headers["x-api-key"] = more.pop("x_api_key")
    return api.post("/v1/chat", json={**ASKED, **more}, headers=headers)


def turns(api: TestClient, conversation: str = "c-1") -> int:
    response = api.get(f"/v1/conversations/{conversation}")
    return len(response.json()["turns"]) if response.status_code == 200 else 0


def test_a_repeated_request_gets_the_same_answer_and_makes_no_turn(
    api: TestClient, world: World
) -> None:
    first, second = send(api), send(api)
    assert (first.status_code, second.status_code) == (200, 200)
    assert second.json() == first.json()
    assert turns(api) == len(world.chat.prompts) == 1


def test_without_a_conversation_the_one_that_was_made_comes_back(api: TestClient) -> None:
    first, second = send(api, conversation_id=None), send(api, conversation_id=None)
    assert first.json()["conversation_id"] == second.json()["conversation_id"]
    assert turns(api, first.json()["conversation_id"]) == 1


@pytest.mark.parametrize("key", ["k-2", "K-1"])
def test_another_key_is_another_request(api: TestClient, world: World, key: str) -> None:
    send(api)
    assert send(api, key).json()["message_id"] != send(api).json()["message_id"]
    assert turns(api) == 2


def test_a_quoted_key_is_the_same_key(api: TestClient) -> None:
    assert send(api, '"k-1"').json() == send(api, "k-1").json()


@pytest.mark.parametrize(
    "more",
    [
        {"message": "And how much is it now?"},
        {"conversation_id": "c-2"},
        {"top_k": 3},
        {"style": "concise"},
        {"filters": {"tags": ["x"]}},
    ],
)
def test_another_body_under_the_same_key_is_refused(api: TestClient, more: dict[str, Any]) -> None:
    send(api)
    refused = send(api, **more)
    assert (refused.status_code, refused.json()["field"]) == (422, "Idempotency-Key")
    assert turns(api) == 1


@pytest.mark.parametrize("key", [COLLEAGUE_KEY, RIVAL_KEY])
def test_the_key_of_another_client_is_another_key(api: TestClient, key: str) -> None:
    mine = send(api).json()
    theirs = send(api, x_api_key=key, message="What is new?")
    assert theirs.status_code == 200
    assert theirs.json()["message_id"] != mine["message_id"]


@pytest.mark.parametrize("key", ["", " ", "a b", '"a', "k" * 256, "ключ", 'a"b'])
def test_a_bad_key_is_named(api: TestClient, key: str) -> None:
    response = api.post("/v1/chat", json=ASKED, headers={b"idempotency-key": key.encode()})
    assert (response.status_code, response.json()["field"].lower()) == (422, "idempotency-key")


class SlowChat(FakeChat):
    """A model that answers when it is let."""

    def __init__(self, *script: str) -> None:
        super().__init__(*script)
        self.asked, self.let = threading.Event(), threading.Event()

    def complete(self, messages: Any, max_tokens: int) -> Completion:
        self.asked.set()
        assert self.let.wait(20)
        heard: list[Message] = list(messages)
        return super().complete(heard, max_tokens)


def test_of_two_at_once_the_second_waits_for_the_first_ones_answer() -> None:
    chat = SlowChat("The tuition fee is nine million rupiah. [1]")
    world = World(chat=chat)

    def let(pause_s: float) -> None:
        world.pauses.append(pause_s)
        chat.let.set()
        first.result(20)

    world.sleep = let
    with ThreadPoolExecutor(2) as pool:
        one, two = (
            TestClient(create_app(world.services), headers={"x-api-key": ACME_KEY})
            for _ in range(2)
        )
        first = pool.submit(send, one)
        assert chat.asked.wait(20)
        second = pool.submit(send, two)
        assert second.result(20).json() == first.result(20).json()
    assert len(chat.prompts) == turns(one) == 1
    assert world.pauses == [LOOK_S]


def test_one_that_is_at_work_for_long_is_a_conflict_that_says_when_to_come_again(
    api: TestClient, world: World
) -> None:
    with ThreadPoolExecutor(1) as pool:
        chat = SlowChat("The tuition fee is nine million rupiah. [1]")
        slow = World(chat=chat)
        one = TestClient(create_app(slow.services), headers={"x-api-key": ACME_KEY})
        first = pool.submit(send, one)
        assert chat.asked.wait(20)
        two = TestClient(create_app(slow.services), headers={"x-api-key": ACME_KEY})
        conflict = send(two)
        chat.let.set()
        assert first.result(20).status_code == 200
    assert (conflict.status_code, conflict.headers["retry-after"]) == (409, "3")
    assert sum(slow.pauses) == WAIT_S
    assert send(two).json() == first.result().json()


def test_a_failure_is_not_kept(api: TestClient, world: World) -> None:
    world.chat.failure = UpstreamUnavailable("models", "Busy.")
    assert send(api).status_code == 503
    world.chat.failure = None
    assert send(api).status_code == 200
    assert turns(api) == 1


def test_a_worker_that_was_killed_blocks_its_key_for_no_longer_than_a_request_lives(
    api: TestClient, world: World
) -> None:
    world.claims.release = lambda *_: None  # type: ignore[method-assign]
    world.chat.failure = UpstreamUnavailable("models", "Busy.")
    send(api)
    world.chat.failure = None
    assert send(api).status_code == 409
    world.clock.advance(CLAIMED_S + 1)
    assert send(api).status_code == 200


def test_after_a_day_the_key_is_free(api: TestClient, world: World) -> None:
    send(api)
    world.clock.advance(KEPT_S + 1)
    assert send(api, message="And how much is it now?").status_code == 200


def test_nothing_is_answered_while_nobody_can_tell_whether_it_was(
    api: TestClient, world: World
) -> None:
    world.claims.failure = UpstreamUnavailable("cache", "Busy.")
    response = send(api)
    assert (response.status_code, "retry-after" in response.headers) == (503, True)
    assert turns(api) == 0


def test_an_answer_that_cannot_be_kept_is_given_all_the_same(api: TestClient, world: World) -> None:
    world.claims.finish = lambda *_: False  # type: ignore[method-assign]
    assert send(api).status_code == 200


def test_a_repeated_answer_follows_the_rights_of_now(world: World) -> None:
    rights = Filters(departments=("Finance",))
    principal = Principal("acme", "narrow", "user", "standard", rights)
    world.clients.put(ApiClient(hash_key("nx_narrow"), "gw", principal, "2026-01-01T00:00:00Z"))
    text = "The tuition fee is nine million rupiah."
    world.library.add("acme", "fees.md", text, department="finance")
    api = TestClient(create_app(world.services), headers={"x-api-key": "nx_narrow"})
    assert "nine million" in send(api).json()["answer"]
    world.library.add("acme", "fees.md", text, department="Board")
    again = send(api)
    assert "nine million" not in again.text
    assert again.json()["sources"] == again.json()["claims"] == []
    assert "may not see" in again.json()["answer"]


def test_the_reference_tells_of_the_key(api: TestClient) -> None:
    asked = api.get("/openapi.json").json()["paths"]["/v1/chat"]["post"]
    assert "Idempotency-Key" in [parameter["name"] for parameter in asked["parameters"]]
    assert {"409", "422"} <= set(asked["responses"])
