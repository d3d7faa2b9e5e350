"""Words that PDF lines cut at hyphens are put together as the document spells them elsewhere."""

from __future__ import annotations

import time

import pytest

from nexus.ingestion.parsing.pdf_layout import join_hyphens
from nexus.ingestion.parsing.pdf_lines import HYPHEN
from nexus.models import LocatedText

# With so many more texts that hold hyphens, all words of the document are looked into at once.
MORE = 30


@pytest.mark.parametrize("more", [0, MORE])
@pytest.mark.parametrize(
    ("elsewhere", "mended"),
    [
        ("Each well-known rule", "a well-known rule"),
        ("Each wellknown rule", "a wellknown rule"),
        ("WELL-KNOWN", "a well-known rule"),
        # Parts of other words are none that the document has.
        ("Each well-knownness, unwell-known and well-known-to", "a wellknown rule"),
        ("Each well-known-to and wellknown rule", "a wellknown rule"),
        ("nothing", "a wellknown rule"),
    ],
)
def test_a_hyphen_stays_where_the_document_spells_it(
    elsewhere: str, mended: str, more: int
) -> None:
    texts = [
        LocatedText(f"a well{HYPHEN}known rule"),
        LocatedText(elsewhere),
        *(LocatedText(f"other word{HYPHEN}s") for _ in range(more)),
    ]
    assert join_hyphens(texts)[0].text == mended


def test_the_time_does_not_grow_with_the_square_of_a_text_of_many_hyphens() -> None:
    """One text may hold all of them; each looked for by itself would read it anew."""
    halves = "".join(f" {letters}{HYPHEN}{letters}" for letters in ["abcdef"] * 20_000)
    words = " ".join(f"word{number}abcdefabcdef" for number in range(20_000))
    started = time.process_time()
    join_hyphens([LocatedText(f"{words}{halves}")])
    assert time.process_time() - started < 10
