"""Reads the tables of a web page row by row: those of HTML, and those that only roles make (ARIA).

WAI-ARIA 1.2, 5.3.3 says which roles make tables, of whatever elements.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from nexus.ingestion.parsing.headers import Looks
from nexus.ingestion.parsing.table_lines import said_again
from nexus.ingestion.parsing.tables import render
from nexus.ingestion.parsing.web_words import words

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_TABLES = {"table", "grid", "treegrid"}
_CELLS = {"cell", "gridcell", "columnheader", "rowheader"}


def is_table(node: LexborNode) -> bool:
    """Whether an element is a table, by itself or by its role and the cells in its rows."""
    if node.tag == "table":
        return True
    if _role(node) not in _TABLES:
        return False
    return any(True for row in _own(node, {"row"}) for _ in _own(row, _CELLS))


def table_lines(table: LexborNode) -> list[str]:
    """The rows of a table of data; cells that span several rows are said in each."""
    is_marked_up = table.tag == "table"
    rows: list[list[str]] = []
    down: dict[int, tuple[int, str]] = {}
    emphasised: set[tuple[int, int]] = set()
    spans: dict[tuple[int, int], tuple[int, int]] = {}
    marked = 0
    for tr in table.css("tr") if is_marked_up else _own(table, {"row"}):
        row: list[str] = []
        if is_marked_up:
            cells = [cell for cell in tr.iter() if cell.tag in ("td", "th")]
        else:
            cells = list(_own(tr, _CELLS))
        for cell in cells:
            _fill_from_above(row, down)
            text = words(cell)
            columns, lines = _span(cell, "colspan"), _span(cell, "rowspan")
            place = (len(rows), len(row))
            if lines > 1:
                down[len(row)] = (lines - 1, text)
            if columns > 1:
                spans[place] = (lines, columns)
            if text and _stands_out(cell, text):
                emphasised.add(place)
            row += [text] + [""] * (columns - 1)
        _fill_from_above(row, down)
        is_head = tr.parent is not None and tr.parent.tag == "thead" and len(cells) > 1
        if marked == len(rows) and cells and (is_head or all(map(_is_head, cells))):
            marked += 1
        rows.append(row)
    caption = table.css_first("caption" if is_marked_up else '[role="caption"]')
    is_marked = 0 < marked < len(rows)
    lines_of = render(rows, marked if is_marked else None, Looks((), emphasised, spans))
    return [words(caption), *lines_of] if caption else lines_of


def _own(element: LexborNode, roles: set[str]) -> Iterator[LexborNode]:
    """What has one of the roles within an element, in order, without that of a table within it."""
    coming = list(element.iter())[::-1]
    while coming:
        node = coming.pop()
        role = _role(node)
        if role in roles:
            yield node
        elif role not in _TABLES and node.tag != "table":
            coming += list(node.iter())[::-1]


def _role(node: LexborNode) -> str:
    return (node.attributes.get("role") or "").strip().lower()


def _is_head(cell: LexborNode) -> bool:
    return cell.tag == "th" or _role(cell) == "columnheader"


def _stands_out(cell: LexborNode, text: str) -> bool:
    """Whether a cell is a header cell, or all of its words are bold."""
    if _is_head(cell) or _role(cell) == "rowheader":
        return True
    bold = cell.css_first("b, strong")
    return bold is not None and words(bold) == text


def _fill_from_above(row: list[str], down: dict[int, tuple[int, str]]) -> None:
    while len(row) in down:
        left, text = down.pop(len(row))
        if left > 1:
            down[len(row)] = (left - 1, text)
        row.append(said_again(text))


def _span(cell: LexborNode, name: str) -> int:
    given = cell.attributes
    value = (given.get(name) or given.get(f"aria-{name}") or "").strip()
    if not (value.isascii() and value.isdigit()):
        return 1
    return min(max(int(value), 1), 1000) if len(value) <= 9 else 1000
