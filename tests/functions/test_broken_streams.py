"""A stream whose connection breaks is neither lost nor paid for twice where it is asked for again.

Over a real socket: the server learns that its caller has left as it does of any, and the request
comes again under its Idempotency-Key.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import httpx2
import pytest

from nexus.answering.telling import Abandoned
from nexus.ports import Completion, Message
from tests.fakes import FakeChat
from tests.functions.chat_services import ACME_KEY, World
from tests.functions.serving import served

FEE = "The tuition fee is nine million rupiah. [1]"
ASKED = "How much is the tuition fee?"
PATIENCE_S = 20
BODIES: dict[str, dict[str, Any]] = {
    "/v1/chat/stream": {"message": ASKED},
    "/v1/chat/completions": {
        "model": "nexus",
        "messages": [{"role": "user", "content": ASKED}],
        "stream": True,
    },
    "/v1/responses": {"model": "nexus", "input": ASKED, "stream": True},
}
# What of each comes before a word of the answer, and with its last words.
FIRST = {
    "/v1/chat/stream": b"event: start",
    "/v1/chat/completions": b'"role": "assistant"',
    "/v1/responses": b"response.content_part.added",
}
LAST = {
    "/v1/chat/stream": b"event: delta",
    "/v1/chat/completions": b"rupiah",
    "/v1/responses": b"response.output_text.delta",
}


class WritesToTheEnd(FakeChat):
    """A model whose last word was heard just before its caller left.

    `written` is set once all was heard, and `left` once the server has noticed that its caller has
    left; only then does the model say that it has ended.
    """

    def __init__(self, *script: str) -> None:
        super().__init__(*script)
        self.written, self.left = threading.Event(), threading.Event()

    def stream(
        self, messages: Sequence[Message], max_tokens: int, heard: Callable[[str], None]
    ) -> Completion:
        completion = super().stream(messages, max_tokens, heard)
        self.written.set()
        until_noticed(lambda: heard(""), self.left)
        return completion


def until_noticed(asks: Callable[[], object], left: threading.Event) -> None:
    """Returns when what is asked finds that nobody listens any more."""
    for _ in range(PATIENCE_S * 200):
        try:
            asks()
        except Abandoned:
            left.set()
            return
        left.wait(0.005)
    raise AssertionError("The server has not noticed that its caller left.")


@contextmanager
def client_of(world: Any) -> Iterator[httpx2.Client]:
    """A client of a server of this world."""
    with (
        served(world) as url,
        httpx2.Client(
            base_url=url,
            headers={"x-api-key": ACME_KEY, "cache-control": "no-cache"},
            timeout=PATIENCE_S,
        ) as client,
    ):
        yield client


def broken_off(
    client: httpx2.Client,
    path: str,
    at: bytes,
    body: dict[str, Any],
    written: threading.Event | None = None,
) -> bytes:
    """What came of a stream whose connection was closed once it had told this, and `written` is."""
    with client.stream("POST", path, json=body, headers={"idempotency-key": "k-1"}) as response:
        assert response.status_code == 200
        came = b""
        for part in response.iter_raw():
            came += part
            if at in came:
                assert written is None or written.wait(PATIENCE_S)
                return came
    raise AssertionError(f"The stream ended without {at!r}: {came!r}")


def stored_by(world: Any, may_store: threading.Event | None = None) -> threading.Event:
    """Is set once the request's answer is stored, which waits for `may_store`."""
    stored, finish = threading.Event(), world.claims.finish

    def noted(*given: Any) -> bool:
        assert may_store is None or may_store.wait(PATIENCE_S)
        is_stored: bool = finish(*given)
        stored.set()
        return is_stored

    world.claims.finish = noted
    return stored


def asked_again(client: httpx2.Client, path: str, body: dict[str, Any], key: str = "k-1") -> str:
    """The whole stream of the same request."""
    response = client.post(path, json=body, headers={"idempotency-key": key})
    assert response.status_code == 200, response.text
    return str(response.text)


@pytest.mark.parametrize("path", BODIES)
def test_a_caller_who_leaves_when_all_is_written_gets_that_answer_when_it_asks_again(
    path: str,
) -> None:
    chat = WritesToTheEnd(FEE, "Something else. [1]")
    world = World(chat=chat)
    stored = stored_by(world)
    with client_of(world) as client:
        broken_off(client, path, FIRST[path], BODIES[path], chat.written)
        assert chat.left.wait(PATIENCE_S)
        assert stored.wait(PATIENCE_S)
        again = asked_again(client, path, BODIES[path])
    assert "nine million rupiah" in again
    assert len(chat.prompts) == 1


@pytest.mark.parametrize("path", BODIES)
def test_a_caller_who_leaves_between_the_last_word_and_the_storing_is_answered_once(
    path: str,
) -> None:
    world = World(FEE, "Something else. [1]")
    left = threading.Event()
    stored = stored_by(world, left)
    with client_of(world) as client:
        broken_off(client, path, LAST[path], BODIES[path])
        left.set()
        assert stored.wait(PATIENCE_S)
        again = asked_again(client, path, BODIES[path])
    assert "nine million rupiah" in again
    assert len(world.chat.prompts) == 1


@pytest.mark.parametrize("path", BODIES)
def test_a_repetition_is_the_same_answer_to_the_letter_of_its_ids(path: str) -> None:
    world = World(FEE, "Something else. [1]")
    with client_of(world) as client:
        first, second = (asked_again(client, path, BODIES[path]) for _ in range(2))
        other = asked_again(client, path, BODIES[path], key="k-2")
        body = {**BODIES[path], "stream": False}
        whole = "" if path == "/v1/chat/stream" else asked_again(client, path, body)
    ids = {word for word in first.split('"') if "m-" in word and len(word) > 30}
    assert ids
    assert all(one in second for one in ids)
    assert not any(one in other for one in ids)
    assert len(world.chat.prompts) == 2
    assert not whole or any(one in whole for one in ids)


def test_other_messages_before_the_question_are_another_request() -> None:
    path, body = "/v1/chat/completions", BODIES["/v1/chat/completions"]
    earlier = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!"}]
    other = {**body, "messages": [*earlier, *body["messages"]]}
    with client_of(World(FEE)) as client:
        asked_again(client, path, body)
        refused = client.post(path, json=other, headers={"idempotency-key": "k-1"})
    assert refused.status_code == 422
    assert refused.json()["error"]["param"] == "Idempotency-Key"
