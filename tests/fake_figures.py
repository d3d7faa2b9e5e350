"""A FigureSource in memory, which knows what it was asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nexus.models import Figure, Readings
from nexus.operations.figures import ALL


class FakeFigures:
    """Holds these values, whatever time is asked for."""

    def __init__(
        self, values: Mapping[Figure, Mapping[str, float]] | None = None, complete: bool = True
    ) -> None:
        self.readings = Readings(values or {}, complete)
        self.asked: list[tuple[float, float]] = []

    def read(self, figures: Sequence[Figure], begin_s: float, end_s: float) -> Readings:
        assert tuple(figures) == ALL
        self.asked.append((begin_s, end_s))
        return self.readings
