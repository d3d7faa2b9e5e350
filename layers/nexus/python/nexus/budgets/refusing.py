"""Says to a caller which part of a budget is spent, and when it may ask again."""

from __future__ import annotations

from nexus.budgets.accounts import Full, Place
from nexus.budgets.windows import told
from nexus.errors import BudgetExceeded
from nexus.models import NANO

_WHOSE = {"tenant": "the organisation's budget"}


def exceeded(place: Place, full: Full, now: float) -> BudgetExceeded:
    """The error for a cap that is full."""
    cap = full.cap
    most = f"{cap.most / NANO:g}" if cap.measure == "dollars" else f"{cap.most:,}"
    whose = _WHOSE.get(place.name, "the caller's budget")
    wait_s, at = max(1.0, full.until - now), told(full.until + 0.999)
    if full.is_held:
        detail = (
            f"What {whose} of {most} {cap.measure} per {cap.window} has left is held by requests "
            f"that are being answered: try again in {wait_s:.0f} seconds."
        )
    else:
        detail = (
            f"{whose.capitalize()} of {most} {cap.measure} per {cap.window} is used up: "
            f"try again from {at} on."
        )
    return BudgetExceeded(detail, f"{cap.measure}_{cap.window}", wait_s, at)
