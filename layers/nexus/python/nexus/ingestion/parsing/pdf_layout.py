"""Makes paragraphs of the lines of PDF pages: joins lines, drops running headers, mends hyphens."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from nexus.ingestion.parsing.cleaning import squeeze
from nexus.models import LocatedText

# PDFium's sign for a hyphen at the end of a line; it joins the two lines itself.
HYPHEN = "\ufffe"
_HYPHENATED = re.compile(rf"(?<!\w)(\w++){HYPHEN}(\w+)")
_WORDS = re.compile(r"\w+(?:-\w+)*")
# Indonesian doubles a stem behind its prefix: se-kurang-kurangnya, ber-hari-hari.
_DOUBLED_STEM = re.compile(r"\w{1,6}?(\w{4,})-\1")
_ITEM = re.compile(r"[•●▪◦‣–—*·-]\s|\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,4})[.)]\s")
_INTEGER = re.compile(r"\d+")
# Running lines stand in the outer eighth of a page and repeat on about half of all (left and right
# pages may differ) but on three at least.
_MARGIN = 0.12
_SHARE = 0.45
_FEWEST = 3


class Line(NamedTuple):  # a long document has hundreds of thousands
    """A line of text with its place on the page in points, y growing upwards; size 0: unknown."""

    text: str
    left: float = 0.0
    right: float = 0.0
    bottom: float = 0.0
    top: float = 0.0
    size: float = 0.0
    first_size: float = 0.0
    is_row: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """A page's lines in reading order, its number from 1 and its height in points."""

    number: int
    height: float
    lines: list[Line]


def without_running_lines(pages: Sequence[Page]) -> list[Page]:
    """The pages without repeated headers and footers.

    A line that repeats word for word is kept where it first stands; one that only counts the pages
    goes from all of them.
    """
    keys_at = [
        {at: keys for at, line in enumerate(page.lines) if (keys := _running_keys(page, line))}
        for page in pages
    ]
    pages_of: Counter[tuple[bool, str]] = Counter()
    for on_page in keys_at:
        pages_of.update({key for keys in on_page.values() for key in keys})
    filled = sum(1 for page in pages if page.lines)
    needed = max(_FEWEST, _SHARE * filled)
    seen: set[tuple[bool, str]] = set()
    kept_pages = []
    for page, on_page in zip(pages, keys_at, strict=True):
        dropped = set()
        for at, keys in on_page.items():
            repeated = [key for key in keys if pages_of[key] >= needed]
            if repeated and (repeated[0] in seen or repeated[0] != keys[0]):
                dropped.add(at)
            seen.update(repeated)
        kept = [line for at, line in enumerate(page.lines) if at not in dropped]
        kept_pages.append(replace(page, lines=kept))
    return kept_pages


def _running_keys(page: Page, line: Line) -> list[tuple[bool, str]]:
    """What the line would have in common with its like on other pages: itself, first of all.

    A number that counts with the pages is the same for all of them once the page is subtracted.
    """
    at_top = line.bottom > page.height * (1 - _MARGIN)
    if not line.size or not (at_top or line.top < page.height * _MARGIN):
        return []
    keys = [(at_top, line.text)]
    for match in list(_INTEGER.finditer(line.text))[:4]:
        offset = f"\0{int(match[0][:9]) - page.number}\0"
        keys.append((at_top, line.text[: match.start()] + offset + line.text[match.end() :]))
    return keys


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


def _continues(above: Line, line: Line, gap: float) -> bool:
    size = above.size
    if not size or not line.size:
        return True
    overlap = min(above.right, line.right) - max(above.left, line.left)
    return (
        abs(size - line.first_size) < 0.12 * size
        and overlap > 0
        and -0.7 * size < above.bottom - line.top < min(gap, 1.2 * size) + 0.25 * size
    )


def _joined(block: Sequence[Line]) -> str:
    edge = max([line.right for line in block])
    text = squeeze(block[0].text)
    for above, line in pairwise(block):
        words = squeeze(line.text)
        if not _is_wrapped(above, line, edge):
            text += "\n" + words
        elif text.endswith("-") and text[-2:-1].isalpha():
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
    if not any(HYPHEN in text.text for text in texts):
        return list(texts)
    # Most words come again and again: split at spaces, each is looked into once.
    once = {word for text in texts for word in text.text.lower().split()}
    known = set(_WORDS.findall(" ".join(once)))

    def mend(match: re.Match[str]) -> str:
        first, second = match[1], match[2]
        joined, apart = f"{first}{second}", f"{first}-{second}"
        if not second[0].islower() or any(c.isdigit() for c in joined):
            return apart
        if joined.lower() in known:
            return joined
        return apart if apart.lower() in known or _is_doubled(first, second) else joined

    return [
        replace(text, text=_HYPHENATED.sub(mend, text.text).replace(HYPHEN, "-"))
        if HYPHEN in text.text
        else text
        for text in texts
    ]


def _is_doubled(first: str, second: str) -> bool:
    """Whether two halves of a word repeat a stem, with or without a prefix before it."""
    first, second = first.lower(), second.lower()
    whole = len(first) > 2 and first[:4] == second[:4]
    return whole or _DOUBLED_STEM.match(f"{first}-{second}") is not None
