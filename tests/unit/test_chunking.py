"""Chunks hold every word, stay small and in their section, and keep their ids if others change."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from nexus.ingestion.chunking import chunk, embedding_text, text_key
from nexus.models import Chunk, LocatedText, Locator, ParsedDocument
from nexus.settings import CHUNKER_VERSION

MAX = 80
words = st.text(st.sampled_from("abcdé。. \nß漢😀"), max_size=400)
places = st.builds(
    Locator,
    page=st.sampled_from([None, 1, 2]),
    heading=st.sampled_from([(), ("A",), ("A", "B")]),
    row=st.sampled_from([None, 2, 49, 50, 51]),
)
texts = st.lists(st.builds(LocatedText, words, places), max_size=12)


def cut(located, max_chars=MAX, overlap=20, **changes) -> list[Chunk]:
    arguments = {"document_id": "d", "embedding_model": "m", **changes}
    document = ParsedDocument(tuple(located))
    return chunk(document, max_chars=max_chars, overlap=overlap, **arguments)


def section(located: LocatedText | Chunk) -> Locator:
    return replace(located.locator, row=None)


@given(texts)
@settings(deadline=None)
def test_every_word_is_in_a_small_chunk_of_its_own_place(located):
    chunks = cut(located)
    assert [item.ordinal for item in chunks] == list(range(len(chunks)))
    assert len({item.chunk_id for item in chunks}) == len(chunks)
    assert all(re.fullmatch("[0-9a-f]{32}", item.chunk_id) for item in chunks)
    assert all(0 < len(item.text) <= MAX * 1.2 for item in chunks)
    assert cut(located) == chunks
    for text in located:
        here = [item.text for item in chunks if section(item) == section(text)]
        for word in text.text.split():
            # A word longer than a chunk is cut; its characters are all there.
            pieces = [word] if len(word) <= MAX - 20 else [word[:10], word[-10:]]
            assert all(any(piece in chunk_text for chunk_text in here) for piece in pieces) or (
                not set(word) - set("".join(here))
            )


@given(texts)
@settings(deadline=None)
def test_without_overlap_chunks_are_the_text_itself(located):
    def squeezed(parts):
        return "".join("".join(parts).split())

    assert squeezed(c.text for c in cut(located, overlap=0)) == squeezed(t.text for t in located)


@given(texts, words, st.integers(0, 11))
@settings(deadline=None)
def test_an_edit_changes_chunks_of_its_own_section_only(located, new_text, at):
    assume(at < len(located))
    edited = [*located]
    edited[at] = LocatedText(new_text, located[at].locator)
    runs = {section(text) for i, text in enumerate(located) if i != at}
    assume(section(located[at]) not in runs)
    before = {c.chunk_id for c in cut(located) if section(c) != section(located[at])}
    after = {c.chunk_id for c in cut(edited) if section(c) != section(located[at])}
    assert before == after


PROSE = [f"Pasal {n} menetapkan biaya sebesar Rp {n}.000 per semester." for n in range(60)]


def test_prose_is_cut_at_sentences_that_neighbours_share_whole():
    chunks = cut([LocatedText(" ".join(PROSE))], max_chars=400, overlap=120)
    assert len(chunks) > 5
    for sentence in PROSE:
        assert any(sentence in item.text for item in chunks)
    for before, after in pairwise(chunks):
        assert after.text.startswith("Pasal")
        assert after.text[:50].split(".")[0] in before.text
        assert len(after.text) <= 480


def test_paragraphs_fill_chunks_and_a_tiny_one_joins_its_neighbour():
    located = [LocatedText("x" * 45), LocatedText("y" * 30), LocatedText("z" * 75)]
    chunks = cut(located, max_chars=80, overlap=0)
    assert [len(item.text) for item in chunks] == [45 + 2 + 30, 75]
    located[:2] = [LocatedText("x" * 75), LocatedText("-" * 5)]
    chunks = cut(located, max_chars=80, overlap=0)
    assert sorted(len(item.text) for item in chunks) == [75, 75 + 2 + 5]


def test_rows_stand_whole_do_not_overlap_and_name_the_first():
    rows = [
        LocatedText(f"Program: P{n}; Fee: {n}", Locator(sheet="S", row=n)) for n in range(2, 90)
    ]
    chunks = cut(rows, max_chars=200, overlap=50)
    lines = [line for item in chunks for line in item.text.split("\n")]
    assert lines == [row.text for row in rows]
    assert all(f"Program: P{item.locator.row};" in item.text.split("\n")[0] for item in chunks)


def test_an_edited_row_leaves_far_rows_alone():
    rows = [LocatedText(f"Fee: {n:05}", Locator(sheet="S", row=n)) for n in range(2, 1000)]
    edited = [*rows]
    edited[10] = replace(rows[10], text="Fee: a much longer value than the one before it " * 2)
    before, after = cut(rows, max_chars=100), cut(edited, max_chars=100)
    assert len({c.chunk_id for c in before} & {c.chunk_id for c in after}) > 0.9 * len(before)


def test_the_same_words_twice_are_two_chunks():
    chunks = cut([LocatedText("same", Locator(page=1)), LocatedText("x", Locator(page=2)),
                  LocatedText("same", Locator(page=1))])  # fmt: skip
    assert chunks[0].text == chunks[2].text
    assert chunks[0].chunk_id != chunks[2].chunk_id


@pytest.mark.parametrize("change", ["document_id", "embedding_model"])
def test_ids_change_with_all_that_is_embedded(change):
    located = [LocatedText("words")]
    assert cut(located)[0].chunk_id != cut(located, **{change: "other"})[0].chunk_id


def test_embedding_text_names_title_and_headings_once():
    item = Chunk("0", "Nine million.", Locator(heading=("Guide", "Fees")), 0)
    assert embedding_text("Guide", item) == "Guide › Fees\nNine million."
    assert embedding_text("", Chunk("0", "x", Locator(), 0)) == "x"


def test_a_text_key_names_what_is_embedded_but_the_title():
    fees = Locator(sheet="Fees", heading=("Guide", "Fees"))
    item = Chunk("0", "Nine million.", fees, 0)
    key = text_key(item, "m")
    assert re.fullmatch("[0-9a-f]{32}", key)
    elsewhere = Chunk("1", "Nine million.", replace(fees, page=3, row=7, slide=2), 5)
    assert text_key(elsewhere, "m") == key
    others = [
        replace(item, text="Ten million."),
        replace(item, locator=replace(fees, sheet="Costs")),
        replace(item, locator=replace(fees, heading=("Guide › Fees",))),
        replace(item, locator=replace(fees, heading=("Guide",))),
    ]
    assert len({key, text_key(item, "n"), *(text_key(other, "m") for other in others)}) == 6


def test_an_id_is_not_shared_with_another_place():
    places = [Locator(), Locator(page=1), Locator(slide=1), Locator(row=1), Locator(sheet="1")]
    ids = {cut([LocatedText("words", place)])[0].chunk_id for place in places}
    assert len(ids) == len(places)


def test_a_long_sentence_is_cut_between_words():
    sentence = " ".join(f"kata{n}" for n in range(400))
    for item in cut([LocatedText(sentence)], max_chars=400, overlap=0):
        assert f" {item.text} " in f" {sentence} "
        assert 50 < len(item.text) <= 400


def test_long_paragraphs_are_parted_where_the_second_begins():
    parted = 0
    for n in range(40):
        located = [
            LocatedText(" ".join(f"{name} holds rule {n} of part {m}." for m in range(25)))
            for name in ("Anna", "Bert")
        ]
        chunks = cut(located, max_chars=200, overlap=0)
        parted += not any("Anna" in item.text and "Bert" in item.text for item in chunks)
    assert parted > 30


def test_an_abbreviation_does_not_end_a_sentence():
    text = "Bring papers, e.g. a passport, and come early. " * 10
    for item in cut([LocatedText(text)], max_chars=200, overlap=0):
        assert item.text.startswith("Bring")
        assert item.text.endswith("early.")


def test_a_huge_paragraph_is_cut_in_time():
    text = "kata mahasiswa perpustakaan. " * 100_000
    assert len(cut([LocatedText(text)], max_chars=1000, overlap=120)) > 2900


@pytest.mark.parametrize(
    "place",
    [
        Locator(),
        Locator(page=3, heading=('Fees "2026"', "Café › lunch")),
        Locator(sheet="Übersicht", row=7),
        Locator(slide=2, heading=("One",)),
    ],
)
def test_an_id_is_over_the_text_its_place_and_what_made_it(place: Locator) -> None:
    """Of another id, everything would be embedded anew."""
    text = 'Open "daily" from 8 to 4.\nÉtage 2'
    (made,) = chunk(ParsedDocument((LocatedText(text, place),)), "d" * 32, embedding_model="m-1")
    where = (place.page, place.heading, place.slide, place.sheet, place.row)
    said = ["d" * 32, text, where, "m-1", CHUNKER_VERSION]
    basis = json.dumps([*said, made.table] if made.table else said)
    assert made.chunk_id == hashlib.sha256(f"{basis}0".encode()).hexdigest()[:32]
