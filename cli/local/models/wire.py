"""The OpenAI wire format: reads requests, and shapes responses, stream chunks and errors."""

from __future__ import annotations

import base64
import json
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

EMBEDDING_MODEL = "multilingual-e5-small-neutral"
ANSWER_MODEL = "extractive"
MODELS = (EMBEDDING_MODEL, ANSWER_MODEL)
WIDTH = 384
MAX_INPUTS = 2048  # as OpenAI's endpoint has it
MAX_CHARACTERS = 2_000_000  # of all inputs together: about 13,000 passages' worth of waiting


class WireError(Exception):
    """A request that is refused, as OpenAI's error object says it."""

    def __init__(
        self, status: int, message: str, param: str | None = None, code: str | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.body = {
            "error": {
                "message": message,
                "type": "invalid_request_error" if status < 500 else "server_error",
                "param": param,
                "code": code,
            }
        }


@dataclass(frozen=True, slots=True)
class EmbeddingRequest:
    """A valid body of POST /v1/embeddings."""

    texts: list[str]
    base64: bool


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """A valid body of POST /v1/chat/completions; `prompt` is the last user message's text."""

    prompt: str
    everything: str
    stream: bool
    include_usage: bool


@dataclass(frozen=True, slots=True)
class RerankRequest:
    """A valid body of POST /v1/rerank."""

    query: str
    documents: list[str]
    top_n: int


def known_model(name: object, expected: str | None = None) -> str:
    """The model's name; raises WireError 404 if this server, or this endpoint, does not have it."""
    if not isinstance(name, str):
        raise WireError(400, "`model` must be a string.", "model")
    if name not in MODELS or (expected is not None and name != expected):
        raise WireError(
            404, f"The model `{name[:100]}` does not exist here.", "model", "model_not_found"
        )
    return name


def read_embedding(body: dict[str, Any]) -> EmbeddingRequest:
    """Checks an embeddings request. Raises WireError."""
    known_model(body.get("model"), EMBEDDING_MODEL)
    texts = body.get("input")
    if isinstance(texts, str):
        texts = [texts]
    checked = _texts(texts, "input")
    if body.get("dimensions") not in (None, WIDTH):
        raise WireError(400, f"`dimensions` can only be {WIDTH}.", "dimensions")
    encoding = body.get("encoding_format", "float")
    if encoding not in ("float", "base64"):
        raise WireError(400, "`encoding_format` must be float or base64.", "encoding_format")
    return EmbeddingRequest(checked, encoding == "base64")


def read_chat(body: dict[str, Any]) -> ChatRequest:
    """Checks a chat request. Raises WireError."""
    known_model(body.get("model"), ANSWER_MODEL)
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        raise WireError(400, "`messages` must be a list that is not empty.", "messages")
    texts = [(message.get("role"), _content(message)) for message in messages if _is_map(message)]
    if len(texts) != len(messages):
        raise WireError(400, "Each of `messages` must be an object.", "messages")
    _limit([text for _, text in texts], "messages")
    asked = [text for role, text in texts if role == "user"]
    options = body.get("stream_options")
    return ChatRequest(
        prompt=asked[-1] if asked else "",
        everything="\n".join(text for _, text in texts),
        stream=body.get("stream") is True,
        include_usage=isinstance(options, dict) and options.get("include_usage") is True,
    )


def read_rerank(body: dict[str, Any]) -> RerankRequest:
    """Checks a rerank request in Cohere's and Jina's shape. Raises WireError."""
    known_model(body.get("model"), EMBEDDING_MODEL)
    query = body.get("query")
    if not isinstance(query, str) or not query.strip():
        raise WireError(400, "`query` must be a string that is not empty.", "query")
    documents = body.get("documents")
    if isinstance(documents, list):
        documents = [item.get("text") if _is_map(item) else item for item in documents]
    checked = _texts(documents, "documents")
    top_n = body.get("top_n")
    if top_n is None:
        top_n = len(checked)
    if not isinstance(top_n, int) or isinstance(top_n, bool) or top_n < 1:
        raise WireError(400, "`top_n` must be a whole number from 1.", "top_n")
    return RerankRequest(query, checked, top_n)


def embedding_response(
    vectors: NDArray[np.float32], *, as_base64: bool, tokens: int
) -> dict[str, Any]:
    """The response of POST /v1/embeddings; base64 holds little-endian float32."""

    def written(vector: NDArray[np.float32]) -> str | list[float]:
        if as_base64:
            return base64.b64encode(vector.astype("<f4").tobytes()).decode("ascii")
        floats: list[float] = vector.tolist()
        return floats

    return {
        "object": "list",
        "data": [
            {"object": "embedding", "index": index, "embedding": written(vector)}
            for index, vector in enumerate(vectors)
        ],
        "model": EMBEDDING_MODEL,
        "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
    }


def chat_response(text: str, usage: dict[str, int]) -> dict[str, Any]:
    """The response of POST /v1/chat/completions, not streamed."""
    message = {"role": "assistant", "content": text, "refusal": None}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    return _completion("chat.completion", [choice]) | {"usage": usage}


def chat_stream(text: str, usage: dict[str, int] | None) -> Iterator[str]:
    """The same as server-sent events, a few words each; `usage` comes last, if asked for."""
    head = _completion("chat.completion.chunk", [])

    def event(delta: dict[str, str], finish: str | None = None) -> str:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return f"data: {json.dumps(head | {'choices': [choice]}, ensure_ascii=False)}\n\n"

    yield event({"role": "assistant", "content": ""})
    for start in range(0, len(text), 24):
        yield event({"content": text[start : start + 24]})
    yield event({}, "stop")
    if usage is not None:
        yield f"data: {json.dumps(head | {'usage': usage})}\n\n"
    yield "data: [DONE]\n\n"


def rerank_response(scores: Sequence[float], top_n: int, tokens: int) -> dict[str, Any]:
    """The response of POST /v1/rerank, the most relevant first."""
    order = sorted(range(len(scores)), key=lambda index: -scores[index])[:top_n]
    return {
        "model": EMBEDDING_MODEL,
        "results": [{"index": i, "relevance_score": scores[i]} for i in order],
        "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
    }


def model_object(name: str) -> dict[str, Any]:
    """One entry of GET /v1/models."""
    return {"id": name, "object": "model", "created": 0, "owned_by": "nexus"}


def _completion(kind: str, choices: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": f"chatcmpl-{uuid.uuid4().hex}",
        "object": kind,
        "created": int(time.time()),
        "model": ANSWER_MODEL,
        "choices": choices,
    }


def _texts(value: object, param: str) -> list[str]:
    if not isinstance(value, list) or not value:
        raise WireError(400, f"`{param}` must hold at least one text.", param)
    if not all(isinstance(text, str) and text for text in value):
        raise WireError(400, f"`{param}` must hold texts; lists of tokens are not read.", param)
    if len(value) > MAX_INPUTS:
        raise WireError(400, f"`{param}` can hold at most {MAX_INPUTS} texts.", param)
    _limit(value, param)
    return value


def _limit(texts: Sequence[str], param: str) -> None:
    if sum(map(len, texts)) > MAX_CHARACTERS:
        raise WireError(413, f"`{param}` is over {MAX_CHARACTERS} characters.", param)


def _content(message: dict[str, Any]) -> str:
    """A message's text, whether a string or a list of parts."""
    content = message.get("content")
    if isinstance(content, str):
        return content
    if isinstance(content, list) and all(_is_map(part) for part in content):
        parts = [part.get("text") for part in content if part.get("type") == "text"]
        if len(parts) == len(content) and all(isinstance(part, str) for part in parts):
            return "".join(parts)
    if content is None:
        return ""
    raise WireError(400, "A message's `content` must be text.", "messages")


def _is_map(value: object) -> bool:
    return isinstance(value, dict)
