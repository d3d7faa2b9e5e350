"""Tells how much of a question passages in another language say, beside those in its own."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from nexus.models import Hit
from nexus.retrieval.answerability import Words
from nexus.retrieval.apart import apart, passage_tongue
from nexus.text.dictionary import bridge
from nexus.text.segments import words_of
from nexus.text.stems import content_stems, stem

# What a passage in another language says in words that the dictionary lacks; .3 to .5 are alike.
UNKNOWN = 0.4


@dataclass(frozen=True, slots=True)
class Tongues:
    """How the hits of a search stand to a question's language, by chunk id.

    `foreign` are those surely in another, `read` is what reads the words of those that the
    dictionary holds, and `said` how much more of the question these say than the others.
    """

    foreign: frozenset[str]
    read: Mapping[str, Words]
    said: Mapping[str, float]


def tell_apart(question: str, tongue: str, dense: Sequence[Hit], lexical: Sequence[Hit]) -> Tongues:
    """How the hits of both searches stand to a question, which is in the language `tongue`."""
    hits = [*dense, *lexical]
    foreign = apart(tongue, hits)
    read = readers(question, tongue, hits, foreign)
    return Tongues(foreign, read, said(question, tongue, hits, foreign, read))


def readers(
    question: str, tongue: str, hits: Sequence[Hit], foreign: Collection[str]
) -> dict[str, Words]:
    """By chunk id what reads each of the `foreign` hits, whose language the dictionary holds."""

    @lru_cache
    def reader(other: str) -> Words | None:
        known = bridge(words_of(question), tongue, other)
        return None if known is None else lambda text: known.read(words_of(text))

    found = {
        hit.chunk_id: reader(passage_tongue(hit.title, hit.text))
        for hit in hits
        if hit.chunk_id in foreign
    }
    return {chunk_id: read for chunk_id, read in found.items() if read is not None}


def said(
    question: str,
    tongue: str,
    hits: Sequence[Hit],
    foreign: Collection[str],
    read: Mapping[str, Words],
) -> dict[str, float]:
    """How much more of a question each foreign hit says than the best hit in its language does.

    By chunk id the difference of two shares of the question's content words, rare ones counting
    more, and `UNKNOWN`: from -0.6 to 1.4. `tongue` is the question's language, `foreign` are the
    hits in another, and `read` is what reads them; one that nothing reads is taken to say as much
    as the others do on average. Empty where none is read. Hits in the question's own language are
    not told apart by it: a search by words has done that.
    """
    if not read:
        return {}
    stems = {
        hit.chunk_id: frozenset(
            map(stem, read.get(hit.chunk_id, words_of)(f"{hit.title}\n{hit.text}"))
        )
        for hit in hits
        if hit.chunk_id in read or hit.chunk_id not in foreign
    }
    rarity = {
        word: math.log(1 + (len(stems) + 0.5) / (sum(word in s for s in stems.values()) + 0.5))
        for word in dict.fromkeys(content_stems(words_of(question), tongue))
    }
    total = sum(rarity.values()) or 1.0
    shares = {
        chunk_id: sum(rare for word, rare in rarity.items() if word in own) / total
        for chunk_id, own in stems.items()
    }
    usual = sum(shares.values()) / len(shares)
    best = max((share for one, share in shares.items() if one not in foreign), default=0.0)
    return {one: shares.get(one, usual) + UNKNOWN - best for one in foreign}
