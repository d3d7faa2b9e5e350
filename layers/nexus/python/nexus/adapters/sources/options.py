"""Reads the options of a source, each named in the error that it makes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nexus.errors import InvalidRequest


class Options:
    """Takes options out one by one; what is left at the end is none that the kind knows."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self._left = dict(given)

    def text(self, name: str, default: str | None = None) -> str:
        """A text that is not empty. Raises InvalidRequest if it is missing and has no default."""
        value = self._left.pop(name, default)
        if not isinstance(value, str) or (not value.strip() and default is None):
            raise InvalidRequest(f"Say {name} with --option {name}=….", name)
        return value.strip()

    def texts(self, name: str) -> tuple[str, ...]:
        """Texts separated by commas, or a list of them; none by default."""
        value = self._left.pop(name, "")
        parts = value.split(",") if isinstance(value, str) else value
        if not isinstance(parts, list | tuple) or not all(isinstance(one, str) for one in parts):
            raise InvalidRequest(f"{name} is a list of texts, separated by commas.", name)
        return tuple(part.strip() for part in parts if part.strip())

    def number(self, name: str, default: float, *, low: float, high: float) -> float:
        """A number from `low` to `high`."""
        value = self._left.pop(name, default)
        try:
            number = float(value)
        except (TypeError, ValueError):
            number = float("nan")
        if not low <= number <= high:
            raise InvalidRequest(f"{name} is a number from {low:g} to {high:g}.", name)
        return number

    def flag(self, name: str, *, default: bool) -> bool:
        """True or false."""
        value = self._left.pop(name, default)
        if str(value).lower() not in ("true", "false"):
            raise InvalidRequest(f"{name} is true or false.", name)
        return str(value).lower() == "true"

    def finish(self) -> None:
        """Raises InvalidRequest for what was not taken."""
        for name in self._left:
            raise InvalidRequest(f"A source of this kind has no option {name}.", name)
