"""Reranks texts by Bedrock's models, Amazon's and Cohere's.

https://docs.aws.amazon.com/bedrock/latest/userguide/rerank-use.html
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from nexus.adapters.bedrock.invoking import invoke, translated
from nexus.adapters.openai.connection import ModelsClient
from nexus.adapters.openai.errors import SERVICE, not_understood
from nexus.errors import UpstreamRefused

# Cohere's asks which version of its API is spoken.
_VERSION = {"cohere": {"api_version": 2}}


class BedrockReranker:
    """Implements `Reranker`; safe to share between threads.

    It is asked once: a ranking that comes late is worth less than the ranking there was before.
    """

    def __init__(self, client: ModelsClient, model: str) -> None:
        self._client = client
        self._model = model

    def rerank(self, question: str, texts: Sequence[str]) -> list[float]:
        """One relevance from 0 to 1 for each text, in the order of the texts."""
        if not texts:
            return []
        body = {
            "query": question,
            "documents": list(texts),
            "top_n": len(texts),
            **_VERSION.get(self._model.partition(".")[0], {}),
        }
        with translated():
            answer, _ = invoke(self._client, self._model, body)
            scores = {
                int(result["index"]): float(result["relevance_score"])
                for result in answer["results"]
            }
        if scores.keys() != set(range(len(texts))):
            raise UpstreamRefused(
                SERVICE, f"{self._model} scored {len(scores)} of {len(texts)} texts."
            )
        if not all(map(math.isfinite, scores.values())):
            raise not_understood()
        return [min(1.0, max(0.0, scores[place])) for place in range(len(texts))]
