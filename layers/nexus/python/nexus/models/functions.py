"""What a stage runs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FunctionVersion:
    """A published version of a function; `published_at` is a Unix time in seconds."""

    number: int
    published_at: float
