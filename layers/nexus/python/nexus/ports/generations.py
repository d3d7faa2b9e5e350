"""Which index generations there are."""

from __future__ import annotations

from typing import Protocol

from nexus.models import Generations


class GenerationStore(Protocol):
    """Which index generations exist, and which one readers see: one value for everybody."""

    def read(self) -> Generations | None:
        """The value, read consistently; None before anything was stored."""
        ...

    def write(self, generations: Generations) -> Generations:
        """Replaces the value of the same edition, at once for every reader; returns it as stored.

        An edition of 0 is written only where nothing is stored. Raises Superseded if somebody
        changed the value meanwhile.
        """
        ...
