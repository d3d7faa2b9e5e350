"""Drops what repeats at the top and the bottom of PDF pages: running headers and page numbers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from nexus.ingestion.parsing.pdf_lines import Line, Page

_INTEGER = re.compile(r"\d+")
# Running lines stand in the outer eighth of a page and repeat on about half of all (left and right
# pages may differ) but on three at least.
MARGIN = 0.12
_SHARE = 0.45
_FEWEST = 3


def without_running_lines(pages: Sequence[Page]) -> list[Page]:
    """The pages without repeated headers and footers.

    A line that repeats word for word is kept where it first stands; one that only counts the pages
    goes from all of them.
    """
    keys_at = [
        {
            at: keys
            for at, line in enumerate(page.lines)
            # Most lines stand between the margins.
            if not low < line.bottom <= line.top < high and (keys := _running_keys(page, line))
        }
        for page in pages
        for low, high in ((page.height * MARGIN, page.height * (1 - MARGIN)),)
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

    A number that counts with the pages is the same for all of them once the page is subtracted. A
    table that reaches into the margin repeats its names there, which are no running line.
    """
    low, high = (line.table or line).bottom, (line.table or line).top
    at_top = low > page.height * (1 - MARGIN)
    if not line.size or not (at_top or high < page.height * MARGIN):
        return []
    keys = [(at_top, line.text)]
    for match in list(_INTEGER.finditer(line.text))[:4]:
        offset = f"\0{int(match[0][:9]) - page.number}\0"
        keys.append((at_top, line.text[: match.start()] + offset + line.text[match.end() :]))
    return keys
