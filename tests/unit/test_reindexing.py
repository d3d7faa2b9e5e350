"""A run queues exactly what bucket and catalogue disagree on, however often it is interrupted."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace

import pytest

from nexus.errors import UpstreamUnavailable
from nexus.generations import reindexing
from nexus.generations.lifecycle import PerGeneration
from nexus.generations.reindexing import Progress, Reindexer, reconcile_generations, verifies_today
from nexus.ingestion.folder_groups import GovernedDocuments
from nexus.models import DocumentMetadata, Generations
from nexus.object_keys import document_id, object_key
from nexus.settings import Settings
from tests import assembled
from tests.assembled import InTurn
from tests.fakes import (
    FakeCatalogue,
    FakeClock,
    FakeDocuments,
    FakeEmbedder,
    FakeGenerations,
    FakeIndex,
    FakeQueue,
)

CONFIG = Settings(embedding_dimension=256, removal_grace_s=0)
SPACE = CONFIG.generation.namespace("acme")


class Depot:
    """A bucket, its catalogue and a reindexer over fakes."""

    def __init__(self, config: Settings = CONFIG) -> None:
        self.clock = FakeClock()
        self.documents, self.catalogue = FakeDocuments(), FakeCatalogue(self.clock)
        self.queue, self.index = FakeQueue(), FakeIndex()
        self.indexer = assembled.indexer(
            self.documents, self.catalogue, self.index, FakeEmbedder(), CONFIG
        )
        self.reindexer = Reindexer(
            self.documents,
            self.catalogue,
            self.index,
            self.queue,
            config.generation,
            ThreadPoolExecutor(2),
            self.clock,
        )

    def indexed(self, path: str, text: str = "Some words.") -> None:
        self.documents.put("acme", path, text.encode())
        self.indexer.reconcile(object_key("acme", path))

    def queued(self) -> list[str]:
        keys = [json.loads(body)["Records"][0]["s3"]["object"]["key"] for body in self.queue.bodies]
        return sorted(key.removeprefix("documents/acme/") for key in keys)


@pytest.fixture
def depot() -> Depot:
    made = Depot()
    for path in ("same.md", "changed.md", "removed.md"):
        made.indexed(path)
    made.documents.put("acme", "changed.md", b"Other words.")
    made.documents.put("acme", "missing.md", b"New words.")
    made.documents.drop("acme", "removed.md")
    return made


def test_what_is_missing_changed_or_removed_is_queued(depot: Depot) -> None:
    done = depot.reindexer.run(Progress(), lambda: True)
    assert depot.queued() == ["changed.md", "missing.md", "removed.md"]
    counts = (done.listed, done.missing, done.changed, done.removed, done.unchanged)
    assert (done.phase, counts) == ("done", (3, 1, 1, 1, 1))


def test_a_run_without_time_stops_after_a_page_and_goes_on_from_there(
    depot: Depot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reindexing, "PAGE", 1)
    progress, invocations = Progress(), 0
    while progress.phase != "done":
        payload = json.dumps(asdict(progress))
        progress = depot.reindexer.run(Progress(**json.loads(payload)), lambda: False)
        invocations += 1
    assert invocations > 5
    assert depot.queued() == ["changed.md", "missing.md", "removed.md"]


def test_a_new_embedding_model_makes_everything_stale() -> None:
    depot = Depot(replace(CONFIG, embedding_model="another"))
    depot.indexed("a.md")
    assert depot.reindexer.run(Progress(), lambda: True).changed == 1


def test_a_document_that_is_only_described_otherwise_is_queued() -> None:
    depot = Depot()
    for path in ("same.md", "closed.md"):
        depot.indexed(path)
    closed = DocumentMetadata(groups=("hr",))
    depot.documents.put("acme", "closed.md", b"Some words.", metadata=closed)
    done = depot.reindexer.run(Progress(), lambda: True)
    assert depot.queued() == ["closed.md"]
    assert (done.listed, done.changed, done.unchanged) == (2, 1, 1)


def test_changed_folders_reach_their_documents_by_the_nightly_run() -> None:
    depot = Depot()
    for path in ("hr/pay.md", "menu.md"):
        depot.indexed(path)
    governed = GovernedDocuments(depot.documents, (("hr/", ("hr",)),))
    nightly = Reindexer(
        governed, depot.catalogue, depot.index, depot.queue, CONFIG.generation, InTurn()
    )
    assert nightly.run(Progress(), lambda: True).changed == 1
    assert depot.queued() == ["hr/pay.md"]
    indexer = assembled.indexer(governed, depot.catalogue, depot.index, FakeEmbedder(), CONFIG)
    indexer.reconcile(object_key("acme", "hr/pay.md"))
    assert nightly.run(Progress(), lambda: True).changed == 0
    [chunk] = [one for one in depot.index.spaces[SPACE].values() if "hr/" in one.uri]
    assert chunk.metadata.groups == ("hr",)


def test_a_failed_document_is_not_queued_every_night(depot: Depot) -> None:
    depot.indexed("empty.md", "")
    depot.reindexer.run(Progress(), lambda: True)
    assert "empty.md" not in depot.queued()


def test_a_deleted_document_is_forgotten_and_its_return_noticed(depot: Depot) -> None:
    key = object_key("acme", "removed.md")
    depot.indexer.reconcile(key)
    assert depot.reindexer.run(Progress(), lambda: True).removed == 0
    depot.documents.put("acme", "removed.md", b"Back.")
    assert depot.reindexer.run(Progress(), lambda: True).missing == 2


def test_an_attempt_that_broke_off_long_ago_is_queued_again(depot: Depot) -> None:
    record = depot.catalogue.get("acme", "nothing")
    assert record is None
    state = depot.documents.put("acme", "stuck.md", b"Words.")
    from nexus.models import DocumentRecord
    from nexus.object_keys import document_id

    depot.catalogue.begin(
        DocumentRecord(
            "acme", document_id("acme", "stuck.md"), "stuck.md", state.key, "t", "indexing"
        )
    )
    depot.reindexer.run(Progress(), lambda: True)
    assert "stuck.md" not in depot.queued()
    depot.clock.advance(3 * 3600)
    depot.reindexer.run(Progress(), lambda: True)
    assert "stuck.md" in depot.queued()


def test_a_document_that_waits_for_an_upstream_is_queued_again_at_once() -> None:
    depot = Depot()
    embedder = FakeEmbedder()
    embedder.failure = UpstreamUnavailable("models", "Busy.")
    depot.documents.put("acme", "waiting.md", b"Words.")
    indexer = assembled.indexer(depot.documents, depot.catalogue, FakeIndex(), embedder, CONFIG)
    with pytest.raises(UpstreamUnavailable):
        indexer.reconcile(object_key("acme", "waiting.md"))
    assert depot.reindexer.run(Progress(), lambda: True).changed == 1
    assert depot.queued() == ["waiting.md"]


def stray(depot: Depot, document: str, stamp: int) -> str:
    """Puts a vector into the index that nothing names; its id."""
    (like, *_) = depot.index.spaces[SPACE].values()
    name = f"{'f' * 24}{stamp:08x}"
    piece = replace(like.chunk, chunk_id=name)
    depot.index.upsert(SPACE, [replace(like, chunk=piece, document_id=document, added_in=stamp)])
    return name


def test_a_run_that_verifies_removes_vectors_of_no_document(depot: Depot) -> None:
    same = document_id("acme", "same.md")
    whole = set(depot.index.spaces[SPACE])
    stray(depot, "0" * 24, 4096)  # of a document that nobody knows
    stray(depot, same, 4097)  # of an attempt that was broken off
    new = stray(depot, same, 2 * 4096)  # of an attempt that is only just beginning
    assert depot.reindexer.run(Progress(), lambda: True).orphaned == 0
    done = depot.reindexer.run(Progress(verify=True), lambda: True)
    assert done.orphaned == 2
    assert set(depot.index.spaces[SPACE]) == whole | {new}


def test_a_run_that_verifies_makes_lacking_vectors_again(depot: Depot) -> None:
    for one, record in list(depot.index.spaces[SPACE].items()):
        if record.document_id == document_id("acme", "same.md"):
            del depot.index.spaces[SPACE][one]
    assert depot.reindexer.run(Progress(), lambda: True).damaged == 0
    depot.queue.bodies.clear()
    assert depot.reindexer.run(Progress(verify=True), lambda: True).damaged == 1
    asked = [json.loads(body)["Records"][0]["s3"]["object"] for body in depot.queue.bodies]
    (about,) = [one for one in asked if one["afresh"]]
    assert about["key"] == object_key("acme", "same.md")
    depot.indexer.reconcile(about["key"], afresh=about["afresh"])
    assert depot.index.count(SPACE, document_id("acme", "same.md")) == 1


def test_every_generation_is_gone_through_the_live_one_first_over_any_number_of_calls() -> None:
    one, two = CONFIG.generation, replace(CONFIG.generation, generation_id="22222222")
    store = FakeGenerations(Generations("22222222", (one, two), edition=1))
    depots = {one: Depot(), two: Depot()}
    for made in depots.values():
        made.indexed("same.md")
    reindexers = PerGeneration(store, one, lambda generation: depots[generation].reindexer)
    progress, order = Progress(), []
    while progress.phase != "done":
        progress = reconcile_generations(reindexers, progress, lambda: False)
        progress = Progress(**json.loads(json.dumps(asdict(progress))))
        order.append(progress.generation)
    assert list(dict.fromkeys(order)) == ["22222222", one.generation_id]
    assert (progress.listed, progress.unchanged) == (2, 2)
    only = Progress(generation=one.generation_id)
    assert reconcile_generations(reindexers, only, lambda: True).listed == 1
    gone = Progress(generation="dropped")
    assert reconcile_generations(reindexers, gone, lambda: True).phase == "done"


def test_the_index_is_compared_once_in_so_many_days() -> None:
    days = [verifies_today(day * 86_400 + 3600, 7) for day in range(14)]
    assert sum(days) == 2
    assert all(verifies_today(day * 86_400, 1) for day in range(3))
