"""Finds the passages that answer a question: two searches, fused, checked, reranked."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from functools import partial

from nexus.deadline import optional
from nexus.models import (
    DocumentRecord,
    Filters,
    Generation,
    Hit,
    Language,
    Passage,
    Principal,
)
from nexus.ports import Catalogue, Embedder, Reranker, VectorIndex
from nexus.retrieval.answerability import Features
from nexus.retrieval.apart import shared_words, tongue_of_question
from nexus.retrieval.confidence import ACROSS, calibration_for, probability
from nexus.retrieval.cosines import spread_of
from nexus.retrieval.features import features_of_ranking
from nexus.retrieval.fusion import by_names, fuse, rank
from nexus.retrieval.gate import Gate
from nexus.retrieval.mismatch import mismatch_of
from nexus.retrieval.naming import evenly, file_name, is_named, least_by_names, naming, title_of
from nexus.retrieval.proximity import proximities
from nexus.retrieval.remembered_records import RememberedRecords
from nexus.retrieval.retrieved import Retrieved
from nexus.retrieval.rights import deciding, narrow, visible
from nexus.retrieval.said import tell_apart
from nexus.retrieval.searching import (
    ANSWER_S,
    Embedded,
    Embedding,
    by_words,
    embed,
    searched,
    waited,
)
from nexus.retrieval.selection import Ranked, select
from nexus.retrieval.told import is_told
from nexus.retrieval.told_of_search import tell_ranked, tell_searched
from nexus.settings import Settings
from nexus.text.language import language_of
from nexus.text.titles import shown_place

__all__ = ["Retrieved", "Retriever"]

# How many of the fused chunks are reranked.
RERANKED = 10
# The cosine that hits of a text search are taken to have where the dense search failed: near the
# border between passages that hold an answer and others, on the scale of `cosines`.
UNMEASURED_COSINE = 0.45

# The share of the lexical score, by language. With the local models .4 to .6 are alike on the
# English evaluation set, and .2 to .4 on the Indonesian one, where .6 loses three of a hundred.
LEXICAL_WEIGHT: Mapping[Language, float] = {Language.ENGLISH: 0.55, Language.INDONESIAN: 0.4}
# How probable it is that a document which the question names can be summarised.
NAMED_DOCUMENT = 0.9

# Gives the version of a tenant's documents, as `Catalogue.version` does; None where none is known.
Version = Callable[[], int | None]


class Retriever:
    """Searches a tenant's documents in one index generation."""

    def __init__(
        self,
        index: VectorIndex,
        catalogue: Catalogue,
        embedder: Embedder,
        reranker: Reranker | None,
        settings: Settings,
        generation: Generation,
        executor: Executor,
    ) -> None:
        self._index = index
        self._catalogue = catalogue
        self._records = RememberedRecords(catalogue)
        self._embedder = embedder
        self._reranker = reranker
        self._settings = settings
        self._generation = generation
        self._executor = executor
        self._gate = Gate(settings, generation.embedding_model)
        self._spread = spread_of(generation.embedding_model)

    def embed(self, question: str) -> Embedded:
        """The question's embedding, for callers that have something to do meanwhile."""
        return embed(self._embedder, question)

    def retrieve(
        self,
        principal: Principal,
        question: str,
        top_k: int,
        filters: Filters,
        embedded: Embedding | None = None,
        version: Version = lambda: None,
    ) -> Retrieved:
        """The best `top_k` passages that the principal may see and the filters allow.

        `embedded` is the question's embedding, if it was begun, and is waited for when the search
        by words has begun; `version` gives the version of the tenant's documents, if that was read.
        If one search fails or is late, the passages are the other's; raises UpstreamError or
        ConfigurationError if both do, the one that is left finds nothing, or the catalogue fails.
        """
        rights = principal.rights
        allowed = narrow(rights, filters)
        if allowed is None:
            return Retrieved(unmatched=True)
        space = self._generation.namespace(principal.tenant)
        searching = by_words(self._executor, self._index, space, question, allowed)
        embedded = waited(embedded) if embedded else self.embed(question)
        started = time.perf_counter()
        found = searched(self._index, space, embedded, allowed, searching)
        tell_searched(space, question, allowed, embedded, found)
        searched_at = time.perf_counter()
        ids = sorted({hit.document_id for hit in (*found.dense, *found.lexical)})
        records = self._records.get_many(principal.tenant, ids, version())
        dense = visible(found.dense, records, rights)
        lexical = visible(found.lexical, records, rights)
        looked_up = time.perf_counter()
        language = language_of(question)
        tongue = tongue_of_question(question)
        tongues = tell_apart(question, tongue, dense, lexical)
        weight = LEXICAL_WEIGHT[language]
        if tongues.foreign:
            weight *= shared_words(question, tongue, lexical)
        fused = by_names(fuse(dense, lexical, weight, tongues.foreign, tongues.said), question)
        if found.lost and not fused:  # what is missing may be what there is
            raise found.lost
        first = [hit for hit, _ in fused[:RERANKED]]
        relevances = self._rerank(question, first)
        cosines = (
            {hit.chunk_id: UNMEASURED_COSINE for hit in lexical}
            if found.no_dense
            else {hit.chunk_id: self._spread.comparable(hit.score) for hit in dense}
        )
        own = [hit for hit in first if hit.chunk_id not in tongues.foreign]
        together = proximities(question, tongue, own) if relevances else {}
        ranked = rank(fused, relevances, cosines, tongues.said, together)
        features = features_of_ranking(
            question, ranked, fused, lexical, cosines, relevances, tongues.read
        )
        chosen = select(ranked, top_k)
        is_across = bool(ranked) and ranked[0].hit.chunk_id in tongues.foreign
        fitted_to = ACROSS if is_across else language
        probable = self._probability(features, fitted_to, reranked=bool(relevances))
        probable = max(probable, least_by_names(question, ranked[0].hit.text if ranked else ""))
        if found.lost:  # half a search is never sure
            between = (self._settings.medium_from + self._settings.high_from) / 2
            probable = min(probable, between)
        mismatch = (
            mismatch_of(question, chosen[0].hit.title, chosen[0].hit.text) if chosen else None
        )
        retrieved = Retrieved(
            tuple(_passage(item, records[item.hit.document_id]) for item in chosen),
            probable,
            self._gate.compare(question, probable, dense, [item.hit for item in chosen]),
            features,
            embedded.tokens,
            {
                "embed": embedded.took_ms,
                "search": round((searched_at - started) * 1000, 2),
                "catalogue": round((looked_up - searched_at) * 1000, 2),
                "rerank": _ms_since(looked_up),
            },
            degraded=bool(found.lost)
            or (bool(fused) and self._reranker is not None and not relevances),
            lost=found.lost,
            mismatch=mismatch,
            told=mismatch is None or is_told(mismatch, probable, self._settings.gate),
            unmatched=filters != Filters() and not fused,
            vector=embedded.embeddings.vectors[0] if embedded.embeddings else (),
        )
        tell_ranked(len(records), fused, relevances, retrieved)
        return retrieved

    def survey(
        self,
        principal: Principal,
        question: str,
        count: int,
        filters: Filters,
        embedded: Embedding | None = None,
        version: Version = lambda: None,
    ) -> Retrieved:
        """Passages for a summary: of the one document that the question names, or else the best.

        A document is named when the question holds most words of its title or of its file's name;
        its passages are then taken evenly from beginning to end, in that order.
        """
        found = self.retrieve(principal, question, count, filters, embedded, version)
        asked = set(naming(question))
        for passage in found.passages:
            if any(is_named(name, asked) for name in (passage.title, file_name(passage.uri))):
                whole = optional(
                    "whole_document",
                    partial(self._evenly_from, principal.tenant, passage, count),
                    leaving_s=ANSWER_S,
                )
                sure = max(found.probability, NAMED_DOCUMENT)
                return replace(
                    found,
                    passages=whole or found.passages,
                    probability=sure,
                    told=True,
                    gate=self._gate.compare_named(sure),
                )
        return found

    def _evenly_from(self, tenant: str, like: Passage, count: int) -> tuple[Passage, ...]:
        """Up to `count` passages of a document, evenly from beginning to end."""
        manifest = self._catalogue.manifest(tenant, like.document_id)
        ids = manifest.chunk_ids if manifest else ()
        picked = evenly(ids, count)
        records = self._index.fetch(self._generation.namespace(tenant), picked)
        return tuple(
            replace(
                like,
                chunk_id=chunk_id,
                locator=shown_place(records[chunk_id].chunk.locator),
                text=records[chunk_id].chunk.text,
            )
            for chunk_id in picked
            if chunk_id in records
        )

    def _rerank(self, question: str, hits: Sequence[Hit]) -> dict[str, float]:
        """The reranker's relevance by chunk id; empty without one, or when it is late or fails."""
        reranker = self._reranker
        if not hits or reranker is None:
            return {}
        texts = [_indexed_text(hit) for hit in hits]
        scores = optional("rerank", lambda: reranker.rerank(question, texts), leaving_s=ANSWER_S)
        if scores is None:  # the fused ranking is good, too
            return {}
        return {hit.chunk_id: score for hit, score in zip(hits, scores, strict=True)}

    def _probability(self, features: Features | None, language: str, *, reranked: bool) -> float:
        if features is None:
            return 0.0
        calibration = calibration_for(
            language,
            reranked=reranked,
            embedding_model=self._generation.embedding_model,
            fitted=self._settings.calibration,
        )
        return probability(features, calibration)


def _passage(item: Ranked, record: DocumentRecord) -> Passage:
    hit = item.hit
    return Passage(
        chunk_id=hit.chunk_id,
        document_id=hit.document_id,
        title=title_of(record),
        uri=record.uri,
        version=record.version,
        locator=shown_place(hit.locator),
        text=hit.text,
        score=item.relevance,
        url=record.metadata.url or "",
        said=deciding(record.metadata),
    )


def _indexed_text(hit: Hit) -> str:
    """The very string that was embedded for a chunk."""
    return f"{hit.title}\n{hit.text}" if hit.title else hit.text


def _ms_since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 2)
