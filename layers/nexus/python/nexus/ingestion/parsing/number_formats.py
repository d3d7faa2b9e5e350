"""Shows a number as a spreadsheet does, by its cell's format code (ECMA-376 part 1, 18.8.31).

Digits, separators, percent, currencies, leading zeros, literal text, fractions, conditions and
exponents are shown; times by nexus.ingestion.parsing.clock_formats. What a code asks beyond that
leaves the number as it is stored. Marks are those of the code: a point before decimals, commas
between thousands.
"""

from __future__ import annotations

import operator
import re
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

# The codes that a file names by number only (18.8.30).
BUILT_IN = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 5: '"$"#,##0_);("$"#,##0)',
    6: '"$"#,##0_);("$"#,##0)', 7: '"$"#,##0.00_);("$"#,##0.00)',
    8: '"$"#,##0.00_);("$"#,##0.00)', 9: "0%", 10: "0.00%", 11: "0.00E+00",
    12: "# ?/?", 13: "# ??/??", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm",
    21: "h:mm:ss", 22: "m/d/yy h:mm", 37: "#,##0_);(#,##0)", 38: "#,##0_);(#,##0)",
    39: "#,##0.00_);(#,##0.00)",
    40: "#,##0.00_);(#,##0.00)", 41: "#,##0_);(#,##0);-_)", 42: '"$"#,##0_);("$"#,##0);"$"-_)',
    43: "#,##0.00_);(#,##0.00);-_)", 44: '"$"#,##0.00_);("$"#,##0.00);"$"-_)',
    45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0",
}  # fmt: skip
_LONGEST_CODE = 255
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|_.|\*.|'
    r"\[(?:\$(?P<currency>[^\]\-]{0,20})(?:-[^\]]{0,40})?|[^\]]{0,60})\]|"
    r"(?P<digits>[#0?][#0?,]*(?:\.[#0?]*)?|\.[#0?]+)(?P<thousands>,*)|(?P<other>.)"
)
_EXPONENT = re.compile(r"(?<=[#0?])[eE]([+-])(0{1,3})(?!\d)")
# The whole number's places, those above the line, and those below it or the number that is there.
_FRACTION = re.compile(
    r"(?<![#0?])(?:(?P<whole>[#0?]++)(?:\s|\\ ){1,3})?[#0?]++\s?/\s?"
    r"(?:(?P<below>[1-9]\d{0,4})|(?P<places>[#0?]+))"
)
_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)\s?(-?\d{1,15}(?:\.\d{1,9})?)\]")
_COLOUR = re.compile(r"\[(?:black|blue|cyan|green|magenta|red|white|yellow|color ?\d{1,2})\]", re.I)
_SIGNED = re.compile(r"[-−(]")
_COMPARED = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq,
    "<>": operator.ne,
}  # fmt: skip
# Smaller denominators than 1,000 only: more is never asked for, and takes time.
_MOST_PLACES = 3
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


class _Section(NamedTuple):
    before: str
    digits: str
    after: str
    percents: int
    scale: int
    holds: tuple[str, Decimal] | None
    fraction: re.Match[str] | None
    exponent: tuple[str, int] | None = None


def shown(value: float, code: str) -> str | None:
    """The number as the format shows it: "" where it shows nothing, None where it is not known."""
    if len(code) > _LONGEST_CODE or abs(value) >= 1e21:
        return None
    sections = _sections(code)
    number = Decimal(repr(float(value)))
    place = _place(number, sections)
    section = sections[place] if place is not None else None
    if section is None:
        return None
    if section.digits or section.fraction:
        body = (
            _as_fraction(abs(number), section.fraction)
            if section.fraction
            else _with_exponent(abs(number), section, *section.exponent)
            if section.exponent
            else _digits(abs(number), section)
        )
        # What is only red in the sheet would be another number as text.
        is_coloured = _COLOUR.search(code) and not _SIGNED.search(section.before + section.after)
        has_sign = place == 0 or _CONDITION.search(code) is not None or is_coloured
        sign = "-" if number < 0 and has_sign and re.search(r"[1-9]", body) else ""
        return " ".join(f"{sign}{section.before}{body}{section.after}".split())
    literal = (section.before + section.after).strip()
    return literal if literal or code.strip(";") == "" else None


def _place(number: Decimal, sections: list[_Section | None]) -> int | None:
    """Which section shows a number: by its sign, or by the conditions that the code gives."""
    if not any(section is not None and section.holds for section in sections):
        negative, zero = number < 0 and len(sections) > 1, not number and len(sections) > 2
        return 1 if negative else 2 if zero else 0
    for place, section in enumerate(sections):
        holds = section.holds if section is not None else None
        if holds is None or _COMPARED[holds[0]](number, holds[1]):
            return place
    return None


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
    condition = _CONDITION.search(code)
    holds = (condition[1], Decimal(condition[2])) if condition else None
    bare = re.sub(r'"[^"]*"', lambda quoted: "\0" * len(quoted[0]), code)
    if fraction := _FRACTION.search(bare):
        first, last = _section(code[: fraction.start()]), _section(code[fraction.end() :])
        if first is None or last is None or first.digits or last.digits:
            return None
        return first._replace(after=last.before, holds=holds, fraction=fraction)
    exponent = None
    if asked := _EXPONENT.search(bare):
        exponent = (asked[1], len(asked[2]))
        code = code[: asked.start()] + code[asked.end() :]
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
    if exponent and (percents or scale or "0" not in digits):
        return None
    return _Section(before, digits, after, percents, scale, holds, None, exponent)


def _as_fraction(number: Decimal, code: re.Match[str]) -> str:
    """A fraction such as 2 1/4, over the denominator that the code gives or the nearest one."""
    whole = int(number) if code["whole"] else 0
    exact = Fraction(number) - whole
    if code["below"]:
        below = int(code["below"])
        above = int(exact * below + Fraction(1, 2))
    else:
        near = exact.limit_denominator(10 ** min(len(code["places"]), _MOST_PLACES) - 1)
        above, below = near.numerator, near.denominator
    if code["whole"] and above == below:
        whole, above = whole + 1, 0
    parts = [str(whole)] if whole or not above or "0" in (code["whole"] or "") else []
    return " ".join([*parts, f"{above}/{below}"] if above else parts)


def _with_exponent(number: Decimal, section: _Section, sign: str, places: int) -> str:
    """A number such as 1.23E-04, and as it is stored where that has lost digits of it."""
    across = max(sum(mark in "#0?" for mark in section.digits.partition(".")[0]), 1)
    power = number.adjusted() // across * across if number else 0
    body = _digits(number.scaleb(-power), section)
    if len(body.partition(".")[0]) > across:  # rounded up to the next power
        power += across
        body = _digits(number.scaleb(-power), section)
    said = f"{body}E{'-' if power < 0 else sign.strip('-')}{abs(power):0{places}d}"
    is_whole = Decimal(body.replace(",", "")).scaleb(power) == number
    return said if is_whole else f"{said} (exactly {number.normalize():f})"


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
