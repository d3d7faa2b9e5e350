"""Says a row of a table as text: its cells with their columns' names, a long one in lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from nexus.ingestion.parsing.cell_kinds import Kind, kind_of
from nexus.ingestion.parsing.column_words import is_column_word
from nexus.ingestion.parsing.table_lines import TableLine, row_of
from nexus.models import TableRow

# A longer record has several lines, each of which begins with what the record is called by.
LONGEST_LINE = 600
_LONGEST_KEY = 80
_SHORT_NUMBER = 5
_SENTENCE = re.compile(r"[.!?…;。！？][\"'”’)\]]*(?:\s+|(?<=[。！？]))")


def headed_lines(names: Sequence[str], row: Sequence[str]) -> list[str]:
    """The row as "Header: value; Header: value", empty cells left out.

    A row longer than 600 characters becomes several lines, each with the record's first cell; a
    single cell stays whole.
    """
    parts = [_part(names, place, cell) for place, cell in enumerate(row) if cell]
    line = "; ".join(parts) if any(names) else plain_row(row)
    if len(line) <= LONGEST_LINE or len(parts) == 1:
        return [TableLine(line, _said(names, row, len(line)))] if line else []
    return list(_several(names, row))


def _said(names: Sequence[str], row: Sequence[str], length: int) -> TableRow:
    """How a line of that length says the whole row."""
    if any(names):
        return row_of([_name(names, place) for place in range(len(row))], row)
    filled = [place for place, cell in enumerate(row) if cell]
    cells = list(row)
    if sum(len(row[place]) + 2 for place in filled) - 2 != length:
        for place in filled[::2]:  # labels, said without their own colons
            cells[place] = cells[place].rstrip(":")
    return row_of([""] * len(row), cells)


def plain_row(row: Sequence[str]) -> str:
    """A row without a header: "name: value" of two cells, or of labels each before its value.

    Other cells are joined by semicolons.
    """
    cells = [cell for cell in row if cell]
    labels, values = cells[::2], cells[1::2]
    if len(cells) == 2:
        are_pairs = kind_of(cells[0]) not in (Kind.NUMBER, Kind.PERIOD)
    else:
        are_pairs = (
            len(labels) == len(values)
            and all(map(is_column_word, labels))
            and not any(map(is_column_word, values))
        )
    if are_pairs:
        return "; ".join(
            f"{label.rstrip(':')}: {value}" for label, value in zip(labels, values, strict=True)
        )
    return "; ".join(cells)


def paired_lines(row: Sequence[str]) -> list[str]:
    """A form's row as "Label: value; Label: value"."""
    cells = [cell for cell in row if cell]
    labels, values = cells[::2], cells[1::2]
    if len(labels) > len(values):  # the last is no label
        labels, values = [*labels[:-1], ""], [*values, labels[-1]]
    return headed_lines(labels, values)


def _part(names: Sequence[str], place: int, cell: str) -> str:
    name = _name(names, place)
    return f"{name}: {cell}" if name else cell


def _name(names: Sequence[str], place: int) -> str:
    return names[place].rstrip(":") if place < len(names) else ""


def _several(names: Sequence[str], row: Sequence[str]) -> Iterator[TableLine]:
    """The lines of a long record, each with its key."""
    keys = _key(row)
    key = "; ".join(_part(names, place, row[place]) for place in keys)
    room = LONGEST_LINE - len(key) - 2
    line: list[tuple[int, str]] = []
    length = 0
    repeats = None

    def said() -> TableLine:
        every = [*((place, row[place]) for place in keys), *line]
        columns = [place for place, _ in every]
        text = "; ".join([_part(names, place, piece) for place, piece in every])
        own = [_name(names, place) for place in columns]
        return TableLine(text, row_of(own, [piece for _, piece in every], columns, repeats))

    for place, cell in enumerate(row):
        if not cell or place in keys:
            continue
        name_room = room - len(_part(names, place, ""))
        for piece in _pieces(cell, max(name_room, LONGEST_LINE // 3)):
            part = _part(names, place, piece)
            if line and length + len(part) > room:
                yield said()
                line, length, repeats = [], 0, len(keys)
            line.append((place, piece))
            length += len(part) + 2
    if line:
        yield said()


def _key(row: Sequence[str]) -> list[int]:
    """The places of what a record is called by: its first short cell, two if that is a number."""
    filled = [place for place, cell in enumerate(row) if cell]
    short = [place for place in filled[:3] if len(row[place]) <= _LONGEST_KEY]
    if len(short) == len(filled):
        short = short[:1]
    if not short:
        return []
    first = row[short[0]]
    is_counter = kind_of(first) is Kind.NUMBER and len(first) <= _SHORT_NUMBER
    return short[:2] if is_counter else short[:1]


def _pieces(text: str, room: int) -> Iterator[str]:
    """The text in pieces of at most `room` characters, cut after sentences, else between words."""
    start = 0
    while len(text) - start > room:
        window = text[start : start + room]
        end = max((match.end() for match in _SENTENCE.finditer(window)), default=0)
        if end < room // 3:
            end = window.rfind(" ") + 1
        if end < room // 3:
            end = room
        yield text[start : start + end].strip()
        start += end
    yield text[start:].strip()
