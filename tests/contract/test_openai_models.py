"""The embedder and the chat model against OpenAI's wire format."""

from __future__ import annotations

import math
import os
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import suppress

import httpx2
import pytest

from nexus.adapters.openai.connection import connect
from nexus.adapters.openai.models import OpenAIChat, OpenAIEmbedder
from nexus.adapters.openai.renewing import RenewedKey
from nexus.errors import ConfigurationError, InvalidRequest, UpstreamRefused, UpstreamUnavailable
from nexus.models import Usage
from nexus.ports import Completion, Message
from tests.openai_server import Fault, OpenAIServer, running_openai_server

HEADERS = {"authorization": "Bearer same"}
SOON = {"retry-after-ms": "1"}
PROMPT = [Message("system", "Be brief."), Message("user", "the secret word is xyzzy")]


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with running_openai_server() as running:
        yield running


def _embedder(server: OpenAIServer, batch: int = 128, model: str = "any-model") -> OpenAIEmbedder:
    return OpenAIEmbedder(connect(server.base_url, "key", 5, 3), model, server.dimension, batch)


def _chat(server: OpenAIServer, api: str = "responses") -> OpenAIChat:
    return OpenAIChat(connect(server.base_url, "key", 5, 3), "chat", api)


def test_vectors_come_in_the_order_of_the_texts_whatever_the_batches(server):
    texts = [f"text number {n}" for n in range(50)]

    embedded = _embedder(server, batch=7).embed(texts)

    assert len(server.requests) == 8
    assert embedded.tokens == 150
    for text, vector in zip(texts, embedded.vectors, strict=True):
        assert vector == pytest.approx(server.vector(text), abs=1e-6)


def test_batches_run_side_by_side_but_never_more_than_four(server):
    turn, running, peak = threading.Condition(), [0], [0]

    def count(_body):
        with turn:
            running[0] += 1
            peak[0] = max(peak[0], running[0])
            turn.notify_all()
            turn.wait_for(lambda: running[0] > 4, timeout=0.1)
            running[0] -= 1

    server.change = count
    _embedder(server, batch=1).embed([str(n) for n in range(6)])

    assert 1 < peak[0] <= 4


def test_one_request_never_holds_more_bytes_than_openai_takes_tokens(server):
    _embedder(server, batch=2048).embed(["多" * 4000] * 60)

    sizes = [
        sum(len(text.encode()) for text in request.body["input"]) for request in server.requests
    ]
    assert len(sizes) == 2
    assert max(sizes) <= 300_000
    longest = max(len(text.encode()) for r in server.requests for text in r.body["input"])
    assert longest <= 8192


def test_no_texts_cost_no_call_and_half_a_surrogate_pair_is_embedded(server):
    embedder = _embedder(server)

    assert embedder.embed([]).vectors == ()
    assert server.requests == []
    assert len(embedder.embed(["a \ud83d b"]).vectors) == 1


def test_only_models_that_take_dimensions_are_sent_them(server):
    _embedder(server, model="text-embedding-3-small").embed(["a"])
    _embedder(server, model="openai/text-embedding-3-large").embed(["a"])
    _embedder(server, model="all-minilm").embed(["a"])

    sent = [request.body.get("dimensions") for request in server.requests]
    assert sent == [64, 64, None]
    assert all(request.body["encoding_format"] == "base64" for request in server.requests)


def test_vectors_of_other_lengths_are_made_unit_length_and_plain_lists_are_read(server):
    server.float_vectors = True

    def doubled(body):
        body["data"][0]["embedding"] = [2 * x for x in body["data"][0]["embedding"]]
        body["data"].reverse()
        body["usage"] = None

    server.change = doubled
    embedded = _embedder(server).embed(["one", "two"])

    assert [math.hypot(*vector) for vector in embedded.vectors] == pytest.approx([1, 1])
    assert embedded.vectors[0] == pytest.approx(server.vector("one"))
    assert embedded.tokens == 0


def _drop_one(body):
    body["data"].pop()


def _shorten(body):
    body["data"] = [{"index": 0, "embedding": [1.0, 0.0]}]


def _endless(body):
    body["data"][0]["embedding"] = [10**400] * 64


def _zeros(body):
    body["data"] = [{"index": 0, "embedding": [0.0] * 64}]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (_drop_one, "0 vectors for 1 texts"),
        (_shorten, "vectors of 2 numbers; NEXUS_EMBEDDING_DIMENSION says 64"),
        (_zeros, "not in the expected format"),
        (_endless, "not in the expected format"),
        (dict.clear, "not in the expected format"),
    ],
)
def test_vectors_that_cannot_be_right_are_refused(server, change, says):
    server.change = change

    with pytest.raises(UpstreamRefused, match=says):
        _embedder(server).embed(["one"])


