"""Writes the rows of PDF tables with their columns' names, which may stand pages before them."""

from __future__ import annotations

from collections.abc import Sequence

from nexus.ingestion.parsing.cleaning import HEADING_CHARS
from nexus.ingestion.parsing.form_grids import is_form
from nexus.ingestion.parsing.headers import LOOKED_AT, find_header
from nexus.ingestion.parsing.pdf_lines import Line, Table
from nexus.ingestion.parsing.records import headed_lines, paired_lines, plain_row
from nexus.ingestion.parsing.table_lines import begun
from nexus.ingestion.parsing.tables import NO_LOOKS, lines_of, names_used, unsaid

# Columns of a table that goes on are where they were, give or take so many points.
_SAME_PLACE = 4.0


class Tables:
    """Follows the tables of a document from page to page; feed it what stands there in order."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._head: list[tuple[str, ...]] = []
        self._table: Table | None = None
        self._is_open = self._is_form = False

    def interrupt(self) -> None:
        """Says that text stands between the last table and what comes."""
        self._is_open = False

    def rendered(self, lines: Sequence[Line]) -> list[str]:
        """The rows of one table, or of a stretch of it, as "Header: value; Header: value"."""
        table = lines[0].table
        rows = [line.cells for line in lines]
        begin, head = 0, self._head
        if table is not None and table is not self._table:
            begin = self._begin(table, rows)
        is_new = table is not self._table
        self._table, self._is_open = table, True
        if self._names:
            above = [plain_row(row) for row in rows[:begin] if row not in self._head]
            numbered = lines_of(rows[begin:], names=self._names)
            if self._head is not head:
                numbered = begun(numbered)
            written = [line for _, line in numbered]
            if not written:
                return [*above, plain_row([name for name in self._names if name])]
            if self._head is not head:
                used = names_used(self._names, rows[begin:])
                above += filter(None, ["; ".join(unsaid(row, used)) for row in self._head])
            return above + written
        if is_new:
            self._is_form = is_form(rows, NO_LOOKS, range(len(rows)))
        if self._is_form:
            return [str(line) for row in rows for line in paired_lines(row)]
        unnamed = ((at, line) for at, row in enumerate(rows) for line in headed_lines((), row))
        return [line for _, line in (begun(unnamed) if is_new else unnamed)]

    def _begin(self, table: Table, rows: Sequence[tuple[str, ...]]) -> int:
        """Learns the names of a table that begins here; how many of its rows stand before them."""
        width = max(map(len, rows))
        if self._is_open and self._names and width == len(self._names):
            repeated = len(self._head)
            if list(rows[:repeated]) == self._head:
                return repeated
            if not table.header_rows and self._is_in_place(table):
                return 0
        head, self._names = table.header_rows, []
        if head is None:
            header = find_header(rows[:LOOKED_AT], NO_LOOKS, range(min(len(rows), LOOKED_AT)))
            self._names = list(header.names) if header else []
            self._head = [rows[at] for at in header.rows] if header else []
            return header.rows[-1] + 1 if header else 0
        self._head = list(rows[:head])
        self._names = [
            " ".join(dict.fromkeys(row[at] for row in self._head if at < len(row) and row[at]))[
                :HEADING_CHARS
            ]
            for at in range(width)
        ]
        if not any(self._names):
            self._names = []
        return head

    def _is_in_place(self, table: Table) -> bool:
        if self._table is None:
            return False
        pairs = list(zip(table.edges, self._table.edges, strict=False))
        same = sum(abs(one - other) <= _SAME_PLACE for one, other in pairs)
        return same * 2 > len(pairs)
