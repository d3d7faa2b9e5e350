"""Finds the headings of PDFs without bookmarks: lines in larger or bolder letters than the text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from nexus.ingestion.parsing.cleaning import squeeze
from nexus.ingestion.parsing.pdf_drawn_lines import may_be_heading
from nexus.ingestion.parsing.pdf_lines import Line, Page

# A heading's letters are so much higher than the text's, or bold and about as high.
_LARGER, _AS_HIGH = 1.2, 0.94
_MOST_LINES = 3
# Where more of the lines than this look like headings, the lower ones are none, as on slides,
# posters and forms: what stands under each would be too little to be understood by itself.
_MOST_SHARE = 0.2
_MOST_LEVELS = 6
_SAME_SIZE = 0.06


class SizedHeadings:
    """Follows the headings from page to page; feed it the pages it was made with in order."""

    def __init__(self, pages: Sequence[Page]) -> None:
        lines = [line for page in pages for line in page.lines if line.size and not line.table]
        self._body = _usual([(line.first_size, len(line.text)) for line in lines])
        bold = sum(len(line.text) for line in lines if line.is_bold)
        self._bold_counts = bold * 4 < sum(len(line.text) for line in lines)
        found = [line if self._looks(line) else None for line in lines]
        self._levels = _levels([self._weight(line) for line in found if line])
        self._kept = _kept([line and self._rank(line) for line in found], len(self._levels))
        self._open: list[tuple[int, str]] = []

    def sections(self, page: Page) -> Iterator[tuple[tuple[str, ...], list[Line]]]:
        """The page's lines, cut before each heading, under the path of headings that holds."""
        lines: list[Line] = []
        at = 0
        while at < len(page.lines):
            line = page.lines[at]
            level = self._level(line)
            if level is None:
                lines.append(line)
                at += 1
                continue
            yield self._path(), lines
            end = at + 1
            while (
                end < len(page.lines)
                and end - at < _MOST_LINES
                and self._level(page.lines[end]) == level
                and page.lines[end - 1].bottom - page.lines[end].top < 0.6 * line.size
                and page.lines[end].is_bold == line.is_bold
            ):
                end += 1
            lines = page.lines[at:end]
            title = squeeze(" ".join(one.text for one in lines))
            self._open = [entry for entry in self._open if entry[0] < level] + [(level, title)]
            at = end
        yield self._path(), lines

    def _path(self) -> tuple[str, ...]:
        return tuple(title for _, title in self._open)

    def _level(self, line: Line) -> int | None:
        if not self._kept or not line.size or line.table or not self._looks(line):
            return None
        rank = self._rank(line)
        return rank if rank in self._kept else None

    def _rank(self, line: Line) -> int:
        """Which of the levels the line's letters are nearest to."""
        weight = self._weight(line)
        near = [abs(weight - level) for level in self._levels]
        return near.index(min(near))

    def _looks(self, line: Line) -> bool:
        ratio = line.first_size / self._body if self._body else 0.0
        if ratio < _LARGER and not (line.is_bold and self._bold_counts and ratio >= _AS_HIGH):
            return False
        text = line.text
        return (
            may_be_heading(text)
            and not line.is_row
            and not line.is_note
            and sum(map(str.isalpha, text)) * 2 >= len(text)
        )

    def _weight(self, line: Line) -> float:
        """What ranks a heading: its height; a bold one no higher than the text comes last."""
        return (
            max(line.first_size, self._body)
            if line.first_size >= self._body * _LARGER
            else self._body
        )


def _kept(ranks: Sequence[int | None], every: int) -> frozenset[int]:
    """The ranks whose lines are headings, of each line's rank, None for one that looks like none.

    Where the lower ones are left out, so is what stands but once behind the first heading, such as
    a sum, a name or a key figure in large letters: all that follows would stand under it.
    """
    counted = Counter(rank for rank in ranks if rank is not None)
    highest = every
    while sum(counted[rank] for rank in range(highest)) > max(_MOST_SHARE * len(ranks), 1):
        highest -= 1
    if highest == every:
        return frozenset(range(every))
    # A heading of several lines begins once.
    begun = Counter(
        rank for before, rank in zip([None, *ranks], ranks, strict=False) if rank != before
    )
    first = next((rank for rank in ranks if rank is not None and rank < highest), None)
    return frozenset(rank for rank in range(highest) if begun[rank] > 1 or rank == first)


def _usual(sizes: Sequence[tuple[float, int]]) -> float:
    """The height of letters that most of the text has."""
    counted: Counter[float] = Counter()
    for size, letters in sizes:
        counted[round(size, 1)] += letters
    return counted.most_common(1)[0][0] if counted else 0.0


def _levels(weights: Sequence[float]) -> list[float]:
    """The heights of headings, highest first, those about as high as one another once."""
    levels: list[float] = []
    for weight in sorted(weights, reverse=True):
        if not levels or weight < levels[-1] * (1 - _SAME_SIZE):
            levels.append(weight)
    return levels[: _MOST_LEVELS - 1] + levels[_MOST_LEVELS - 1 :][-1:]
