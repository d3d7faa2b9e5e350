"""Reads CSV and TSV: each row with its column names, whatever the delimiter and the encoding."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from nexus.ingestion.parsing.cleaning import clean, squeeze
from nexus.ingestion.parsing.encodings import decode_as
from nexus.ingestion.parsing.headers import Looks
from nexus.ingestion.parsing.outlines import Outline, Part
from nexus.ingestion.parsing.plain import decode
from nexus.ingestion.parsing.table_lines import located
from nexus.ingestion.parsing.tables import NO_LOOKS, lines_of, names_of
from nexus.models import LocatedText, Locator, ParsedDocument

_DELIMITERS = ",;\t|"
_SAMPLE_ROWS = 50
# Column names go with every part through a queue.
_LONGEST_HEADER = 20_000


def read(content: bytes) -> ParsedDocument:
    """The rows of a delimited file; row numbers count records, as a spreadsheet shows them."""
    text = decode(content)
    return ParsedDocument(tuple(located_rows(_rows(text, delimiter_of(text)), None)))


def read_part(content: bytes, outline: Outline, part: Part) -> ParsedDocument:
    """The rows of one of several parts, numbered and headed as in the whole file."""
    text = decode_as(content, outline.encoding)
    if part.number == 0:
        text = _without_declaration(text)
    rows = (_split if outline.quoted else _split_unquoted)(text, outline.delimiter)
    names = outline.header if part.number else ()
    return ParsedDocument(
        tuple(
            located(line, Locator(row=part.row + place))
            for place, line in lines_of(rows, names=names)
        )
    )


def header_of(text: str, delimiter: str) -> tuple[str, ...]:
    """The column names at the start of a file; () if it has none, or more than can be carried."""
    names = names_of(_rows(text, delimiter))
    return names if sum(map(len, names)) <= _LONGEST_HEADER else ()


def located_rows(
    rows: Iterable[Sequence[str]],
    sheet: str | None,
    first: int = 1,
    looks: Looks = NO_LOOKS,
) -> list[LocatedText]:
    """Every row that holds a value as "Header: value; …", located by its number from `first`."""
    return [
        located(line, Locator(sheet=sheet, row=first + place))
        for place, line in lines_of(rows, looks)
    ]


def _rows(text: str, delimiter: str) -> list[list[str]]:
    text = _without_declaration(text)
    try:
        return list(_split(text, delimiter))
    except csv.Error:  # a lone quote swallowed the rest: read the quotes as text
        return list(_split_unquoted(text, delimiter))


def _without_declaration(text: str) -> str:
    """The text without Excel's "sep=;"; its line stays, empty, so that rows count right."""
    return "".join(text.partition("\n")[1:]) if text.startswith("sep=") else text


def _split(text: str, delimiter: str) -> Iterator[list[str]]:
    reader = csv.reader(
        io.StringIO(text.replace("\0", ""), newline=""),
        delimiter=delimiter,
        skipinitialspace=True,
    )
    for row in reader:
        yield [squeeze(clean(cell)) for cell in row]


def _split_unquoted(text: str, delimiter: str) -> Iterator[list[str]]:
    for line in io.StringIO(text, newline=None):
        yield [squeeze(clean(cell)) for cell in line.split(delimiter)]


def delimiter_of(text: str) -> str:
    """The delimiter that cuts the first rows into the most columns of one count.

    One that cuts all of them into the same count comes before any other, since prose in a cell
    holds commas and semicolons, too.
    """
    head = text[:65536]
    if head.startswith("sep=") and head[4:5] in _DELIMITERS:  # Excel's own declaration
        return head[4]
    lines = head.splitlines(keepends=True)[:_SAMPLE_ROWS]
    best, best_score = ",", (False, 0.0)
    for delimiter in _DELIMITERS:
        try:
            rows = list(csv.reader(lines, delimiter=delimiter, skipinitialspace=True))
        except csv.Error:
            continue
        widths = Counter(len(row) for row in rows if row)
        width, count = max(widths.items(), key=lambda item: (item[1], item[0]), default=(1, 0))
        share = count / max(len(rows), 1)
        is_even = width > 1 and len(widths) == 1 and len(rows) > 2
        score = (is_even, (width - 1) * share**2)
        if score > best_score:
            best, best_score = delimiter, score
    return best
