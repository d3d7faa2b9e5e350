"""Takes the words out of a text of any script; where no blanks part them, pairs of characters.

Chinese, Japanese and Korean become overlapping pairs, as Lucene's CJKAnalyzer makes them
(lucene.apache.org/core/8_5_1/analyzers-common/org/apache/lucene/analysis/cjk/package-summary.html);
so do Thai, Lao, Burmese and Khmer here, whose letters keep their vowel and tone signs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

# Signs that Indic scripts put on a letter, as places in each script's block of 128 code points.
_INDIC = "".join(
    f"{chr(block + low)}-{chr(block + high)}"
    for block in range(0x900, 0xE00, 0x80)
    for low, high in ((0x00, 0x03), (0x3A, 0x3C), (0x3E, 0x4F), (0x51, 0x57), (0x62, 0x63))
)
_UNSPACED_SIGNS = "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece"
_UNSPACED_SIGNS += "\u102b-\u103e\u1056-\u1059\u17b4-\u17d3\u17dd"
_POINTS = "\u0300-\u036f\u0591-\u05bd\u05bf-\u05c7\u064b-\u065f\u0670"
_SIGNS = f"{_INDIC}{_UNSPACED_SIGNS}"
_UNSPACED = (
    "\u0e01-\u0eff\u1000-\u109f\u1780-\u17dd\u3005-\u3007\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7a3\uf900-\ufaff\uff66-\uff9f\U00020000-\U000323af"
)

_PLAIN_WORD = re.compile(r"[^\W_]+")
# What parts the words of an ASCII text, as blanks.
_BLANKS = {code: " " for code in range(128) if not chr(code).isalnum()}
_WORD = re.compile(rf"[^\W_](?:[^\W_]|[{_SIGNS}{_POINTS}])*")
# Where none of these stands, words are as plain as those of ASCII.
_MARKED = re.compile(f"[{_UNSPACED}{_SIGNS}{_POINTS}]")
_IS_UNSPACED = re.compile(f"[{_UNSPACED}]")
_RUN = re.compile(rf"(?:[{_UNSPACED}][{_SIGNS}]*)+|[^{_UNSPACED}]+")
_LETTER = re.compile(rf"[{_UNSPACED}][{_SIGNS}]*")

_SIGN = re.compile(f"[{_SIGNS}]")
_POINT = re.compile("[\u0591-\u05bd\u05bf-\u05c7\u064b-\u065f\u0670\u0640]")
# The first of 639 letters of a script that no document here is written in.
_STAND_IN = 0x1401


def words_of(text: str) -> list[str]:
    """Every word and number of a text in lower case, in order; pairs of letters where unspaced."""
    text = text.lower()
    if text.isascii():  # in a third of the time
        return text.translate(_BLANKS).split()
    if not _MARKED.search(text):
        return _PLAIN_WORD.findall(text)
    return in_pieces(_WORD.findall(text))


def located_words(text: str) -> Iterator[tuple[str, int, int]]:
    """The words as `words_of` gives them, each with where it begins and ends in the text."""
    for found in _WORD.finditer(text):
        word, begin = found[0], found.start()
        if word.isascii() or not _IS_UNSPACED.search(word):
            yield word.lower(), begin, found.end()
            continue
        for run in _RUN.finditer(word):
            if not _IS_UNSPACED.match(run[0]):
                yield run[0].lower(), begin + run.start(), begin + run.end()
                continue
            at = begin + run.start()
            letters = [(at + one.start(), at + one.end()) for one in _LETTER.finditer(run[0])]
            for first, second in list(pairwise(letters)) or [(letters[0], letters[0])]:
                yield text[first[0] : second[1]].lower(), first[0], second[1]


def in_pieces(words: Sequence[str]) -> list[str]:
    """The words, those of unspaced scripts as pairs of letters."""
    found: list[str] = []
    for word in words:
        if word.isascii() or not _IS_UNSPACED.search(word):
            found.append(word)
        else:
            found += _pieces(word)
    return found


def is_plain(text: str) -> bool:
    """Whether `sealed` leaves all words of a text as they are, and blanks part them."""
    if text.isascii():
        return True
    lowered = text.lower()  # which puts a point on Turkish's capital I
    return "\u0640" not in lowered and not _MARKED.search(lowered)


def is_unspaced(word: str) -> bool:
    """Whether a word is of a script that puts no blanks between words."""
    return bool(_IS_UNSPACED.match(word))


def sealed(word: str) -> str:
    """The word so that no search engine takes it apart: signs that stand for no letter are none.

    SQLite and Pinecone split a text at every character that they do not take for a letter, as
    Devanagari's virama and Thai's tone marks. Each is written as a letter of an unused script.
    """
    if word.isascii():
        return word
    return _SIGN.sub(lambda sign: chr(_STAND_IN + (ord(sign[0]) & 0x7F)), _POINT.sub("", word))


def _pieces(word: str) -> Iterator[str]:
    for run in _RUN.findall(word):
        if not _IS_UNSPACED.match(run):
            yield run
            continue
        letters = _LETTER.findall(run)
        if len(letters) == 1:
            yield letters[0]
        for first, second in pairwise(letters):
            yield first + second
