"""Brings the words of a passage, and of a question, to the form in which an index compares them.

The index's own stemmer is English and stays: SQLite's is Porter's, and the language of Pinecone's
text fields is set when an index is created
(docs.pinecone.io/guides/search/full-text-search/text-processing). So English is given as it is, and
words of other languages as their stems, which that stemmer hardly changes: both sides alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from nexus.text.function_words import function_words_of
from nexus.text.segments import is_plain, is_unspaced, sealed, words_of
from nexus.text.tongues import tongue_of

# Indonesian's clitics alone: that finds more than Snowball's stems do (docs/languages.md).
_CLITICS = ("nya", "kah", "lah", "pun")
_CLITIC = re.compile(rf"(?<=\w{{3}})(?:{'|'.join(_CLITICS)})$")
# Shorter words keep what looks like a clitic.
_LEAST = 6
# A run of letters whose first is none of the small ones that most begin with.
_CAPITALISED = re.compile(r"[^\W\d_a-z](?<![^\W\d_].)[^\W\d_]*")
# Snowball's names of what it can stem.
_ALGORITHMS: Mapping[str, str] = {
    "ar": "arabic", "da": "danish", "de": "german", "el": "greek", "es": "spanish",
    "fi": "finnish", "fr": "french", "hi": "hindi", "hu": "hungarian", "it": "italian",
    "ne": "nepali", "nl": "dutch", "no": "norwegian", "pt": "portuguese", "ro": "romanian",
    "ru": "russian", "sr": "serbian", "sv": "swedish", "ta": "tamil", "tr": "turkish",
}  # fmt: skip

Stem = Callable[[str], str]


def indexed_forms(title: str, text: str) -> tuple[str, str]:
    """A passage's title and text as an index takes them, in the language that the text is in."""
    tongue = tongue_of(text) or tongue_of(title)
    return _title_form(title, tongue), indexed_form(text, tongue)


# The passages of a section stand under one title.
@lru_cache(maxsize=64)
def _title_form(title: str, tongue: str) -> str:
    return indexed_form(title, tongue)


def indexed_form(text: str, tongue: str) -> str:
    """A text, written in `tongue`, as an index takes it; English stays as it is.

    A capitalised word stays beside its stem: it may be a name that a question in another language
    writes as well.
    """
    stem = stemmer(tongue)
    if is_plain(text):  # as nearly all are; in half the time
        return text if stem is _same else _plain_form(text, stem)
    words = words_of(text)
    capitals = _capitals(text) if stem is not _same else frozenset()
    terms: list[str] = []
    for word in words:
        term = sealed(stem(word))
        terms.append(term)
        if term != word and word in capitals:
            terms.append(word)
    return text if terms == words and not any(map(is_unspaced, words)) else " ".join(terms)


def _plain_form(text: str, stem: Stem) -> str:
    """The form of a text whose words are taken as they are, but for their endings."""
    words = words_of(text)
    stems = list(map(stem, words))
    if stems == words:
        return text
    capitals = _capitals(text)
    terms: list[str] = []
    for word, term in zip(words, stems, strict=True):
        terms.append(term)
        if term != word and word in capitals:
            terms.append(word)
    return " ".join(terms)


def question_terms(words: Sequence[str], tongue: str) -> list[str]:
    """The words of a question in `tongue`, each as passages in that language are indexed.

    A word stays beside its stem: passages in other languages hold it as it is.
    """
    stem = stemmer(tongue)
    found: dict[str, None] = {}
    for word in words:
        found[sealed(stem(word))] = None
        if not is_unspaced(word):
            found[word] = None
    return list(found)


def telling(words: Sequence[str], tongue: str) -> list[str]:
    """The words without those that carry a language's grammar."""
    grammar = function_words_of(tongue)
    return [word for word in words if word not in grammar]


def stemmer(tongue: str) -> Stem:
    """What takes the endings off a lower-case word of a language; nothing off English."""
    if tongue == "id":
        return _without_clitic
    name = _ALGORITHMS.get(tongue)
    if name is None:
        return _same
    from Stemmer import Stemmer  # only where a language needs it

    stem: Stem = Stemmer(name).stemWord
    return stem


def _same(word: str) -> str:
    return word


def _without_clitic(word: str) -> str:
    if len(word) < _LEAST or not word.endswith(_CLITICS):  # tells it of most words
        return word
    return _CLITIC.sub("", word)


def _capitals(text: str) -> frozenset[str]:
    return frozenset(word.lower() for word in _CAPITALISED.findall(text) if word[0].isupper())
