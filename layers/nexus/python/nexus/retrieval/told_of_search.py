"""What a search did, for who debugs it: in sizes, scores and ids, never in text.

Written where `NEXUS_LOG_LEVEL` is DEBUG; at any other level nothing is even put together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nexus.models import Filters, Hit
from nexus.observability import is_debugging, logger
from nexus.retrieval.retrieved import Retrieved
from nexus.retrieval.searching import Embedded, Searched

# The best of each list are told, by which most questions about a ranking are answered.
SHOWN = 10


def tell_searched(
    space: str, question: str, allowed: Filters, embedded: Embedded, found: Searched
) -> None:
    """Writes what was searched for, and what either search found."""
    if not is_debugging():
        return
    logger.debug(
        "searched",
        extra={
            "namespace": space,
            "question_chars": len(question),
            "filters": {
                "departments": len(allowed.departments),
                "tags": len(allowed.tags),
                "document_ids": len(allowed.document_ids),
            },
            "embedding_tokens": embedded.tokens,
            "by_meaning": len(found.dense),
            "by_words": len(found.lexical),
            "nearest": _scores((hit, hit.score) for hit in found.dense[:SHOWN]),
            "most_alike": _scores((hit, hit.score) for hit in found.lexical[:SHOWN]),
            "lost": type(found.lost).__name__ if found.lost else "",
        },
    )


def tell_ranked(
    visible: int,
    fused: Sequence[tuple[Hit, float]],
    relevances: Mapping[str, float],
    retrieved: Retrieved,
) -> None:
    """Writes how the hits were ranked, which passages were chosen, and what the gate compared.

    `visible` is how many documents of the hits the caller may see.
    """
    if not is_debugging():
        return
    gate = retrieved.gate
    logger.debug(
        "ranked",
        extra={
            "documents": visible,
            "fused": _scores(fused[:SHOWN]),
            "reranked": {chunk_id: round(score, 4) for chunk_id, score in relevances.items()},
            "passages": [
                {
                    "chunk_id": passage.chunk_id,
                    "document_id": passage.document_id,
                    "version": passage.version,
                    "chars": len(passage.text),
                    "score": round(passage.score, 4),
                }
                for passage in retrieved.passages
            ],
            "probability": round(retrieved.probability, 4),
            "gate": gate
            and {
                "compared": gate.compared,
                "value": round(gate.value, 4),
                "threshold": gate.threshold,
                "passed": gate.passed,
            },
            "degraded": retrieved.degraded,
            "timings_ms": retrieved.timings_ms,
        },
    )


def _scores(hits: Any) -> dict[str, float]:
    return {hit.chunk_id: round(score, 4) for hit, score in hits}
