"""Metrics that nobody records: what `tests.bench.observing` puts in place of `nexus.metrics`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

NAMESPACE, UNKNOWN = "Nexus", "unknown"


def record(name: str, value: float = 1.0, **dimensions: str | None) -> None:
    """Nothing."""


def recorder(name: str, **dimensions: str | None) -> Callable[[float], None]:
    """Nothing."""
    return lambda _: None


def count(name: str) -> None:
    """Nothing."""


def called(dependency: str, duration_ms: float, failed: bool) -> None:
    """Nothing."""


def pending(name: str) -> float:
    """Nothing."""
    return 0.0


def written(stage: str, now_ms: int) -> list[str]:
    """Nothing."""
    return []


def write() -> None:
    """Nothing."""


def metered(function: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The handler itself."""
    return lambda handler: handler
