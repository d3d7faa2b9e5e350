"""The Responses API: the request's body, the response's, and the events that it is streamed in."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any

from pydantic import Field

from functions.chat.openai.cited import NexusBody, citations, footnotes, url_citation
from functions.chat.openai.parameters import OpenAIRequest
from nexus.errors import NotFound
from nexus.models import Answer

_ID = re.compile(r"resp_([A-Za-z0-9_-]{1,128})\.(m-[0-9a-f]{32})")


class ResponseRequest(OpenAIRequest):
    """POST /v1/responses, as OpenAI's clients send it."""

    input: str | list[dict[str, Any]] = Field(max_length=1_000_000)
    previous_response_id: str | None = Field(default=None, max_length=300)
    store: bool | None = True


def response_id(conversation_id: str, message_id: str) -> str:
    """A response's id, which tells the conversation that it belongs to."""
    return f"resp_{conversation_id}.{message_id}"


def conversation_of(previous_response_id: str) -> str:
    """The conversation that a response belongs to. Raises NotFound for what is no id of ours."""
    read = _ID.fullmatch(previous_response_id)
    if read is None:
        raise NotFound(
            "There is no response with the id in previous_response_id: send one that this API gave."
        )
    return read[1]


def response(answer: Answer, asked: ResponseRequest, *, with_footnotes: bool) -> dict[str, Any]:
    """The body of a whole answer."""
    text = answer.text + (footnotes(answer) if with_footnotes else "")
    usage = answer.usage
    read = usage.input_tokens + usage.embedding_tokens
    return {
        **begun(answer.conversation_id, answer.message_id, asked),
        "status": "incomplete" if answer.truncated else "completed",
        "incomplete_details": {"reason": "max_output_tokens"} if answer.truncated else None,
        "output": [_message(answer.message_id, text, answer)],
        "usage": {
            "input_tokens": read,
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": usage.output_tokens,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": read + usage.output_tokens,
        },
        "nexus": NexusBody.of(answer).model_dump(),
    }


def begun(conversation_id: str, message_id: str, asked: ResponseRequest) -> dict[str, Any]:
    """The body of an answer of which nothing is written yet."""
    extra = asked.model_extra or {}
    return {
        "id": response_id(conversation_id, message_id),
        "object": "response",
        "created_at": int(time.time()),
        "status": "in_progress",
        "background": False,
        "error": None,
        "incomplete_details": None,
        "instructions": extra.get("instructions"),
        "max_output_tokens": extra.get("max_output_tokens"),
        "metadata": extra.get("metadata") or {},
        "model": asked.model,
        "output": [],
        "parallel_tool_calls": True,
        "previous_response_id": asked.previous_response_id,
        "reasoning": {"effort": None, "summary": None},
        "store": asked.store is not False,
        "temperature": extra.get("temperature"),
        "text": {"format": {"type": "text"}},
        "tool_choice": "auto",
        "tools": [],
        "top_p": extra.get("top_p"),
        "truncation": "disabled",
        "usage": None,
    }


class ResponseEvents:
    """The events of one streamed response, each with its number."""

    def __init__(self, asked: ResponseRequest) -> None:
        self._asked = asked
        self._count = 0
        self._message_id = ""

    def start(self, conversation_id: str, message_id: str) -> Iterator[dict[str, Any]]:
        """What comes before the first word."""
        self._message_id = message_id
        whole = begun(conversation_id, message_id, self._asked)
        yield self._event("response.created", response=whole)
        yield self._event("response.in_progress", response=whole)
        item = {**_item(message_id), "status": "in_progress", "content": []}
        yield self._event("response.output_item.added", output_index=0, item=item)
        part = {"type": "output_text", "text": "", "annotations": []}
        yield self._event("response.content_part.added", **self._place(), part=part)

    def delta(self, text: str) -> dict[str, Any]:
        """More of the text."""
        return self._event("response.output_text.delta", **self._place(), delta=text, logprobs=[])

    def end(self, answer: Answer, *, with_footnotes: bool) -> Iterator[dict[str, Any]]:
        """What comes behind the last word."""
        whole = response(answer, self._asked, with_footnotes=with_footnotes)
        item = whole["output"][0]
        part = item["content"][0]
        for index, annotation in enumerate(part["annotations"]):
            yield self._event(
                "response.output_text.annotation.added",
                **self._place(),
                annotation_index=index,
                annotation=annotation,
            )
        yield self._event(
            "response.output_text.done", **self._place(), text=part["text"], logprobs=[]
        )
        yield self._event("response.content_part.done", **self._place(), part=part)
        yield self._event("response.output_item.done", output_index=0, item=item)
        yield self._event(f"response.{whole['status']}", response=whole)

    def failed(self, code: str, message: str) -> dict[str, Any]:
        """That nothing more will come, and why."""
        return self._event("error", code=code, message=message, param=None)

    def _place(self) -> dict[str, Any]:
        return {"item_id": f"msg_{self._message_id}", "output_index": 0, "content_index": 0}

    def _event(self, kind: str, **more: Any) -> dict[str, Any]:
        event = {"type": kind, "sequence_number": self._count, **more}
        self._count += 1
        return event


def _message(message_id: str, text: str, answer: Answer) -> dict[str, Any]:
    annotations = [
        {"type": "url_citation", **url_citation(*cited)} for cited in citations(answer.text, answer)
    ]
    content = {"type": "output_text", "text": text, "annotations": annotations, "logprobs": []}
    return {**_item(message_id), "status": "completed", "content": [content]}


def _item(message_id: str) -> dict[str, Any]:
    return {"id": f"msg_{message_id}", "type": "message", "role": "assistant"}
