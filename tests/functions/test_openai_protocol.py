"""OpenAI's own SDK against the chat function, over a socket."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import openai
import pytest
from fastapi.testclient import TestClient

from functions.chat.app import ERRORS, OPENAI_PATHS, create_app
from nexus.errors import UpstreamUnavailable
from tests.fakes import FakeChat
from tests.functions.chat_services import ACME_KEY, World
from tests.functions.serving import served

FEE = "The tuition fee is nine million rupiah. [1]"
ASKED = "How much is the tuition fee?"


@contextmanager
def client_of(world: World) -> Iterator[openai.OpenAI]:
    """A client of a server of this world."""
    with served(world) as url:
        yield openai.OpenAI(
            base_url=f"{url}/v1",
            api_key=ACME_KEY,
            default_headers={"x-api-key": ACME_KEY},
            max_retries=0,
        )


def test_a_completion_is_an_answer_with_its_citations() -> None:
    with client_of(World(FEE)) as client:
        made = client.chat.completions.create(
            model="nexus",
            messages=[
                {"role": "system", "content": "You are a pirate."},
                {"role": "user", "content": [{"type": "text", "text": ASKED}]},
            ],
            temperature=0.2,
            max_tokens=50,
            tools=[{"type": "function", "function": {"name": "f", "parameters": {}}}],
            user="u-1",
        )
    message = made.choices[0].message
    assert message.content == FEE
    assert made.choices[0].finish_reason == "stop"
    assert made.usage
    assert made.usage.total_tokens == made.usage.prompt_tokens + made.usage.completion_tokens
    assert message.annotations
    cited = message.annotations[0].url_citation
    assert FEE[cited.start_index : cited.end_index] == "[1]"
    told = made.model_extra["nexus"] if made.model_extra else {}
    assert told["sources"][0]["quote"] == "The tuition fee is nine million rupiah."
    assert told["confidence"]["level"] in ("high", "medium")
    assert not told["remembered"]


def test_a_completion_streams_and_ends_with_what_it_took() -> None:
    with client_of(World(FEE)) as client:
        chunks = list(
            client.chat.completions.create(
                model="nexus-footnotes",
                messages=[{"role": "user", "content": ASKED}],
                stream=True,
                stream_options={"include_usage": True},
            )
        )
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text.startswith(FEE)
    assert "\n[1] fees.md" in text
    assert chunks[-1].usage
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert chunks[-2].model_extra
    assert chunks[-2].model_extra["nexus"]["sources"]


def test_a_question_leans_on_the_messages_before_it_and_nothing_is_remembered() -> None:
    world = World(FEE, "It is nine million rupiah. [1]")
    with client_of(world) as client:
        client.chat.completions.create(
            model="nexus",
            messages=[
                {"role": "user", "content": ASKED},
                {"role": "assistant", "content": FEE},
                {"role": "user", "content": "And how much is it again?"},
            ],
        )
    prompt = world.chat.prompts[-1][-1].content
    assert ASKED in prompt
    assert world.conversations.is_empty


def test_a_response_is_remembered_and_continued_by_its_id() -> None:
    world = World(FEE)
    with client_of(world) as client:
        first = client.responses.create(model="nexus", input=ASKED)
        assert first.output_text == FEE
        assert first.status == "completed"
        events = list(
            client.responses.create(
                model="nexus",
                input=[{"role": "user", "content": "How much is the tuition fee, again?"}],
                previous_response_id=first.id,
                stream=True,
            )
        )
    kinds = [event.type for event in events]
    assert kinds[0] == "response.created"
    assert kinds[-1] == "response.completed"
    said = "".join(event.delta for event in events if event.type == "response.output_text.delta")
    assert said == FEE
    assert [event.sequence_number for event in events] == list(range(len(events)))
    conversation = first.id.removeprefix("resp_").partition(".")[0]
    turns = world.conversations.history("acme", "web", conversation, 9)
    assert [turn.question for turn in turns] == [ASKED, "How much is the tuition fee, again?"]


def test_a_response_that_is_not_to_be_stored_leaves_its_conversation_as_it_was() -> None:
    world = World(FEE)
    with client_of(world) as client:
        first = client.responses.create(model="nexus", input=ASKED)
        again = client.responses.create(
            model="nexus", input="And again?", previous_response_id=first.id, store=False
        )
    assert again.model_extra
    assert not again.model_extra["nexus"]["remembered"]
    conversation = first.id.removeprefix("resp_").partition(".")[0]
    turns = world.conversations.history("acme", "web", conversation, 9)
    assert [turn.question for turn in turns] == [ASKED]


def test_models_are_listed_and_others_are_not_found() -> None:
    with client_of(World()) as client:
        assert [model.id for model in client.models.list()] == ["nexus", "nexus-footnotes"]
        assert client.models.retrieve("nexus").id == "nexus"
        with pytest.raises(openai.NotFoundError, match="use nexus"):
            client.chat.completions.create(
                model="gpt-5", messages=[{"role": "user", "content": ASKED}]
            )


@pytest.mark.parametrize(
    ("sent", "param"),
    [
        ({"n": 2}, "n"),
        ({"response_format": {"type": "json_object"}}, "response_format"),
        ({"tool_choice": "required"}, "tool_choice"),
        ({"messages": [{"role": "system", "content": "Be brief."}]}, "messages"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}, "messages"),
        ({"messages": [{"role": "user", "content": "x" * 5_001}]}, "messages"),
    ],
)
def test_what_would_be_another_thing_than_asked_for_is_refused_by_its_name(sent, param) -> None:
    with client_of(World()) as client:
        body = {"model": "nexus", "messages": [{"role": "user", "content": ASKED}], **sent}
        with pytest.raises(openai.UnprocessableEntityError) as caught:
            client.post("/chat/completions", body=body, cast_to=object)
    assert caught.value.param == param
    assert caught.value.type == "invalid_request_error"


@pytest.mark.parametrize("stream", [False, True])
def test_what_fails_before_a_word_is_an_error_that_clients_try_again(stream: bool) -> None:
    world = World(chat=FakeChat(UpstreamUnavailable("models", "It is down.", 3.0)))
    world.library.index.failure = UpstreamUnavailable("index", "It is down.", 3.0)
    with client_of(world) as client, pytest.raises(openai.InternalServerError) as caught:
        client.chat.completions.create(
            model="nexus", messages=[{"role": "user", "content": ASKED}], stream=stream
        )
    assert caught.value.status_code == 503
    assert caught.value.type == "server_error"


OPEN_WEBUI_TITLE = """### Task:
Generate a concise, 3-5 word title with an emoji summarizing the chat history.
### Output:
JSON format: { "title": "your concise title here" }
### Chat History:
<chat_history>
USER: How much is the tuition fee?
ASSISTANT: Nine million.
</chat_history>"""
OPEN_WEBUI_FOLLOW_UPS = """### Task:
Suggest 3-5 relevant follow-up questions or prompts that the user might naturally ask next.
### Output:
JSON format: { "follow_ups": ["Question 1?"] }
### Chat History:
<chat_history>
USER: How much is the tuition fee?
</chat_history>"""


def test_every_error_is_described_in_the_form_that_it_is_told_in() -> None:
    described = TestClient(create_app(World().services)).get("/openapi.json").json()
    for path in OPENAI_PATHS:
        [operation] = described["paths"][path].values()
        told = {int(status): set(one["content"]) for status, one in operation["responses"].items()}
        errors = {status: forms for status, forms in told.items() if status >= 400}
        assert errors == {status: {"application/json"} for status in ERRORS}, path


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        (OPEN_WEBUI_TITLE, {"title": ASKED}),
        (OPEN_WEBUI_FOLLOW_UPS, {"follow_ups": []}),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_a_front_ends_own_prompts_are_neither_searched_nor_written(prompt, expected, stream):
    world = World(FEE)
    with client_of(world) as client:
        made = client.chat.completions.create(
            model="nexus", messages=[{"role": "user", "content": prompt}], stream=stream
        )
        if stream:
            text = "".join(chunk.choices[0].delta.content or "" for chunk in made)
        else:
            text = made.choices[0].message.content
    assert json.loads(text) == expected
    assert world.chat.prompts == []
    assert world.conversations.is_empty


def test_a_person_who_asks_about_tasks_and_titles_is_answered() -> None:
    world = World(FEE)
    with client_of(world) as client:
        for asked in (
            "### Task: how much is the tuition fee?",
            "Write a title for the tuition fee",
        ):
            made = client.chat.completions.create(
                model="nexus", messages=[{"role": "user", "content": asked}]
            )
            assert made.model_extra
            assert "nexus" in made.model_extra