def test_responses_api_is_told_not_to_store_and_its_answer_and_usage_come_back(server):
    server.say("It is xyzzy.")

    completion = _chat(server).complete(PROMPT, 100)

    assert completion.text == "It is xyzzy."
    assert completion.usage == Usage(input_tokens=7, output_tokens=3)
    body = server.calls("/responses")[0].body
    assert body["input"][1] == {"role": "user", "content": "the secret word is xyzzy"}
    assert (body["store"], body["max_output_tokens"]) == (False, 100)


def test_chat_completions_gives_the_same(server):
    server.answer_with(lambda messages: messages[-1]["content"].upper())

    completion = _chat(server, "chat_completions").complete(PROMPT, 100)

    assert completion.text == "THE SECRET WORD IS XYZZY"
    assert completion.usage == Usage(input_tokens=7, output_tokens=5)
    assert [request.path for request in server.requests] == ["/chat/completions"]
    assert server.requests[0].body["max_tokens"] == 100


def test_an_endpoint_without_responses_api_is_asked_for_it_once(server):
    server.speaks_responses = False
    chat = _chat(server)

    assert chat.complete(PROMPT, 100).text == "scripted"
    assert chat.complete(PROMPT, 100).text == "scripted"
    assert len(server.calls("/responses")) == 1


def test_an_unknown_model_is_not_mistaken_for_a_missing_api(server):
    server.fail(Fault.error(404, "model_not_found"))

    with pytest.raises(UpstreamRefused, match="NEXUS_CHAT_MODEL"):
        _chat(server).complete(PROMPT, 100)
    assert server.calls("/chat/completions") == []


def test_the_name_of_the_token_limit_follows_what_the_endpoint_takes(server):
    server.refused_parameter = "max_tokens"
    chat = _chat(server, "chat_completions")

    chat.complete(PROMPT, 100)
    chat.complete(PROMPT, 100)

    limits = [request.body.get("max_completion_tokens") for request in server.requests]
    assert limits == [None, 100, 100]


@pytest.mark.parametrize("api", ["responses", "chat_completions"])
def test_answers_that_were_cut_filtered_or_left_out(server, api):
    chat = _chat(server, api)
    server.finish_reason = "length"
    server.say("A beginning", "")
    assert chat.complete(PROMPT, 100).text == "A beginning"
    with pytest.raises(UpstreamRefused, match="NEXUS_ANSWER_MAX_TOKENS"):
        chat.complete(PROMPT, 100)
    server.finish_reason = "content_filter"
    with pytest.raises(InvalidRequest, match="content filter") as held_back:
        chat.complete(PROMPT, 100)
    assert held_back.value.field == "message"
    server.finish_reason = "stop"
    server.say(" ")
    with pytest.raises(UpstreamUnavailable, match="wrote nothing"):
        chat.complete(PROMPT, 100)


def test_a_response_that_failed_after_it_began_tells_passing_from_lasting(server):
    def failed(code):
        def change(body):
            body.update(status="failed", output=[], error={"code": code, "message": "xyzzy"})

        return change

    server.change = failed("server_error")
    with pytest.raises(UpstreamUnavailable):
        _chat(server).complete(PROMPT, 100)
    server.change = failed("invalid_prompt")
    with pytest.raises(InvalidRequest, match="content filter"):
        _chat(server).complete(PROMPT, 100)


@pytest.mark.parametrize("status", [408, 409, 429, 500, 503])
def test_passing_failures_are_tried_again(server, status):
    server.fail(Fault(status, headers=SOON), Fault(status, headers=SOON))
    server.say("At last.")

    assert _chat(server).complete(PROMPT, 100).text == "At last."
    assert len(server.requests) == 3


def test_retries_end_and_the_wait_asked_for_is_in_the_error(server):
    server.fail(*[Fault(429, headers=SOON)] * 4)

    with pytest.raises(UpstreamUnavailable, match="HTTP 429") as caught:
        _chat(server).complete(PROMPT, 100)

    assert (caught.value.service, caught.value.retry_after_s) == ("models", 0.001)
    assert len(server.requests) == 4


def test_a_wait_longer_than_we_have_is_not_slept_through(server):
    server.fail(Fault(503, headers={"retry-after": "20"}))
    began = time.monotonic()

    with pytest.raises(UpstreamUnavailable) as caught:
        _chat(server).complete(PROMPT, 100)

    assert caught.value.retry_after_s == 20
    assert time.monotonic() - began < 10
    assert len(server.requests) == 1


