"""Reranks texts with any endpoint that speaks Cohere's and Jina's `/rerank` format."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import httpx2

from nexus.adapters.http_deadline import hooks
from nexus.adapters.openai.errors import SERVICE, from_status, not_understood, translate
from nexus.adapters.openai.renewing import RenewedKey
from nexus.adapters.resending import IN_ONE_PIECE, transport
from nexus.adapters.tls_context import tls_context
from nexus.errors import ConfigurationError, UpstreamRefused


class RerankEndpoint:
    """Implements `Reranker`; safe to share between threads.

    A call may take `timeout_s`. It is not retried, as a ranking that comes late is worth less than
    the ranking there was before; but a connection that breaks before a byte of an answer has come
    is replaced once. An empty `api_key` sends no key, an empty `model` names none. With `read_key`
    a key that is refused is read once more, and the call tried with what it then is.
    """

    def __init__(
        self,
        url: str,
        api_key: str,
        model: str,
        timeout_s: float,
        read_key: Callable[[], str] | None = None,
    ) -> None:
        if not url.startswith(("https://", "http://")):
            raise ConfigurationError("NEXUS_RERANK_URL must be a URL that begins with https://.")
        self._url = url
        self._model = {"model": model} if model else {}
        self._client = httpx2.Client(
            headers={"authorization": f"Bearer {api_key}"} if api_key else {},
            timeout=httpx2.Timeout(timeout_s, connect=min(timeout_s, 5.0)),
            verify=tls_context(),
            transport=transport(),
            event_hooks=hooks(),
            auth=RenewedKey(read_key) if read_key and api_key else None,
        )

    def rerank(self, question: str, texts: Sequence[str]) -> list[float]:
        """One relevance from 0 to 1 for each text, in the order of the texts."""
        if not texts:
            return []
        body = {**self._model, "query": question, "documents": list(texts), "top_n": len(texts)}
        with translate():
            response = self._client.post(self._url, json=body, extensions=IN_ONE_PIECE)
            if response.is_error:
                raise from_status(response.status_code, response.headers, None)
            scores = {
                int(result["index"]): float(result["relevance_score"])
                for result in response.json()["results"]
            }
        if scores.keys() != set(range(len(texts))):
            raise UpstreamRefused(
                SERVICE,
                f"The rerank endpoint scored {len(scores)} of {len(texts)} texts; "
                "check NEXUS_RERANK_URL and NEXUS_RERANK_MODEL.",
            )
        if not all(map(math.isfinite, scores.values())):
            raise not_understood()
        return [min(1.0, max(0.0, scores[place])) for place in range(len(texts))]
