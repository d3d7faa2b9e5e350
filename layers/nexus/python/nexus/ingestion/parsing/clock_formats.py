"""Shows a time of day or a duration as a spreadsheet does, by its cell's format code.

Of a code that shows a date, too, only the time's part is taken (ECMA-376 part 1, 18.8.31).
"""

from __future__ import annotations

import re
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import NamedTuple

_LONGEST_CODE = 255
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|_.|\*.|\[(?P<elapsed>h+|m+|s+)\]|\[[^\]]{0,60}\]|'
    r"(?P<noon>AM/PM|A/P)|(?P<field>h+|m+|s+|y+|d+)|(?P<fraction>[.,]0{1,3})|(?P<other>.)",
    re.I | re.S,
)
_UNITS = {"h": 3600, "m": 60, "s": 1}
_ROUND = {"h": 24, "m": 60, "s": 60}


class _Piece(NamedTuple):
    """A part of a code: `kind` is "h", "m", "s", "date", "noon", "fraction" or "" (its text)."""

    kind: str
    text: str
    is_elapsed: bool = False


def shown_clock(seconds: float, code: str) -> str | None:
    """So many seconds as a format such as h:mm AM/PM or [h]:mm shows them; None for another one.

    Below zero there are only durations.
    """
    pieces = _pieces(code) if len(code) <= _LONGEST_CODE else ()
    timed = [at for at, piece in enumerate(pieces) if piece.kind in (*_UNITS, "noon", "fraction")]
    if not any(piece.kind in _UNITS for piece in pieces):
        return None
    if any(piece.kind == "date" for piece in pieces):
        pieces = pieces[timed[0] : timed[-1] + 1]
        if any(piece.kind == "date" for piece in pieces):
            return None
    exact = Decimal(repr(abs(seconds)))
    places = max((len(piece.text) - 1 for piece in pieces if piece.kind == "fraction"), default=0)
    exact = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    whole = int(exact.to_integral_value(ROUND_DOWN))
    by_noon = any(piece.kind == "noon" for piece in pieces)
    said = "".join(_said(piece, whole, exact - whole, by_noon=by_noon) for piece in pieces)
    return ("-" if seconds < 0 else "") + " ".join(said.split())


def _said(piece: _Piece, whole: int, rest: Decimal, *, by_noon: bool) -> str:
    if piece.kind in _UNITS:
        count = whole // _UNITS[piece.kind]
        if not piece.is_elapsed:
            count %= _ROUND[piece.kind]
        if piece.kind == "h" and by_noon:
            count = count % 12 or 12
        return f"{count:0{min(len(piece.text), 9)}d}"
    if piece.kind == "noon":
        morning, _, evening = piece.text.upper().partition("/")
        return evening if whole // 3600 % 24 >= 12 else morning
    if piece.kind == "fraction":
        return piece.text[0] + f"{rest:f}".partition(".")[2]
    return piece.text


@lru_cache(maxsize=512)
def _pieces(code: str) -> tuple[_Piece, ...]:
    """The parts of a code's first section; an m is a month unless hours or seconds are beside."""
    found: list[_Piece] = []
    for match in _TOKEN.finditer(code):
        if match["other"] == ";":
            break
        if match["elapsed"] or match["field"]:
            text = match["elapsed"] or match["field"]
            kind = text[0].lower()
            is_elapsed = bool(match["elapsed"])
            found.append(_Piece(kind if kind in _UNITS else "date", text, is_elapsed))
        elif match["noon"]:
            found.append(_Piece("noon", match["noon"]))
        elif match["fraction"] and found and found[-1].kind == "s":
            found.append(_Piece("fraction", match["fraction"]))
        else:
            said = match["quoted"] or match["escaped"] or match["fraction"] or match["other"] or ""
            # General, text or a number.
            found.append(_Piece("date" if match["other"] in ("@", "#", "0") else "", said))
    fields = [at for at, piece in enumerate(found) if piece.kind in (*_UNITS, "date")]
    for place, at in enumerate(fields):
        if found[at].kind != "m" or found[at].is_elapsed:
            continue
        before = found[fields[place - 1]].kind if place else ""
        after = found[fields[place + 1]].kind if place + 1 < len(fields) else ""
        if before != "h" and after != "s":
            found[at] = found[at]._replace(kind="date")
    return tuple(found)
