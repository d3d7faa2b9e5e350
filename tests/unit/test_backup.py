"""A snapshot holds every document as it was at one moment, and what is restored is the same."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace

import pytest

from nexus.adapters.parquet.snapshots import ParquetSnapshots
from nexus.errors import InvalidRequest, NotFound, SnapshotDamaged
from nexus.generations.lifecycle import flipped
from nexus.ingestion.indexer import Indexer
from nexus.models import Filters, Generation, IndexRecord
from nexus.object_keys import document_id, object_key
from nexus.ports import Manifest, VectorIndex
from nexus.settings import Settings
from nexus.snapshots import backup, restoring
from nexus.snapshots import writing as snapshot_writing
from nexus.snapshots.backup import Backup
from nexus.snapshots.layout import restored_generation
from nexus.snapshots.progress import Progress
from nexus.snapshots.reading import SnapshotReader
from nexus.snapshots.restoring import Restorer, check_free, registered
from tests import assembled
from tests.fakes import (
    FakeCatalogue,
    FakeClock,
    FakeDocuments,
    FakeEmbedder,
    FakeGenerations,
    FakeIndex,
    FakeLedger,
    FakeSnapshots,
)

DIMENSION = 256
CONFIG = Settings(
    embedding_dimension=DIMENSION,
    removal_grace_s=0,
    documents_bucket="bucket",
    embedding_batch=4,
    chunk_chars=200,
    chunk_overlap=20,
)
GENERATION = CONFIG.generation
SNAPSHOT = "20261125T120000Z-" + GENERATION.generation_id


class Plant:
    """An indexed bucket, and what a generation that is restored beside it works with."""

    def __init__(self, index: VectorIndex | None = None) -> None:
        self.clock = FakeClock()
        self.documents, self.embedder = FakeDocuments(), FakeEmbedder(DIMENSION)
        self.catalogue, self.index = FakeCatalogue(self.clock), index or FakeIndex()
        self.store, self.codec = FakeSnapshots(), ParquetSnapshots()
        self.restored_catalogue, self.restored_index = FakeCatalogue(self.clock), FakeIndex()
        self.ledger = FakeLedger()
        self.indexer = self._indexer(GENERATION)

    def _indexer(self, generation: Generation) -> Indexer:
        restored = generation != GENERATION
        return assembled.indexer(
            self.documents,
            self.restored_catalogue if restored else self.catalogue,
            self.restored_index if restored else self.index,
            self.embedder,
            CONFIG,
            generation=generation,
            ledger=self.ledger if restored else FakeLedger(),
            now=self.clock,
        )

    def put(self, path: str, text: str, tenant: str = "acme") -> str:
        self.documents.put(tenant, path, text.encode())
        self.indexer.reconcile(object_key(tenant, path))
        return document_id(tenant, path)

    def drop(self, path: str) -> None:
        self.documents.drop("acme", path)
        self.indexer.reconcile(object_key("acme", path))

    def backup(self) -> Backup:
        return Backup(self.catalogue, self.index, self.store, self.codec, GENERATION, self.clock)

    def back_up(self, has_time: Callable[[], bool] = lambda: True) -> Progress:
        progress = self.backup().begin(SNAPSHOT)
        while progress.phase != "done":
            # Every invocation is another process, which has only what it was sent.
            sent = json.dumps(asdict(progress))
            assert len(sent) < 2_000
            progress = self.backup().run(Progress(**json.loads(sent)), has_time)
        return progress

    def reader(self) -> SnapshotReader:
        return SnapshotReader(self.store, self.codec, SNAPSHOT)

    def generation(self, suffix: str = "r1") -> Generation:
        return restored_generation(self.reader().snapshot, suffix, "")

    def restorer(self, bucket: str = "bucket", index: VectorIndex | None = None) -> Restorer:
        return Restorer(
            self.reader(),
            self.restored_catalogue,
            index or self.restored_index,
            self.ledger,
            self.generation(),
            bucket,
            ThreadPoolExecutor(2),
        )

    def problems(self) -> list[str]:
        return [step.problem for step in self.restorer().verify() if step.problem]


def words(name: str, count: int) -> str:
    return "\n\n".join(f"Rule {number} of {name} says {name} {number}." for number in range(count))


@pytest.fixture
def plant(monkeypatch: pytest.MonkeyPatch) -> Plant:
    # Files, batches and fetches so small that a few documents fill several of each.
    monkeypatch.setattr(snapshot_writing, "NUMBERS_PER_FILE", 7 * DIMENSION)
    monkeypatch.setattr(snapshot_writing, "DOCUMENTS_PER_FILE", 3)
    monkeypatch.setattr(backup, "FETCHED", 2)
    monkeypatch.setattr(restoring, "UPSERTED", 4)
    made = Plant()
    made.put("fees.md", words("fees", 30))
    made.put("fees.md", words("fees", 30).replace("Rule 7 ", "Law 7 "))
    made.put("leave.md", words("leave", 3))
    made.put("library.md", words("library", 60))
    made.put("other.md", words("other", 5), tenant="beta")
    made.put("empty.md", "")
    made.put("gone.md", words("gone", 4))
    made.drop("gone.md")
    return made


def same_as_live(plant: Plant) -> None:
    """The restored generation holds what the live one does, and answers as it does."""
    live, new = GENERATION.generation_id, plant.generation().generation_id
    assert plant.restored_catalogue.manifests == plant.catalogue.manifests
    assert plant.restored_catalogue.records == {
        key: replace(record, fingerprint=record.fingerprint.replace(f"|{live}|", f"|{new}|"))
        for key, record in plant.catalogue.records.items()
    }
    query = plant.embedder.embed(["What does rule 7 of fees say?"]).vectors[0]
    for tenant in ("acme", "beta"):
        spaces = [f"{tenant}.{live}", f"{tenant}.{new}"]
        assert isinstance(plant.index, FakeIndex)
        before, after = plant.index.spaces[spaces[0]], plant.restored_index.spaces[spaces[1]]
        assert before.keys() == after.keys()
        for chunk_id, record in before.items():
            assert after[chunk_id].vector == pytest.approx(record.vector, abs=1e-7)
            assert replace(after[chunk_id], vector=()) == replace(record, vector=())
        found = [
            [hit.chunk_id for hit in index.search_dense(space, query, 5, Filters())]
            for index, space in zip((plant.index, plant.restored_index), spaces, strict=True)
        ]
        assert found[0] == found[1]
        assert found[0]


def test_what_is_restored_is_what_was_there_and_nothing_is_embedded(plant: Plant) -> None:
    done = plant.back_up()
    texts = len(plant.embedder.texts)
    steps = list(plant.restorer().fill())
    assert plant.problems() == []
    assert len(plant.embedder.texts) == texts
    same_as_live(plant)
    total = sum(len(one.chunk_ids) for one in plant.catalogue.manifests.values())
    assert (done.documents, done.chunks, done.unreadable) == (6, total, 0)
    assert sum(step.documents for step in steps) == 6
    assert sum(step.chunks for step in steps) == total


@pytest.mark.parametrize("batches", [1, 3, 11])
def test_a_backup_that_is_interrupted_again_and_again_is_the_same(
    plant: Plant, batches: int
) -> None:
    left = 0

    def has_time() -> bool:
        nonlocal left
        left += 1
        return left % batches != 0

    done = plant.back_up(has_time)
    assert done.listings > 1
    list(plant.restorer().fill())
    assert plant.problems() == []
    same_as_live(plant)


def test_an_invocation_that_dies_is_repeated_from_where_it_began(plant: Plant) -> None:
    first = plant.backup().run(plant.backup().begin(SNAPSHOT), lambda: False)
    second = plant.backup().run(first, lambda: False)
    plant.backup().run(second, lambda: False)  # its word to itself was lost
    progress = second
    while progress.phase != "done":
        progress = plant.backup().run(progress, lambda: False)
    list(plant.restorer().fill())
    assert plant.problems() == []
    same_as_live(plant)


class Watched(FakeIndex):
    """An index in which a document changes right after its first chunks were fetched."""

    def __init__(self, plant: Plant, watched: str, then: Callable[[], object]) -> None:
        super().__init__()
        assert isinstance(plant.index, FakeIndex)
        self.spaces = plant.index.spaces
        self._watched, self._then = watched, then
        self.changed = False

    def fetch(self, namespace: str, chunk_ids: Sequence[str]) -> dict[str, IndexRecord]:
        found = super().fetch(namespace, chunk_ids)
        if not self.changed and self._watched in {one.document_id for one in found.values()}:
            self.changed = True
            self._then()
        return found


class Stirred(FakeCatalogue):
    """A catalogue in which a document changes between the reads of its record and manifest."""

    def __init__(self, plant: Plant, watched: str, then: Callable[[], object]) -> None:
        super().__init__(plant.clock)
        self.records, self.manifests = plant.catalogue.records, plant.catalogue.manifests
        self._watched, self._then = watched, then
        self.changed = False

    def manifest(self, tenant: str, document_id: str) -> Manifest | None:
        if not self.changed and document_id == self._watched:
            self.changed = True
            self._then()
        return super().manifest(tenant, document_id)


@pytest.mark.parametrize("stops", [True, False])
@pytest.mark.parametrize("moment", [Watched, Stirred])
def test_a_document_that_changes_while_it_is_copied_is_in_it_as_it_became(
    plant: Plant, stops: bool, moment: type[Watched] | type[Stirred]
) -> None:
    fees = document_id("acme", "fees.md")
    stirred = moment(plant, fees, lambda: plant.put("fees.md", words("tolls", 40)))
    reading = Backup(
        stirred if isinstance(stirred, Stirred) else plant.catalogue,
        stirred if isinstance(stirred, Watched) else plant.index,
        plant.store,
        plant.codec,
        GENERATION,
        plant.clock,
    )
    progress = reading.begin(SNAPSHOT)
    while progress.phase != "done":
        progress = reading.run(progress, lambda: not stops)
    list(plant.restorer().fill())
    assert stirred.changed
    assert plant.problems() == []
    same_as_live(plant)
    assert progress.unreadable == 0


def test_a_document_whose_chunks_are_lost_waits_to_be_indexed_again(plant: Plant) -> None:
    assert isinstance(plant.index, FakeIndex)
    lost = document_id("acme", "leave.md")
    space = GENERATION.namespace("acme")
    plant.index.delete_document(space, lost, 1 << 31)
    done = plant.back_up()
    assert done.unreadable == 1
    list(plant.restorer().fill())
    assert plant.problems() == []
    record = plant.restored_catalogue.records["acme", lost]
    assert (record.status, record.live_revision, record.published) == ("pending", 0, ())


def test_an_interrupted_restore_goes_on_where_it_stopped(plant: Plant) -> None:
    plant.back_up()
    begun = plant.restorer().fill()
    while not any(key[0] == "acme" for key in plant.restored_catalogue.records):
        next(begun)
    before = dict(plant.restored_catalogue.records)
    steps = list(plant.restorer().fill())
    assert sum(step.known for step in steps) == len(before)
    assert plant.problems() == []
    same_as_live(plant)


def test_a_file_that_has_changed_or_is_gone_is_refused(plant: Plant) -> None:
    plant.back_up()
    for name in ("chunks-00002.parquet", "documents-00001.parquet"):
        content = plant.store.get(SNAPSHOT, name)
        for damage in (content[:-1] + b"?", None):
            if damage is None:
                del plant.store.files[SNAPSHOT, name]
            else:
                plant.store.put(SNAPSHOT, name, damage)
            with pytest.raises(SnapshotDamaged, match=name):
                list(plant.restorer().fill())
            plant.store.put(SNAPSHOT, name, content)


def test_an_unfinished_snapshot_is_not_restored(plant: Plant) -> None:
    plant.backup().run(plant.backup().begin(SNAPSHOT), lambda: False)
    with pytest.raises(SnapshotDamaged, match="unfinished"):
        plant.reader()
    with pytest.raises(NotFound):
        SnapshotReader(plant.store, plant.codec, "another")


def test_what_does_not_agree_after_a_restore_is_found(plant: Plant) -> None:
    plant.back_up()
    list(plant.restorer().fill())
    generation = plant.generation()
    space = plant.restored_index.spaces[generation.namespace("acme")]
    first = next(iter(plant.reader().documents()))
    document = next(one for one in first if one.chunk_ids)
    chunk_id = document.chunk_ids[0]
    right = space[chunk_id]
    space[chunk_id] = replace(right, vector=(*right.vector[:-1], 0.5))
    assert ["differ in the index" in one for one in plant.problems()] == [True]
    del space[chunk_id]
    assert any("chunks in the index" in one for one in plant.problems())
    space[chunk_id] = right
    key = (document.record.tenant, document.record.document_id)
    record = plant.restored_catalogue.records.pop(key)
    assert any("is not in the catalogue" in one for one in plant.problems())
    plant.restored_catalogue.records[key] = replace(record, title="Another")
    assert any("differs in the catalogue" in one for one in plant.problems())


def test_a_restored_generation_takes_edits_and_moves_without_paying_for_what_it_has(
    plant: Plant,
) -> None:
    plant.back_up()
    list(plant.restorer().fill())
    indexer = plant._indexer(plant.generation())
    texts = len(plant.embedder.texts)
    key = object_key("acme", "library.md")
    assert indexer.reconcile(key).outcome == "unchanged"
    plant.documents.put("acme", "moved.md", words("library", 60).encode())
    assert indexer.reconcile(object_key("acme", "moved.md")).outcome == "indexed"
    assert len(plant.embedder.texts) == texts
    plant.documents.put("acme", "library.md", words("library", 60).replace("e 9 ", "e X ").encode())
    report = indexer.reconcile(key)
    assert report.outcome == "indexed"
    assert 0 < report.chunks_embedded < 5
    plant.documents.drop("acme", "fees.md")
    assert indexer.reconcile(object_key("acme", "fees.md")).outcome == "deleted"


def test_in_another_bucket_sources_name_that_bucket(plant: Plant) -> None:
    plant.back_up()
    list(plant.restorer("elsewhere").fill())
    uris = {record.uri for record in plant.restored_catalogue.records.values()}
    space = plant.restored_index.spaces[plant.generation().namespace("acme")]
    uris |= {record.uri for record in space.values()}
    assert {uri.split("/")[2] for uri in uris} == {"elsewhere"}


def test_a_whole_generation_is_registered_once_and_never_over_another(plant: Plant) -> None:
    plant.back_up()
    generation, store = plant.generation(), FakeGenerations()
    now = registered(store, GENERATION, generation)
    assert (now.live, now.building) == (GENERATION.generation_id, generation.generation_id)
    assert registered(store, GENERATION, generation) == now
    check_free(now, generation)
    with pytest.raises(InvalidRequest, match="is another one"):
        check_free(now, replace(generation, embedding_dimension=3))
    with pytest.raises(InvalidRequest, match="being built"):
        check_free(now, plant.generation("r2"))
    store.write(flipped(now))
    assert registered(store, GENERATION, generation).live == generation.generation_id


@pytest.mark.parametrize(("suffix", "ends"), [("r1", "-r1"), ("", "-20261125t120000z")])
def test_a_restored_generation_is_named_after_what_it_was(
    plant: Plant, suffix: str, ends: str
) -> None:
    plant.back_up()
    snapshot = plant.reader().snapshot
    made = restored_generation(snapshot, suffix, "https://host")
    assert made.generation_id == GENERATION.generation_id + ends
    again = restored_generation(replace(snapshot, generation=made), "b", "")
    assert again.generation_id == GENERATION.generation_id + "-b"
    assert made.pinecone_host == "https://host"
    with pytest.raises(InvalidRequest):
        restored_generation(snapshot, "No.Dots", "")