def test_an_empty_account_is_lasting_and_not_tried_again(server):
    server.fail(Fault.error(429, "insufficient_quota"))

    with pytest.raises(UpstreamRefused, match="out of quota"):
        _chat(server).complete(PROMPT, 100)
    assert len(server.requests) == 1


def test_silence_and_broken_connections_are_passing(server):
    def ask(base_url, timeout_s):
        OpenAIChat(connect(base_url, "key", timeout_s, 0), "chat").complete(PROMPT, 100)

    server.fail(Fault.hang(), Fault.reset(), Fault.reset())
    with pytest.raises(UpstreamUnavailable, match="in time"):
        ask(server.base_url, 0.1)
    with pytest.raises(UpstreamUnavailable, match="connection"):
        ask(server.base_url, 5)
    with pytest.raises(UpstreamUnavailable, match="connection"):
        ask("http://127.0.0.1:9/v1", 5)


@pytest.mark.parametrize(
    ("fault", "error", "says"),
    [
        (Fault.error(401), UpstreamRefused, "NEXUS_MODELS_SECRET"),
        (Fault.error(403), UpstreamRefused, "project access"),
        (Fault.error(400, "context_length_exceeded"), UpstreamRefused, "NEXUS_TOP_K"),
        (Fault.error(400, "content_filter"), InvalidRequest, "in other words"),
        (Fault.error(422, "odd_code"), UpstreamRefused, "HTTP 422, odd_code"),
        (Fault(200, '{"output": [', {}), UpstreamUnavailable, "damaged"),
        (Fault(200, '{"output": 3}', {}), UpstreamRefused, "NEXUS_MODELS_URL"),
        (Fault(200, "<html>", {}, "text/html"), UpstreamRefused, "NEXUS_MODELS_URL"),
        (Fault(200, "[]"), UpstreamRefused, "NEXUS_MODELS_URL"),
        (Fault(200, '{"usage": null}'), UpstreamRefused, "NEXUS_MODELS_URL"),
        (Fault(200, '{"output": [{"type": "message"}]}'), UpstreamRefused, "NEXUS_MODELS_URL"),
        (Fault(200, '{"output": [3], "usage": {"input_tokens": "3"}}'), UpstreamRefused, "format"),
        (Fault(200, '{"error": "no", "output": []}'), UpstreamRefused, "HTTP 400"),
        (Fault(200, f'{{"output": {"9" * 5_000}}}'), UpstreamRefused, "format"),
        (Fault(200, "[" * 100_000 + "]" * 100_000), UpstreamRefused, "format"),
        (Fault(200, "[" * 100_000 + "]" * 100_000, {}, "text/plain"), UpstreamRefused, "format"),
    ],
)
def test_other_failures_say_what_to_check(server, fault, error, says):
    server.fail(fault)

    with pytest.raises(error, match=says):
        _chat(server).complete(PROMPT, 100)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "choices", [{}, [], [{}], [{"message": None}], [{"message": {"content": [3]}}]]
)
def test_a_chat_completion_of_another_shape_is_refused(server, choices):
    server.change = lambda body: body.update(choices=choices)

    with pytest.raises(UpstreamRefused, match="not in the expected format"):
        _chat(server, "chat_completions").complete(PROMPT, 100)


def test_what_a_server_leaves_out_of_an_answer_is_not_needed(server):
    def bare(body):
        body["output"][1] = {"type": "message", "content": [{"type": "refusal", "refusal": "No."}]}
        for name in ("error", "incomplete_details", "usage", "id", "object", "status"):
            del body[name]

    server.change = bare
    assert _chat(server).complete(PROMPT, 100) == Completion("No.", Usage())
    server.change = None
    bare_chat = '{"choices": [{"message": {"content": "Yes."}}]}'
    server.fail(Fault(200, bare_chat, {}, "text/plain"))  # JSON that is not called JSON
    completion = _chat(server, "chat_completions").complete(PROMPT, 100)
    assert completion == Completion("Yes.", Usage(), "unknown")


