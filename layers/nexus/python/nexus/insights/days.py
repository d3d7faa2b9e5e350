"""Days as the log counts them: UTC, written YYYY-MM-DD."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta


def today(now: float) -> str:
    """The day of a Unix time in seconds."""
    return datetime.fromtimestamp(now, UTC).date().isoformat()


def days(first: str, last: str) -> Iterator[str]:
    """Each day from the first to the last, both included."""
    day, end = date.fromisoformat(first), date.fromisoformat(last)
    while day <= end:
        yield day.isoformat()
        day += timedelta(days=1)


def before(day: str, count: int) -> str:
    """The day that is `count` days before another."""
    return (date.fromisoformat(day) - timedelta(days=count)).isoformat()
