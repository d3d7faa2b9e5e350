"""Writes an answer in OpenAI's streams: only what is decided, as nothing can be taken back."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

from fastapi import Request
from fastapi.sse import ServerSentEvent

from functions.chat.openai.cited import NexusBody, footnotes
from functions.chat.openai.completions import annotated, chunk, finish, head, usage_of
from functions.chat.openai.errors import error_of
from functions.chat.openai.responses import ResponseEvents, ResponseRequest
from nexus.http.problems import body_of
from nexus.models import Answer, Begun, Looked, Said, Told, Usage

Telling = AsyncIterator[Told | Answer]


async def completion_events(
    told: Telling, model: str, *, with_footnotes: bool, with_usage: bool
) -> AsyncIterator[ServerSentEvent]:
    """The chunks of chat completions; the last one says how the answer ended, and its sources."""
    begin: dict[str, Any] = {}
    async for one in told:
        if isinstance(one, Begun):
            begin = head(one.message_id, model, "chat.completion.chunk")
            yield data(chunk(begin, {"role": "assistant", "content": "", "refusal": None}))
        elif isinstance(one, Said):
            yield data(chunk(begin, {"content": one.text}))
        elif isinstance(one, Answer):
            if with_footnotes and (notes := footnotes(one)):
                yield data(chunk(begin, {"content": notes}))
            if annotations := annotated(one):
                yield data(chunk(begin, {"annotations": annotations}))
            yield data(chunk(begin, {}, finish(one), nexus=NexusBody.of(one).model_dump()))
            if with_usage:
                yield data({**begin, "choices": [], "usage": usage_of(one.usage)})
    yield DONE


async def response_events(
    told: Telling, asked: ResponseRequest, *, with_footnotes: bool
) -> AsyncIterator[ServerSentEvent]:
    """The events of the Responses API."""
    events = ResponseEvents(asked)
    async for one in told:
        if isinstance(one, Begun):
            for event in events.start(one.conversation_id, one.message_id):
                yield named(event)
        elif isinstance(one, Said):
            yield named(events.delta(one.text))
        elif isinstance(one, Answer):
            if with_footnotes and (notes := footnotes(one)):
                yield named(events.delta(notes))
            for event in events.end(one, with_footnotes=with_footnotes):
                yield named(event)


async def plain_events(
    message_id: str, text: str, model: str, *, with_usage: bool
) -> AsyncIterator[ServerSentEvent]:
    """The chunks of a text that is no answer, and took nothing."""
    begin = head(message_id, model, "chat.completion.chunk")
    yield data(chunk(begin, {"role": "assistant", "content": text}))
    yield data(chunk(begin, {}, "stop"))
    if with_usage:
        yield data({**begin, "choices": [], "usage": usage_of(Usage())})
    yield DONE


async def begun(told: AsyncGenerator[Told | Answer]) -> Telling:
    """The same telling, once something is known of the answer.

    What fails before that fails the request, with a status that OpenAI's clients know.
    """
    first: list[Told | Answer] = []
    while not first or isinstance(first[-1], Begun | Looked):
        first.append(await anext(told))
        if isinstance(first[-1], Looked):
            break

    async def whole() -> Telling:
        try:
            for one in first:
                yield one
            async for one in told:
                yield one
        finally:
            await told.aclose()

    return whole()


async def told_to_the_end(
    request: Request, events: AsyncIterator[ServerSentEvent]
) -> AsyncIterator[ServerSentEvent]:
    """The events; what fails after the beginning is told as OpenAI tells it within a stream."""
    try:
        async for event in events:
            yield event
    except Exception as error:  # noqa: BLE001  (the response has begun: it is told within it)
        told = error_of(body_of(request, error))
        yield ServerSentEvent(event="error", raw_data=json.dumps(told))
        yield DONE


def data(body: dict[str, Any]) -> ServerSentEvent:
    """An event without a name."""
    return ServerSentEvent(raw_data=json.dumps(body, ensure_ascii=False))


def named(body: dict[str, Any]) -> ServerSentEvent:
    """An event that has the name of its type."""
    return ServerSentEvent(event=body["type"], raw_data=json.dumps(body, ensure_ascii=False))


DONE = ServerSentEvent(raw_data="[DONE]")
