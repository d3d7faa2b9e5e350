"""Shows a number as a spreadsheet does, by its cell's format code (ECMA-376 part 1, 18.8.31).

Digits, separators, percent, currencies, leading zeros, literal text and durations are shown; what a
code asks beyond that (fractions, exponents, conditions) leaves the number as it is stored. Marks
are those of the code: a point before decimals, commas between thousands.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import NamedTuple

# The codes that a file names by number only (18.8.30).
BUILT_IN = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 5: '"$"#,##0_);("$"#,##0)',
    6: '"$"#,##0_);("$"#,##0)', 7: '"$"#,##0.00_);("$"#,##0.00)',
    8: '"$"#,##0.00_);("$"#,##0.00)', 9: "0%", 10: "0.00%", 17: "mmm-yy", 18: "h:mm AM/PM",
    20: "h:mm", 37: "#,##0_);(#,##0)", 38: "#,##0_);(#,##0)", 39: "#,##0.00_);(#,##0.00)",
    40: "#,##0.00_);(#,##0.00)", 41: "#,##0_);(#,##0);-_)", 42: '"$"#,##0_);("$"#,##0);"$"-_)',
    43: "#,##0.00_);(#,##0.00);-_)", 44: '"$"#,##0.00_);("$"#,##0.00);"$"-_)', 46: "[h]:mm:ss",
}  # fmt: skip
_LONGEST_CODE = 255
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|_.|\*.|'
    r"\[(?:\$(?P<currency>[^\]\-]{0,20})(?:-[^\]]{0,40})?|[^\]]{0,60})\]|"
    r"(?P<digits>[#0?][#0?,]*(?:\.[#0?]*)?|\.[#0?]+)(?P<thousands>,*)|(?P<other>.)"
)
_UNKNOWN = re.compile(r"[eE][+-]|[#0?]\s*/|\[[<>=]")
_ELAPSED = re.compile(r"\[(h+|m+|s+)\](?::(mm?|ss?))?(?::(ss?))?", re.I)
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


class _Section(NamedTuple):
    before: str
    digits: str
    after: str
    percents: int
    scale: int


def shown(value: float, code: str) -> str | None:
    """The number as the format shows it: "" where it shows nothing, None where it is not known."""
    if len(code) > _LONGEST_CODE or _UNKNOWN.search(code) or abs(value) >= 1e21:
        return None
    sections = _sections(code)
    number = Decimal(repr(float(value)))
    place = 1 if number < 0 and len(sections) > 1 else 2 if not number and len(sections) > 2 else 0
    section = sections[place]
    if section is None:
        return None
    if section.digits:
        body = _digits(abs(number), section)
        sign = "-" if number < 0 and place == 0 and re.search(r"[1-9]", body) else ""
        return " ".join(f"{sign}{section.before}{body}{section.after}".split())
    literal = (section.before + section.after).strip()
    return literal if literal or code.strip(";") == "" else None


def shown_duration(seconds: float, code: str) -> str | None:
    """A duration as a format such as [h]:mm shows it; None for another format."""
    found = _ELAPSED.search(code)
    if found is None or len(code) > _LONGEST_CODE:
        return None
    whole = int(Decimal(repr(abs(seconds))).quantize(Decimal(1), ROUND_HALF_UP))
    units = {"h": 3600, "m": 60, "s": 1}
    parts: list[str] = []
    for field in filter(None, found.groups()):
        unit = units[field[0].lower()]
        parts.append(f"{whole // unit:0{len(field)}d}")
        whole %= unit
    return ("-" if seconds < 0 else "") + ":".join(parts)


def shows_only_month(code: str) -> bool:
    """Whether a date's format shows its month and year, and no day."""
    letters = re.sub(r'"[^"]*"|\\.|\[[^\]]{0,60}\]', "", code[:_LONGEST_CODE]).lower()
    return "m" in letters and "y" in letters and not set("dhs") & set(letters)


def month_name(month: int) -> str:
    """The short English name of a month from 1 to 12."""
    return _MONTHS[month - 1]


@lru_cache(maxsize=512)
def _sections(code: str) -> list[_Section | None]:
    parts, depth, start = [], "", 0
    for at, mark in enumerate(code):
        if mark == '"':
            depth = "" if depth else mark
        elif mark == ";" and not depth and code[at - 1 : at] != "\\":
            parts.append(code[start:at])
            start = at + 1
    parts.append(code[start:])
    return [_section(part) for part in parts[:3]]


def _section(code: str) -> _Section | None:
    before, digits, after, percents, scale = "", "", "", 0, 0
    for match in _TOKEN.finditer(code):
        text = match["quoted"] or match["escaped"] or match["currency"] or match["other"] or ""
        if match["digits"]:
            digits += after + match["digits"].rstrip(",") if digits else match["digits"].rstrip(",")
            scale += (
                len(match["digits"]) - len(match["digits"].rstrip(",")) + len(match["thousands"])
            )
            after = ""
            continue
        if match["other"] == "@" or (match["other"] or "").isalpha():
            return None  # text, a date, General, or what is not known
        percents += match["other"] == "%"
        if digits:
            after += text
        else:
            before += text
    return _Section(before, digits, after, percents, scale)


def _digits(number: Decimal, section: _Section) -> str:
    """The digits as asked: rounded, padded with zeros, with marks between thousands or digits."""
    number = number.scaleb(2 * section.percents - 3 * section.scale)
    whole_code, _, decimal_code = section.digits.partition(".")
    places = sum(mark in "#0?" for mark in decimal_code)
    rounded = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    whole, _, decimals = f"{rounded:f}".partition(".")
    whole = whole.rjust(whole_code.count("0"), "0")
    if whole == "0" and "0" not in whole_code:
        whole = ""
    kept = max((at + 1 for at, mark in enumerate(decimal_code) if mark == "0"), default=0)
    decimals = decimals[:kept] + decimals[kept:].rstrip("0")
    if "," in whole_code:
        first = len(whole) % 3
        groups = [whole[:first], *(whole[at : at + 3] for at in range(first, len(whole), 3))]
        whole = ",".join(filter(None, groups))
    else:
        whole = _filled(whole, whole_code)
    return whole + (f".{decimals}" if decimals else "")


def _filled(whole: str, code: str) -> str:
    """The digits put into the places of a code such as 000-00, from the right."""
    if all(mark in "#0?" for mark in code):
        return whole
    out: list[str] = []
    left = list(whole)
    for at in range(len(code) - 1, -1, -1):
        if code[at] in "#0?":
            out.append(left.pop() if left else "")
        else:
            out.append(code[at])
    return "".join(left) + "".join(reversed(out))
