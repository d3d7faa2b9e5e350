"""Measures a ranking of chunks: what its first one, beside the others, says of an answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nexus.models import Hit
from nexus.retrieval.answerability import Features, features_of
from nexus.retrieval.selection import Ranked
from nexus.text.dictionary import Bridge

# How many of the fused chunks tell which of a question's words are rare.
POOL = 20


def features_of_ranking(
    question: str,
    ranked: Sequence[Ranked],
    fused: Sequence[tuple[Hit, float]],
    lexical: Sequence[Hit],
    cosines: Mapping[str, float],
    relevances: Mapping[str, float],
    read: Mapping[str, Bridge],
) -> Features | None:
    """The features of a ranking's first chunk; None where there is none.

    `fused` are the hits as they were before a reranker, `lexical` those of the search by words, and
    `cosines`, `relevances` and `read`, what reads a chunk's words, are by chunk id.
    """
    if not ranked:
        return None
    best = ranked[0].hit
    pool = [best, *(hit for hit, _ in fused[:POOL] if hit.chunk_id != best.chunk_id)]
    return features_of(
        question,
        [(hit.title, hit.text, read.get(hit.chunk_id)) for hit in pool],
        [hit.score for hit in lexical],
        [relevances[hit.chunk_id] for hit in pool if hit.chunk_id in relevances],
        # What only words found is no nearer than the last that the dense search returned.
        cosines.get(best.chunk_id, min(cosines.values(), default=0.0)),
    )
