"""Tells a form from a table: labels that stand each beside its value."""

from __future__ import annotations

from collections.abc import Sequence

from nexus.ingestion.parsing.cell_kinds import Kind, kind_of
from nexus.ingestion.parsing.column_words import is_column_word
from nexus.ingestion.parsing.headers import HEADER_WITHIN, Looks, Row


def is_form(rows: Sequence[Row], looks: Looks, numbers: Sequence[int]) -> bool:
    """Whether the rows are labels each beside its value, as in "Name | Sari | Unit | Library"."""
    width = max(map(len, rows), default=0)
    if width < 4 or len(rows) > 2 * HEADER_WITHIN:
        return False
    labels: list[bool] = []
    values: list[bool] = []
    are_words = True
    for number, row in zip(numbers, rows, strict=True):
        filled = [(place, cell) for place, cell in enumerate(row) if cell]
        if len(filled) == 1:
            continue  # a title of what follows
        for order, (place, cell) in enumerate(filled):
            shown = cell.endswith(":") or (number, place) in looks.emphasised
            is_label = shown or is_column_word(cell)
            (values if order % 2 else labels).append(is_label)
            are_words = are_words and (order % 2 == 1 or kind_of(cell) is Kind.WORD)
    if len(labels) < 3 or len(values) < 3:
        return False
    is_first_all_labels = all(is_column_word(cell) for cell in rows[0] if cell)
    # All labels are words and no value reads as one: then half of them tell.
    is_clear = are_words and len(labels) > 3 and not any(values)
    return (
        sum(labels) >= (0.5 if is_clear else 0.7) * len(labels)
        and sum(values) <= 0.3 * len(values)
        and not is_first_all_labels
        and abs(len(labels) - len(values)) <= len(rows)
    )
