"""Numbers are compared by what they amount to, however they are written and however long."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nexus.text.numerals import number


@given(
    st.from_regex(r"\d{1,40}([.,]\d{1,6}){0,3}", fullmatch=True),
    st.sampled_from([None, "hundred", "ribu", "million", "triliun"]),
)
def test_a_number_is_read_as_arithmetic_has_it(written: str, scale: str | None) -> None:
    last = max(written.rfind("."), written.rfind(","))
    parts = re.split("[.,]", written)
    thousands = len(parts) > 2 and len(parts[-1]) == 3 and len(set(written) & set(".,")) == 1
    grouped = re.fullmatch(r"\d{1,3}([.,])\d{3}(\1\d{3})*", written) and not scale
    whole = written if thousands or grouped or last < 0 else f"{written[:last]}"
    decimals = "" if whole == written else written[last + 1 :]
    factor = {None: 1, "hundred": 100, "ribu": 1000, "million": 10**6, "triliun": 10**12}[scale]
    value = Fraction(re.sub("[.,]", "", whole) + decimals) * factor / 10 ** len(decimals)
    read = [Fraction(f[7:]) for f in number(written, scale) if f.startswith("number:")]
    assert value in read


@pytest.mark.parametrize("digits", [4_301, 100_000])
def test_a_number_too_long_for_arithmetic_is_its_digits(digits: int) -> None:
    long = "1" * digits
    assert number(long) == number(f"000{long}") == frozenset({f"number:{long}"})
    assert number(long, "ribu") == frozenset({f"number:{long}000"})
    assert number(f"{long},50") == frozenset({f"number:{long}.5"})
    assert not number(long) & number(long[:-1] + "2")
    assert number("٤٢") == number("42")
