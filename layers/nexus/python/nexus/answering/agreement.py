"""Decides whether a quantity that a sentence gives stands in what it is compared with."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable, Sequence

from nexus.text.measures import same_duration
from nexus.text.quantities import Quantity

# More numbers than this in the cited sentences are not combined with one another.
MOST_COMBINED = 12
# Who rounds says so, and is this near.
ROUNDED = 0.06
HEDGE = re.compile(
    r"\b(?:about|around|approximately|approx|roughly|nearly|almost|some|over|more than|under|"
    r"less than|close to|circa|ca|up to|sekitar|kira-kira|kurang lebih|hampir|lebih dari|kurang "
    r"dari|etwa|rund|ungefähr|fast|über|environ|près de|plus de|unos|alrededor|casi|más de)\b|"
    r"[~≈]|约|約|大约|近|超过|약"
)


def agrees(said: Quantity, stated: Quantity) -> bool:
    """Whether two quantities are the same: in another notation, unit or language."""
    if said.kind == "number" == stated.kind:
        return _same_number(said, stated)
    if said.kind == stated.kind == "time":
        return bool(said.values & stated.values)
    if {said.kind, stated.kind} == {"time", "number"}:
        time, number = (said, stated) if said.kind == "time" else (stated, said)
        # 8.30 may be a time that nothing marks as one.
        hours = {v * 60 for v in number.values} | {
            math.floor(v) * 60 + round(v % 1 * 100) for v in number.values
        }
        return not number.unit and bool(time.values & hours)
    if said.kind in ("date", "month") and stated.kind in ("date", "month"):
        return _same_date(said, stated)
    if said.kind == "address" == stated.kind:
        return _bare(said.key) == _bare(stated.key)
    return said.kind == stated.kind and said.key == stated.key


def _bare(address: str) -> str:
    return re.sub(r"^(?:https?://)?(?:www\.)?", "", address.removeprefix("mailto:"))


def _same_date(said: Quantity, stated: Quantity) -> bool:
    if said.kind == "month":
        months = {key.partition("-")[0] for key in re.split(r"[|&]", stated.key)}
        return said.key in months
    if stated.kind == "month":
        return False
    known = set(re.split(r"[|&]", stated.key))
    days = [set(key.split("|")) for key in said.key.split("&")]
    years = {v for v in said.values if v > 31}, {v for v in stated.values if v > 31}
    return all(day & known for day in days) and (not all(years) or years[0] == years[1])


def _same_number(said: Quantity, stated: Quantity) -> bool:
    if said.span != (0, 0):
        return said.span == stated.span
    if said.unit and stated.unit:
        if said.unit == stated.unit:
            return _near(said.base, stated.base)
        if {said.unit, stated.unit} == {"days", "months"}:
            days, months = (said, stated) if said.unit == "days" else (stated, said)
            return any(same_duration(d, m) for d in days.base for m in months.base)
        return False
    return _near(said.values, stated.values) or (
        "share" in (said.unit, stated.unit) and _near(said.base, stated.base)
    )


def _near(one: Iterable[float], other: Iterable[float]) -> bool:
    return any(math.isclose(a, b, rel_tol=1e-4, abs_tol=1e-9) for a in one for b in other)


def units_differ(said: Quantity, stated: Sequence[Quantity]) -> bool:
    """Whether the number stands there, but only with other units than the sentence gives it."""
    alike = [q for q in stated if q.kind == "number" and _near(said.values, q.values)]
    return bool(alike) and not any(agrees(said, q) for q in alike)


def rounded(said: Quantity, stated: Sequence[Quantity], *, hedged: bool) -> bool:
    """Whether it is one of the numbers with fewer digits."""
    for value in said.values:
        digits = _significant(value)
        for other in stated:
            near = ROUNDED if hedged else 0.02
            # 2.79 as 3 is a rounding; 3 as 2.79 is an invention.
            for exact in {*other.values, *(other.base if said.unit == other.unit else ())}:
                if (
                    exact
                    and abs(value - exact) <= near * abs(exact)
                    and digits < _significant(exact)
                ):
                    return True
    return False


def _significant(value: float) -> int:
    return len(f"{value:.10g}".replace(".", "").split("e")[0].strip("0"))


def stands(said: Quantity, everything: Sequence[Quantity], digits: frozenset[float]) -> bool:
    """Whether a quantity stands in the passages in any form, however far from its sentence.

    `digits` are the numbers that stand in dates, times and codes.
    """
    if any(agrees(said, q) for q in everything):
        return True
    if said.kind == "address":
        return any(_bare(said.key) in _bare(q.key) for q in everything if q.kind == "address")
    if said.kind == "number":
        if said.span != (0, 0):
            low, high = said.span
            return any(low <= v <= high for q in everything for v in q.values)
        if said.values & digits or rounded(said, everything, hedged=True):
            return True
        return any(_near(said.values, q.values) for q in everything if q.kind == "number") or any(
            low <= v <= high
            for q in everything if q.span != (0, 0) and said.unit in ("", "years")
            for low, high in (q.span,) for v in said.values if v == low
        )  # fmt: skip
    if said.kind == "weekday":
        # Monday to Friday has a Wednesday in it.
        return sum(q.kind == "weekday" for q in everything) >= 2
    if said.kind == "time":
        wanted = said.values | {v / 60 for v in said.values if v % 60 == 0}
        return any(wanted & q.values for q in everything if q.kind in ("time", "number"))
    return said.kind == "code"


def computed(said: Quantity, stated: Sequence[Quantity]) -> bool:
    """Whether a number is the sum, difference, product or ratio of numbers that are cited."""
    if said.kind != "number":
        return said.kind == "time" and _shifted(said, stated)
    numbers = [q for q in stated if q.kind == "number" and q.span == (0, 0)][:MOST_COMBINED]
    for unit in {q.unit for q in numbers}:
        alike = [max(q.base, default=0.0) for q in numbers if q.unit == unit]
        wanted = said.base if said.unit == unit else said.values
        if len(alike) > 2 and _near(wanted, (sum(alike), sum(alike) / len(alike))):
            return True
    for a, b in itertools.combinations(numbers, 2):
        for x, y in itertools.product(a.values | a.base, b.values | b.base):
            made: list[float] = []
            if a.unit == b.unit:
                made += [x + y, abs(x - y)]
                if x and y:
                    made += [x / y, y / x, abs(x - y) / x * 100, abs(x - y) / y * 100]
            if not (a.unit and a.unit == b.unit):
                made.append(x * y)
            if any(
                v > 0 and m > 0 and math.isclose(v, m, rel_tol=5e-3)
                for v in said.values for m in made
            ):  # fmt: skip
                return True
    return _counts(said, numbers)


def _counts(said: Quantity, numbers: Sequence[Quantity]) -> bool:
    """Whether it doubles or halves a number that is given."""
    return any(
        math.isclose(v, x * f, rel_tol=1e-6)
        for v in said.values for q in numbers for x in q.values for f in (2, 0.5) if x > 12
    )  # fmt: skip


def _shifted(said: Quantity, stated: Sequence[Quantity]) -> bool:
    times = [v for q in stated if q.kind == "time" for v in q.values]
    spans = [v * 1440 for q in stated if q.unit == "days" for v in q.base]
    return any(
        math.isclose(v, (t + sign * s) % 1440) for v in said.values for t in times for s in spans
        for sign in (1, -1)
    )  # fmt: skip
