"""Writes what was not read of a document into an item of the catalogue's table, and reads it back.

An item that was written before there were warnings has none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict

from nexus.adapters.dynamodb.values import Value
from nexus.models import ReadingWarning


def to_stored(warnings: Iterable[ReadingWarning]) -> tuple[Value, ...]:
    """The warnings as a list of maps."""
    return tuple(asdict(warning) for warning in warnings)


def from_stored(values: Iterable[Mapping[str, str]] | None) -> tuple[ReadingWarning, ...]:
    """The warnings of an item, or none."""
    return tuple(ReadingWarning(**value) for value in values or ())
