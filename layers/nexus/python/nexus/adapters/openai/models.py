"""Embeddings from any endpoint that speaks OpenAI's wire format; the answers are in `chat`."""

from __future__ import annotations

import base64
import math
import struct
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from operator import itemgetter
from typing import Any

from nexus.adapters.openai.bodies import count_of
from nexus.adapters.openai.chat import OpenAIChat
from nexus.adapters.openai.connection import ModelsClient, ping, post
from nexus.adapters.openai.errors import SERVICE, StatusError, not_understood, translate
from nexus.adapters.openai.parameters import without_refused
from nexus.errors import UpstreamRefused
from nexus.ports import Embeddings

__all__ = ["OpenAIChat", "OpenAIEmbedder"]

# OpenAI takes 2,048 texts, 300,000 tokens and 8,192 tokens of each text in one request. No
# tokenizer makes more tokens than there are bytes, so counting bytes is safe for any language.
_TEXTS_PER_REQUEST = 2048
_BYTES_PER_REQUEST = 300_000
_BYTES_PER_TEXT = 8_000
_PARALLEL_REQUESTS = 4


class OpenAIEmbedder:
    """Implements `Embedder` with the endpoint's embeddings API."""

    def __init__(self, client: ModelsClient, model: str, dimension: int, batch: int = 128) -> None:
        self._client = client
        self._model = model
        self._dimension = dimension
        self._batch = min(batch, _TEXTS_PER_REQUEST)
        # The older models, and most other endpoints, refuse the parameter.
        takes_dimensions = model.rpartition("/")[2].startswith("text-embedding-3")
        self._options: dict[str, object] = {"encoding_format": "base64"}
        if takes_dimensions:
            self._options["dimensions"] = dimension

    def ends_in_time(self, method: str) -> bool:
        """As `nexus.deadline.ends_in_time` asks; a ping is no post."""
        return self._client.ends_in_time and method == "embed"

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
                # In the caller's context, as by its deadline each request ends.
                begun = [partial(copy_context().run, self._embed_batch, one) for one in batches]
                parts = list(pool.map(lambda embed: embed(), begun))
        return Embeddings(
            vectors=tuple(vector for part in parts for vector in part.vectors),
            tokens=sum(part.tokens for part in parts),
        )

    def ping(self) -> None:
        """Returns when the endpoint answers and does not deny the model."""
        ping(self._client, self._model)

    def _embed_batch(self, texts: list[str]) -> Embeddings:
        with translate():
            answer = self._ask(texts)
            data = answer["data"]
            if {item.get("index") for item in data} == set(range(len(data))):
                data = sorted(data, key=itemgetter("index"))
            vectors = tuple(self._unit_vector(item["embedding"]) for item in data)
            tokens = count_of(answer, "prompt_tokens", "total_tokens")
        if len(vectors) != len(texts):
            raise UpstreamRefused(
                SERVICE,
                f"The endpoint returned {len(vectors)} vectors for {len(texts)} texts; "
                f"check that {self._model} is an embedding model.",
            )
        return Embeddings(vectors, tokens)

    def _ask(self, texts: list[str]) -> Any:
        options = self._options
        while True:
            try:
                body = {"model": self._model, "input": texts, **options}
                answer = post(self._client, "/embeddings", body)
            except StatusError as err:
                fewer = without_refused(options, err)
                if fewer is None:
                    raise
                options = fewer
            else:
                self._options = options  # what was refused once is not sent again
                return answer

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
