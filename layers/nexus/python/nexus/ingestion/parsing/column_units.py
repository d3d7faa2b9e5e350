"""Knows the units that stand in a row of their own below the names of columns: kg, EUR, °C."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from nexus.ingestion.parsing.cell_kinds import Kind
from nexus.ingestion.parsing.column_evidence import Column

_LONGEST = 24
_UNITS = frozenset(
    """
    m m2 m3 m² m³ km km2 km² cm mm nm µm ft in inch mi ha g kg mg µg t kt mt l ml cl hl gal lb oz
    s sec ms min mins h hr hrs hour hours d day days week weeks month months year years hari jam
    menit bulan tahun w kw mw gw wh kwh mwh gwh twh j kj mj gj v kv a ma ah hz khz mhz ghz c f k °c
    °f ° % ‰ ppm ppb bar mbar pa kpa hpa mpa n nm psi psu db mol mmol cal kcal b kb mb gb tb bit
    eur usd gbp chf sek nok dkk pln czk huf idr rp sgd myr jpy cny inr aud cad € $ £ ¥ k€ m€ teur
    keur meur ths thousand thousands million millions mio mln bn ribu juta miliar pcs pc pieces unit
    units no nos persons people orang buah lembar heads pp x
    """.split()
)
# Units that are as well sizes, grades, answers or names of columns: none of them tells alone, and
# no single letter does.
_AMBIGUOUS = frozenset(
    """
    ha in min mi ma mw mt kt pa pp pc no nos unit units heads bar bit bn ths hl cl sec day week
    month year m2 m3
    """.split()
)
# Names of columns whose cells are units themselves.
_OF_UNITS = re.compile(
    r"from|to|.*\b(?:units?|uom|measures?|currency|currencies|ccy|symbols?|satuan|mata uang|"
    r"einheit(?:en)?|währung)\b.*",
    re.I,
)
# A unit at the end of a name or of a label: "Depth (m)", "Margin in %", "Price EUR".
_AT_END = re.compile(r"(?:[\s,(\[]|^)([^\s,()\[\]]+)[)\]]?$")
# A number that says no unit itself, or a span of two.
_BARE = r"\(?[-+−~<>≤≥±]?\s?\d[\d.,'’\s]*(?:e[-+]?\d+)?\)?"
_BARE_NUMBER = re.compile(rf"{_BARE}(?:\s?[-–]\s?{_BARE})?", re.I)
_PARTS = re.compile(r"\s*[/·*]\s*|\s+(?:per\s+)?")
_SUPERSCRIPT = re.compile(r"(?<=[a-zµ])(?:\^?-?[1-3]|[²³])$")


@lru_cache(maxsize=2048)
def is_unit(text: str) -> bool:
    """Whether the text is a unit, such as "kg", "(EUR)", "MWh/a" or "million EUR"."""
    parts = _parts(text)
    return 0 < len(parts) <= 3 and all(
        part in _UNITS or _SUPERSCRIPT.sub("", part) in _UNITS for part in parts
    )


@lru_cache(maxsize=2048)
def is_surely_unit(text: str) -> bool:
    """Whether the text is a unit and hardly anything else, such as "kg", "%" or "EUR/h"."""
    return is_unit(text) and any(map(_tells, _parts(text)))


def are_units(said: Mapping[int, str], names: Sequence[str], body: Sequence[Sequence[str]]) -> bool:
    """Whether what a row says, by column, surely are the units of the numbers in the rows below.

    `names` are those of the columns. A column that has units below as well holds units itself.
    """
    if not any(map(is_surely_unit, said.values())) or not all(map(is_unit, said.values())):
        return False
    if any(_OF_UNITS.fullmatch(names[column]) for column in said):
        return False
    columns = [Column(body, column) for column in said]
    others = (Column(body, column) for column in range(len(names)) if column not in said)
    if any(_ends_in_unit(names[column]) for column in said) or any(
        _ends_in_unit(text) for column in others for text in column.texts
    ):
        return False  # a name, or a record, has a unit of its own
    return (
        all(column.main in (Kind.NUMBER, Kind.PERIOD, None) for column in columns)
        and any(c.main is Kind.NUMBER and is_surely_unit(said[c.place]) for c in columns)
        and not any(is_unit(text) for column in columns for text in column.texts)
    )


def has_own_unit(cell: str) -> bool:
    """Whether a cell holds more than a bare number, such as "12 lb", "$5" or "2024-05-01"."""
    return any(map(str.isdigit, cell)) and not _BARE_NUMBER.fullmatch(cell)


def _ends_in_unit(text: str) -> bool:
    found = _AT_END.search(text[-_LONGEST:])
    return is_surely_unit(text) or (found is not None and is_surely_unit(found[1]))


def _tells(part: str) -> bool:
    bare = _SUPERSCRIPT.sub("", part)
    if part in _AMBIGUOUS or bare in _AMBIGUOUS:
        return False
    return not (len(bare) == 1 and bare.isalpha()) or part[-1] in "²³"


def _parts(text: str) -> list[str]:
    bare = text.strip().strip("()[]").strip().lower().removeprefix("in ").rstrip(".")
    return [part for part in _PARTS.split(bare) if part] if len(bare) <= _LONGEST else []
