"""Drops what repeats at the top and the bottom of PDF pages: running headers and page numbers."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from nexus.ingestion.parsing.pdf_lines import Line, Page

_INTEGER = re.compile(r"\d+")
# Running lines stand in the outer eighth of a page and repeat on about half of all (left and right
# pages may differ) but on three at least; word for word, on both of two.
MARGIN = 0.12
_SHARE = 0.45
_FEWEST = 3
_BOTH = 2
# Heights of one line on several pages differ by less than this, in points, and the text begins
# farther from it than lines are from one another, in heights of it.
_ALIKE = 3.0
_APART = 0.9


def without_running_lines(pages: Sequence[Page]) -> list[Page]:
    """The pages without repeated headers and footers.

    A line that repeats word for word is kept where it first stands; one that only counts the pages
    goes from all of them. Where most pages have a line of their own in one place above or below the
    text, such as the chapter's name, that counts the pages or repeats, too.
    """
    in_place = _in_running_place(pages)
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
            repeated = [
                key
                for key in keys
                if pages_of[key] >= (_BOTH if filled == _BOTH and key == keys[0] else needed)
            ]
            if repeated and (repeated[0] in seen or repeated[0] != keys[0]):
                dropped.add(at)
            elif at in in_place.get(page.number, ()):
                counts = in_place[page.number][at]
                if counts or keys[0] in seen:
                    dropped.add(at)
                seen.add(keys[0])
            seen.update(repeated)
        kept = [line for at, line in enumerate(page.lines) if at not in dropped]
        kept_pages.append(replace(page, lines=kept) if dropped else page)
    return kept_pages


def _in_running_place(pages: Sequence[Page]) -> dict[int, dict[int, bool]]:
    """By page number the lines that stand where most pages have one, apart from the text.

    Each with whether it holds a number that counts the pages, where most of these lines do.
    """
    filled = sum(1 for page in pages if page.lines)
    needed = max(_FEWEST, _SHARE * filled)
    found: dict[int, dict[int, bool]] = {}
    for side in (1, -1):
        outer = [(page, at) for page in pages if (at := _outermost(page, side)) is not None]
        heights = Counter(round(page.lines[at].bottom / _ALIKE) for page, at in outer)
        if not heights:
            continue
        usual, _ = heights.most_common(1)[0]
        outer = [
            (page, at) for page, at in outer if abs(page.lines[at].bottom / _ALIKE - usual) <= 1
        ]
        if len(outer) < needed:
            continue
        counting = _counting(outer)
        if sum(counting) < _SHARE * len(outer):
            counting = [False] * len(outer)
        for (page, at), counts in zip(outer, counting, strict=True):
            found.setdefault(page.number, {})[at] = counts
    return found


def _counting(outer: Sequence[tuple[Page, int]]) -> list[bool]:
    """Of each line whether a number in it grows beside one of its neighbours' as the pages do.

    Not by one count for all: a page that is put in, or numbers that begin anew, change nothing for
    the pages elsewhere. Left and right pages may differ, so two neighbours on each side are seen.
    """
    offsets = [_offsets(page, page.lines[at]) for page, at in outer]
    return [
        not own.isdisjoint(set().union(*offsets[max(0, at - 2) : at], *offsets[at + 1 : at + 3]))
        for at, own in enumerate(offsets)
    ]


def _outermost(page: Page, side: int) -> int | None:
    """The line at the top (side 1) or the bottom (-1) margin that stands apart from the others."""
    lines = page.lines
    places = [at for at, line in enumerate(lines) if line.size]
    if len(places) < 2 or lines[places[0]].table or lines[places[-1]].table:
        return None
    bottoms = [lines[at].bottom for at in places]
    outer = max if side > 0 else min
    first = bottoms.index(outer(bottoms))
    bottoms[first] = -side * math.inf
    at, behind = places[first], places[bottoms.index(outer(bottoms))]
    line, near = lines[at], lines[behind]
    gap = line.bottom - near.top if side > 0 else near.bottom - line.top
    in_margin = (
        line.bottom > page.height * (1 - MARGIN) if side > 0 else line.top < page.height * MARGIN
    )
    return at if in_margin and gap > _APART * (line.top - line.bottom) else None


def _offsets(page: Page, line: Line) -> set[int]:
    return {int(number[:9]) - page.number for number in _INTEGER.findall(line.text)[:8]}


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
