"""Killed between any two steps, and once more at any later one, indexing ends as if it was not."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from functions.ingest.performing import perform
from nexus.errors import Superseded
from nexus.generations.lifecycle import PerGeneration, SingleGeneration
from nexus.ingestion.indexer import Indexer
from nexus.ingestion.messages import reconcile_message
from nexus.ingestion.parsing import cutting
from nexus.ingestion.part_indexer import SMALLEST_CHECKPOINT
from nexus.ingestion.revisions import content_of
from nexus.ingestion.tasks import tasks_of
from nexus.models import IndexRecord
from nexus.object_keys import document_id, object_key
from nexus.services import IngestServices
from nexus.settings import Settings
from tests import assembled, books
from tests.fakes import FakeCatalogue, FakeDocuments, FakeEmbedder, FakeIndex, FakeLedger, FakeQueue

CONFIG = Settings(embedding_dimension=16, embedding_batch=4)
KEY = object_key("acme", "book.txt")
ID = document_id("acme", "book.txt")
SPACE = CONFIG.generation.namespace("acme")
BOOK = list(books.pages(4))
FIRST, SECOND = books.as_text(BOOK), books.as_text(books.edited(BOOK))


class Killed(BaseException):
    """What a killed worker's code would see if it saw anything."""


class Life:
    """Counts the moments before and after each call, and ends at those in `deadly`."""

    def __init__(self) -> None:
        self.moments = 0
        self.deadly: set[int] = set()

    def __call__(self) -> None:
        self.moments += 1
        if self.moments in self.deadly:
            raise Killed


class Mortal:
    """A fake whose every call can be the last: before it had an effect, or after."""

    def __init__(self, fake: Any, life: Life) -> None:
        self._fake, self._life = fake, life

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._fake, name)

        def call(*values: Any, **named: Any) -> Any:
            self._life()
            result = method(*values, **named)
            self._life()
            return result

        return call


class House:
    """The core over fakes that a worker may be killed at."""

    def __init__(self) -> None:
        self.documents, self.catalogue, self.index = FakeDocuments(), FakeCatalogue(), FakeIndex()
        self.ledger, self.queue, self.embedder = FakeLedger(), FakeQueue(), FakeEmbedder(16)
        self.life = Life()

    def run(self, content: bytes, *deadly: int) -> None:
        """Uploads a version, and works the queue off with workers that die at these moments."""
        self.documents.put("acme", "book.txt", content)
        self.queue.bodies.append(reconcile_message(KEY))
        self.life.moments, self.life.deadly = 0, set(deadly)
        while self.queue.bodies:
            message = self.queue.bodies.pop(0)
            try:
                self.handle(message)
            except Killed:
                self.queue.bodies.append(message)  # it becomes visible again

    def handle(self, message: str, **others: Any) -> None:
        """Does what a message asks for, with others in the place of some fakes."""
        indexer = self._indexer(**others)
        one = SingleGeneration(indexer.generation)
        indexers = PerGeneration(one, indexer.generation, lambda _: indexer)
        for task in tasks_of(message):
            list(perform(task, IngestServices(CONFIG, indexers, self.queue, assembled.InTurn())))

    def _indexer(self, **others: Any) -> Indexer:
        names = ("documents", "catalogue", "index", "embedder", "ledger", "queue")
        mortal: dict[str, Any] = {name: Mortal(getattr(self, name), self.life) for name in names}
        return assembled.indexer(settings=CONFIG, **(mortal | others))

    def seen(self) -> list[tuple[str, str, int]]:
        """Contents, texts and ordinals of what readers see, in order; nothing else may be there."""
        record, manifest = self.catalogue.get("acme", ID), self.catalogue.manifest("acme", ID)
        assert record is not None
        assert manifest is not None
        assert record.status == "indexed"
        assert record.hidden == frozenset()
        space = self.index.spaces[SPACE]
        assert space.keys() == set(manifest.chunk_ids)
        assert {found.added_in for found in space.values()} <= set(record.published)
        return [_described(space[one]) for one in manifest.chunk_ids]


def _described(found: IndexRecord) -> tuple[str, str, int]:
    return content_of(found.chunk.chunk_id), found.chunk.text, found.chunk.ordinal


