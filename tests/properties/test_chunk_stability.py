"""An edit changes the chunks that it touches and few beside: what is embedded again is small.

How many depends on how the borders around the edit fall, so each kind of edit is made in many
documents. Three chunks are enough for 99 edits of 100 (96 of 100 where an edit brings several
times the length of the paragraphs around), and six for every one.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import pytest

from nexus.ingestion.chunking import chunk, text_key
from nexus.models import Chunk, LocatedText, Locator, ParsedDocument

SEEDS = range(12)


def cut(texts: Sequence[LocatedText]) -> list[Chunk]:
    return chunk(ParsedDocument(tuple(texts)), "d", embedding_model="m")


def keys(texts: Sequence[LocatedText]) -> list[str]:
    return [text_key(item, "m") for item in cut(texts)]


def changed(before: Sequence[LocatedText], after: Sequence[LocatedText]) -> int:
    """How many chunks of `after` have to be embedded, their text not being in `before`."""
    known = set(keys(before))
    return sum(key not in known for key in keys(after))


def sentence(rng: random.Random) -> str:
    words = ("".join(rng.choices("aeioulnrstkm", k=rng.randint(2, 10))) for _ in range(14))
    return " ".join(words).capitalize() + "."


def paragraph(rng: random.Random, longest: int = 6) -> str:
    return " ".join(sentence(rng) for _ in range(rng.randint(1, longest)))


def lengthen(rng: random.Random, text: str) -> list[str]:
    middle = text.find(". ", len(text) // 3) + 2
    return [f"{text[:middle]}{paragraph(rng, 4)} {text[middle:]}"]


EDITS: dict[str, Callable[[random.Random, str], list[str]]] = {
    "lengthen": lengthen,
    "shorten": lambda _, text: [text[: len(text) // 2].rstrip() + "."],
    "replace": lambda rng, _: [paragraph(rng)],
    "insert": lambda rng, text: [paragraph(rng), text],
    "delete": lambda *_: [],
}


def plain(rng: random.Random) -> list[LocatedText]:
    """A file without headings, 90,000 characters."""
    return [LocatedText(paragraph(rng)) for _ in range(300)]


def one_page_after_another(rng: random.Random) -> list[LocatedText]:
    """Forty pages of 3,000 characters."""
    return [
        LocatedText(paragraph(rng), Locator(page=page)) for page in range(1, 41) for _ in range(10)
    ]


def under_headings(rng: random.Random) -> list[LocatedText]:
    return [
        LocatedText(paragraph(rng), Locator(heading=(f"Part {n // 20}", f"Section {n // 4}")))
        for n in range(300)
    ]


def long_paragraphs(rng: random.Random) -> list[LocatedText]:
    """Paragraphs of several chunks each."""
    return [LocatedText(" ".join(sentence(rng) for _ in range(40))) for _ in range(20)]


def even_lines(rng: random.Random) -> list[LocatedText]:
    """Paragraphs of nearly one length, after which borders filled from the start never meet."""
    return [LocatedText(sentence(rng)[:80].rstrip() + f" {n}.") for n in range(600)]


@pytest.mark.parametrize(
    "document", [plain, one_page_after_another, under_headings, long_paragraphs, even_lines]
)
def test_an_edited_paragraph_changes_three_chunks_at_most(document):
    counts = []
    for seed in SEEDS:
        rng = random.Random(seed)
        before = document(rng)
        known = set(keys(before))
        at = rng.randrange(len(before) // 4, 3 * len(before) // 4)
        place = before[at].locator
        for edit in EDITS.values():
            new = [LocatedText(text, place) for text in edit(rng, before[at].text)]
            after = keys([*before[:at], *new, *before[at + 1 :]])
            counts.append(sum(key not in known for key in after))
    assert sum(count <= 3 for count in counts) >= 0.96 * len(counts), sorted(counts)
    assert max(counts) <= 6
    assert sum(counts) / len(counts) <= 2.2


def test_a_paragraph_in_the_middle_of_five_hundred_pages_changes_three_chunks_at_most():
    rng = random.Random(5)
    before = [LocatedText(paragraph(rng)) for _ in range(4800)]
    assert sum(len(text.text) for text in before) > 1_400_000
    known = set(keys(before))
    for edit in EDITS.values():
        new = [LocatedText(text) for text in edit(rng, before[2400].text)]
        after = keys([*before[:2400], *new, *before[2401:]])
        assert sum(key not in known for key in after) <= 3


def test_a_moved_section_changes_no_chunk():
    rng = random.Random(1)
    parts = [
        [LocatedText(paragraph(rng), Locator(heading=(name,))) for _ in range(20)]
        for name in ("One", "Two", "Three")
    ]
    before = [text for part in parts for text in part]
    assert changed(before, [*parts[2], *parts[0], *parts[1]]) == 0


def test_a_moved_paragraph_changes_the_chunks_of_both_places():
    rng = random.Random(2)
    before = plain(rng)
    after = [*before[:100], *before[101:200], before[100], *before[200:]]
    assert changed(before, after) <= 6


def rows(values: Sequence[str]) -> list[LocatedText]:
    return [
        LocatedText(value, Locator(sheet="Fees", row=n)) for n, value in enumerate(values, start=2)
    ]


def listing(rng: random.Random) -> str:
    return f"Programme: P{rng.randrange(10**6)}; Fee: Rp {rng.randrange(10**7)}; Year: 2026"


@pytest.mark.parametrize(
    "value",
    [
        listing,
        lambda rng: f"Paid: {rng.choice(['yes', 'no'])}; Faculty: Engineering",
        lambda _: "Paid: yes; Faculty: Engineering",
    ],
    ids=["distinct rows", "two kinds of rows", "equal rows"],
)
def test_an_inserted_row_changes_the_text_of_three_chunks_at_most(value):
    rng = random.Random(3)
    before = [value(rng) for _ in range(20_000)]
    known = set(keys(rows(before)))
    for at in (1, 10_000, 19_999):
        after = keys(rows([*before[:at], "Programme: inserted; Fee: none", *before[at:]]))
        assert 1 <= sum(key not in known for key in after) <= 3


def test_equal_rows_fill_their_chunks():
    chunks = cut(rows(["Paid: yes; Faculty: Engineering"] * 5_000))
    assert all(900 < len(item.text) <= 1000 for item in chunks[:-2])


@pytest.mark.parametrize("glue", [" ", ". "], ids=["words alone", "sentences"])
def test_an_edit_in_one_line_of_a_megabyte_changes_three_chunks_at_most(glue):
    rng = random.Random(4)
    words = ["".join(rng.choices("aeioulnrstkm", k=8)).capitalize() for _ in range(110_000)]
    edited = [*words[:60_000], "Something", "else", *words[60_001:]]
    before, after = [LocatedText(glue.join(words))], [LocatedText(glue.join(edited))]
    assert len(before[0].text) > 900_000
    assert 1 <= changed(before, after) <= 3


def test_chunks_of_prose_are_well_filled():
    rng = random.Random(6)
    for document in (plain, long_paragraphs):
        lengths = [len(item.text) for item in cut(document(rng))]
        assert 600 <= sum(lengths) / len(lengths) <= 1000


def test_what_fits_into_two_chunks_is_two_chunks():
    for seed in range(40):
        rng = random.Random(seed)
        texts = [LocatedText(sentence(rng)) for _ in range(14)]
        total = sum(len(text.text) + 2 for text in texts)
        assert len(cut(texts)) == (1 if total <= 1002 else 2), total


def test_borders_stay_where_they_are_when_the_ends_of_all_paragraphs_change():
    rng = random.Random(7)
    before = [LocatedText(paragraph(rng, 3)) for _ in range(200)]
    after = [LocatedText(f"{text.text[:-3]}xx.") for text in before]
    assert {text.text for text in before}.isdisjoint(text.text for text in after)
    assert [len(item.text) for item in cut(before)] == [len(item.text) for item in cut(after)]