def test_the_sdk_is_never_loaded(server):
    # It would take 60 ms of every start, and as long for a call as the call.
    script = """
import sys
from nexus.adapters.openai.connection import connect
from nexus.adapters.openai.models import OpenAIChat, OpenAIEmbedder
from nexus.adapters.openai.renewing import RenewedKey
from nexus.ports import Message
client = connect(sys.argv[1], "key", 5, 0)
chat, embedder = OpenAIChat(client, "chat"), OpenAIEmbedder(client, "any", 64)
chat.ping()
embedder.embed(["one"])
loaded = set(sys.modules)
chat.complete([Message("user", "one")], 100)
OpenAIChat(client, "chat", "chat_completions").complete([Message("user", "one")], 100)
print(*sorted(set(sys.modules) - loaded))
print(*sorted(name for name in sys.modules if name == "openai"))
"""
    done = subprocess.run(
        [sys.executable, "-c", script, server.base_url],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "\n\n"


def test_neither_the_error_nor_its_traceback_repeats_what_the_endpoint_said(server):
    server.fail(Fault.error(400, "a code with xyzzy", "You sent: xyzzy with key sk-abc"))

    with pytest.raises(UpstreamRefused) as caught:
        _chat(server).complete(PROMPT, 100)

    printed = "".join(traceback.format_exception(caught.value))
    assert "HTTP 400" in printed
    assert "xyzzy" not in printed
    assert "sk-abc" not in printed


def test_ping_tells_whether_the_endpoint_has_the_model_in_one_quick_try(server):
    server.models = ["other"]
    with pytest.raises(UpstreamRefused):
        _embedder(server).ping()
    server.fail(Fault(503))
    with pytest.raises(UpstreamUnavailable):
        _chat(server).ping()
    assert [request.path for request in server.requests] == ["/models/any-model", "/models/chat"]
    server.models = ["any-model"]
    _embedder(server).ping()
    server.fail(Fault.error(404))  # an endpoint that can only list its models
    _embedder(server).ping()
    assert server.requests[-1].path == "/models"


@pytest.mark.parametrize("api", ["responses", "chat_completions"])
def test_the_reasoning_effort_is_sent_if_set_and_left_out_once_it_is_refused(server, api):
    OpenAIChat(connect(server.base_url, "key", 5, 0), "chat", api).complete(PROMPT, 100)
    chat = OpenAIChat(connect(server.base_url, "key", 5, 0), "chat", api, "low")
    chat.complete(PROMPT, 100)
    server.fail(Fault.error(400, None, "Unrecognized request argument: reasoning"))
    chat.complete(PROMPT, 100)
    chat.complete(PROMPT, 100)

    sent = [r.body.get("reasoning_effort") or r.body.get("reasoning") for r in server.requests]
    effort = "low" if api == "chat_completions" else {"effort": "low"}
    assert sent == [None, effort, effort, None, None]


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_is_read_once_more_and_the_call_tried_again(server, status):
    keys = ["new"]
    client = connect(server.base_url, "old", 5, 0, read_key=lambda: keys[0])
    server.fail(Fault.error(status))
    chat = OpenAIChat(client, "chat")

    assert chat.complete(PROMPT, 100).text == "scripted"
    assert chat.complete(PROMPT, 100).text == "scripted"
    sent = [request.headers["authorization"] for request in server.requests]
    assert sent == ["Bearer old", "Bearer new", "Bearer new"]


def test_a_key_that_stays_wrong_is_read_at_most_every_ten_seconds(server):
    times, read = [0.0], []

    def read_key():
        read.append(times[0])
        return f"key {len(read)}" if times[0] else "same"

    renewed = RenewedKey(read_key, lambda: times[0])

    def ask(status):
        flow = renewed.auth_flow(httpx2.Request("POST", "http://x/", headers=HEADERS))
        sent = [next(flow).headers["authorization"]]
        with suppress(StopIteration):
            sent.append(flow.send(httpx2.Response(status)).headers["authorization"])
        return sent

    assert ask(401) == ["Bearer same"]
    times[0] = 9.0
    assert ask(401) == ["Bearer same"]
    assert ask(403) == ["Bearer same"]
    assert read == [0.0]
    times[0] = 11.0
    assert ask(401) == ["Bearer same", "Bearer key 2"]
    assert ask(200) == ["Bearer key 2"]
    assert read == [0.0, 11.0]


def test_a_secret_that_cannot_be_read_leaves_the_401(server):
    def failing():
        raise UpstreamUnavailable("secrets", "Busy.")

    server.fail(Fault.error(401))
    chat = OpenAIChat(connect(server.base_url, "old", 5, 0, read_key=failing), "chat")
    with pytest.raises(UpstreamRefused, match="NEXUS_MODELS_SECRET"):
        chat.complete(PROMPT, 100)
    assert len(server.requests) == 1


def test_a_url_or_key_that_cannot_work_is_a_configuration_error():
    with pytest.raises(ConfigurationError, match="NEXUS_MODELS_URL"):
        connect("api.openai.com/v1", "key", 5, 3)
    with pytest.raises(ConfigurationError, match="NEXUS_MODELS_SECRET"):
        connect("https://api.openai.com/v1", "", 5, 3)
