"""Reads CSV and TSV: each row with its column names, whatever the delimiter and the encoding."""

from __future__ import annotations

import csv
import io
from collections import Counter

from nexus.models import LocatedText, Locator, ParsedDocument
from nexus.parsing.cleaning import squeeze
from nexus.parsing.plain import decode
from nexus.parsing.tables import find_header, headed_row, plain_row

_DELIMITERS = ",;\t|"
_SAMPLE_ROWS = 50


def read(content: bytes) -> ParsedDocument:
    """The rows of a delimited file; row numbers count records, as a spreadsheet shows them."""
    text = decode(content)
    return ParsedDocument(tuple(located_rows(_rows(text), None)))


def located_rows(rows: list[list[str]], sheet: str | None, first: int = 1) -> list[LocatedText]:
    """Every row that holds a value as "Header: value; …", located by its number from `first`."""
    index, names = find_header(rows)
    texts = []
    for place, row in enumerate(rows):
        if names and place == index:
            continue
        line = headed_row(names, row) if names and place > index else plain_row(row)
        if line:
            texts.append(LocatedText(line, Locator(sheet=sheet, row=first + place)))
    if not texts and names:
        texts.append(LocatedText(plain_row(names), Locator(sheet=sheet, row=first + index)))
    return texts


def _rows(text: str) -> list[list[str]]:
    delimiter = _delimiter(text)
    if text.startswith("sep="):
        text = "".join(text.partition("\n")[1:])  # its line stays, empty, so that rows count right
    try:
        return _split(text, delimiter)
    except csv.Error:  # a lone quote swallowed the rest: read the quotes as text
        return [[squeeze(cell) for cell in line.split(delimiter)] for line in text.splitlines()]


def _split(text: str, delimiter: str) -> list[list[str]]:
    reader = csv.reader(
        io.StringIO(text.replace("\0", ""), newline=""),
        delimiter=delimiter,
        skipinitialspace=True,
    )
    return [[squeeze(cell) for cell in row] for row in reader]


def _delimiter(text: str) -> str:
    """The delimiter that cuts the first rows into the most columns of one count."""
    head = text[:65536]
    if head.startswith("sep=") and head[4:5] in _DELIMITERS:  # Excel's own declaration
        return head[4]
    lines = head.splitlines(keepends=True)[:_SAMPLE_ROWS]
    best, best_score = ",", 0.0
    for delimiter in _DELIMITERS:
        try:
            rows = list(csv.reader(lines, delimiter=delimiter, skipinitialspace=True))
        except csv.Error:
            continue
        widths = Counter(len(row) for row in rows if row)
        width, count = max(widths.items(), key=lambda item: (item[1], item[0]), default=(1, 0))
        score = (width - 1) * (count / max(len(rows), 1)) ** 2
        if score > best_score:
            best, best_score = delimiter, score
    return best
