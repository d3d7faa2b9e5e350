"""Makes passages for an index of any size, with words as often as real texts have them.

Words follow Zipf's law (a word's frequency falls as one over its rank), so that a question of a
passage's own words finds some in a third of all passages and others in ten.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import accumulate

import numpy as np

from nexus.models import Chunk, DocumentMetadata, IndexRecord, Locator

VOCABULARY = 20_000
# What stands before these ranks in a real text is in `nexus.text.query_words.STOP_WORDS`.
FIRST_RANK = 50
WORDS = 90
CHUNKS_PER_DOCUMENT = 20
_SYLLABLES = (
    "ba",
    "co",
    "di",
    "fel",
    "gu",
    "ha",
    "jor",
    "ki",
    "lan",
    "mo",
    "nu",
    "per",
    "ra",
    "tis",
)


class Corpus:
    """Passages drawn from one seed; the same seed gives the same ones."""

    def __init__(self, dimension: int, seed: int = 0) -> None:
        self._chance = random.Random(seed)
        self._vectors = np.random.default_rng(seed)
        self._dimension = dimension
        self._words = [_word(rank) for rank in range(VOCABULARY)]
        self._weights = list(accumulate(1 / (FIRST_RANK + rank) for rank in range(VOCABULARY)))

    def document(self, number: int, chunks: int = CHUNKS_PER_DOCUMENT) -> list[IndexRecord]:
        """A document's chunks; asked again, it has the same ids with other words and vectors."""
        name = f"doc-{number:07}"
        return [
            IndexRecord(
                chunk=Chunk(f"{name}-{place:05}", self.text(WORDS), Locator(page=place), place),
                document_id=name,
                title=self.text(4),
                uri=f"s3://bucket/documents/acme/{name}.pdf",
                added_in=1,
                vector=self.vector(),
                metadata=DocumentMetadata(department=("Finance", "IT")[number % 2]),
            )
            for place in range(chunks)
        ]

    def documents(self, chunks: int) -> Iterator[list[IndexRecord]]:
        """Documents of so many chunks together."""
        for number in range(-(-chunks // CHUNKS_PER_DOCUMENT)):
            left = chunks - number * CHUNKS_PER_DOCUMENT
            yield self.document(number, min(left, CHUNKS_PER_DOCUMENT))

    def vector(self) -> tuple[float, ...]:
        """A direction like any other, as float32 holds it."""
        drawn = self._vectors.standard_normal(self._dimension, dtype=np.float32)
        return tuple(drawn.tolist())

    def text(self, words: int) -> str:
        """So many words, as often as they are."""
        return " ".join(self._chance.choices(self._words, cum_weights=self._weights, k=words))


def _word(rank: int) -> str:
    """A word that is no other rank's: its number in syllables."""
    syllables, base = "", len(_SYLLABLES)
    rank += base
    while rank:
        rank, place = divmod(rank, base)
        syllables += _SYLLABLES[place]
    return syllables
