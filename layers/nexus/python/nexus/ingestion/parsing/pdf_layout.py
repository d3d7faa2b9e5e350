"""Makes paragraphs of the lines of PDF pages: joins lines and mends words cut at line ends."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median

from nexus.ingestion.parsing.cleaning import squeeze
from nexus.ingestion.parsing.pdf_lines import HYPHEN, HYPHENS, Line
from nexus.ingestion.parsing.table_lines import changed_rows
from nexus.models import LocatedText

_AFTER_HYPHEN = re.compile(rf"{HYPHEN}(\w+)")
_WORDS = re.compile(r"\w+(?:-\w+)*")
# Indonesian doubles a stem behind its prefix: se-kurang-kurangnya, ber-hari-hari.
_DOUBLED_STEM = re.compile(r"\w{1,6}?(\w{4,})-\1")
# Of so many words with hyphens, each is looked for by itself.
_FEW = 12
# The widest blank between two words, in heights of a letter.
BLANK = 0.6
_ITEM = re.compile(r"[•●▪◦‣–—*·-]\s|\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,4})[.)]\s")


def paragraphs(lines: Sequence[Line]) -> Iterator[str]:
    """The text of each block of lines, the lines of running text joined."""
    pitches = [a.bottom - b.top for a, b in pairwise(lines) if b.top < a.bottom]
    gap = median(pitches) if pitches else 0.0
    block: list[Line] = []
    for line in lines:
        if block and not _continues(block[-1], line, gap):
            yield _joined(block)
            block = []
        block.append(line)
    if block:
        yield _joined(block)


def starts_item(text: str) -> bool:
    """Whether the text begins with the mark or the number of a list's item."""
    return _ITEM.match(text) is not None


def _continues(above: Line, line: Line, gap: float) -> bool:
    size = above.size
    if (
        not size
        or not line.size
        or (line.left >= above.right and _goes_on_beside(above, line))  # as hardly any does
    ):
        return True
    if abs(size - line.first_size) >= 0.12 * size:
        goes_on = above.text[-1:] not in ".!?:"
        # A word in another font may begin a line of the same text, where no note's number does, or
        # end one that the next goes on from in small letters.
        begins = abs(size - line.size) < 0.12 * size and not line.text[:1].isdigit()
        ends = abs(above.first_size - line.first_size) < 0.12 * size and line.text[:1].islower()
        if not (goes_on and (begins or ends)):
            return False
        size = max(size, line.first_size)
    overlaps = above.left < above.right > line.left < line.right > above.left
    return overlaps and -0.7 * size < above.bottom - line.top < min(gap, 1.2 * size) + 0.25 * size


def _goes_on_beside(above: Line, line: Line) -> bool:
    """Whether a line is the rest of the other's: a note's raised number parts them for PDFium."""
    apart = line.left - above.right
    if apart < 0 or apart >= BLANK * max(above.size, line.size) or above.is_row or line.is_row:
        return False
    shared = min(above.top, line.top) - max(above.bottom, line.bottom)
    return shared > 0.4 * min(above.top - above.bottom, line.top - line.bottom)


def _joined(block: Sequence[Line]) -> str:
    edge = max([line.right for line in block])
    text = squeeze(block[0].text)
    for above, line in pairwise(block):
        words = squeeze(line.text)
        if line.left >= above.right and _goes_on_beside(above, line):
            text += " " + words
        elif not _is_wrapped(above, line, edge):
            text += "\n" + words
        elif text.endswith(HYPHENS) and text[-2:-1].isalpha():
            text = text[:-1] + HYPHEN + words
        else:
            text += " " + words
    return text


def _is_wrapped(above: Line, line: Line, edge: float) -> bool:
    """Whether the line break is only there because the next word did not fit."""
    text, size = line.text, line.size
    if not above.size or above.is_row or line.is_row or _ITEM.match(text):
        return False
    letter = (line.right - line.left) / len(text)
    if not 0 < letter < size:
        letter = size / 2
    word = text.split(maxsplit=1)[0]
    return above.right + (len(word) + 1) * letter > edge - 0.5 * letter


def join_hyphens(texts: Sequence[LocatedText]) -> list[LocatedText]:
    """The texts with words that were hyphenated at line ends put together again.

    The hyphen stays where the word has one: as the rest of the document spells it, and in
    Indonesian reduplication (anak-anak, mahasiswa-mahasiswi, sekurang-kurangnya).
    """
    hyphens = sum(text.text.count(HYPHEN) for text in texts)
    if not hyphens:
        return list(texts)
    lowered = [text.text.lower() for text in texts]
    known = _words(lowered) if hyphens > _FEW else _Few(lowered)

    def mend(first: str, second: str) -> str:
        joined, apart = f"{first}{second}", f"{first}-{second}"
        if not second[0].islower() or any(map(str.isdigit, joined)):
            return apart
        if joined.lower() in known:
            return joined
        return apart if apart.lower() in known or _is_doubled(first, second) else joined

    def change(words: str) -> str:
        # Of a table's row, this is asked for each cell and its name.
        return _mended(words, mend).replace(HYPHEN, "-") if HYPHEN in words else words

    return [_changed(text, change) if HYPHEN in text.text else text for text in texts]


def _words(lowered: Sequence[str]) -> set[str]:
    """All words of the texts, those with hyphens whole."""
    # Most words come again and again: split at spaces, each is looked into once.
    once = set[str]()
    for text in lowered:
        once.update(text.split())
    known = set(filter(str.isalnum, once))
    known.update(_WORDS.findall(" ".join(once - known)))
    return known


class _Few:
    """The same words, each looked for when it is asked for: of a few, that is sooner done."""

    def __init__(self, lowered: Sequence[str]) -> None:
        self._lowered = lowered

    def __contains__(self, word: object) -> bool:
        return any(word in _WORDS.findall(text) for text in self._lowered if str(word) in text)


def _changed(text: LocatedText, change: Callable[[str], str]) -> LocatedText:
    after = change(text.text)
    return replace(text, text=after, rows=changed_rows(text, after, change))


def _mended(text: str, mend: Callable[[str, str], str]) -> str:
    """The text with what `mend` makes of the halves of each word with a hyphen in it."""
    parts: list[str] = []
    done = 0
    # Looked for from the hyphens, of which there are few, and not from every word.
    for match in _AFTER_HYPHEN.finditer(text):
        start = match.start()
        while start > done and (text[start - 1].isalnum() or text[start - 1] == "_"):
            start -= 1
        if start < match.start():
            parts += (text[done:start], mend(text[start : match.start()], match[1]))
            done = match.end()
    return "".join((*parts, text[done:]))


def _is_doubled(first: str, second: str) -> bool:
    """Whether two halves of a word repeat a stem, with or without a prefix before it."""
    first, second = first.lower(), second.lower()
    whole = len(first) > 2 and first[:4] == second[:4]
    return whole or _DOUBLED_STEM.match(f"{first}-{second}") is not None
