"""Tells which stems of a question a passage holds, and its sentences, in whichever language."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from nexus.text.dictionary import Bridge
from nexus.text.segments import words_of
from nexus.text.stems import stem
from nexus.text.wordings import Wording, wording

Stems = frozenset[str]


@dataclass(frozen=True, slots=True)
class Held:
    """The wanted stems that a passage with its title holds, and each sentence below that title."""

    stems: Stems
    sentences: tuple[tuple[str, Stems], ...]


def rarity_in(pool: Sequence[Collection[str]], stems: Iterable[str]) -> dict[str, float]:
    """How rare each of the stems is in a pool, of which each item is what one passage holds."""
    return {
        one: math.log(1 + (len(pool) + 0.5) / (sum(one in held for held in pool) + 0.5))
        for one in stems
    }


def stems_held(title: str, text: str, wanted: Collection[str], known: Bridge | None) -> Stems:
    """Those of the wanted stems that a passage holds, with its title.

    `known` reads a passage in another language; None for one in the question's.
    """
    passage = wording(title, text)
    telling = _telling(passage, wanted, known)
    if telling is None:
        return _read(known, passage.words).intersection(wanted)
    return frozenset(telling)


def held_by_sentence(title: str, text: str, wanted: Collection[str], known: Bridge | None) -> Held:
    """The same, and for each sentence what it holds with the title."""
    passage = wording(title, text)
    telling = _telling(passage, wanted, known)
    if telling is None:
        above = _read(known, passage.title_words).intersection(wanted)
        sentences = tuple(
            (span, above.union(_read(known, words_of(span)).intersection(wanted)))
            for span, _ in passage.sentences
        )
        return Held(above.union(*(stems for _, stems in sentences)), sentences)
    above = _held(telling, frozenset(passage.title_words))
    rest = {one: words for one, words in telling.items() if one not in above}
    return Held(
        frozenset(telling),
        tuple((span, above.union(_held(rest, words))) for span, words in passage.sentences),
    )


def _telling(
    passage: Wording, wanted: Collection[str], known: Bridge | None
) -> Mapping[str, Collection[str]] | None:
    """By wanted stem the passage's words that say it; None where only reading them all tells."""
    if known is not None:
        return known.telling(passage, wanted)
    by_stem = passage.by_stem
    return {one: by_stem[one] for one in wanted if one in by_stem}


def _held(telling: Mapping[str, Collection[str]], words: frozenset[str]) -> Stems:
    return frozenset(one for one, saying in telling.items() if not words.isdisjoint(saying))


def _read(known: Bridge | None, words: Sequence[str]) -> Stems:
    return frozenset(map(stem, known.read(words) if known else words))
