"""Finds the proper names in a text."""

from __future__ import annotations

import re

from nexus.text.facts import DAYS, HAS_SIGN_OF_ADDRESS, MONTHS, URL
from nexus.text.numerals import NUMBER_WORDS
from nexus.text.stems import FUNCTION_WORDS, meanings, stem

# Letters beside a digit belong to a code, such as MP3.
_NAME = re.compile(r"(?<![^\W_])[^\W\d_]+(?![^\W_])")
# A sentence begins behind one of the first, with none but the others between it and its word.
_BEFORE_SENTENCES = frozenset('.!?:;|•\n—(["“')
_BETWEEN = frozenset("\"'“‘([*_#>-")


def names(text: str, *, label: bool = False) -> list[str]:
    """The stems of the proper names in a folded text: capitalised where a sentence does not begin.

    In a `label`, a heading or the bold start of a list item, capitals say nothing and only
    abbreviations are names. Words of everyday meaning, months and days are none.
    """
    found = []
    if HAS_SIGN_OF_ADDRESS.search(text):
        text = URL.sub(" ", text)
    words = list(_NAME.finditer(text))
    for place, match in enumerate(words):
        word = match.group()
        if len(word) < 2 or not word[0].isupper() or _common(word.lower()):
            continue
        acronym = word.isupper() and len(word) <= 6
        if not acronym:
            if label:
                continue
            following = words[place + 1] if place + 1 < len(words) else None
            in_name = (
                following is not None
                and following.group()[0].isupper()
                and text[match.end() : following.start()] == " "
                and not _common(following.group().lower())
            )
            if not in_name and _begins_sentence(text, match.start()):
                continue
        found.append(stem(word.lower()))
    return found


def _begins_sentence(text: str, at: int) -> bool:
    for place in range(at - 1, -1, -1):
        character = text[place]
        if character in _BEFORE_SENTENCES:
            return True
        if character not in _BETWEEN and not character.isspace():
            return False
    return True


def _common(word: str) -> bool:
    return (
        word in FUNCTION_WORDS
        or word in MONTHS
        or word in DAYS
        or word in NUMBER_WORDS
        or word in ("rp", "idr", "usd", "eur", "gbp")
        or bool(meanings(stem(word)))
    )
