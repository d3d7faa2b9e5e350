"""Rounds and averages figures, where None stands for a figure that nothing was measured for."""

from __future__ import annotations

from collections.abc import Iterable


def mean(values: Iterable[float]) -> float | None:
    """The mean to four digits; None of nothing."""
    listed = list(values)
    return share(sum(listed), len(listed))


def share(part: float, whole: float) -> float | None:
    """`part` of `whole` to four digits; None of a whole of nothing."""
    return round(part / whole, 4) if whole else None


def rounded(value: float | None, digits: int = 4) -> float | None:
    """The value to so many digits."""
    return None if value is None else round(value, digits)
