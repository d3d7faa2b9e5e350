"""Says what words of English and of Indonesian mean in the other of the two languages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import product
from typing import TypeVar

# An Indonesian word or phrase, a tab, and what it is in English, separated by commas.
_FILE = "dictionary.tsv"
# Words that a phrase of the dictionary may have.
LONGEST = 2
# Words that a word may be said with: further ones are rarely meant.
MOST_TRANSLATIONS = 5

_CLITIC = re.compile(r"(?<=\w{3})(?:nya|kah|lah|pun)$")
_SUFFIX = re.compile(r"(?<=\w{3})(?:kan|an|i)$")
_ENDINGS = (
    ("ies", "y"), ("ied", "y"), ("es", ""), ("s", ""), ("ed", ""), ("ed", "e"), ("ing", ""),
    ("ing", "e"), ("ers", ""), ("er", ""), ("er", "e"), ("est", ""), ("ly", ""),
)  # fmt: skip
_DOUBLING = ("ed", "ing", "er", "est")

Key = tuple[str, ...]
Forms = Callable[[str], Sequence[str]]
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class _Side:
    """One language of the dictionary: the terms of each entry, and the entries of each term.

    `forms` gives the words that a lower-case word may be a form of, itself first.
    """

    terms: Sequence[tuple[Key, ...]]
    entries: Mapping[Key, Sequence[int]]
    forms: Forms


class Bridge:
    """Reads words of one of the two languages as those words of a question that say the same."""

    def __init__(self, question: Sequence[str], tongue: str) -> None:
        own, other = _sides(tongue)
        self._forms = other.forms
        self._says: dict[Key, tuple[str, ...]] = {}
        for words, entries in _found(question, own.entries, own.forms):
            for term in (term for entry in entries for term in other.terms[entry]):
                self._says[term] = tuple(dict.fromkeys((*self._says.get(term, ()), *words)))

    def read(self, words: Sequence[str]) -> list[str]:
        """The words, in lower case; for those that say what words of the question do, these."""
        read: list[str] = []
        for own, said in _found(words, self._says, self._forms):
            read.extend(said or own)
        return read


def bridge(question: Sequence[str], tongue: str, other: str) -> Bridge | None:
    """What reads words of the language `other` for a question's lower-case words in `tongue`.

    None if the dictionary does not hold the two languages.
    """
    return Bridge(question, tongue) if holds(tongue, other) else None


def holds(one: str, other: str) -> bool:
    """Whether the dictionary says in one of two languages what words of the other mean."""
    return {one, other} == {"en", "id"}


def translations(words: Sequence[str], tongue: str) -> list[str]:
    """The words that say in Indonesian what English ones do, or the other way; the likest first.

    `tongue` is the language of the words, in lower case; nothing is known of any other. Without
    words that are of both languages, such as "air" and "jam": they would find something else.
    """
    if tongue not in ("en", "id"):
        return []
    own, other = _sides(tongue)
    said: list[list[str]] = []
    for _, entries in _found(words, own.entries, own.forms):
        terms = (
            word
            for entry in entries
            for term in other.terms[entry]
            for word in term
            if (word,) not in own.entries
        )
        said.append(list(dict.fromkeys(terms))[:MOST_TRANSLATIONS])
    ranks = range(MOST_TRANSLATIONS)
    return list(dict.fromkeys(one[rank] for rank in ranks for one in said if rank < len(one)))


def _found(
    words: Sequence[str], known: Mapping[Key, Sequence[Value]], forms: Forms
) -> Iterator[tuple[Key, list[Value]]]:
    """The words one after the other, those of a known phrase together, with all that is known."""
    place = 0
    while place < len(words):
        term: Key = (words[place],)
        values: list[Value] = []
        for size in range(min(LONGEST, len(words) - place), 0, -1):
            term = tuple(words[place : place + size])
            values = [value for key in _keys(term, forms) for value in known.get(key, ())]
            if values:
                break
        yield term, list(dict.fromkeys(values))
        place += len(term)


def _keys(term: Key, forms: Forms) -> Iterator[Key]:
    """What a term may be a form of: as it is written first."""
    return product(*map(forms, term))


def _sides(tongue: str) -> tuple[_Side, _Side]:
    english, indonesian = _dictionary()
    return (english, indonesian) if tongue == "en" else (indonesian, english)


@cache
def _dictionary() -> tuple[_Side, _Side]:
    lines = files("nexus.text").joinpath(_FILE).read_text("utf-8").splitlines()
    pairs = [line.split("\t") for line in lines]
    indonesian = [(tuple(left.split()),) for left, _ in pairs]
    english = [tuple(tuple(term.split()) for term in right.split(",")) for _, right in pairs]
    return _side(english, english_forms), _side(indonesian, indonesian_forms)


def _side(terms: Sequence[tuple[Key, ...]], forms: Forms) -> _Side:
    entries: dict[Key, list[int]] = {}
    for number, one in enumerate(terms):
        for term in one:
            entries.setdefault(term, []).append(number)
    return _Side(terms, entries, forms)


@lru_cache(maxsize=50_000)
def english_forms(word: str) -> tuple[str, ...]:
    """A word, and the words that it may be a plural, a tense or a comparison of."""
    found = [word]
    for ending, instead in _ENDINGS:
        bare = word.removesuffix(ending)
        if bare != word and len(bare) > 1:
            found.append(bare + instead)
            if ending in _DOUBLING and bare[-1] == bare[-2]:
                found.append(bare[:-1])
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=50_000)
def indonesian_forms(word: str) -> tuple[str, ...]:
    """A word, and it without its clitic, its suffix, and its prefixes."""
    from Stemmer import Stemmer  # only where a question needs it

    bare = _CLITIC.sub("", word)
    return tuple(
        dict.fromkeys((word, bare, _SUFFIX.sub("", bare), Stemmer("indonesian").stemWord(bare)))
    )
