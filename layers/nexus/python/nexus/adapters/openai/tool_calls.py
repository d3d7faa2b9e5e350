"""Has a language model call tools, through either of OpenAI's two APIs.

What a model wrote in the Responses API goes back to it item by item as it came, as nothing is
stored there: a reasoning model's thoughts are encrypted in it
(https://platform.openai.com/docs/guides/reasoning#encrypted-reasoning-items).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from nexus.adapters.openai.bodies import count_of, error_in, finish_of, says_failed, text_of
from nexus.adapters.openai.chat import LEAST_OUTPUT_TOKENS, has_no_such_api
from nexus.adapters.openai.connection import ModelsClient, post
from nexus.adapters.openai.errors import (
    ContentFiltered,
    StatusError,
    content_filtered,
    from_status,
    translate,
)
from nexus.adapters.openai.parameters import ChatForm, adapted
from nexus.errors import InvalidRequest
from nexus.models import Usage
from nexus.ports import Message
from nexus.ports.tool_chats import ToolCall, ToolForm, ToolItem, ToolOutput, ToolReply

# More calls at once than any bound allows: the rest of what a model wrote is not read.
_MOST_CALLS = 64


class OpenAIToolChat:
    """Implements `ToolChat`; `around` is the block in which each call is made."""

    def __init__(
        self,
        client: ModelsClient,
        model: str,
        api: str = "responses",
        effort: str = "",
        around: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        self._client = client
        self._model = model
        self._speaks_responses = api == "responses"
        own = f".{client.host}".endswith((".openai.com", ".openai.azure.com"))
        self._form = ChatForm("max_completion_tokens" if own else "max_tokens", effort)
        self._around = around

    def converse(
        self, items: Sequence[ToolItem], tools: Sequence[ToolForm], max_tokens: int
    ) -> ToolReply:
        """The model's text or calls. Raises InvalidRequest for what a content filter holds back."""
        try:
            with self._around(), translate():
                return self._asked(items, tools, max_tokens)
        except ContentFiltered as err:
            raise InvalidRequest(str(err), "message") from err

    def _asked(
        self, items: Sequence[ToolItem], tools: Sequence[ToolForm], max_tokens: int
    ) -> ToolReply:
        if self._speaks_responses:
            try:
                answer = self._post("/responses", _for_responses(items, tools), max_tokens)
                return _read_response(answer)
            except StatusError as err:
                if not has_no_such_api(err):
                    raise
        answer = self._post("/chat/completions", _for_chat(items, tools), max_tokens)
        self._speaks_responses = False
        return _read_chat(answer)

    def _post(self, path: str, body: Mapping[str, object], max_tokens: int) -> Mapping[str, Any]:
        """The endpoint's answer, asked for with as much as it takes."""
        form = self._form
        while True:
            sent = {"model": self._model, **body, **_limits(path, form, max_tokens)}
            try:
                answer: Mapping[str, Any] = post(self._client, path, sent)
            except StatusError as err:
                if path == "/responses" and has_no_such_api(err):
                    raise
                other = adapted(form, err)
                if other is None:
                    raise
                form = other
                continue
            self._form = form
            if (failed := error_in(answer)) is not None:
                raise from_status(503, {}, None, str(failed)[:200])
            return answer


def _limits(path: str, form: ChatForm, max_tokens: int) -> dict[str, object]:
    if path == "/responses":
        effort = {"reasoning": {"effort": form.effort}} if form.effort else {}
        return {"max_output_tokens": max(max_tokens, LEAST_OUTPUT_TOKENS), **effort}
    return {form.limit: max_tokens, **({"reasoning_effort": form.effort} if form.effort else {})}


