"""A model that calls tools, over a real socket: by both of OpenAI's APIs, and the local one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from nexus.adapters.openai.connection import connect
from nexus.adapters.openai.tool_calls import OpenAIToolChat
from nexus.agents.configuration import Agent
from nexus.agents.prompts import question_of, result_of, system_of
from nexus.agents.results import passage_of
from nexus.errors import InvalidRequest, UpstreamError, UpstreamRefused
from nexus.models import Usage
from nexus.ports import Message
from nexus.ports.tool_chats import ToolCall, ToolForm, ToolOutput, ToolReply
from tests.model_server import MODELS_KEY
from tests.openai_server import Fault, OpenAIServer, running_openai_server

ASKED = [Message("system", "Answer."), Message("user", "What is due?")]
FORM = ToolForm("balance", "What is due.", {"type": "object", "properties": {}})


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with running_openai_server() as running:
        running.say("Five is due.")
        yield running


def chat(server: OpenAIServer, api: str = "responses", effort: str = "") -> OpenAIToolChat:
    client = connect(server.base_url, "key", 5.0, 0)
    return OpenAIToolChat(client, "model", api, effort)


@pytest.mark.parametrize("api", ["responses", "chat_completions"])
def test_a_text_and_what_it_took_are_read(server: OpenAIServer, api: str) -> None:
    reply = chat(server, api).converse(ASKED, [FORM], 100)
    assert (reply.text, reply.calls) == ("Five is due.", ())
    assert reply.usage.output_tokens == 3
    body = server.requests[-1].body
    tool = body["tools"][0]
    assert tool.get("function", tool)["name"] == "balance"


def test_an_endpoint_without_the_newer_api_is_asked_by_the_older_one(server: OpenAIServer) -> None:
    server.speaks_responses = False
    made = chat(server)
    made.converse(ASKED, [], 100)
    made.converse(ASKED, [], 100)
    paths = [request.path for request in server.requests]
    assert paths == ["/responses", "/chat/completions", "/chat/completions"]


def test_calls_of_before_and_their_results_are_told_in_the_form_of_each_api(
    server: OpenAIServer,
) -> None:
    call = ToolReply("", (ToolCall("c1", "balance", "{}"),), Usage())
    talk: list[Any] = [*ASKED, call, ToolOutput("c1", "five")]
    server.speaks_responses = False
    chat(server, "chat_completions").converse(talk, [FORM], 100)
    sent = server.requests[-1].body["messages"]
    assert sent[2]["tool_calls"][0]["function"] == {"name": "balance", "arguments": "{}"}
    assert sent[3] == {"role": "tool", "tool_call_id": "c1", "content": "five"}


def test_a_parameter_that_is_refused_is_left_out_from_then_on(server: OpenAIServer) -> None:
    server.refused_parameter = "max_tokens"
    made = chat(server, "chat_completions")
    made.converse(ASKED, [], 100)
    assert server.requests[-1].body["max_completion_tokens"] == 100
    assert "max_tokens" not in server.requests[-1].body


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault.error(401), UpstreamRefused),
        (Fault.error(503), UpstreamError),
        (Fault.reset(), None),
        (Fault.error(400, "content_filter", "content filter"), InvalidRequest),
        (Fault(200, "[]"), UpstreamError),
        (Fault(200, '{"choices": []}'), UpstreamError),
        (Fault(200, '{"choices": [{"message": {"tool_calls": [{}]}}]}'), UpstreamError),
    ],
)
def test_a_failure_is_one_of_our_errors(
    server: OpenAIServer, fault: Fault, error: type[Exception] | None
) -> None:
    server.fail(fault)
    made = chat(server, "chat_completions")
    if error is None:  # a connection that broke before a byte came is replaced once
        assert made.converse(ASKED, [], 100).text
        return
    with pytest.raises(error):
        made.converse(ASKED, [], 100)


def test_arguments_that_a_server_gives_as_an_object_are_read(server: OpenAIServer) -> None:
    def change(body: dict[str, Any]) -> None:
        function = {"name": "balance", "arguments": {"student": "7"}}
        message = {"role": "assistant", "tool_calls": [{"id": "c", "function": function}]}
        body["choices"] = [{"message": message, "finish_reason": "tool_calls"}]

    server.change = change
    reply = chat(server, "chat_completions").converse(ASKED, [FORM], 100)
    assert reply.calls == (ToolCall("c", "balance", '{"student": "7"}'),)
    assert reply.finish == "stop"


def test_the_local_models_take_tools_and_write_a_text(model_server: str) -> None:
    client = connect(model_server, MODELS_KEY, 20.0, 0)
    agent = Agent(description="x", instructions="Help.")
    fine = "The fine for an overdue book is IDR 1,000 per book per day."
    passage = passage_of("rules", "Rules", fine)
    asked = question_of("What is the fine for an overdue book?", (), [passage])
    talk: list[Any] = [system_of("desk", agent), asked]
    reply = OpenAIToolChat(client, "extractive").converse(talk, [FORM], 200)
    assert not reply.calls
    talk += [
        ToolReply("", (ToolCall("c1", "balance", "{}"),), Usage()),
        ToolOutput("c1", result_of("balance", [(1, passage)])),
    ]
    assert not OpenAIToolChat(client, "extractive").converse(talk, [FORM], 200).calls
