"""Knows the units that stand in a row of their own below the names of columns: kg, EUR, °C."""

from __future__ import annotations

import re
from functools import lru_cache

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
_PARTS = re.compile(r"\s*[/·*]\s*|\s+(?:per\s+)?")
_SUPERSCRIPT = re.compile(r"(?<=[a-zµ])(?:\^?-?[1-3]|[²³])$")


@lru_cache(maxsize=2048)
def is_unit(text: str) -> bool:
    """Whether the text is a unit, such as "kg", "(EUR)", "MWh/a" or "million EUR"."""
    bare = text.strip().strip("()[]").strip().lower().removeprefix("in ").rstrip(".")
    if not bare or len(bare) > _LONGEST:
        return False
    parts = [part for part in _PARTS.split(bare) if part]
    return 0 < len(parts) <= 3 and all(
        part in _UNITS or _SUPERSCRIPT.sub("", part) in _UNITS for part in parts
    )