def _for_responses(items: Sequence[ToolItem], tools: Sequence[ToolForm]) -> dict[str, object]:
    sent: list[Mapping[str, Any]] = []
    for item in items:
        if isinstance(item, Message):
            sent.append({"role": item.role, "content": item.content})
        elif isinstance(item, ToolOutput):
            output = {"call_id": item.call_id, "output": item.text}
            sent.append({"type": "function_call_output", **output})
        elif item.raw:
            sent.extend(item.raw)
        else:
            sent.extend(
                {
                    "type": "function_call",
                    "call_id": call.call_id,
                    "name": call.name,
                    "arguments": call.arguments,
                }
                for call in item.calls
            )
    described = [{"type": "function", "strict": False, **_described(tool)} for tool in tools]
    body: dict[str, object] = {"input": sent, "store": False}
    if described:
        body |= {"tools": described, "parallel_tool_calls": True}
    return body | {"include": ["reasoning.encrypted_content"]}


def _for_chat(items: Sequence[ToolItem], tools: Sequence[ToolForm]) -> dict[str, object]:
    sent: list[dict[str, Any]] = []
    for item in items:
        if isinstance(item, Message):
            sent.append({"role": item.role, "content": item.content})
        elif isinstance(item, ToolOutput):
            sent.append({"role": "tool", "tool_call_id": item.call_id, "content": item.text})
        else:
            calls = [
                {
                    "id": call.call_id,
                    "type": "function",
                    "function": {"name": call.name, "arguments": call.arguments},
                }
                for call in item.calls
            ]
            sent.append({"role": "assistant", "content": item.text or None, "tool_calls": calls})
    described = [{"type": "function", "function": _described(tool)} for tool in tools]
    return {"messages": sent, **({"tools": described} if described else {})}


def _described(tool: ToolForm) -> dict[str, Any]:
    return {
        "name": tool.name,
        "description": tool.description,
        "parameters": dict(tool.parameters),
    }


def _read_response(answer: Mapping[str, Any]) -> ToolReply:
    items = answer["output"]
    texts = [text_of(item["content"]) for item in items if item.get("type") == "message"]
    calls = tuple(
        ToolCall(str(item["call_id"]), str(item["name"]), _written(item.get("arguments")))
        for item in items
        if item.get("type") == "function_call"
    )
    usage = Usage(
        input_tokens=count_of(answer, "input_tokens", "prompt_tokens"),
        output_tokens=count_of(answer, "output_tokens", "completion_tokens"),
    )
    cut = answer.get("incomplete_details")
    failed = answer.get("status") in ("failed", "cancelled")
    reason = (cut.get("reason") if cut else None) or ("failed" if failed else "stop")
    return _reply("".join(texts), calls, usage, reason, tuple(items))


def _read_chat(answer: Mapping[str, Any]) -> ToolReply:
    choice = answer["choices"][0]
    message = choice["message"]
    text = text_of(message.get("content")) or text_of(message.get("refusal"))
    calls = tuple(
        ToolCall(
            str(call["id"]), str(call["function"]["name"]), _written(call["function"]["arguments"])
        )
        for call in message.get("tool_calls") or ()
    )
    usage = Usage(
        input_tokens=count_of(answer, "prompt_tokens", "input_tokens"),
        output_tokens=count_of(answer, "completion_tokens", "output_tokens"),
    )
    reason = choice.get("finish_reason")
    if calls and reason in ("tool_calls", "function_call"):
        reason = "stop"
    return _reply(text, calls, usage, reason)


def _written(arguments: object) -> str:
    """A call's arguments as text; some servers give them as an object."""
    if isinstance(arguments, str):
        return arguments
    return json.dumps(arguments if arguments is not None else {})


def _reply(
    text: str,
    calls: tuple[ToolCall, ...],
    usage: Usage,
    reason: object,
    raw: tuple[Mapping[str, Any], ...] = (),
) -> ToolReply:
    finish = finish_of(reason)
    if finish == "filter":
        raise content_filtered()
    if says_failed(reason):
        raise from_status(503, {})
    return ToolReply(text, calls[:_MOST_CALLS], usage, finish, raw)
