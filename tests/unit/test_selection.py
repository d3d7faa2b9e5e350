"""What is read is not repeated, comes from several documents, and is whole."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nexus.models import Hit, Locator
from nexus.retrieval.selection import Ranked, join, select


def ranked(
    text: str,
    relevance: float,
    document: str = "a",
    ordinal: int = 0,
    locator: Locator | None = None,
) -> Ranked:
    place = locator or Locator(page=1)
    hit = Hit(f"{document}{ordinal}", document, "T", "u", text, place, ordinal, 1, 0.5)
    return Ranked(hit, relevance)


def test_a_near_copy_is_shown_once() -> None:
    text = "The library closes at nine in the evening on every working day of the week"
    chosen = select([ranked(text, 0.9), ranked(f"{text}.", 0.8, "b"), ranked("Other", 0.1, "c")], 3)
    assert [item.hit.document_id for item in chosen] == ["a", "c"]


def test_texts_that_differ_only_in_a_number_are_not_copies() -> None:
    text = "The tuition fee of the bachelor's programme in nursing for the year {} is due in June"
    rows = [ranked(text.format(year), 0.9, str(year)) for year in (2024, 2025, 2026)]
    assert len(select(rows, 3)) == 3


def test_of_equal_passages_another_document_comes_first() -> None:
    chosen = select(
        [
            ranked("Alpha one", 0.80, "a", 0),
            ranked("Alpha nine", 0.795, "a", 9),
            ranked("Beta", 0.79, "b", 0),
            ranked("Gamma far", 0.60, "c", 0),
        ],
        4,
    )
    assert [item.hit.document_id for item in chosen] == ["a", "b", "a", "c"]


def test_neighbours_of_one_section_are_joined_where_they_overlap() -> None:
    first = "Rooms are given by lot. The lot is drawn on Friday."
    second = "The lot is drawn on Friday. Keys are handed out on Monday."
    chosen = select([ranked(second, 0.9, ordinal=5), ranked(first, 0.7, ordinal=4)], 5)
    assert [item.hit.text for item in chosen] == [
        "Rooms are given by lot. The lot is drawn on Friday. Keys are handed out on Monday."
    ]
    assert chosen[0].relevance == 0.9


def test_chunks_of_different_sections_pages_or_tables_stay_apart() -> None:
    other_page = ranked("Second page text", 0.8, ordinal=1, locator=Locator(page=2))
    rows = [
        ranked("Fee: 1", 0.7, "t", 0, Locator(sheet="S", row=2)),
        ranked("Fee: 2", 0.6, "t", 1, Locator(sheet="S", row=9)),
    ]
    assert len(select([ranked("First page text", 0.9), other_page, *rows], 5)) == 4


@given(st.text(min_size=16, max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_joined_texts_lose_nothing(shared: str, before: str, after: str) -> None:
    joined = join(before + shared, shared + after)
    assert joined.startswith(before + shared)
    assert joined.endswith(after)


@given(
    st.lists(
        st.tuples(st.floats(0, 1), st.sampled_from("abc"), st.integers(0, 4)),
        max_size=15,
    ),
    st.integers(1, 20),
)
def test_the_best_is_always_chosen_and_never_too_many(
    items: list[tuple[float, str, int]], top_k: int
) -> None:
    given_items = [
        ranked(f"{document} {ordinal} {number}", relevance, document, ordinal)
        for number, (relevance, document, ordinal) in enumerate(items)
    ]
    chosen = select(given_items, top_k)
    assert len(chosen) <= top_k
    if given_items:
        assert chosen[0].relevance == max(item.relevance for item in given_items)
