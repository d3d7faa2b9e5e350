"""Makes one ranking of two searches and, where there is one, a reranker's word for each hit."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from operator import itemgetter
from types import MappingProxyType

from nexus.models import Hit
from nexus.retrieval.answerability import logit
from nexus.retrieval.selection import Ranked
from nexus.text.literals import lists_places, literals, share_held

# The share of the lexical score where question and passage are in two languages: a name and a
# number may still be shared.
ACROSS_LEXICAL_WEIGHT = 0.1
# What it adds to the fused score of a passage in another language that it says all of a question
# where none in the question's language says anything; at 1.5 questions in other words than their
# passage's lose it to another language. And in logits beside a reranker, which finds closer what is
# written in the question's own words; 5 to 9 are alike.
SAID_WEIGHT, RERANKED_SAID_WEIGHT = 0.75, 7.0

# Passages that hold a rare word, where no other word of the question stands in any.
FEW = 10

# What a passage's fused score of 0 to 1 gains that holds a question's literal names.
NAMED_WEIGHT = 2.0

# What a logit of the reranker's relevance adds to a fused score of 0 to 1; .7 to 1 are alike on the
# evaluation set.
RERANK_WEIGHT = 0.8

# A passage's score without a reranker: a cosine of the first value counts 0, of the second 1.
COSINE_UNRELATED = 0.1
COSINE_CERTAIN = 0.6


_NOTHING: Mapping[str, float] = MappingProxyType({})


def fuse(
    dense: Sequence[Hit],
    lexical: Sequence[Hit],
    lexical_weight: float,
    foreign: Collection[str] = (),
    said: Mapping[str, float] = _NOTHING,
) -> list[tuple[Hit, float]]:
    """Both rankings as one: min-max scaled scores, weighted and added; best first.

    A hit that one ranking lacks gets 0 from it, the scaled score of that ranking's last; but where
    words find no more than `FEW`, the last of these is still better than what they lack. Of the
    `foreign` chunks, in another language than the question, words decide `ACROSS_LEXICAL_WEIGHT`
    and the cosine the rest: that they share none says nothing. What they have `said` of the
    question, beside the others (`retrieval.said`), is added where it is known.
    """
    totals: dict[str, float] = {}
    hits: dict[str, Hit] = {}
    for ranking, is_lexical in ((lexical, True), (dense, False)):
        low = min((hit.score for hit in ranking), default=0.0)
        if is_lexical and len(ranking) <= FEW:
            low = min(low, 0.0)
        high = max((hit.score for hit in ranking), default=0.0)
        for hit in ranking:
            scaled = (hit.score - low) / (high - low) if high > low else 1.0
            words = ACROSS_LEXICAL_WEIGHT if hit.chunk_id in foreign else lexical_weight
            weight = words if is_lexical else 1 - words
            totals[hit.chunk_id] = totals.get(hit.chunk_id, 0.0) + weight * scaled
            hits.setdefault(hit.chunk_id, hit)
    for chunk_id, more in said.items():
        totals[chunk_id] += SAID_WEIGHT * more
    order = sorted(totals, key=lambda chunk_id: (-totals[chunk_id], chunk_id))
    return [(hits[chunk_id], min(1.0, max(0.0, totals[chunk_id]))) for chunk_id in order]


def by_names(fused: Sequence[tuple[Hit, float]], question: str) -> list[tuple[Hit, float]]:
    """The fused hits, those first that hold a question's literal names as they are written.

    Lists of contents and indexes come last: they hold every name, and tell nothing of any.
    """
    names = literals(question)
    scored = fused
    if names:
        scored = [
            (hit, score + NAMED_WEIGHT * share_held(names, f"{hit.title}\n{hit.text}"))
            for hit, score in fused
        ]
    return sorted(scored, key=lambda item: (lists_places(item[0].text), -item[1]))


def rank(
    fused: Sequence[tuple[Hit, float]],
    relevances: Mapping[str, float],
    cosines: Mapping[str, float],
    said: Mapping[str, float] = _NOTHING,
    together: Mapping[str, float] = _NOTHING,
) -> list[Ranked]:
    """The fused hits in their final order, each with a score from 0 to 1.

    Where there are relevances, they are added to the fused scores, and what was not reranked
    follows. Without any the fused order stands, scaled by how near the best one is. `said` is that
    of `fuse`, and `together` that of `retrieval.proximity`, for the hits in the question's
    language. It is counted from that of the best hit, so that those in another language, of which
    it says nothing, are compared with that one as they were; where it says nothing of the best hit
    the order stays.
    """
    if not relevances:
        nearest = max((cosines.get(hit.chunk_id, 0.0) for hit, _ in fused), default=0.0)
        span = COSINE_CERTAIN - COSINE_UNRELATED
        near = min(1.0, max(0.0, nearest - COSINE_UNRELATED) / span)
        return [Ranked(hit, score * near) for hit, score in fused]
    reranked = [
        (
            hit,
            score / RERANK_WEIGHT
            + logit(relevances[hit.chunk_id])
            + RERANKED_SAID_WEIGHT * said.get(hit.chunk_id, 0.0),
        )
        for hit, score in fused
        if hit.chunk_id in relevances
    ]
    best = max(reranked, key=itemgetter(1))[0].chunk_id
    usual = together.get(best)
    gains = {one: more - usual for one, more in together.items()} if usual is not None else {}
    first = [Ranked(hit, _odds(logits + gains.get(hit.chunk_id, 0.0))) for hit, logits in reranked]
    first.sort(key=lambda item: -item.relevance)
    rest = [(hit, score) for hit, score in fused if hit.chunk_id not in relevances]
    least = first[-1].relevance
    highest = max((score for _, score in rest), default=0.0) or 1.0
    return first + [Ranked(hit, least * score / highest) for hit, score in rest]


def _odds(logits: float) -> float:
    """A score from 0 to 1 that keeps the order; a fused score is worth at most 1.25 logits."""
    return 1 / (1 + math.exp(-(logits - 0.8)))
