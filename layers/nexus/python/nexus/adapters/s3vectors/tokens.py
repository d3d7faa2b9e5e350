"""Writes words so that S3 Vectors' standard analyzer compares them as the other indexes do.

It splits and lower-cases, and that is all: no language of its list is Indonesian, and an index
holds documents in many. So English endings and accents are taken off here, by Porter's rules as in
SQLite, and a pair of letters of a script without blanks, which it would split, becomes one word.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-vectors-configuring-full-text-search.html
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable

from nexus.text.segments import is_unspaced

_WORD = re.compile(r"[^\W_]+")
_ACCENT = re.compile("[\u0300-\u036f]")
# The letters of Latin, Greek and Cyrillic, to which those belong.
_ACCENTED = re.compile("[\u00c0-\u052f\u1e00-\u1fff]")


def tokens_of(text: str) -> str:
    """A text that `nexus.text.search_terms` has brought to its form, as it is stored."""
    return " ".join(as_tokens([text]))


def as_tokens(words: Iterable[str]) -> list[str]:
    """The words in these texts, each as one token."""
    from Stemmer import Stemmer

    stem = Stemmer("porter").stemWord  # of this call alone: no two threads may share one
    plain = (_without_accents(word.lower()) for word in words)
    return [_token(word, stem) for text in plain for word in _WORD.findall(text)]


def _without_accents(text: str) -> str:
    if text.isascii():
        return text
    apart = _ACCENTED.sub(lambda letter: unicodedata.normalize("NFD", letter[0]), text)
    return _ACCENT.sub("", apart)


def _token(word: str, stem: Callable[[str], str]) -> str:
    if word.isascii():
        return stem(word)
    return "".join(f"u{ord(letter):x}" for letter in word) if is_unspaced(word) else word
