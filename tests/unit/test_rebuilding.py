"""Before the pointer moves, the other generation has what the live one has, and finds it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nexus.generations.rebuilding import (
    Check,
    Comparison,
    Workplace,
    check,
    clear,
    compare,
    estimate,
)
from nexus.object_keys import document_id, object_key
from nexus.settings import Settings
from tests import assembled
from tests.fakes import FakeCatalogue, FakeClock, FakeDocuments, FakeEmbedder, FakeIndex

OLD = Settings(embedding_dimension=64, removal_grace_s=0)
NEW = replace(OLD, chunk_chars=300, chunk_overlap=50)
TEXT = "Books are lent for fourteen days, and returned to the desk. " * 20


class House:
    """One bucket and index, and two generations of it."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.documents, self.index = FakeDocuments(), FakeIndex()
        self.places, self.indexers = [], []
        for settings in (OLD, NEW):
            catalogue = FakeCatalogue(self.clock)
            self.places.append(Workplace(settings.generation, catalogue, self.index))
            self.indexers.append(
                assembled.indexer(self.documents, catalogue, self.index, FakeEmbedder(64), settings)
            )

    def put(self, path: str, text: str, *generations: int, tenant: str = "acme") -> None:
        self.documents.put(tenant, path, text.encode())
        for number in generations:
            self.indexers[number].reconcile(object_key(tenant, path))

    def chunk_ids(self, path: str) -> tuple[str, ...]:
        manifest = self.places[1].catalogue.manifest("acme", document_id("acme", path))
        assert manifest is not None
        return manifest.chunk_ids

    def compared(self) -> Comparison:
        live, other = self.places
        return compare(live, other, self.clock())


@pytest.fixture
def house() -> House:
    made = House()
    made.put("a.md", TEXT, 0, 1)
    made.put("b.md", "Open at nine.", 0, 1, tenant="rival")
    return made


def test_what_is_in_both_agrees_and_what_is_lacking_or_old_is_behind(house: House):
    house.put("broken.pdf", "%PDF-1.7 no", 0, 1)
    assert house.compared() == Comparison(documents=3, same=3)
    house.put("c.md", "Closed at ten.", 0)
    assert house.compared() == Comparison(documents=4, same=3, behind=1)
    house.indexers[1].reconcile(object_key("acme", "c.md"))
    house.put("a.md", TEXT + "More.", 0)
    assert house.compared() == Comparison(documents=4, same=3, moving=1)
    house.clock.advance(61)
    assert house.compared() == Comparison(documents=4, same=3, behind=1)
    house.documents.drop("acme", "c.md")
    house.indexers[0].reconcile(object_key("acme", "c.md"))
    assert house.compared().documents == 3


def test_a_sample_tells_lacking_chunks_and_chunks_that_are_not_found(house: House):
    new = house.places[1]
    assert check(new) == Check(sampled=2)
    space = house.index.spaces[new.generation.namespace("acme")]
    ids = house.chunk_ids("a.md")
    first, middle = space.pop(ids[0]), space[ids[len(ids) // 2]]
    assert check(new) == Check(sampled=2, miscounted=1)
    space[ids[0]] = first
    del space[middle.chunk.chunk_id]
    assert check(new) == Check(sampled=2, miscounted=1, lost=1)


def test_an_estimate_counts_what_would_be_embedded(house: House):
    found = estimate(house.places[0], 0.02)
    chunks = len(house.index.spaces[OLD.generation.namespace("acme")]) + 1
    assert (found.documents, found.chunks, found.tokens) == (2, chunks, chunks * 250)
    assert found.dollars == pytest.approx(chunks * 250 * 0.02 / 1e6)


def test_a_cleared_generation_leaves_nothing_and_the_other_everything(house: House):
    assert clear(house.places[1]) == 2
    assert list(house.places[1].catalogue.list_documents(None)) == []
    assert house.index.count(NEW.generation.namespace("acme")) == 0
    assert house.index.count(OLD.generation.namespace("acme")) > 0
    assert len(list(house.places[0].catalogue.list_documents(None))) == 2
    assert clear(house.places[1]) == 0
