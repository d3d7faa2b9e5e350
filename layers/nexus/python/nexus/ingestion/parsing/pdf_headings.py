"""Puts the lines of PDF pages under the bookmarks whose titles they show."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nexus.ingestion.parsing.cleaning import clean, squeeze
from nexus.ingestion.parsing.pdf_lines import Line, Page

_NUMBERING = re.compile(r"^(?:[\dIVXLC]++[.)]?+|[A-Z][.)])(?:\d++[.)])*\d*+\s++")
# So many bookmarks to one page may go unseen before one that a line shows.
_LOOK_AHEAD = 100
# A line longer than a title by more than numbers and spaces are cannot show it.
_LONGEST_NUMBERING = 60


@dataclass(frozen=True, slots=True)
class Bookmark:
    """An entry of the file's table of contents: nesting from 0, and the page it leads to."""

    level: int
    title: str
    page: int


class Bookmarks:
    """Follows the bookmarks from page to page, from `first` on; feed it the pages in order."""

    def __init__(self, bookmarks: Sequence[Bookmark], first: int = 1) -> None:
        self._on_page: dict[int, list[Bookmark]] = defaultdict(list)
        self._open: list[Bookmark] = []
        for bookmark in sorted(bookmarks, key=lambda bookmark: bookmark.page):
            if bookmark.page < first:
                self._enter(bookmark)
            else:
                self._on_page[bookmark.page].append(bookmark)

    def heading(self, last: int) -> Iterator[Bookmark]:
        """The bookmarks that the pages up to `last` need: those open before and those to them.

        They are passed over, so that the next call goes on from there.
        """
        yield from self._open
        for number in sorted(page for page in self._on_page if page <= last):
            for bookmark in self._on_page.pop(number):
                yield bookmark
                self._enter(bookmark)

    def sections(self, page: Page) -> Iterator[tuple[tuple[str, ...], list[Line]]]:
        """The page's lines, cut where a line shows the title of a bookmark to that page.

        A bookmark whose title no line shows begins somewhere on the page: that page keeps only
        the headings that hold before and after it.
        """
        waiting = self._on_page.get(page.number, [])
        if not waiting:
            yield self._path(), page.lines
            return
        titles = [_comparable(bookmark.title) for bookmark in waiting]
        longest = max(map(len, titles)) + _LONGEST_NUMBERING
        firsts = {title[:1] for title in titles}
        done, lines = 0, list[Line]()
        for line in page.lines:
            text = line.text
            if done < len(titles) and len(text) <= longest and _may_show(text, firsts):
                shown = _comparable(text)
                left = range(done, min(done + _LOOK_AHEAD, len(titles)))
                match = next((i for i in left if _shows(shown, titles[i])), None)
                if match is not None:
                    yield self._between(waiting[done:match]), lines
                    for bookmark in waiting[done : match + 1]:
                        self._enter(bookmark)
                    done, lines = match + 1, []
            lines.append(line)
        yield self._between(waiting[done:]), lines
        for bookmark in waiting[done:]:
            self._enter(bookmark)

    def _between(self, unseen: Sequence[Bookmark]) -> tuple[str, ...]:
        kept = [*self._open]
        for bookmark in unseen:
            kept = [entry for entry in kept if entry.level < bookmark.level]
        return tuple(squeeze(clean(entry.title)) for entry in kept)

    def _path(self) -> tuple[str, ...]:
        return self._between(())

    def _enter(self, bookmark: Bookmark) -> None:
        self._open = [entry for entry in self._open if entry.level < bookmark.level]
        self._open.append(bookmark)


def _comparable(title: str) -> str:
    return _NUMBERING.sub("", squeeze(clean(title))).casefold()


def _may_show(text: str, firsts: set[str]) -> bool:
    """Whether a line can show a title that begins with one of these letters.

    Most lines of a paragraph begin with another small one, which nothing stands before.
    """
    first = text[:1]
    return first in firsts or not ("a" <= first <= "z" and text.isascii())


def _shows(line: str, title: str) -> bool:
    """Whether the line is the title, or the first line of a long one."""
    return bool(line) and (line == title or (len(line) > 20 and title.startswith(line)))
