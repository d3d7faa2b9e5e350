"""Embeddings by Bedrock's models: Amazon's Titan, one text a call, and Cohere's, 96 texts a call.

https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html and
model-parameters-embed-v3.html, model-parameters-embed-v4.html.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from nexus.adapters.bedrock.invoking import invoke, translated
from nexus.adapters.openai.connection import ModelsClient
from nexus.adapters.openai.errors import SERVICE, not_understood
from nexus.errors import ConfigurationError, UpstreamRefused
from nexus.ports import Embeddings

_PARALLEL_CALLS = 8
# Titan reads 8,192 tokens, and no tokenizer makes more of them than there are bytes; the third of
# Cohere's refuses more than 2,048 characters.
_TITAN_BYTES = 8_000
_COHERE_TEXTS = 96
_COHERE_CHARS = 2_048


class BedrockEmbedder:
    """Implements `Embedder`; `documents` says whether texts are passages, or questions for them.

    Raises ConfigurationError for a model that it does not know how to ask.
    """

    def __init__(
        self, client: ModelsClient, model: str, dimension: int, *, documents: bool = False
    ) -> None:
        self._client = client
        self._model = model
        self._dimension = dimension
        self._kind = "search_document" if documents else "search_query"
        self._is_titan = model.startswith("amazon.titan-embed-text-v2")
        if not self._is_titan and not model.startswith("cohere.embed-"):
            raise ConfigurationError(
                f"NEXUS_EMBEDDING_MODEL is {model!r}; of Bedrock's it must be "
                "amazon.titan-embed-text-v2 or one of cohere.embed."
            )

    def embed(self, texts: Sequence[str]) -> Embeddings:
        """Embeds any number of texts, up to eight calls at a time; the order is kept.

        A text that is longer than the model reads is embedded by its beginning. One failed call
        fails the whole, and those not yet begun are dropped.
        """
        size = 1 if self._is_titan else _COHERE_TEXTS
        batches = [list(texts[at : at + size]) for at in range(0, len(texts), size)]
        if len(batches) <= 1:
            parts = [self._embed_batch(batch) for batch in batches]
        else:
            with ThreadPoolExecutor(min(len(batches), _PARALLEL_CALLS)) as pool:
                parts = list(pool.map(self._embed_batch, batches))
        return Embeddings(
            vectors=tuple(vector for part in parts for vector in part.vectors),
            tokens=sum(part.tokens for part in parts),
        )

    def ping(self) -> None:
        """Returns when the model embeds one word, which costs a token."""
        self.embed(["ready"])

    def _embed_batch(self, texts: list[str]) -> Embeddings:
        ask = self._ask_titan if self._is_titan else self._ask_cohere
        with translated():
            raw, tokens = ask(texts)
            vectors = tuple(self._unit_vector(one) for one in raw)
        if len(vectors) != len(texts):
            raise UpstreamRefused(
                SERVICE, f"{self._model} returned {len(vectors)} vectors for {len(texts)} texts."
            )
        return Embeddings(vectors, tokens)

    def _ask_titan(self, texts: list[str]) -> tuple[list[Any], int]:
        (text,) = texts
        # Half a character is what a cut may leave.
        cut = text.encode("utf-8", "replace")[:_TITAN_BYTES].decode("utf-8", "ignore")
        body = {"inputText": cut, "dimensions": self._dimension, "normalize": True}
        answer, tokens = invoke(self._client, self._model, body)
        return [answer["embedding"]], tokens or int(answer.get("inputTextTokenCount") or 0)

    def _ask_cohere(self, texts: list[str]) -> tuple[list[Any], int]:
        cut = [text.encode("utf-8", "replace").decode()[:_COHERE_CHARS] for text in texts]
        body: dict[str, object] = {
            "texts": cut,
            "input_type": self._kind,
            "embedding_types": ["float"],
        }
        if self._model.startswith("cohere.embed-v4"):
            body |= {"output_dimension": self._dimension, "truncate": "RIGHT"}
        else:
            body["truncate"] = "END"
        answer, tokens = invoke(self._client, self._model, body)
        found = answer["embeddings"]
        return list(found["float"] if isinstance(found, dict) else found), tokens

    def _unit_vector(self, raw: Sequence[Any]) -> tuple[float, ...]:
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
        return vector if abs(length - 1) < 1e-5 else tuple(x / length for x in vector)
