"""What a caller may spend in a minute, an hour, a day and a month (UTC)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Literal

Measure = Literal["requests", "tokens", "dollars"]
Window = Literal["minute", "hour", "day", "month"]
NANO = 10**9
_MOST = 10**12


@dataclass(frozen=True, slots=True)
class Cap:
    """The most of one measure in one window; dollars are counted in billionths of one."""

    measure: Measure
    window: Window
    most: int


@dataclass(frozen=True, slots=True)
class Budget:
    """The caps of one caller or tenant; what is None has none."""

    requests_minute: int | None = None
    requests_hour: int | None = None
    requests_day: int | None = None
    requests_month: int | None = None
    tokens_day: int | None = None
    tokens_month: int | None = None
    dollars_day: float | None = None
    dollars_month: float | None = None

    @classmethod
    def of(cls, values: object) -> Budget:
        """From caps by name. Raises ValueError with a sentence for what cannot be one."""
        if not isinstance(values, Mapping):
            raise ValueError(f"A budget is an object of caps by name; it is {values!r}.")  # noqa: TRY004
        names = [spec.name for spec in fields(cls)]
        found: dict[str, int | float] = {}
        for name, value in values.items():
            if name not in names:
                raise ValueError(f"A budget has no {name!r}: it has {', '.join(names)}.")
            if value is None:
                continue
            whole = not name.startswith("dollars")
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            if not is_number or not 0 <= float(value) <= _MOST:
                raise ValueError(f"{name} of a budget must be a number from 0 on; it is {value!r}.")
            assert isinstance(value, int | float)  # noqa: S101 - said above
            if whole and value != math.floor(value):
                raise ValueError(f"{name} of a budget must be a whole number; it is {value!r}.")
            found[name] = int(value) if whole else value
        return cls(**found)  # type: ignore[arg-type]

    def named(self) -> dict[str, int | float]:
        """The caps that there are, by name."""
        return {name: value for name, value in asdict(self).items() if value is not None}

    def caps(self) -> tuple[Cap, ...]:
        """The caps that there are, in units that are counted."""
        found = []
        for name, value in self.named().items():
            measure, _, window = name.partition("_")
            most = round(value * NANO) if measure == "dollars" else int(value)
            found.append(Cap(measure, window, most))  # type: ignore[arg-type]
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Amount:
    """What is spent: requests, tokens of all models, and billionths of a US dollar."""

    requests: int = 0
    tokens: int = 0
    nanodollars: int = 0

    def __sub__(self, other: Amount) -> Amount:
        return Amount(
            self.requests - other.requests,
            self.tokens - other.tokens,
            self.nanodollars - other.nanodollars,
        )


@dataclass(frozen=True, slots=True)
class Hold:
    """What is reserved for one request until it is known; times are Unix seconds.

    `at` is when it was reserved, and tells its windows. After `until` it is nobody's any more.
    """

    at: int
    until: int
    tokens: int
    nanodollars: int
