"""The manuals that benchmarks set are the same for a seed, and read like a company's."""

from __future__ import annotations

import re

from tests.bench.typeset import POOLS, SENTENCES, WORDS_A_PAGE, manual, said

PAGES = 25
MANUALS = [manual(PAGES, seed) for seed in range(4)]


def _words(document: dict[str, object]) -> list[str]:
    blocks = document["blocks"]
    assert isinstance(blocks, list)
    return " ".join(text for block in blocks for text in said(block)).split()


def test_a_seed_makes_the_same_manual_again_and_another_seed_another() -> None:
    assert manual(PAGES, 0) == MANUALS[0]
    assert len({" ".join(_words(document)) for document in MANUALS}) == len(MANUALS)


def test_a_manual_has_the_words_of_its_pages() -> None:
    for document in MANUALS:
        pages = len(_words(document)) / WORDS_A_PAGE
        assert PAGES <= pages < PAGES + 1.5  # the last section is whole


def test_every_kind_of_block_is_set_in_both_languages() -> None:
    found = {(block["kind"], block["language"]) for each in MANUALS for block in each["blocks"]}
    kinds = ("heading", "paragraph", "items", "table")
    assert found == {(kind, language) for kind in kinds for language in ("en", "id")}


def test_no_slot_stays_empty_and_every_pool_is_drawn_from() -> None:
    assert not [word for document in MANUALS for word in _words(document) if "{" in word]
    for language, pool in POOLS.items():
        patterns = "|".join((SENTENCES[language], *pool.values()))
        assert set(pool) <= set(re.findall(r"\{(\w+)\}", patterns))


def test_sentences_are_many() -> None:
    sentences = [
        sentence
        for document in MANUALS
        for block in document["blocks"]
        if block["kind"] == "paragraph"
        for sentence in block["text"].split(". ")
    ]
    assert len(set(sentences)) > 0.9 * len(sentences)
