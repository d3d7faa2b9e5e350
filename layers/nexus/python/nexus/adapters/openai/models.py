"""Embeddings and answers from any endpoint that speaks OpenAI's wire format."""

from __future__ import annotations

import base64
import math
import struct
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from operator import itemgetter
from typing import Any

import openai

from nexus.adapters.openai.connection import ping, post
from nexus.adapters.openai.errors import (
    SERVICE,
    ContentFiltered,
    content_filtered,
    from_status,
    not_understood,
    translate,
)
from nexus.errors import InvalidRequest, UpstreamRefused, UpstreamUnavailable
from nexus.models import Usage
from nexus.ports import Completion, Embeddings, Message

# OpenAI takes 2,048 texts, 300,000 tokens and 8,192 tokens of each text in one request. No
# tokenizer makes more tokens than there are bytes, so counting bytes is safe for any language.
_TEXTS_PER_REQUEST = 2048
_BYTES_PER_REQUEST = 300_000
_BYTES_PER_TEXT = 8_000
_PARALLEL_REQUESTS = 4

# OpenAI refuses a smaller limit in the Responses API.
_LEAST_OUTPUT_TOKENS = 16


class OpenAIEmbedder:
    """Implements `Embedder` with the endpoint's embeddings API."""

    def __init__(self, client: openai.OpenAI, model: str, dimension: int, batch: int = 128) -> None:
        self._client = client
        self._model = model
        self._dimension = dimension
        self._batch = min(batch, _TEXTS_PER_REQUEST)
        # The older models, and most other endpoints, refuse the parameter.
        takes_dimensions = model.rpartition("/")[2].startswith("text-embedding-3")
        self._options = {"dimensions": dimension} if takes_dimensions else {}

    def embed(self, texts: Sequence[str]) -> Embeddings:
        """Embeds any number of texts, up to four requests at a time; the order is kept.

        A text of more than 8,000 bytes is embedded by its first 8,000. One failed request fails
        the whole call, and those not yet begun are dropped.
        """
        batches = list(_batches(texts, self._batch))
        if len(batches) <= 1:
            parts = [self._embed_batch(batch) for batch in batches]
        else:
            with ThreadPoolExecutor(min(len(batches), _PARALLEL_REQUESTS)) as pool:
                parts = list(pool.map(self._embed_batch, batches))
        return Embeddings(
            vectors=tuple(vector for part in parts for vector in part.vectors),
            tokens=sum(part.tokens for part in parts),
        )

    def ping(self) -> None:
        """Returns when the endpoint answers and does not deny the model."""
        ping(self._client, self._model)

    def _embed_batch(self, texts: list[str]) -> Embeddings:
        body = {"model": self._model, "input": texts, "encoding_format": "base64", **self._options}
        with translate():
            answer = post(self._client, "/embeddings", body)
            data = answer["data"]
            if sorted(item.get("index") for item in data) == list(range(len(data))):
                data = sorted(data, key=itemgetter("index"))
            vectors = tuple(self._unit_vector(item["embedding"]) for item in data)
            tokens = _count(answer, "prompt_tokens")
        if len(vectors) != len(texts):
            raise UpstreamRefused(
                SERVICE,
                f"The endpoint returned {len(vectors)} vectors for {len(texts)} texts; "
                f"check that {self._model} is an embedding model.",
            )
        return Embeddings(vectors, tokens)

    def _unit_vector(self, raw: str | list[float]) -> tuple[float, ...]:
        if isinstance(raw, str):
            packed = base64.b64decode(raw)
            vector = struct.unpack(f"<{len(packed) // 4}f", packed)
        else:
            vector = tuple(map(float, raw))
        if len(vector) != self._dimension:
            raise UpstreamRefused(
                SERVICE,
                f"The model {self._model} returns vectors of {len(vector)} numbers; "
                f"NEXUS_EMBEDDING_DIMENSION says {self._dimension}.",
            )
        length = math.hypot(*vector)
        if not 0 < length < math.inf:
            raise not_understood()
        # Single precision is unit length to within 1e-6; dividing that again would only add work.
        return vector if abs(length - 1) < 1e-5 else tuple(x / length for x in vector)


