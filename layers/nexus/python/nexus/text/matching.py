"""Finds the line of a text that holds most of the words that somebody looks for, and where.

Words are compared as the search by words compares them (`text.search_terms` and SQLite's Porter
stemmer, which drops accents, too): each language's by its stem.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from nexus.text.query_words import query_words
from nexus.text.search_terms import Stem, stemmer
from nexus.text.segments import located_words, sealed, words_of
from nexus.text.tongues import tongue_of

# Of a longer line, so much is shown, around the words that were found.
MOST_CHARS = 240
# Lines of one text that are looked at, and characters of it.
_MOST_LINES, _MOST_TEXT = 2_000, 200_000
# The first words that were found stand about here in what is shown of a line.
_LEAD = 60

_BREAK = re.compile(r"[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
_MARKS = re.compile("[\u0300-\u036f]")


@dataclass(frozen=True, slots=True)
class MatchingLine:
    """A line, and the begin and end of each word in it that was looked for, in characters.

    `words` are how many different ones there are.
    """

    text: str
    positions: tuple[tuple[int, int], ...]
    words: int


class Wanted:
    """The words of a text that somebody looks for, in the forms in which words are compared.

    They are those of `query_words`: without the commonest, if there are others.
    """

    def __init__(self, text: str) -> None:
        self._english = _porter()
        self._forms = frozenset(self._form(word, _same) for word in query_words(text))
        stem = stemmer(tongue_of(text))
        forms = ({self._form(word, _same), self._form(word, stem)} for word in words_of(text))
        self._words = [own for each in forms if (own := self._forms & each)]

    def all_in(self, text: str) -> bool:
        """Whether every word stands in a text; False if there is none to look for."""
        return bool(self._words) and self.count_in(text) == len(self._words)

    def count_in(self, text: str) -> int:
        """How many of the words stand in a text."""
        text = text[:_MOST_TEXT]
        standing = {form for form, _, _ in self._found(text, stemmer(tongue_of(text)))}
        return sum(not own.isdisjoint(standing) for own in self._words)

    def best_line(self, text: str) -> MatchingLine | None:
        """The first line with the most different words, of them the most; None where none has one.

        A long line is cut to 240 characters around them.
        """
        text = text[:_MOST_TEXT]
        stem = stemmer(tongue_of(text))
        best: tuple[int, int] = (0, 0)
        chosen: tuple[str, list[tuple[str, int, int]]] | None = None
        for line in islice(_BREAK.split(text), _MOST_LINES):
            found = list(self._found(line, stem))
            rank = (len({form for form, _, _ in found}), len(found))
            if rank > best:
                best, chosen = rank, (line, found)
        return None if chosen is None else _shown(*chosen)

    def _found(self, text: str, stem: Stem) -> Iterator[tuple[str, int, int]]:
        for word, begin, end in located_words(text):
            for form in dict.fromkeys((self._form(word, stem), self._form(word, _same))):
                if form in self._forms:
                    yield form, begin, end
                    break

    def _form(self, word: str, stem: Stem) -> str:
        plain = _MARKS.sub("", unicodedata.normalize("NFD", sealed(stem(word))))
        return self._english(unicodedata.normalize("NFC", plain))


def _shown(line: str, found: list[tuple[str, int, int]]) -> MatchingLine:
    """The line around the densest of the words that were found."""
    begin, end = 0, len(line)
    if len(line) > MOST_CHARS:
        starts = [at for _, at, _ in found]

        def held(start: int) -> int:
            return len({form for form, at, to in found if start <= at and to <= start + MOST_CHARS})

        first = max(starts[:200], key=lambda at: (held(at), -at))
        begin = max(0, min(first - _LEAD, len(line) - MOST_CHARS))
        end = begin + MOST_CHARS
        begin, end = _at_blanks(line, begin, end, first)
    left = len(line[begin:end]) - len(line[begin:end].lstrip())
    text = line[begin:end].strip()
    prefix = "…" if begin else ""
    shift = len(prefix) - begin - left
    spans = [
        (at + shift, to + shift, form)
        for form, at, to in found
        if begin + left <= at and to <= begin + left + len(text)
    ]
    return MatchingLine(
        f"{prefix}{text}{'…' if end < len(line) else ''}",
        tuple(_merged((at, to) for at, to, _ in spans)),
        len({form for _, _, form in spans}),
    )


def _at_blanks(line: str, begin: int, end: int, first: int) -> tuple[int, int]:
    """The cut moved inwards to the next blanks, where there are some before the words."""
    if begin:
        blank = line.find(" ", begin, first)
        begin = blank + 1 if blank >= 0 else begin
    if end < len(line):
        blank = line.rfind(" ", first + 1, end)
        end = blank if blank > end - _LEAD else end
    return begin, end


def _merged(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The spans in order, those that overlap as one: pairs of letters do."""
    last: tuple[int, int] | None = None
    for begin, end in sorted(spans):
        if last is not None and begin < last[1]:
            last = (last[0], max(last[1], end))
            continue
        if last is not None:
            yield last
        last = (begin, end)
    if last is not None:
        yield last


def _porter() -> Stem:
    from Stemmer import Stemmer  # only where something is looked for

    stem: Stem = Stemmer("porter").stemWord
    return stem


def _same(word: str) -> str:
    return word
