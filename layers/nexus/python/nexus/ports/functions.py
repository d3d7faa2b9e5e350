"""The published versions of a function, and which of them its callers get."""

from __future__ import annotations

from typing import Protocol

from nexus.models import FunctionVersion


class FunctionVersions(Protocol):
    """Functions are named without their alias; the alias is `live`."""

    def published(self, function: str) -> list[FunctionVersion]:
        """Every published version, the oldest first."""
        ...

    def live(self, function: str) -> int:
        """The version that callers get."""
        ...

    def point(self, function: str, number: int, instead_of: int) -> None:
        """Gives callers a version. Raises Superseded if they no longer get `instead_of`."""
        ...

    def remove(self, function: str, number: int) -> None:
        """Removes a version that no alias names; one that is gone is ignored."""
        ...
