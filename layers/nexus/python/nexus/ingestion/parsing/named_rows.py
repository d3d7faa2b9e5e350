"""Names the rows of data that keeps the names apart: {"columns": […], "data": [[…], …]}."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# Both are written in lower case, without blanks and the like.
_OF_NAMES = {"columns", "cols", "column", "columnnames", "header", "headers", "fields", "names"}
_OF_ROWS = {"data", "rows", "values", "records", "aadata", "results", "items"}
_OF_NAME = ("title", "label", "name", "field", "text", "id", "data")
_DEEPEST = 4


def with_named_rows(value: Any, depth: int = 1) -> Any:
    """The value, whose rows without names are records by the names that stand beside them."""
    if not isinstance(value, Mapping) or depth > _DEEPEST:
        return value
    by_name = {_plain(name): name for name in value}
    lists = (by_name[one] for one in by_name if one in _OF_NAMES)
    key = next((one for one in lists if isinstance(value[one], list)), None)
    said = [] if key is None else [_named(one) for one in value[key]]
    found = {name: with_named_rows(one, depth + 1) for name, one in value.items()}
    if len(said) < 2 or not all(said) or len(set(said)) < len(said):
        return found
    for plain, name in by_name.items():
        rows = value[name]
        if plain in _OF_ROWS and isinstance(rows, list) and rows and _fit(rows, len(said)):
            found[name] = [dict(zip(said, row, strict=True)) for row in rows]
            if all(_is_name_alone(one) for one in value[key]):
                del found[key]
            break
    return found


def _fit(rows: list[Any], width: int) -> bool:
    return all(isinstance(row, list) and len(row) == width for row in rows)


def _named(one: Any) -> str:
    """The name of a column, be it a text or described by fields of its own."""
    if isinstance(one, str):
        return one.strip()
    if isinstance(one, Mapping):
        return next(
            (one[key].strip() for key in _OF_NAME if isinstance(one.get(key), str) and one[key]), ""
        )
    return ""


def _is_name_alone(one: Any) -> bool:
    """Whether nothing is said of a column but its name and kinds, in a word each."""
    if not isinstance(one, Mapping):
        return True
    return not any(isinstance(text, str) and " " in text for text in one.values())


def _plain(name: str) -> str:
    return "".join(filter(str.isalpha, name.lower()))
