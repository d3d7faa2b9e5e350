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

from nexus.text.segments import is_unspaced, words_of

_ACCENT = re.compile("[\u0300-\u036f]")


def tokens_of(text: str) -> str:
    """A text that `nexus.text.search_terms` has brought to its form, as it is stored."""
    return " ".join(as_tokens(words_of(text)))


def as_tokens(words: Iterable[str]) -> list[str]:
    """Lower-case words, each as one token."""
    from Stemmer import Stemmer

    stem = Stemmer("porter").stemWord  # of this call alone: no two threads may share one
    return [_token(word, stem) for word in words]


def _token(word: str, stem: Callable[[str], str]) -> str:
    if not word.isascii():
        word = unicodedata.normalize("NFC", _ACCENT.sub("", unicodedata.normalize("NFD", word)))
    if word.isascii():
        return stem(word)
    if is_unspaced(word):
        return "".join(f"u{ord(letter):x}" for letter in word)
    return word
