"""Decides whether a quantity that a sentence gives stands in what it is compared with."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable, Iterator, Sequence

from nexus.text.measures import same_duration
from nexus.text.quantities import Quantity

# More numbers than this in the cited sentences are not combined with one another.
MOST_COMBINED = 4
HEDGE = re.compile(
    r"\b(?:about|around|approximately|approx|roughly|nearly|almost|some|over|more than|under|"
    r"less than|close to|circa|ca|up to|sekitar|kira-kira|kurang lebih|hampir|lebih dari|kurang "
    r"dari|etwa|rund|ungefähr|fast|über|environ|près de|plus de|unos|alrededor|casi|más de)\b|"
    r"[~≈]|约|約|大约|近|超过|약"
)

OVER = re.compile(
    r"\b(?:over|more than|at least|lebih dari|minimal|über|plus de|más de)\b|이상|넘|超过|以上"
)
UNDER = re.compile(
    r"\b(?:under|less than|below|at most|up to|kurang dari|unter|moins de|menos de)\b|"
    r"이하|미만|以下|不到"
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
    # Long numbers, such as those of accounts, are the same in every digit or not at all.
    return any(
        a == b or (abs(a) < 1e9 and math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9))
        for a in one
        for b in other
    )


def units_differ(said: Quantity, stated: Sequence[Quantity]) -> bool:
    """Whether the number stands there, but only with other units than the sentence gives it."""
    alike = [q for q in stated if q.kind == "number" and _near(said.values, q.values)]
    return bool(alike) and not any(agrees(said, q) for q in alike)


def rounded(said: Quantity, stated: Sequence[Quantity], *, hedged: bool) -> bool:
    """Whether it is one of the numbers with fewer digits, or, hedged, near one; never a year."""
    for value in said.values:
        digits = _significant(value)
        if not said.unit and 1000 <= value <= 2100:
            continue
        for other in stated:
            for exact in {*other.values, *(other.base if said.unit == other.unit else ())}:
                if not exact or digits >= _significant(exact):
                    continue
                off = abs(value - exact) / abs(exact)
                place = 10.0 ** (math.floor(math.log10(abs(value))) - digits + 1) if value else 1
                if off <= (0.06 if hedged else 0.03) and abs(value - exact) <= place * (
                    0.999 if hedged else 0.5001
                ):
                    return True
    return False


def _significant(value: float) -> int:
    return len(f"{value:.10g}".replace(".", "").split("e")[0].strip("0"))


def stands(  # noqa: PLR0911 - one kind of quantity after the other
    said: Quantity, everything: Sequence[Quantity], digits: frozenset[float], hedge: str
) -> bool:
    """Whether a quantity stands in the passages in any form, however far from its sentence.

    `digits` are the numbers that stand in dates, times and codes, `hedge` is what is written beside
    it: more than a year is said of 17 months.
    """
    hedged = bool(HEDGE.search(hedge))
    if any(agrees(said, q) for q in everything):
        return True
    if said.kind == "address":
        return any(_bare(said.key) in _bare(q.key) for q in everything if q.kind == "address")
    if said.kind == "number":
        if said.span != (0, 0):
            low, high = said.span
            return any(low <= v <= high for q in everything for v in q.values)
        if said.values & digits or rounded(said, everything, hedged=hedged):
            return True
        if _beyond(said, everything, hedge):
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
    if said.kind == "code":
        return not _other_code(said, everything)
    return False


def _other_code(said: Quantity, everything: Sequence[Quantity]) -> bool:
    """Whether there are codes of its letters, all with other digits."""
    letters = re.sub(r"\d+", "", said.key)
    return any(q.kind == "code" and re.sub(r"\d+", "", q.key) == letters for q in everything)


def _beyond(said: Quantity, everything: Sequence[Quantity], hedge: str) -> bool:
    """Whether it is given as a bound that a number of its dimension keeps, up to its double."""
    over, under = OVER.search(hedge), UNDER.search(hedge)
    if not (over or under) or said.unit == "":
        return False
    return any(
        (over and v < w <= 2 * v) or (under and w < v <= 2 * w)
        for q in everything if q.kind == "number"
        for v, w in _comparable(said, q)
    )  # fmt: skip


def _comparable(said: Quantity, other: Quantity) -> Iterator[tuple[float, float]]:
    if said.unit == other.unit:
        yield from itertools.product(said.base, other.base)
    elif {said.unit, other.unit} == {"days", "months"}:
        factors = (30.4, 1.0) if said.unit == "months" else (1.0, 30.4)
        for v, w in itertools.product(said.base, other.base):
            yield v * factors[0], w * factors[1]


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
    return any(
        v > 0 and made > 0 and math.isclose(v, made, rel_tol=1e-6 if made == int(made) else 5e-3)
        for a, b in itertools.combinations(numbers, 2)
        for made in _made_of(a, b, said)
        for v in said.values | said.base
    )


def _made_of(a: Quantity, b: Quantity, said: Quantity) -> Iterator[float]:
    """What two numbers give that could have the unit of the third."""
    for x, y in itertools.product(a.values | a.base, b.values | b.base):
        if a.unit == b.unit and said.unit in ("", a.unit):
            yield x + y
            yield abs(x - y)
        if a.unit == b.unit and x and y and said.unit in ("share", ""):
            yield from (100 * x / y, 100 * y / x, abs(x - y) / x * 100, abs(x - y) / y * 100)
        if bool(a.unit) != bool(b.unit) and said.unit in ("", a.unit, b.unit):
            yield x * y
            if x and y:
                yield from (x / y, y / x)


def _shifted(said: Quantity, stated: Sequence[Quantity]) -> bool:
    times = [v for q in stated if q.kind == "time" for v in q.values]
    spans = [v * 1440 for q in stated if q.unit == "days" for v in q.base]
    return any(
        math.isclose(v, (t + sign * s) % 1440) for v in said.values for t in times for s in spans
        for sign in (1, -1)
    )  # fmt: skip
