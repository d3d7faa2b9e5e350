"""Where the figures of a stage were recorded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from nexus.models import Figure, Readings


class FigureSource(Protocol):
    """Reads what the functions of one stage recorded; never what another stage's did."""

    def read(self, figures: Sequence[Figure], begin_s: float, end_s: float) -> Readings:
        """The figures from a time to another, in seconds since 1970."""
        ...
