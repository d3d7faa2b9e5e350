"""Compares a column's name with the cells below it: the less alike, the more it is a name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from operator import itemgetter

from nexus.ingestion.parsing.cell_kinds import Kind, kind_of
from nexus.ingestion.parsing.column_words import is_column_word

# Kinds below this share of a column say nothing of it.
_CLEAR = 0.6
_LONG_TEXT = 25
_LONGEST_NAME = 80
# What a name tells by its kind, and by the kind of the cells below; words below are looked at.
_CONTRAST = {
    (Kind.WORD, Kind.NUMBER): 2.0,
    (Kind.WORD, Kind.PERIOD): 1.5,
    (Kind.WORD, Kind.MIXED): 1.0,
    (Kind.WORD, Kind.SIGN): 0.7,
    (Kind.SIGN, Kind.NUMBER): 1.5,
    (Kind.SIGN, Kind.WORD): 0.3,
    (Kind.SIGN, Kind.PERIOD): 0.3,
    (Kind.SIGN, Kind.MIXED): 0.3,
    (Kind.PERIOD, Kind.NUMBER): 1.2,
    (Kind.MIXED, Kind.NUMBER): 1.2,
    (Kind.MIXED, Kind.MIXED): -0.5,
    (Kind.MIXED, Kind.WORD): 0.0,
    (Kind.MIXED, Kind.PERIOD): -0.5,
    (Kind.SIGN, Kind.SIGN): -0.5,
}
_UNLIKELY = -1.5


class Column:
    """What stands in one column below a header; `main` is the kind of most of its cells."""

    def __init__(self, body: Sequence[Sequence[str]], place: int) -> None:
        texts = [row[place] for row in body if place < len(row) and row[place]]
        self._weigh(place, texts, [*map(kind_of, texts)])

    def _weigh(self, place: int, texts: Sequence[str], every: Sequence[Kind]) -> None:
        self.place, self.texts = place, texts
        kinds = Counter(every)
        if kinds[Kind.NUMBER] and kinds[Kind.PERIOD]:  # amounts such as 1990 look like years
            years = sum(
                text.isdigit()
                for text, kind in zip(texts, every, strict=True)
                if kind is Kind.PERIOD
            )
            kinds[Kind.NUMBER] += years
            kinds[Kind.PERIOD] -= years
        main: tuple[Kind | None, int] = max(kinds.items(), key=itemgetter(1), default=(None, 0))
        self.main, most = main
        self._is_clear = self.main is not None and most >= _CLEAR * len(texts)

    @classmethod
    def known(cls, place: int, texts: Sequence[str], kinds: Sequence[Kind]) -> Column:
        """A column of which the filled cells and their kinds are known."""
        column = cls.__new__(cls)
        column._weigh(place, texts, kinds)
        return column

    def is_used(self, rows: int) -> bool:
        """Whether the column has a cell in a fifth of the rows or more."""
        return len(self.texts) * 5 >= rows

    def contrast(self, name: str, counts_on: bool) -> float:
        """How unlike the column's cells its name is: above 0 it speaks for a header.

        `counts_on` says that the name is one of a row such as 2024, 2025, 2026.
        """
        if self.main is None:
            return 0.0
        if name in self.texts:
            return -2.0
        kind = kind_of(name)
        if not self._is_clear:
            return 0.3 if counts_on else 0.0
        if kind is Kind.WORD and self.main is Kind.WORD:
            told = self._among_words(name)
        else:
            told = _CONTRAST.get((kind, self.main), _UNLIKELY)
        return max(told, 0.8 if self.main is kind else 1.2) if counts_on else told

    def _among_words(self, name: str) -> float:
        repeats = len(self.texts) > 2 and len(set(self.texts)) <= 0.7 * len(self.texts)
        mean = sum(map(len, self.texts)) / len(self.texts)
        is_short = mean >= _LONG_TEXT and mean >= 2 * len(name)
        counts = not _has_digit(name) and sum(map(_has_digit, self.texts)) * 2 >= len(self.texts)
        return 0.4 * repeats + 0.5 * is_short + 0.7 * counts


class Columns:
    """The columns of a table below any of its rows, whose cells are looked at once."""

    def __init__(self, rows: Sequence[Sequence[str]]) -> None:
        self._rows = rows
        self._known: dict[int, list[tuple[str, Kind] | None]] = {}

    def below(self, place: int, rows: Sequence[int]) -> Column:
        """What stands in a column in these rows."""
        if (known := self._known.get(place)) is None:
            known = self._known[place] = [
                (text, kind_of(text)) if (text := row[place] if place < len(row) else "") else None
                for row in self._rows
            ]
        cells = [cell for at in rows if (cell := known[at])]
        return Column.known(place, [text for text, _ in cells], [kind for _, kind in cells])


@lru_cache(maxsize=4096)
def _has_digit(text: str) -> bool:
    return any(map(str.isdigit, text))


def words_told(names: Sequence[str], body: Sequence[Sequence[str]]) -> float:
    """How much more the names are words of columns than the words below are, from 0 to 1."""
    own = [is_column_word(name) for name in names if name and kind_of(name) is Kind.WORD]
    cells = [cell for row in body for cell in row if cell]
    below = [is_column_word(cell) for cell in cells if kind_of(cell) is Kind.WORD]
    share = sum(own) / len(own) if own else 0.0
    return share - min(1.5 * sum(below) / len(below) if below else 0.0, share)


def is_prose(text: str) -> bool:
    """Whether a text is too long or too much of a sentence to name a column."""
    return len(text) > _LONGEST_NAME or (text.endswith((".", "!", ";")) and text.count(" ") >= 3)