@pytest.fixture(params=["one part", "several parts"])
def small_parts(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "several parts":
        monkeypatch.setattr(cutting, "PART_BYTES", 4096)
        monkeypatch.setattr(cutting, "WINDOW_BYTES", 1024)


def moments(house: House, content: bytes) -> int:
    house.run(content)
    return house.life.moments


def check(before: Callable[[House], Any], content: bytes) -> None:
    """Kills at every moment of indexing the content, each time once more a little later."""
    calm = House()
    before(calm)
    paid = len(calm.embedder.texts)
    last, expected = moments(calm, content), calm.seen()
    paid = len(calm.embedder.texts) - paid
    chance = random.Random(last)
    for moment in range(1, last + 1):
        house = House()
        before(house)
        already = len(house.embedder.texts)
        house.run(content, moment, moment + chance.randint(1, last))
        assert house.seen() == expected, moment
        assert len(house.embedder.texts) - already <= paid + 2 * SMALLEST_CHECKPOINT


@pytest.mark.usefixtures("small_parts")
def test_a_new_document_survives_a_kill_at_every_moment() -> None:
    check(lambda _: None, FIRST)


@pytest.mark.usefixtures("small_parts")
def test_a_new_version_survives_a_kill_at_every_moment() -> None:
    check(lambda house: house.run(FIRST), SECOND)


@pytest.mark.parametrize("small_parts", ["several parts"], indirect=True)
@pytest.mark.usefixtures("small_parts")
def test_two_workers_that_join_the_parts_hide_what_the_version_before_has_left() -> None:
    house = House()
    house.run(FIRST)
    house.documents.put("acme", "book.txt", SECOND)
    house.handle(reconcile_message(KEY))
    *others, last = house.queue.bodies
    for message in others:
        house.handle(message)

    class Joining(Mortal):
        """Another worker joins the same parts first, and dies before it has removed anything."""

        def finished_parts(self, record: Any) -> Any:
            results = house.catalogue.finished_parts(record)
            with pytest.raises(Killed):
                house.handle(last, index=Undeletable(house.index, Life()))
            return results

    class Undeletable(Mortal):
        def delete_chunks(self, *_values: Any) -> None:
            raise Killed

    house.handle(last, catalogue=Joining(house.catalogue, Life()))
    record, manifest = house.catalogue.get("acme", ID), house.catalogue.manifest("acme", ID)
    assert record is not None
    assert manifest is not None
    shown = [
        one
        for one, found in house.index.spaces[SPACE].items()
        if found.added_in in record.published and one not in record.hidden
    ]
    assert set(shown) == set(manifest.chunk_ids)


@pytest.mark.parametrize("small_parts", ["several parts"], indirect=True)
@pytest.mark.usefixtures("small_parts")
def test_a_part_that_comes_after_a_newer_version_leaves_nothing_behind() -> None:
    house = House()
    house.documents.put("acme", "book.txt", FIRST)
    house.handle(reconcile_message(KEY))
    late, *_ = house.queue.bodies
    house.queue.bodies.clear()

    class Slow(Mortal):
        """Before the part is written, a whole new version is indexed."""

        def upsert(self, *values: Any) -> None:
            if house.catalogue.manifest("acme", ID) is None:
                house.run(SECOND)
            house.index.upsert(*values)

    house.handle(late, index=Slow(house.index, Life()))
    calm = House()
    calm.run(FIRST)
    calm.run(SECOND)
    assert house.seen() == calm.seen()


@pytest.mark.parametrize("small_parts", ["several parts"], indirect=True)
@pytest.mark.usefixtures("small_parts")
def test_a_part_that_was_kept_and_then_published_by_another_worker_stays() -> None:
    house = House()
    house.documents.put("acme", "book.txt", FIRST)
    house.handle(reconcile_message(KEY))
    slow, *others = house.queue.bodies

    class Slow(Mortal):
        """The part is kept; before that is counted, others finish the rest and publish."""

        def finish_part(self, *values: Any) -> Any:
            house.catalogue.finish_part(*values)
            for message in others:
                house.handle(message)
            raise Superseded("The attempt has ended.")

    house.handle(slow, catalogue=Slow(house.catalogue, Life()))
    calm = House()
    calm.run(FIRST)
    assert house.seen() == calm.seen()


def test_an_overtaken_worker_leaves_the_newer_attempt_what_both_have_kept() -> None:
    house = House()
    house.run(FIRST)
    house.documents.put("acme", "book.txt", SECOND)

    class Slow(Mortal):
        """Between beginning and looking what is live, another worker indexes the same version."""

        def manifest(self, *values: Any) -> Any:
            record = house.catalogue.get("acme", ID)
            if record and record.status == "indexing" and record.revision == 2:
                house.handle(reconcile_message(KEY))
            return house.catalogue.manifest(*values)

    house.handle(reconcile_message(KEY), catalogue=Slow(house.catalogue, Life()))
    calm = House()
    calm.run(FIRST)
    calm.run(SECOND)
    assert house.seen() == calm.seen()
