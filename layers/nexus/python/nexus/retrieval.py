"""Finds the passages that answer a question: two searches, fused, checked, reranked."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass

from nexus.errors import ConfigurationError, UpstreamError
from nexus.language import language_of
from nexus.models import DocumentRecord, Filters, Hit, Language, Passage, Principal
from nexus.observability import logger
from nexus.ports import Catalogue, Embedder, Embeddings, Reranker, VectorIndex
from nexus.settings import Settings

# How many chunks each search returns, and how many of the fused ones are reranked.
CANDIDATES = 50
RERANKED = 20

# The share of the lexical score, by language; measured on the evaluation set (design, section 4).
LEXICAL_WEIGHT: Mapping[Language, float] = {Language.ENGLISH: 0.6, Language.INDONESIAN: 0.7}

# Without a reranker, a passage's relevance is judged by its cosine: for both of the shipped
# embedding models unrelated passages stay under the first value and answers lie over the second.
COSINE_UNRELATED = 0.1
COSINE_CERTAIN = 0.6


@dataclass(frozen=True, slots=True)
class Retrieved:
    """Passages, best first, and what finding them took."""

    passages: tuple[Passage, ...]
    embedding_tokens: int
    timings_ms: dict[str, float]

    @property
    def relevance(self) -> float:
        """The relevance of the most relevant passage, from 0 to 1; 0 if there is none."""
        return max((passage.score for passage in self.passages), default=0.0)


class Retriever:
    """Searches one tenant's documents."""

    def __init__(
        self,
        index: VectorIndex,
        catalogue: Catalogue,
        embedder: Embedder,
        reranker: Reranker | None,
        settings: Settings,
        executor: Executor,
    ) -> None:
        self._index = index
        self._catalogue = catalogue
        self._embedder = embedder
        self._reranker = reranker
        self._settings = settings
        self._executor = executor

    def embed(self, question: str) -> Embeddings:
        """The question's embedding, for callers that have something to do meanwhile."""
        return self._embedder.embed([question])

    def retrieve(
        self,
        principal: Principal,
        question: str,
        top_k: int,
        filters: Filters,
        embedding: Embeddings | None = None,
    ) -> Retrieved:
        """The best `top_k` passages that the principal may see and the filters allow.

        `embedding` is the question's, if the caller has it already.
        """
        allowed = narrow(principal.filters, filters)
        if allowed is None:
            return Retrieved((), 0, {})
        space = self._settings.namespace(principal.tenant)
        timings: dict[str, float] = {}
        clock = time.perf_counter()

        def lap(name: str) -> None:
            nonlocal clock
            now = time.perf_counter()
            timings[name] = round((now - clock) * 1000, 2)
            clock = now

        lexical_hits: Future[list[Hit]] = self._executor.submit(
            self._index.search_text, space, question, CANDIDATES, allowed
        )
        embedding = embedding or self.embed(question)
        lap("embed")
        dense = self._index.search_dense(space, embedding.vectors[0], CANDIDATES, allowed)
        lexical = lexical_hits.result()
        lap("search")
        records = self._catalogue.get_many(
            principal.tenant, sorted({hit.document_id for hit in (*dense, *lexical)})
        )
        dense, lexical = visible(dense, records), visible(lexical, records)
        lap("catalogue")
        fused = fuse(dense, lexical, LEXICAL_WEIGHT[language_of(question)])[:RERANKED]
        ranked = self._rank(question, [hit for hit, _ in fused], dense)[:top_k]
        lap("rerank")
        passages = tuple(_passage(hit, records[hit.document_id], score) for hit, score in ranked)
        return Retrieved(passages, embedding.tokens, timings)

    def _rank(
        self, question: str, fused: Sequence[Hit], dense: Sequence[Hit]
    ) -> list[tuple[Hit, float]]:
        """The hits with their relevance, from 0 to 1: in the reranker's order, or as fused."""
        if fused and self._reranker is not None:
            try:
                scores = self._reranker.rerank(question, [hit.text for hit in fused])
                scored = list(zip(fused, scores, strict=True))
                return sorted(scored, key=lambda pair: -pair[1])
            except (UpstreamError, ConfigurationError) as error:
                logger.warning("not_reranked", extra={"error": type(error).__name__})
        cosines = {hit.chunk_id: hit.score for hit in dense}
        # What only words found is no nearer than the last that the dense search returned.
        farthest = min(cosines.values(), default=0.0)
        span = COSINE_CERTAIN - COSINE_UNRELATED
        return [
            (
                hit,
                min(1.0, max(0.0, cosines.get(hit.chunk_id, farthest) - COSINE_UNRELATED) / span),
            )
            for hit in fused
        ]


def fuse(
    dense: Sequence[Hit], lexical: Sequence[Hit], lexical_weight: float
) -> list[tuple[Hit, float]]:
    """Both rankings as one: min-max scaled scores, weighted and added; best first.

    A hit that one ranking lacks gets 0 from it, the scaled score of that ranking's last.
    """
    totals: dict[str, float] = {}
    hits: dict[str, Hit] = {}
    for ranking, weight in ((lexical, lexical_weight), (dense, 1 - lexical_weight)):
        low = min((hit.score for hit in ranking), default=0.0)
        high = max((hit.score for hit in ranking), default=0.0)
        for hit in ranking:
            scaled = (hit.score - low) / (high - low) if high > low else 1.0
            totals[hit.chunk_id] = totals.get(hit.chunk_id, 0.0) + weight * scaled
            hits.setdefault(hit.chunk_id, hit)
    order = sorted(totals, key=lambda chunk_id: (-totals[chunk_id], chunk_id))
    return [(hits[chunk_id], totals[chunk_id]) for chunk_id in order]


def visible(hits: Sequence[Hit], records: Mapping[str, DocumentRecord]) -> list[Hit]:
    """The hits that belong to the live version of their document."""
    return [
        hit for hit in hits if hit.document_id in records and records[hit.document_id].shows(hit)
    ]


def narrow(rights: Filters, asked: Filters) -> Filters | None:
    """The filters that satisfy both; None when nothing can."""

    def both(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...] | None:
        if not first or not second:
            return first or second
        return tuple(item for item in first if item in second) or None

    departments = both(rights.departments, asked.departments)
    document_ids = both(rights.document_ids, asked.document_ids)
    # A document with one tag of each list passes both; the intersection misses it, but it never
    # shows a document that the rights hide.
    tags = both(rights.tags, asked.tags)
    if departments is None or document_ids is None or tags is None:
        return None
    return Filters(
        departments=departments,
        tags=tags,
        date_from=max(filter(None, (rights.date_from, asked.date_from)), default=None),
        date_to=min(filter(None, (rights.date_to, asked.date_to)), default=None),
        document_ids=document_ids,
    )


def _passage(hit: Hit, record: DocumentRecord, score: float) -> Passage:
    return Passage(
        chunk_id=hit.chunk_id,
        document_id=hit.document_id,
        title=record.title,
        uri=record.uri,
        version=record.version,
        locator=hit.locator,
        text=hit.text,
        score=score,
    )
