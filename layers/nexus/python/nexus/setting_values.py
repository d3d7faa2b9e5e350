"""How a setting is declared, and how its variable's text is read."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import Field, field
from typing import Any

from nexus.errors import ConfigurationError
from nexus.models import Budget


def setting(
    doc: str,
    default: Any,
    *,
    choices: tuple[str, ...] = (),
    low: float = 0,
    high: float = math.inf,
    variable: str = "",
) -> Any:
    """A field of the settings: what it is for, its default, and what it may hold."""
    metadata = {"doc": doc, "choices": choices, "low": low, "high": high, "variable": variable}
    return field(default=default, metadata=metadata)


def variable_of(spec: Field[Any]) -> str:
    """The environment's variable of a field `x_y`: `NEXUS_X_Y`, or one that is standard."""
    return spec.metadata["variable"] or f"NEXUS_{spec.name.upper()}"


def parsed(variable: str, raw: str, kind: Any, metadata: Mapping[str, Any]) -> Any:
    """A variable's text as its field's type. Raises ConfigurationError naming what is wrong."""
    if metadata["choices"] and raw not in metadata["choices"]:
        raise ConfigurationError(
            f"{variable} must be one of {', '.join(metadata['choices'])}; it is {raw!r}."
        )
    if kind == "str":
        return raw
    if kind == "bool":
        return raw == "true"
    if kind == "tuple[str, ...]":
        return tuple(part.strip() for part in raw.split(",") if part.strip())
    if "Budget" in kind:
        return _budgets(variable, raw)
    if kind.startswith("tuple[tuple["):
        return _groups_by_folder(variable, raw)
    try:
        number = int(raw) if kind == "int" else float(raw)
    except ValueError:
        raise ConfigurationError(f"{variable} must be a number; it is {raw!r}.") from None
    if not number >= metadata["low"]:
        raise ConfigurationError(f"{variable} must be at least {metadata['low']}; it is {raw}.")
    if number > metadata["high"]:
        raise ConfigurationError(f"{variable} must be at most {metadata['high']}; it is {raw}.")
    return number


def _groups_by_folder(variable: str, raw: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Groups by beginnings of paths; none may be empty, as that would open what another closes."""
    try:
        given = json.loads(raw)
    except (ValueError, RecursionError):
        given = None
    rules = given.items() if isinstance(given, dict) else [("", [])]
    for folder, groups in rules:
        named = isinstance(groups, list) and all(isinstance(one, str) for one in groups)
        if not (folder and named and groups and all(map(str.strip, groups)) and "*" not in groups):
            raise ConfigurationError(
                f'{variable} must be JSON such as {{"hr/": ["hr"]}}, where each folder has a group '
                f"and none is *; it is {raw!r}."
            )
    return tuple((folder, tuple(groups)) for folder, groups in rules)


def _budgets(variable: str, raw: str) -> tuple[tuple[str, Budget], ...]:
    """Budgets by name. What cannot be read is no budget, and so must not be taken for one."""
    try:
        given = json.loads(raw)
        named = given if isinstance(given, dict) else {"": given}
        return tuple((name, Budget.of(values)) for name, values in named.items())
    except (ValueError, RecursionError) as err:
        raise ConfigurationError(
            f'{variable} must be JSON such as {{"*": {{"dollars_month": 100}}}}: {err}'
        ) from err
