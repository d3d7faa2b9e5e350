"""Minutes, hours, days and months in UTC: how a counter is named in each, and when it ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from nexus.models import Cap, Measure, Window

_FORMS: dict[Window, str] = {
    "minute": "%Y-%m-%dT%H:%M",
    "hour": "%Y-%m-%dT%H",
    "day": "%Y-%m-%d",
    "month": "%Y-%m",
}
# A clock that is behind must not lose what one ahead has counted, nor the other way round.
_KEPT_S = {"minute": 600, "hour": 7_200, "day": 2 * 86_400}


def month_of(at: float) -> str:
    """The month of a Unix time, such as "2026-11"."""
    return _moment(at).strftime(_FORMS["month"])


def counter(measure: Measure, window: Window, at: float) -> str:
    """The name of what counts a measure in the window of a Unix time."""
    return f"{measure}:{window}:{_moment(at).strftime(_FORMS[window])}"


def counter_of(cap: Cap, at: float) -> str:
    """The name of what counts towards a cap at a Unix time."""
    return counter(cap.measure, cap.window, at)


def is_over(name: str, now: float) -> bool:
    """Whether a counter's window ended so long ago that no clock is still in it."""
    _, window, stamp = name.split(":", 2)
    if window not in _KEPT_S:
        return False
    kept: Window = window  # type: ignore[assignment]
    return stamp < _moment(now - _KEPT_S[window]).strftime(_FORMS[kept])


def end_of(window: Window, at: float) -> float:
    """The Unix time at which the window of a Unix time ends."""
    begun = _moment(at).replace(second=0, microsecond=0)
    match window:
        case "minute":
            ended = begun + timedelta(minutes=1)
        case "hour":
            ended = begun.replace(minute=0) + timedelta(hours=1)
        case "day":
            ended = begun.replace(hour=0, minute=0) + timedelta(days=1)
        case "month":
            first = begun.replace(day=1, hour=0, minute=0)
            ended = (first + timedelta(days=32)).replace(day=1)
    return ended.timestamp()


def told(at: float) -> str:
    """A Unix time as UTC ISO 8601 with Z, to the second."""
    return _moment(at).strftime("%Y-%m-%dT%H:%M:%SZ")


def _moment(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)