class OpenAIChat:
    """Implements `ChatModel` with the Responses API or Chat Completions."""

    def __init__(self, client: openai.OpenAI, model: str, api: str = "responses") -> None:
        self._client = client
        self._model = model
        self._speaks_responses = api == "responses"
        # OpenAI's newer models refuse `max_tokens`; many other servers know nothing else.
        own = f".{client.base_url.host}".endswith((".openai.com", ".openai.azure.com"))
        self._limit_name = "max_completion_tokens" if own else "max_tokens"

    def complete(self, messages: Sequence[Message], max_tokens: int) -> Completion:
        """Writes the next message, at most `max_tokens` long, reasoning included.

        An answer cut off at the limit is returned as it is; none at all raises UpstreamRefused.
        Raises InvalidRequest when the endpoint's content filter holds the question or the answer
        back: the one who asks can ask in other words.
        """
        prompt = [{"role": message.role, "content": message.content} for message in messages]
        try:
            return self._complete(prompt, max_tokens)
        except ContentFiltered as err:
            raise InvalidRequest(str(err), "message") from err

    def ping(self) -> None:
        """Returns when the endpoint answers and does not deny the model."""
        ping(self._client, self._model)

    def _complete(self, prompt: list[dict[str, str]], max_tokens: int) -> Completion:
        with translate():
            if self._speaks_responses:
                try:
                    return self._respond(prompt, max_tokens)
                except openai.APIStatusError as err:
                    # Most endpoints have no such API. An unknown model is also a 404.
                    if err.status_code not in (404, 405) or err.code == "model_not_found":
                        raise
            completion = self._complete_chat(prompt, max_tokens)
            # Remembered only now: had both failed, the URL or the model was at fault.
            self._speaks_responses = False
            return completion

    def _respond(self, prompt: list[dict[str, str]], max_tokens: int) -> Completion:
        body = {
            "model": self._model,
            "input": prompt,
            "max_output_tokens": max(max_tokens, _LEAST_OUTPUT_TOKENS),
            "store": False,
        }
        response = post(self._client, "/responses", body)
        error = response.get("error")
        if error is not None:
            # Reported with status 200, after the model had begun.
            code = error.get("code")
            passing = code in ("server_error", "rate_limit_exceeded")
            raise from_status(503 if passing else 400, {}, code)
        written = [item for item in response["output"] if item.get("type") == "message"]
        parts = [part for item in written for part in item["content"]]
        text = "".join(
            part["text"] if part.get("type") == "output_text" else part["refusal"] for part in parts
        )
        usage = Usage(
            input_tokens=_count(response, "input_tokens"),
            output_tokens=_count(response, "output_tokens"),
        )
        cut = response.get("incomplete_details")
        return _completion(text, usage, cut.get("reason") if cut else None)

    def _complete_chat(self, prompt: list[dict[str, str]], max_tokens: int) -> Completion:
        limit = self._limit_name
        try:
            response = self._create_chat(prompt, limit, max_tokens)
        except (openai.BadRequestError, openai.UnprocessableEntityError) as err:
            if err.param != limit:
                raise
            response = None
        if response is None:
            limit = "max_tokens" if limit == "max_completion_tokens" else "max_completion_tokens"
            response = self._create_chat(prompt, limit, max_tokens)
            self._limit_name = limit
        choice = response["choices"][0]
        message = choice["message"]
        usage = Usage(
            input_tokens=_count(response, "prompt_tokens"),
            output_tokens=_count(response, "completion_tokens"),
        )
        text = message.get("content") or message.get("refusal") or ""
        return _completion(text, usage, choice.get("finish_reason"))

    def _create_chat(self, prompt: list[dict[str, str]], limit: str, max_tokens: int) -> Any:
        body = {"model": self._model, "messages": prompt, limit: max_tokens}
        return post(self._client, "/chat/completions", body)


def _completion(text: str, usage: Usage, reason: str | None) -> Completion:
    if reason == "content_filter":
        raise content_filtered()
    if text.strip():
        return Completion(text, usage)
    if reason in ("length", "max_output_tokens"):
        raise UpstreamRefused(
            SERVICE,
            "The model used all its tokens before it wrote anything; raise "
            "NEXUS_ANSWER_MAX_TOKENS or choose a chat model that reasons less.",
        )
    raise UpstreamUnavailable(SERVICE, "The model wrote nothing; try again.")


def _count(answer: Mapping[str, Any], name: str) -> int:
    # Not every server counts tokens.
    count = (answer.get("usage") or {}).get(name) or 0
    if not isinstance(count, int):
        raise not_understood()
    return count


def _batches(texts: Sequence[str], count: int) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for text in texts:
        # Half a surrogate pair cannot be encoded; half a character is what a cut may leave.
        data = text.encode("utf-8", "replace")[:_BYTES_PER_TEXT]
        if batch and (len(batch) == count or size + len(data) > _BYTES_PER_REQUEST):
            yield batch
            batch, size = [], 0
        batch.append(data.decode("utf-8", "ignore"))
        size += len(data)
    if batch:
        yield batch
