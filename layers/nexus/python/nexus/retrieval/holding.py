"""Tells which stems of a question a passage holds, and its sentences, in whichever language."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from nexus.text.dictionary import Bridge
from nexus.text.segments import words_of
from nexus.text.stems import content_stems, stem
from nexus.text.wordings import wording

Stems = frozenset[str]


@dataclass(frozen=True, slots=True)
class Held:
    """The wanted stems that a passage with its title holds, and each sentence below that title."""

    stems: Stems
    sentences: tuple[tuple[str, Stems], ...]


# By each step of a search anew, as all of them ask.
@lru_cache(maxsize=64)
def stems_asked(question: str, tongue: str) -> tuple[str, ...]:
    """The stems of a question's words that carry meaning, in order; `tongue` is its language."""
    return tuple(content_stems(words_of(question), tongue))


def rarity_in(pool: Sequence[Stems], stems: Iterable[str]) -> dict[str, float]:
    """How rare each of the stems is in a pool, of which each item is what one passage holds."""
    held = Counter(chain.from_iterable(pool))
    return {one: math.log(1 + (len(pool) + 0.5) / (held.get(one, 0) + 0.5)) for one in stems}


def stems_held(title: str, text: str, wanted: Collection[str], known: Bridge | None) -> Stems:
    """Those of the wanted stems that a passage holds, with its title.

    `known` reads a passage in another language; None for one in the question's.
    """
    passage = wording(title, text)
    if known is None:
        return passage.stems.intersection(wanted)
    telling = known.telling(passage, wanted)
    if telling is None:
        return _read(known, passage.words).intersection(wanted)
    return frozenset(telling)


def held_by_sentence(title: str, text: str, wanted: Collection[str], known: Bridge | None) -> Held:
    """The same, and for each sentence what it holds with the title."""
    passage = wording(title, text)
    if known is None:
        above = passage.title_stems.intersection(wanted)
        rest = frozenset(wanted) - above
        return Held(
            passage.stems.intersection(wanted),
            tuple((span, above | (stems & rest)) for span, stems in passage.sentence_stems),
        )
    telling = known.telling(passage, wanted)
    if telling is None:
        above = _read(known, passage.title_words).intersection(wanted)
        sentences = tuple(
            (span, above.union(_read(known, words_of(span)).intersection(wanted)))
            for span, _ in passage.sentences
        )
        return Held(above.union(*(stems for _, stems in sentences)), sentences)
    said = _by_word(telling)
    saying = frozenset(said)  # with a set, the smaller of the two is gone through
    above = frozenset[str]().union(*[said[word] for word in passage.title_words if word in said])
    return Held(
        frozenset(telling),
        tuple(
            (span, above.union(*map(said.__getitem__, words & saying)))
            for span, words in passage.sentences
        ),
    )


def _by_word(telling: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """By word of a passage the wanted stems that it says."""
    said: dict[str, list[str]] = {}
    for one, words in telling.items():
        for word in words:
            said.setdefault(word, []).append(one)
    return said


def _read(known: Bridge, words: Sequence[str]) -> Stems:
    return frozenset(map(stem, known.read(words)))
