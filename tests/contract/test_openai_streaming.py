"""What a model writes is heard while it writes it, over either of OpenAI's two APIs."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from nexus.adapters.openai.connection import connect
from nexus.adapters.openai.events import MOST_BYTES, events
from nexus.adapters.openai.models import OpenAIChat
from nexus.answering.telling import Abandoned
from nexus.errors import InvalidRequest, UpstreamRefused
from nexus.ports import Message
from tests.openai_server import Fault, OpenAIServer, running_openai_server

TEXT = "The fee is nine million rupiah. [1]"
PROMPT = [Message("system", "Be brief."), Message("user", "the secret word is xyzzy")]
APIS = pytest.mark.parametrize("api", ["responses", "chat"])


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with running_openai_server() as running:
        running.answer_with(lambda _messages: TEXT)
        yield running


def _chat(server: OpenAIServer, api: str = "responses") -> OpenAIChat:
    return OpenAIChat(connect(server.base_url, "key", 5, 0), "chat", api)


@APIS
def test_a_text_is_heard_in_pieces_and_ends_as_the_completion_in_one_piece(server, api):
    heard: list[str] = []
    streamed = _chat(server, api).stream(PROMPT, 100, heard.append)
    assert len(heard) > 5
    assert "".join(heard) == TEXT
    assert streamed == _chat(server, api).complete(PROMPT, 100)
    assert [request.body.get("stream") for request in server.requests] == [True, None]


@APIS
def test_each_piece_is_heard_before_the_next_one_is_sent(server, api):
    turn, heard, in_time = threading.Condition(), [], []

    def hear(text: str) -> None:
        with turn:
            heard.append(text)
            turn.notify_all()

    def before(event: int) -> None:
        # Of each API one or two of the first events hold no text.
        with turn:
            in_time.append(turn.wait_for(lambda: len(heard) >= event - 2, timeout=5))

    server.heard = before
    _chat(server, api).stream(PROMPT, 100, hear)
    assert len(heard) > 5
    assert all(in_time[:-3])


@APIS
def test_an_endpoint_that_does_not_stream_is_heard_at_once(server, api):
    server.streams = False
    heard: list[str] = []
    assert _chat(server, api).stream(PROMPT, 100, heard.append).text == TEXT
    assert heard == [TEXT]
    assert len(server.requests) == 1


@APIS
@pytest.mark.parametrize("events_sent", [0, 1, 3])
def test_a_stream_that_breaks_off_is_asked_for_once_more_in_one_piece(server, api, events_sent):
    server.broken_after = events_sent
    completion = _chat(server, api).stream(PROMPT, 100, lambda _text: None)
    assert completion.text == TEXT
    assert [request.body.get("stream") for request in server.requests] == [True, None]


@APIS
def test_whoever_stops_hearing_ends_the_writing(server, api):
    def stop(_text: str) -> None:
        raise Abandoned

    with pytest.raises(Abandoned):
        _chat(server, api).stream(PROMPT, 100, stop)
    assert len(server.requests) == 1


@APIS
def test_an_endpoint_that_refuses_streaming_is_not_asked_for_it_again(server, api):
    server.fail(Fault.error(400, message="streaming is off for this account", param="stream"))
    chat = _chat(server, api)
    heard: list[str] = []
    assert chat.stream(PROMPT, 100, heard.append).text == TEXT
    assert chat.stream(PROMPT, 100, heard.append).text == TEXT
    assert heard == [TEXT, TEXT]
    assert [request.body.get("stream") for request in server.requests] == [True, None, None]


def test_parameters_are_adapted_for_streams_too_and_an_older_api_is_found(server):
    server.speaks_responses = False
    server.refused_parameter = "max_tokens"
    heard: list[str] = []
    chat = _chat(server)
    assert chat.stream(PROMPT, 100, heard.append).text == TEXT
    assert chat.stream(PROMPT, 100, heard.append).text == TEXT
    assert "".join(heard) == TEXT * 2
    assert all(request.body["stream"] for request in server.requests)


def test_what_is_filtered_or_wrong_is_told_as_it_is_without_streaming(server):
    filtered = Fault.error(400, "content_filter")
    server.fail(filtered)
    with pytest.raises(InvalidRequest):
        _chat(server).stream(PROMPT, 100, lambda _text: None)
    server.fail(Fault.error(401), Fault.error(401))
    with pytest.raises(UpstreamRefused, match="API key"):
        _chat(server).stream(PROMPT, 100, lambda _text: None)


def test_an_error_within_a_stream_is_none_of_its_text(server):
    server.fail(
        Fault(
            200,
            'data: {"choices": [{"delta": {"content": "The "}}]}\n\n'
            'data: {"error": {"message": "overloaded", "code": 503}}\n\n',
            content_type="text/event-stream",
        )
    )
    assert _chat(server, "chat").stream(PROMPT, 100, lambda _text: None).text == TEXT


def test_a_line_without_end_and_events_without_end_are_given_up():
    with pytest.raises(ValueError, match="line"):
        list(events(iter([b"data: "] + [b"x" * 100_000] * (MOST_BYTES // 100_000 + 1))))
    with pytest.raises(ValueError, match="events"):
        list(events(b":\n" for _ in range(300_000)))
    parts = [
        b"data: {}\r",
        b"\ndata: [1]\n\nevent: x\n",
        b'data:{"a": 1}\n\ndata: [DONE]\ndata: {}',
    ]
    assert list(events(parts)) == [{}, {"a": 1}]
