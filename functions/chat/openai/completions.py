"""Chat completions: the request's body, the response's, and the chunks that it is streamed in."""

from __future__ import annotations

import time
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from functions.chat.openai.cited import NexusBody, citations, footnotes, url_citation
from functions.chat.openai.messages import Messages
from functions.chat.openai.parameters import OpenAIRequest
from nexus.models import Answer, Usage


class StreamOptions(BaseModel):
    """How a stream is to be."""

    model_config = ConfigDict(extra="allow")

    include_usage: bool | None = False


class CompletionRequest(OpenAIRequest):
    """POST /v1/chat/completions, as OpenAI's clients send it."""

    messages: Messages
    stream_options: StreamOptions | None = Field(default=None)

    @property
    def wants_usage(self) -> bool:
        """Whether a stream ends with what it took."""
        return bool(self.stream_options and self.stream_options.include_usage)


def completion(answer: Answer, model: str, *, with_footnotes: bool) -> dict[str, Any]:
    """The body of a whole answer."""
    text = answer.text + (footnotes(answer) if with_footnotes else "")
    message = {
        "role": "assistant",
        "content": text,
        "refusal": None,
        "annotations": annotated(answer),
    }
    return {
        **head(answer.message_id, model, "chat.completion"),
        "choices": [
            {"index": 0, "message": message, "logprobs": None, "finish_reason": finish(answer)}
        ],
        "usage": usage_of(answer.usage),
        "nexus": NexusBody.of(answer).model_dump(),
    }


def plain_completion(message_id: str, text: str, model: str) -> dict[str, Any]:
    """The body of a text that is no answer, and took nothing."""
    message: dict[str, Any] = {"role": "assistant", "content": text, "refusal": None}
    return {
        **head(message_id, model, "chat.completion"),
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}],
        "usage": usage_of(Usage()),
    }


def head(message_id: str, model: str, kind: str) -> dict[str, Any]:
    """What every body of one answer begins with."""
    return {
        "id": f"chatcmpl-{message_id}",
        "object": kind,
        "created": int(time.time()),
        "model": model,
    }


def chunk(
    head: dict[str, Any], delta: dict[str, Any], finish_reason: str | None = None, **more: Any
) -> dict[str, Any]:
    """One chunk of a stream; `head` is `head` of its kind."""
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
    return {**head, "choices": [choice], **more}


def annotated(answer: Answer) -> list[dict[str, Any]]:
    """The answer's citations, by where their markers stand."""
    return [
        {"type": "url_citation", "url_citation": url_citation(*cited)}
        for cited in citations(answer.text, answer)
    ]


def finish(answer: Answer) -> str:
    """Why the answer ends."""
    return "length" if answer.truncated else "stop"


def usage_of(usage: Usage) -> dict[str, Any]:
    """Tokens as chat completions count them; those of the question's embedding are the prompt's."""
    read = usage.input_tokens + usage.embedding_tokens
    return {
        "prompt_tokens": read,
        "completion_tokens": usage.output_tokens,
        "total_tokens": read + usage.output_tokens,
    }
