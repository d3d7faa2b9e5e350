"""Embeddings and answers from any endpoint that speaks OpenAI's wire format."""

from __future__ import annotations

import base64
import math
import struct
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import openai

from nexus.adapters.openai_connection import ping
from nexus.adapters.openai_errors import (
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

if TYPE_CHECKING:
    from openai.resources.responses import Responses

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
        # The SDK loads an API's code when it is first named: here, not in the first request.
        self._embeddings = client.embeddings
        self._model = model
        self._dimension = dimension
        self._batch = min(batch, _TEXTS_PER_REQUEST)
        # The older models, and most other endpoints, refuse the parameter.
        takes_dimensions = model.rpartition("/")[2].startswith("text-embedding-3")
        self._dimensions = dimension if takes_dimensions else openai.omit

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
        with translate():
            # Said explicitly, base64 comes back undecoded: the SDK would import numpy for it.
            response = self._embeddings.create(
                model=self._model,
                input=texts,
                dimensions=self._dimensions,
                encoding_format="base64",
            )
            data = response.data
            if sorted(item.index for item in data) == list(range(len(data))):
                data = sorted(data, key=lambda item: item.index)
            vectors = tuple(self._unit_vector(item.embedding) for item in data)
            # Not every server counts tokens, whatever the SDK's types say.
            usage: Any = response.usage
            tokens = usage.prompt_tokens if usage else 0
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
        # Named here for the same reason as above; None where the endpoint has no such API.
        self._responses = client.responses if api == "responses" else None
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
            if self._responses is not None:
                try:
                    return self._respond(self._responses, prompt, max_tokens)
                except openai.APIStatusError as err:
                    # Most endpoints have no such API. An unknown model is also a 404.
                    if err.status_code not in (404, 405) or err.code == "model_not_found":
                        raise
            completion = self._complete_chat(prompt, max_tokens)
            # Remembered only now: had both failed, the URL or the model was at fault.
            self._responses = None
            return completion

    def _respond(self, api: Responses, prompt: list[dict[str, str]], max_tokens: int) -> Completion:
        # In `extra_body` the prompt is sent as it is; as an argument it is first walked through
        # the SDK's type tables, which takes longer than everything else in the call.
        response = api.create(
            model=self._model,
            input="",
            max_output_tokens=max(max_tokens, _LEAST_OUTPUT_TOKENS),
            store=False,
            extra_body={"input": prompt},
        )
        if response.error is not None:
            # Reported with status 200, after the model had begun.
            passing = response.error.code in ("server_error", "rate_limit_exceeded")
            raise from_status(503 if passing else 400, {}, response.error.code)
        written = [item for item in response.output if item.type == "message"]
        parts = [part for item in written for part in item.content]
        text = "".join(part.text if part.type == "output_text" else part.refusal for part in parts)
        counted = response.usage
        usage = Usage(
            input_tokens=counted.input_tokens if counted else 0,
            output_tokens=counted.output_tokens if counted else 0,
        )
        cut = response.incomplete_details
        return _completion(text, usage, cut.reason if cut else None)

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
        choice = response.choices[0]
        counted = response.usage
        usage = Usage(
            input_tokens=counted.prompt_tokens if counted else 0,
            output_tokens=counted.completion_tokens if counted else 0,
        )
        text = choice.message.content or choice.message.refusal or ""
        return _completion(text, usage, choice.finish_reason)

    def _create_chat(self, prompt: list[dict[str, str]], limit: str, max_tokens: int) -> Any:
        return self._client.chat.completions.create(
            model=self._model, messages=[], extra_body={"messages": prompt, limit: max_tokens}
        )


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
