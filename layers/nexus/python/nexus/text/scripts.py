"""Tells what script a text is written in, and which scripts put no spaces between words."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter

# The first and last code points of each script's letters (Unicode's Scripts.txt, its main blocks).
_RANGES: tuple[tuple[int, int, str], ...] = (
    (0x41, 0x24F, "Latin"),
    (0x370, 0x3FF, "Greek"),
    (0x400, 0x52F, "Cyrillic"),
    (0x531, 0x58F, "Armenian"),
    (0x590, 0x5FF, "Hebrew"),
    (0x600, 0x6FF, "Arabic"),
    (0x750, 0x77F, "Arabic"),
    (0x8A0, 0x8FF, "Arabic"),
    (0x900, 0x97F, "Devanagari"),
    (0x980, 0x9FF, "Bengali"),
    (0xA00, 0xA7F, "Gurmukhi"),
    (0xA80, 0xAFF, "Gujarati"),
    (0xB00, 0xB7F, "Oriya"),
    (0xB80, 0xBFF, "Tamil"),
    (0xC00, 0xC7F, "Telugu"),
    (0xC80, 0xCFF, "Kannada"),
    (0xD00, 0xD7F, "Malayalam"),
    (0xD80, 0xDFF, "Sinhala"),
    (0xE00, 0xE7F, "Thai"),
    (0xE80, 0xEFF, "Lao"),
    (0x1000, 0x109F, "Myanmar"),
    (0x10A0, 0x10FF, "Georgian"),
    (0x1100, 0x11FF, "Hangul"),
    (0x1200, 0x139F, "Ethiopic"),
    (0x1780, 0x17FF, "Khmer"),
    (0x1E00, 0x1EFF, "Latin"),
    (0x1F00, 0x1FFF, "Greek"),
    (0x3005, 0x3007, "Han"),
    (0x3040, 0x30FF, "Kana"),
    (0x3130, 0x318F, "Hangul"),
    (0x31F0, 0x31FF, "Kana"),
    (0x3400, 0x4DBF, "Han"),
    (0x4E00, 0x9FFF, "Han"),
    (0xAC00, 0xD7A3, "Hangul"),
    (0xF900, 0xFAFF, "Han"),
    (0xFB50, 0xFDFF, "Arabic"),
    (0xFE70, 0xFEFF, "Arabic"),
    (0xFF21, 0xFF5A, "Latin"),
    (0xFF66, 0xFF9D, "Kana"),
    (0x20000, 0x323AF, "Han"),
)
_FIRSTS = [first for first, _, _ in _RANGES]

# All but Latin letters, and signs in blocks that hold no letter and no number: punctuation but for
# the joiner that is part of words, currencies, arrows, mathematics, boxes and shapes.
_BESIDE_LATIN = re.compile(
    r"[^\x00-\u024f\u2000-\u200b\u200d-\u206f\u20a0-\u20bf\u2190-\u245f\u2500-\u2775]"
)

# A language is told by what a text begins with.
LOOKED_AT = 2_000


def script_of_letter(letter: str) -> str:
    """The script of one character; "" for what is no letter of a script that is known here."""
    place = ord(letter)
    index = bisect_right(_FIRSTS, place) - 1
    return _RANGES[index][2] if index >= 0 and place <= _RANGES[index][1] else ""


def is_latin(text: str) -> bool:
    """Whether all letters of a text are of the Latin blocks, up to U+024F; true if it has none."""
    return text.isascii() or _BESIDE_LATIN.search(text) is None


def script_of(text: str) -> str:
    """The script of most of a text's first 2,000 characters; "" if it has no letter.

    Japanese is "Kana" wherever a fifth of it is: it is written in two syllabaries and Han.
    """
    start = text[:LOOKED_AT]
    if is_latin(start):
        return "Latin" if any(map(str.isalpha, start)) else ""
    found: Counter[str] = Counter()
    for letter, times in Counter(start).items():  # few of thousands are different ones
        if letter.isalpha() and (script := script_of_letter(letter)):
            found[script] += times
    if not found:
        return ""
    if found["Kana"] * 4 >= found["Han"] and found["Kana"] + found["Han"] > found.total() / 2:
        return "Kana" if found["Kana"] else "Han"
    return found.most_common(1)[0][0]
