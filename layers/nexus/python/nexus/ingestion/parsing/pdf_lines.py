"""What the reading of a PDF page hands on: lines of text, rows of tables, and where they stand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

# PDFium's sign for a hyphen at the end of a line; it joins the two lines itself.
HYPHEN = "\ufffe"
# How files write a hyphen that a line ends with: as on keyboards, as in Unicode, and a soft one.
HYPHENS = ("-", "\u2010", "\u00ad")


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A table that a page shows; its rows are lines that name it.

    `edges` are the columns' left edges in points, `header_rows` how many rows the page marks as
    column names, None where nothing tells. `bottom` and `top` are its extent on the page.
    """

    edges: tuple[float, ...]
    header_rows: int | None
    bottom: float
    top: float


class Line(NamedTuple):  # a long document has hundreds of thousands
    """A line of text with its place on the page in points, y growing upwards; size 0: unknown.

    A row of a table has its `cells`, one for each column of its `table`, or a single one where the
    row is a label across all columns.
    """

    text: str
    left: float = 0.0
    right: float = 0.0
    bottom: float = 0.0
    top: float = 0.0
    size: float = 0.0
    first_size: float = 0.0
    is_row: bool = False
    is_bold: bool = False
    cells: tuple[str, ...] = ()
    table: Table | None = None
    is_note: bool = False
    is_turned: bool = False


# Makes a line of the tuple of all its fields, in their order, in half the time.
made_line: Callable[[tuple[object, ...]], Line] = partial(tuple.__new__, Line)
# What follows a line's place and looks in that tuple: it is no row, no note and not turned.
PLAIN = ((), None, False, False)


@dataclass(frozen=True, slots=True)
class Page:
    """A page's lines in reading order, its number from 1 and its height in points.

    `is_picture` tells of a page that shows hardly any text but something; `hides_text` of one
    with text that a reader does not see, which is not among its lines.
    """

    number: int
    height: float
    lines: list[Line]
    is_picture: bool = False
    hides_text: bool = False
    is_damaged: bool = False
