"""Searches an index by meaning and by words at once; where one of the two fails, the other does."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass

from nexus.deadline import awaited, current, within
from nexus.errors import ConfigurationError, UpstreamError, UpstreamUnavailable
from nexus.models import Filters, Hit
from nexus.observability import logger
from nexus.ports import Embedder, Embeddings, VectorIndex

# How many chunks each search returns.
CANDIDATES = 50
# What is left, in seconds, for the catalogue and the model that answers: a step before them whose
# failure can be borne takes no more than the rest, or a third where there is little.
ANSWER_S = 10.0

Failure = UpstreamError | ConfigurationError


@dataclass(frozen=True, slots=True)
class Embedded:
    """A question's embedding, or why there is none, and the milliseconds that it took."""

    embeddings: Embeddings | None
    took_ms: float
    failure: Failure | None = None

    @property
    def tokens(self) -> int:
        """The tokens that were billed."""
        return self.embeddings.tokens if self.embeddings else 0


# A question's embedding, or what waits for it.
Embedding = Embedded | Callable[[], Embedded]


@dataclass(frozen=True, slots=True)
class Searched:
    """What both searches found, best first; `no_dense` and `no_lexical` are why one is missing."""

    dense: list[Hit]
    lexical: list[Hit]
    no_dense: Failure | None = None
    no_lexical: Failure | None = None

    @property
    def lost(self) -> Failure | None:
        """Why one of the searches is missing."""
        return self.no_dense or self.no_lexical


def embed(embedder: Embedder, question: str) -> Embedded:
    """The question's embedding; why there is none, if the embedder fails or is late."""
    started = time.perf_counter()
    embeddings, failure = None, None
    try:
        with within(current().spare(ANSWER_S)):
            embeddings = embedder.embed([question])
    except (UpstreamError, ConfigurationError) as error:
        logger.warning("not_embedded", extra={"error": type(error).__name__})
        failure = error
    return Embedded(embeddings, round((time.perf_counter() - started) * 1000, 2), failure)


def waited(embedding: Embedding) -> Embedded:
    """The embedding, when it is there."""
    return embedding if isinstance(embedding, Embedded) else embedding()


def by_words(
    executor: Executor, index: VectorIndex, space: str, question: str, allowed: Filters
) -> Future[list[Hit]]:
    """Begins the search by words, which needs no embedding."""
    return executor.submit(index.search_text, space, question, CANDIDATES, allowed)


def searched(
    index: VectorIndex,
    space: str,
    embedded: Embedded,
    allowed: Filters,
    searching: Future[list[Hit]],
) -> Searched:
    """What the search by meaning finds, and the one by words that `searching` is.

    Raises the failure (of two, one that passes) if both fail, or one does and the other finds
    nothing: that the documents hold nothing is not known then.
    """
    dense, no_dense = _by_meaning(index, space, embedded, allowed)
    lexical, no_lexical = _found(searching)
    told = [failure for failure in (no_dense, no_lexical) if failure is not None]
    if told and not dense and not lexical:
        raise next((one for one in told if isinstance(one, UpstreamUnavailable)), told[0])
    return Searched(dense, lexical, no_dense, no_lexical)


def _by_meaning(
    index: VectorIndex, space: str, embedded: Embedded, allowed: Filters
) -> tuple[list[Hit], Failure | None]:
    if embedded.embeddings is None:
        return [], embedded.failure
    vector = embedded.embeddings.vectors[0]
    try:
        with within(current().spare(ANSWER_S)):
            return index.search_dense(space, vector, CANDIDATES, allowed), None
    except (UpstreamError, ConfigurationError) as error:
        logger.warning("not_searched_by_meaning", extra={"error": type(error).__name__})
        return [], error


def _found(searching: Future[list[Hit]]) -> tuple[list[Hit], Failure | None]:
    try:
        with within(current().spare(ANSWER_S)):
            return awaited(searching, "index"), None
    except (UpstreamError, ConfigurationError) as error:
        logger.warning("not_searched_by_words", extra={"error": type(error).__name__})
        return [], error
