"""Hides documents from a search as if they had never been indexed, without indexing anew."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from nexus.models import Filters, Hit
from nexus.ports import VectorIndex


class ExcludingIndex:
    """A VectorIndex whose searches leave out documents before the ranking sees them.

    It asks the index for as many more chunks as the hidden documents have, so that a search still
    returns its `top_k`. Words' rarity in the index still counts the hidden documents. For one
    thread at a time.
    """

    def __init__(self, inner: VectorIndex, chunks: Mapping[str, int]) -> None:
        self._inner = inner
        self._chunks = chunks
        self._hidden: frozenset[str] = frozenset()

    @contextmanager
    def hiding(self, document_ids: frozenset[str]) -> Iterator[None]:
        """Hides these documents while inside."""
        self._hidden = document_ids
        try:
            yield
        finally:
            self._hidden = frozenset()

    def search_dense(
        self, namespace: str, vector: Sequence[float], top_k: int, filters: Filters
    ) -> list[Hit]:
        wanted = top_k + self._more()
        return self._shown(self._inner.search_dense(namespace, vector, wanted, filters), top_k)

    def search_text(self, namespace: str, query: str, top_k: int, filters: Filters) -> list[Hit]:
        wanted = top_k + self._more()
        return self._shown(self._inner.search_text(namespace, query, wanted, filters), top_k)

    def __getattr__(self, name: str) -> Any:
        # Another kind of search would show what is hidden.
        if name.startswith(("_", "search")):
            raise AttributeError(name)
        return getattr(self._inner, name)

    def _more(self) -> int:
        return sum(self._chunks.get(item, 0) for item in self._hidden)

    def _shown(self, hits: Sequence[Hit], top_k: int) -> list[Hit]:
        return [hit for hit in hits if hit.document_id not in self._hidden][:top_k]
