"""Reads a stage's values as the types of its fields, from JSON or from what a command line says."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Literal, get_args, get_origin


class StageError(ValueError):
    """A stage's configuration is wrong; the message names the stage and the field."""


def parsed(stage: str, key: str, kind: Any, value: Any) -> Any:  # noqa: PLR0911 - one for each
    """A field's value as its type wants it. Raises StageError, naming the stage and the field."""
    if kind == Mapping[str, tuple[str, ...]]:
        return _lists(stage, key, kind, value)
    text = value.strip() if isinstance(value, str) else value
    for choice in get_args(kind) if get_origin(kind) is Literal else ():
        if str(text) == str(choice):
            return choice
    if kind is bool and str(text).lower() in ("true", "false"):
        return str(text).lower() == "true"
    if kind is str and isinstance(text, str):
        return text
    if kind in (int, float) and (number := _number(text)) is not None and number == kind(number):
        return kind(number)
    if kind == tuple[str, ...]:
        parts = text.split(",") if isinstance(text, str) else text
        if isinstance(parts, list) and all(isinstance(part, str) for part in parts):
            return tuple(part.strip() for part in parts if part.strip())
    if kind == Mapping[str, str] and _are_texts({"": value}):
        return dict(value)
    if kind == Mapping[str, Mapping[str, str]] and _are_texts(value):
        return {name: dict(value[name]) for name in value}
    raise StageError(f"Stage {stage!r}: {key} must be {_wanted(kind)}; it is {value!r}.")


def _are_texts(value: Any) -> bool:
    """Whether it is an object of objects of texts."""
    return isinstance(value, Mapping) and all(
        isinstance(one, Mapping) and all(isinstance(text, str) for text in one.values())
        for one in value.values()
    )


def _lists(stage: str, key: str, kind: Any, value: Any) -> dict[str, tuple[str, ...]]:
    """Lists of texts by name, none of them empty. Raises StageError."""
    given = value if isinstance(value, Mapping) else {"": value}
    lists = {name: tuple(one) for name, one in given.items() if isinstance(one, list | tuple)}
    texts = [text for name, one in lists.items() for text in (name, *(one or ("",)))]
    if len(lists) != len(given) or not all(isinstance(text, str) and text for text in texts):
        raise StageError(f"Stage {stage!r}: {key} must be {_wanted(kind)}; it is {value!r}.")
    return lists


def _number(text: Any) -> float | None:
    try:
        number = None if isinstance(text, bool) else float(text)
    except (TypeError, ValueError):
        return None
    return number if number is not None and math.isfinite(number) else None


def _wanted(kind: Any) -> str:
    names = {bool: "true or false", str: "a text", int: "a whole number", float: "a number"}
    if kind == tuple[str, ...]:
        return "a list of texts"
    if kind == Mapping[str, str]:
        return "texts by names"
    if kind == Mapping[str, Mapping[str, str]]:
        return "objects of texts, by names"
    if kind == Mapping[str, tuple[str, ...]]:
        return "lists of texts, by names"
    return names.get(kind) or f"one of {', '.join(str(choice) for choice in get_args(kind))}"
