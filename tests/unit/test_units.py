"""What money a text speaks of is found the same way whether or not its words give it away."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nexus.text.facts import _HINTS_OF_UNITS, _UNITS, URL, folded, units
from nexus.text.proper_names import names

PARTS = st.sampled_from(
    "% percent Persen Rp rp10 IDR idr5 rupiah $ usd US$ dollars dolar € EUR euro £ gbp Pounds ſ ı "
    "purpose Europe a@b.co www.Fee.example Fee.example/Board Mr Budi . : 12 of".split()
)
TEXTS = st.lists(st.tuples(PARTS, st.sampled_from(["", " ", ". ", "\n"])), max_size=8).map(
    lambda parts: folded("".join(part + end for part, end in parts))
)


@given(text=TEXTS)
def test_a_text_has_the_units_whose_patterns_find_something(text: str) -> None:
    assert units(text) == {name for name, pattern in _UNITS if pattern.search(text)}
    assert len(_UNITS) == len(_HINTS_OF_UNITS)


@given(text=TEXTS)
def test_what_stands_in_an_address_is_no_name(text: str) -> None:
    assert names(text) == names(URL.sub(" ", text))
