"""Tells how much of a question passages in another language say, beside those in its own."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from nexus.models import Hit
from nexus.retrieval.apart import apart
from nexus.retrieval.holding import rarity_in, stems_asked, stems_held
from nexus.text.dictionary import Bridge, bridge
from nexus.text.segments import words_of

# What a passage in another language says in words that the dictionary lacks; .3 and .4 are alike.
UNKNOWN = 0.4
# As much of a question is said by chance.
BY_CHANCE = 0.1


@dataclass(frozen=True, slots=True)
class Tongues:
    """How the hits of a search stand to a question's language, by chunk id.

    `foreign` are those surely in another, `read` is what reads the words of those that the
    dictionary holds, and `said` how much more of the question these say than the others.
    """

    foreign: frozenset[str]
    read: Mapping[str, Bridge]
    said: Mapping[str, float]


def tell_apart(question: str, tongue: str, dense: Sequence[Hit], lexical: Sequence[Hit]) -> Tongues:
    """How the hits of both searches stand to a question, which is in the language `tongue`."""
    hits = list({hit.chunk_id: hit for hit in (*dense, *lexical)}.values())
    foreign = apart(tongue, hits)
    read = readers(question, tongue, foreign)
    return Tongues(frozenset(foreign), read, said(question, tongue, hits, foreign, read))


def readers(question: str, tongue: str, foreign: Mapping[str, str]) -> dict[str, Bridge]:
    """By chunk id what reads each of the `foreign` hits, whose language the dictionary holds.

    `foreign` tells each one's language.
    """
    words = words_of(question) if foreign else []
    reader = {other: bridge(words, tongue, other) for other in set(foreign.values())}
    return {one: read for one, other in foreign.items() if (read := reader[other]) is not None}


def said(
    question: str,
    tongue: str,
    hits: Sequence[Hit],
    foreign: Collection[str],
    read: Mapping[str, Bridge],
) -> dict[str, float]:
    """How much more of a question each foreign hit says than the best hit in its language does.

    By chunk id the share of the question's content words that it says, rare ones counting more,
    over that of the best hit in its own language less `UNKNOWN`, or over what is said by chance.
    `tongue` is the question's language, `foreign` are the hits in another, and `read` is what reads
    them. One that nothing reads gains nothing, since nothing tells what it says, and loses what the
    best of those that are read loses. Empty where none is read. Hits in the question's own language
    are not told apart by it: a search by words has done that.
    """
    if not read:
        return {}
    asked = tuple(dict.fromkeys(stems_asked(question, tongue)))
    stems = {
        hit.chunk_id: stems_held(hit.title, hit.text, asked, read.get(hit.chunk_id))
        for hit in hits
        if hit.chunk_id in read or hit.chunk_id not in foreign
    }
    rarity = rarity_in(list(stems.values()), asked)
    total = sum(rarity.values()) or 1.0
    # Many hits hold the same.
    of_stems = {
        held: sum(rare for word, rare in rarity.items() if word in held) / total
        for held in set(stems.values())
    }
    shares = {chunk_id: of_stems[held] for chunk_id, held in stems.items()}
    own = max((share for one, share in shares.items() if one not in foreign), default=0.0)
    over = max(BY_CHANCE, own - UNKNOWN)
    unread = min(0.0, max(shares[one] for one in read) - over)
    return {one: shares[one] - over if one in shares else unread for one in foreign}
