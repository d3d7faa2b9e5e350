"""Says what words of English and of Indonesian mean in the other of the two languages."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from itertools import pairwise, product
from typing import Generic, TypeVar

from nexus.text.function_words import function_words_of
from nexus.text.stems import stem
from nexus.text.wordings import REMEMBERED, Wording

# An Indonesian word or phrase, a tab, and what it is in English, separated by commas.
_FILE = "dictionary.tsv"
# Words that a phrase of the dictionary may have.
LONGEST = 2
# Words that a word may be said with: further ones are rarely meant.
MOST_TRANSLATIONS = 5
# Layers of prefixes and suffixes that a word is made of.
MOST_AFFIXES = 3
# Words of which is remembered what is known.
REMEMBERED_WORDS = 50_000

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


class _Known(Generic[Value]):
    """What is known of terms, whatever form their words are in.

    `forms` gives the words that a lower-case word may be a form of, itself first.
    """

    def __init__(self, known: Mapping[Key, Sequence[Value]], forms: Forms) -> None:
        self._known = known
        self._forms = forms
        # Few words begin a phrase, and a passage says most of its words several times.
        self._begin = {key[0] for key in known if len(key) > 1}
        self._of_word = lru_cache(maxsize=REMEMBERED_WORDS)(self._said_of_word)

    def __contains__(self, term: Key) -> bool:
        return term in self._known

    def found(self, words: Sequence[str]) -> Iterator[tuple[Key, Sequence[Value]]]:
        """The words one after the other, those of a known phrase together, with all known of it."""
        place = 0
        while place < len(words):
            word = words[place]
            term: Key = (word,)
            values, begins = self._of_word(word)
            if begins:
                for size in range(min(LONGEST, len(words) - place), 1, -1):
                    phrase = tuple(words[place : place + size])
                    if of_phrase := self._said_of(phrase):
                        term, values = phrase, of_phrase
                        break
            yield term, values
            place += len(term)

    def _said_of_word(self, word: str) -> tuple[tuple[Value, ...], bool]:
        """What is known of one word, and whether it may begin a phrase."""
        return self._said_of((word,)), not self._begin.isdisjoint(self._forms(word))

    def _said_of(self, term: Key) -> tuple[Value, ...]:
        # As it is written first.
        keys = product(*map(self._forms, term))
        return tuple(dict.fromkeys(value for key in keys for value in self._known.get(key, ())))


@dataclass(frozen=True, slots=True)
class _Side:
    """One language of the dictionary: the terms of each entry, and the entries of each term."""

    terms: Sequence[tuple[Key, ...]]
    entries: _Known[int]
    forms: Forms


class Bridge:
    """Reads words of one of the two languages as those words of a question that say the same."""

    def __init__(self, question: Sequence[str], tongue: str) -> None:
        own, other = _sides(tongue)
        says: dict[Key, tuple[str, ...]] = {}
        for words, entries in own.entries.found(question):
            for term in (term for entry in entries for term in other.terms[entry]):
                says[term] = tuple(dict.fromkeys((*says.get(term, ()), *words)))
        self._known = says
        self._forms = other.forms
        self._saying = _Saying(says, other.forms)

    @cached_property
    def _says(self) -> _Known[str]:
        # Few passages need it.
        return _Known(self._known, self._forms)

    def read(self, words: Sequence[str]) -> list[str]:
        """The words, in lower case; for those that say what words of the question do, these."""
        read: list[str] = []
        for own, said in self._says.found(words):
            read.extend(said or own)
        return read

    def telling(self, passage: Wording, wanted: Collection[str]) -> dict[str, list[str]] | None:
        """By stem of those wanted, the words of a passage that are read as a word with that stem.

        What no word is read as has no entry. None where words are read together, as a phrase: then
        only `read` tells, in their order.
        """
        known = self._saying
        notable = known.notable(passage)
        if known.has_phrase(notable, passage):
            return None
        found: dict[str, list[str]] = {}
        for word, (stems, _, _) in notable.items():
            for one in stems.intersection(wanted):
                found.setdefault(one, []).append(word)
        for one in passage.stems.intersection(wanted):
            own = [word for word in passage.by_stem[one] if not _says(notable.get(word))]
            if own:
                found.setdefault(one, []).extend(own)
        return found


# The stems that a word says, and the words of which it may begin, or end, a phrase.
Told = tuple[frozenset[str], frozenset[str], frozenset[str]]


def _says(told: Told | None) -> bool:
    return told is not None and bool(told[0])


class _Saying(dict[str, Told | None]):
    """By word of a passage what it says of one question; None for most. It lives as long as that.

    It is filled as words are asked for: passages that one question finds share many.
    """

    def __init__(self, says: Mapping[Key, Sequence[str]], forms: Forms) -> None:
        super().__init__()
        self._forms = forms
        self._alone = {
            key[0]: frozenset(map(stem, said)) for key, said in says.items() if len(key) == 1
        }
        self._phrases = {key for key in says if len(key) == LONGEST}
        self._begin = frozenset(key[0] for key in self._phrases)
        self._end = frozenset(key[-1] for key in self._phrases)
        self._notable = self._begin.union(self._end, self._alone)

    def __missing__(self, word: str) -> Told | None:
        forms = self._notable.intersection(self._forms(word))
        told: Told | None = None
        if forms:
            stems = frozenset().union(*(self._alone.get(form, ()) for form in forms))
            told = (stems, self._begin & forms, self._end & forms)
        self[word] = told
        return told

    def notable(self, passage: Wording) -> dict[str, Told]:
        """The words of a passage that say something of the question, with what they say."""
        by_form = _by_form(passage, self._forms)
        words = {word for form in by_form.keys() & self._notable for word in by_form[form]}
        return {word: told for word in words if (told := self[word])}

    def has_phrase(self, notable: Mapping[str, Told], passage: Wording) -> bool:
        """Whether two words of a passage, one behind the other, are a phrase."""
        if not any(begins for _, begins, _ in notable.values()):
            return False
        for one, other in pairwise(passage.words):
            if (first := notable.get(one)) and (second := notable.get(other)):
                keys = product(first[1], second[2])
                if any(key in self._phrases for key in keys):
                    return True
        return False


@lru_cache(maxsize=REMEMBERED)
def _by_form(passage: Wording, forms: Forms) -> dict[str, tuple[str, ...]]:
    """The words of a passage by each word that they may be a form of; not to be changed."""
    found: dict[str, tuple[str, ...]] = {}
    for word in passage.distinct:
        for form in forms(word):
            found[form] = (*found.get(form, ()), word)
    return found


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
    for _, entries in own.entries.found(words):
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
    return _Side(terms, _Known(entries, forms), forms)


@lru_cache(maxsize=REMEMBERED_WORDS)
def indonesian_root(word: str) -> str:
    """The word that a lower-case Indonesian one is derived from, as far as the dictionary has it.

    Itself if it is none that is known, or may be an English word.
    """
    english, indonesian = _dictionary()
    grammar = function_words_of("id")  # some of these, such as "biaya", are no entries
    if any((form,) in english.entries for form in english_forms(word)):
        return word
    for _ in range(MOST_AFFIXES):
        root = indonesian_forms(word)[-1]
        if root == word or ((root,) not in indonesian.entries and root not in grammar):
            break
        word = root
    return word


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
