"""Every marker of an answer names a source whose quote stands in the passage."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nexus.citations import cite, quote
from nexus.models import Locator, Passage


def passage(text: str) -> Passage:
    return Passage("c", "d", "Title", "s3://x", "v1", Locator(page=3), text, 0.9)


PASSAGES = [
    passage("Loans last two weeks.\nRenewal is free of charge."),
    passage("Late books cost Rp 2.000 a day. The desk opens at 08.00."),
]


def test_sources_are_numbered_in_the_order_of_the_answer() -> None:
    cited = cite("Late books cost Rp 2.000 a day [2]. Loans last two weeks. [1][2]", PASSAGES)
    assert cited.text == "Late books cost Rp 2.000 a day [1]. Loans last two weeks. [2][1]"
    assert [source.passage for source in cited.sources] == [PASSAGES[1], PASSAGES[0]]
    assert cited.sources[1].quote == "Loans last two weeks."


def test_a_marker_that_names_no_passage_is_dropped() -> None:
    assert cite("Loans last two weeks. [7][1]", PASSAGES).text == "Loans last two weeks. [1]"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Use .NET for loans [1].", "Use .NET for loans [1]."),
        ("- Loans [1]\n    - weeks [1]\n\n  ? [1]", "- Loans [1]\n    - weeks [1]\n\n  ? [1]"),
        ("Loans [1] last [7] two  weeks [8] [9].", "Loans [1] last two  weeks."),
        ("Loans [7] .NET [1]", "Loans .NET [1]"),
        ("Loans last two weeks [7][8].", "Loans last two weeks. [1]"),
    ],
)
def test_only_markers_are_taken_from_an_answer(written: str, shown: str) -> None:
    assert cite(written, PASSAGES).text == shown


@pytest.mark.parametrize("group", ["[1, 2]", "[1,2]", "[1, 2, 7]"])
def test_several_numbers_in_one_marker_are_all_read(group: str) -> None:
    cited = cite(f"Loans and late books {group}.", PASSAGES)
    assert cited.text == "Loans and late books [1][2]."
    assert [source.passage for source in cited.sources] == PASSAGES


def test_an_answer_without_markers_gets_the_passage_it_was_taken_from() -> None:
    cited = cite("The desk opens at 08.00.", PASSAGES)
    assert cited.text == "The desk opens at 08.00. [1]"
    assert cited.sources[0].passage == PASSAGES[1]


@given(
    st.lists(st.text(max_size=80), min_size=1, max_size=3),
    st.text(min_size=1, max_size=900).filter(str.strip),
)
def test_a_quote_stands_verbatim_in_the_passage(claims: list[str], text: str) -> None:
    found = quote(claims, text)
    assert found in text
    assert 0 < len(found) <= 400


def test_the_quote_of_two_neighbouring_claims_holds_both() -> None:
    text = PASSAGES[1].text
    assert quote(["Late books cost Rp 2.000 a day.", "The desk opens at 08.00."], text) == text


@given(
    st.lists(
        st.sampled_from(["Loans last.", "[1]", "[2]", "[3]", "[12]", "The desk", " ", "\n"]),
        max_size=12,
    )
)
def test_markers_and_sources_always_match(parts: list[str]) -> None:
    cited = cite(" ".join(parts), PASSAGES)
    numbers = list(dict.fromkeys(int(n) for n in re.findall(r"\[(\d+)\]", cited.text)))
    assert (
        numbers
        == [source.number for source in cited.sources]
        == list(range(1, len(cited.sources) + 1))
    )
    assert cited.sources
