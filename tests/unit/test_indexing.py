"""Whatever the events said, the index ends up agreeing with the bucket."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nexus.errors import ConfigurationError, UpstreamUnavailable
from nexus.ingestion.indexer import Indexer
from nexus.ingestion.revisions import is_newer
from nexus.models import DocumentMetadata, Filters
from nexus.object_keys import document_id, object_key
from nexus.settings import Settings
from tests import assembled
from tests.fakes import (
    FakeCatalogue,
    FakeClock,
    FakeDocuments,
    FakeEmbedder,
    FakeIndex,
    FakeLedger,
    FakeQueue,
)

CONFIG = Settings(
    embedding_dimension=256,
    max_document_bytes=50_000,
    max_streamed_bytes=50_000,
    removal_grace_s=0,
)
KEY = object_key("acme", "rules.md")
ID = document_id("acme", "rules.md")
SPACE = CONFIG.generation.namespace("acme")
RULES = "# Loans\n\nBooks are lent for fourteen days.\n\n# Fines\n\nThe fine is Rp 2,000 a day.\n"


class House:
    """The core over fakes."""

    def __init__(self) -> None:
        self.documents = FakeDocuments()
        self.catalogue = FakeCatalogue()
        self.index = FakeIndex()
        self.embedder = FakeEmbedder()
        self.ledger, self.queue = FakeLedger(), FakeQueue()
        self.indexer = self.over()

    def over(self, config: Settings = CONFIG, **parts: Any) -> Indexer:
        """An indexer over these fakes, or others in the place of some."""
        named = {"documents": self.documents, "catalogue": self.catalogue, "index": self.index}
        named |= {"embedder": self.embedder, "ledger": self.ledger, "queue": self.queue}
        return assembled.indexer(settings=config, **(named | parts))

    def put(self, text: str | bytes, path: str = "rules.md", **metadata: Any) -> None:
        content = text.encode() if isinstance(text, str) else text
        self.documents.put("acme", path, content, metadata=DocumentMetadata(**metadata))

    def record(self):
        found = self.catalogue.get("acme", ID)
        assert found is not None
        return found

    def seen(self) -> list[str]:
        """The texts that a reader sees, in any order."""
        record = self.catalogue.get("acme", ID)
        hits = self.index.search_dense(SPACE, self.embedder.embed(["x"]).vectors[0], 999, Filters())
        return sorted(hit.text for hit in hits if record and record.shows(hit))


@pytest.fixture
def house() -> House:
    return House()


def test_a_new_document_becomes_searchable_and_catalogued(house: House) -> None:
    house.put(RULES, title="Library rules", department="Library")
    report = house.indexer.reconcile(KEY, "01")
    assert (report.outcome, report.tenant, report.document_id) == ("indexed", "acme", ID)
    assert report.chunks_embedded == report.chunks == house.index.count(SPACE, ID) > 0
    record = house.record()
    assert (record.status, record.title, record.sequencer) == ("indexed", "Library rules", "01")
    assert any("fourteen days" in text for text in house.seen())


def test_the_same_event_twice_changes_nothing(house: House) -> None:
    house.put(RULES)
    house.indexer.reconcile(KEY, "01")
    before, embedded = house.record(), len(house.embedder.texts)
    assert house.indexer.reconcile(KEY, "01").outcome == "unchanged"
    assert (house.record(), len(house.embedder.texts)) == (before, embedded)


def test_an_upload_of_equal_content_embeds_nothing_and_notes_the_version(house: House) -> None:
    house.put(RULES)
    house.indexer.reconcile(KEY, "01")
    embedded = len(house.embedder.texts)
    house.put(RULES)
    assert house.indexer.reconcile(KEY, "02").outcome == "unchanged"
    assert len(house.embedder.texts) == embedded
    assert (house.record().version, house.record().sequencer) == ("v2", "02")
    assert house.record().status == "indexed"
    assert house.seen()


def test_an_edit_embeds_only_what_is_new_and_hides_what_is_old(house: House) -> None:
    house.put(RULES)
    house.indexer.reconcile(KEY, "01")
    house.put(RULES.replace("2,000", "3,000"))
    report = house.indexer.reconcile(KEY, "02")
    assert report.chunks_embedded == 1
    assert report.chunks == 2
    texts = " ".join(house.seen())
    assert "3,000" in texts
    assert "2,000" not in texts
    assert "fourteen days" in texts
    assert house.index.count(SPACE) == 2
    assert house.record().hidden == frozenset()


def test_chunks_are_as_long_and_overlap_as_the_settings_say(house: House) -> None:
    text = " ".join(f"Rule {n} says that books are lent." for n in range(200))
    lengths = {}
    for chars, overlap in ((400, 0), (400, 200), (1000, 0)):
        config = replace(CONFIG, chunk_chars=chars, chunk_overlap=overlap)
        house.documents.put("acme", "rules.txt", text.encode())
        index = FakeIndex()
        indexer = house.over(config, catalogue=FakeCatalogue(), index=index, ledger=FakeLedger())
        indexer.reconcile(object_key("acme", "rules.txt"), "01")
        hits = index.search_dense(
            config.generation.namespace("acme"),
            house.embedder.embed(["x"]).vectors[0],
            999,
            Filters(),
        )
        assert max(len(hit.text) for hit in hits) <= chars
        lengths[chars, overlap] = sum(len(hit.text) for hit in hits)
    assert lengths[400, 200] > 1.2 * lengths[400, 0]
    assert lengths[400, 0] < len(text) <= lengths[1000, 0] + 20


def test_new_metadata_reaches_every_chunk_without_embedding(house: House) -> None:
    house.put(RULES, title="Rules", department="Library")
    house.indexer.reconcile(KEY, "01")
    house.put(RULES, title="Rules", department="Archive")
    report = house.indexer.reconcile(KEY, "02")
    assert (report.outcome, report.chunks_embedded) == ("indexed", 0)
    asked = Filters(departments=("archive",))
    assert len(house.index.search_text(SPACE, "books fine", 9, asked)) == 2


def test_a_removed_object_leaves_no_vector_and_a_tombstone(house: House) -> None:
    house.put(RULES)
    house.indexer.reconcile(KEY, "01")
    house.documents.drop("acme", "rules.md")
    assert house.indexer.reconcile(KEY, "02").outcome == "deleted"
    assert house.index.count(SPACE) == 0
    assert house.record().status == "deleted"
    assert house.indexer.reconcile(KEY, "01").outcome == "unchanged"


@pytest.mark.parametrize(
    ("content", "path", "words"),
    [
        (b"%PDF-1.7 nothing more", "a.pdf", "damaged"),
        (b"", "a.txt", "empty"),
        (b"\x00\x01\x02" * 99, "a.exe", ""),
        (b"x" * 60_000, "a.txt", "larger"),
    ],
)
def test_a_hopeless_document_fails_with_a_reason_and_is_not_retried(
    house: House, content: bytes, path: str, words: str
) -> None:
    house.put(content, path)
    key = object_key("acme", path)
    report = house.indexer.reconcile(key, "01")
    assert report.outcome == "failed"
    assert report.reason
    assert words.lower() in report.reason.lower()
    assert house.indexer.reconcile(key, "").outcome == "unchanged"


def test_a_corrupt_new_version_leaves_the_old_one_answering(house: House) -> None:
    house.put(RULES)
    house.indexer.reconcile(KEY, "01")
    seen, version = house.seen(), house.record().version
    house.put(b"")
    assert house.indexer.reconcile(KEY, "02").outcome == "failed"
    assert house.seen() == seen
    assert (house.record().status, house.record().version) == ("failed", version)


def test_a_passing_failure_is_raised_noted_and_later_made_good(house: House) -> None:
    house.put(RULES)
    house.embedder.failure = UpstreamUnavailable("models", "The models endpoint is busy.")
    with pytest.raises(UpstreamUnavailable):
        house.indexer.reconcile(KEY, "01")
    assert (house.record().status, house.record().reason) == (
        "pending",
        "The models endpoint is busy.",
    )
    house.embedder.failure = None
    assert house.indexer.reconcile(KEY, "01").outcome == "indexed"


def test_a_retry_does_not_pay_again_for_what_was_embedded(house: House) -> None:
    house.put(RULES)

    class LosesItsCatalogue(FakeCatalogue):
        broken = True

        def publish(self, record, manifest, staged=None):
            if self.broken:
                raise UpstreamUnavailable("catalogue", "The catalogue is busy.")
            super().publish(record, manifest, staged)

    catalogue = LosesItsCatalogue()
    indexer = assembled.indexer(house.documents, catalogue, house.index, house.embedder, CONFIG)
    with pytest.raises(UpstreamUnavailable):
        indexer.reconcile(KEY, "01")
    paid = len(house.embedder.texts)
    catalogue.broken = False
    report = indexer.reconcile(KEY, "01")
    assert (report.outcome, report.chunks_embedded) == ("indexed", 0)
    assert len(house.embedder.texts) == paid


def test_a_slow_worker_cannot_replace_what_a_later_one_published(house: House) -> None:
    house.put(RULES)

    class OvertakenOnce(FakeDocuments):
        def open(self, state):
            content = house.documents.open(state)
            if state.version == "v1":
                house.put(RULES.replace("2,000", "9,000"))
                assert house.indexer.reconcile(KEY, "02").outcome == "indexed"
            return content

        def head(self, key):
            return house.documents.head(key)

    slow = assembled.indexer(OvertakenOnce(), house.catalogue, house.index, house.embedder, CONFIG)
    assert slow.reconcile(KEY, "01").outcome == "superseded"
    texts = " ".join(house.seen())
    assert "9,000" in texts
    assert "2,000" not in texts


def test_a_key_outside_the_documents_is_ignored(house: House) -> None:
    assert house.indexer.reconcile("logs/today.txt", "01").outcome == "ignored"


def test_a_sweep_that_broke_off_is_finished_by_the_next_event(house: House) -> None:
    house.put(RULES)
    house.indexer.reconcile(KEY, "01")
    house.put("# Loans\n\nBooks are lent for seven days.\n")

    class CannotDelete(FakeIndex):
        def delete_chunks(self, namespace, chunk_ids):
            raise UpstreamUnavailable("index", "The index is busy.")

    stuck = CannotDelete()
    stuck.spaces = house.index.spaces
    indexer = house.over(index=stuck)
    with pytest.raises(UpstreamUnavailable):
        indexer.reconcile(KEY, "02")
    assert house.seen() == ["Books are lent for seven days."]
    assert house.index.count(SPACE) > 1
    house.indexer.reconcile(KEY, "02")
    assert house.index.count(SPACE) == 1


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(["put A", "put B", "put empty", "drop", "event", "event", "late", "crash"]),
        max_size=14,
    )
)
def test_any_history_of_uploads_removals_and_crashes_converges(steps: list[str]) -> None:
    house = House()
    texts = {"put A": "Alpha rules the north.", "put B": "Beta rules the south.", "put empty": ""}
    sequence = 0
    for step in steps:
        if step in texts:
            house.put(texts[step])
            sequence += 1
        elif step == "drop":
            house.documents.drop("acme", "rules.md")
            sequence += 1
        elif step == "crash":
            house.embedder.failure = UpstreamUnavailable("models", "Busy.")
            with contextlib.suppress(UpstreamUnavailable):
                house.indexer.reconcile(KEY, f"{sequence:02x}")
            house.embedder.failure = None
        else:
            house.indexer.reconcile(KEY, f"{1 if step == 'late' else sequence:02x}")
    house.indexer.reconcile(KEY, f"{sequence + 1:02x}")
    state = house.documents.head(KEY)
    if state is None:
        assert house.seen() == []
        assert house.index.count(SPACE) == 0
    elif state.size:
        assert house.seen() == [house.documents.open(state).read().decode()]


@given(st.from_regex(r"\A[0-9A-F]{1,16}\Z"), st.from_regex(r"\A[0-9A-F]{1,16}\Z"))
def test_sequencers_have_a_strict_order(one: str, other: str) -> None:
    assert not is_newer(one, one)
    assert not (is_newer(one, other) and is_newer(other, one))


def test_chunks_of_a_replaced_record_stay_apart(house: House) -> None:
    house.put(RULES)
    house.indexer.reconcile(KEY, "01")
    record = house.record()
    hits = house.index.search_text(SPACE, "fine", 9, Filters())
    assert record.shows(hits[0])
    assert not replace(record, published=()).shows(hits[0])
    assert not replace(record, hidden=frozenset({hits[0].chunk_id})).shows(hits[0])


class Interrupted(FakeDocuments):
    """A bucket in which something happens between a look at an object and what follows it."""

    def __init__(self, inner: FakeDocuments, happens: Callable[[], object]) -> None:
        super().__init__()
        self._inner, self._happens = inner, [happens]

    def head(self, key):
        state = self._inner.head(key)
        if self._happens:
            self._happens.pop()()
        return state

    def open(self, state):
        return self._inner.open(state)


def slow_worker(house: House, meanwhile: Callable[[], object]) -> Indexer:
    documents = Interrupted(house.documents, meanwhile)
    return assembled.indexer(documents, house.catalogue, house.index, house.embedder, CONFIG)


def test_a_worker_that_looked_before_a_change_does_not_publish_the_old(house: House) -> None:
    house.put(RULES)

    def newer() -> None:
        house.put("Completely new text now.")
        assert house.indexer.reconcile(KEY, "02").outcome == "indexed"

    slow_worker(house, newer).reconcile(KEY, "01")
    assert house.seen() == ["Completely new text now."]


def test_a_worker_that_looked_before_a_removal_does_not_bring_it_back(house: House) -> None:
    house.put(RULES)
    house.indexer.reconcile(KEY, "01")
    house.put(RULES + "\nMore.\n")

    def gone() -> None:
        house.documents.drop("acme", "rules.md")
        assert house.indexer.reconcile(KEY, "03").outcome == "deleted"

    slow_worker(house, gone).reconcile(KEY, "02")
    assert house.seen() == []
    assert house.index.count(SPACE) == 0


def test_a_worker_that_looked_before_a_new_upload_does_not_delete_it(house: House) -> None:
    house.put(RULES)
    house.indexer.reconcile(KEY, "01")
    house.documents.drop("acme", "rules.md")

    def again() -> None:
        house.put("Uploaded again.")
        house.indexer.reconcile(KEY, "03")

    slow_worker(house, again).reconcile(KEY, "02")
    assert house.seen() == ["Uploaded again."]


def test_new_metadata_is_not_seen_before_it_is_published_nor_after_a_revert(house: House) -> None:
    house.put(RULES, department="HR")
    house.indexer.reconcile(KEY, "01")
    house.put(RULES, department="Public")
    broken = Unpublishable()
    broken.records, broken.manifests = house.catalogue.records, house.catalogue.manifests
    indexer = house.over(catalogue=broken)
    with pytest.raises(UpstreamUnavailable):
        indexer.reconcile(KEY, "02")
    public = Filters(departments=("Public",))

    def seen_as_public() -> list[str]:
        hits = house.index.search_text(SPACE, "books fine loans", 9, public)
        return [hit.chunk_id for hit in hits if house.record().shows(hit)]

    assert seen_as_public() == []
    house.put(RULES, department="HR")
    house.indexer.reconcile(KEY, "03")
    assert seen_as_public() == []
    assert len(house.seen()) == 2
    assert house.index.count(SPACE) == 2


class Unpublishable(FakeCatalogue):
    """A catalogue that is busy whenever something is to be published."""

    def publish(self, record, manifest, staged=None):
        raise UpstreamUnavailable("catalogue", "The catalogue is busy.")


def test_broken_off_attempts_leave_nothing_once_one_succeeds(house: House) -> None:
    house.put(RULES)
    broken = Unpublishable()
    broken.records = house.catalogue.records
    indexer = house.over(catalogue=broken)
    for _ in range(4):
        with pytest.raises(UpstreamUnavailable):
            indexer.reconcile(KEY, "01")
    assert house.record().status == "pending"
    assert house.record().reason == "The catalogue is busy."
    paid = len(house.embedder.texts)
    assert house.indexer.reconcile(KEY, "01").outcome == "indexed"
    assert len(house.embedder.texts) == paid
    assert house.index.count(SPACE) == 2


def test_a_superseded_attempt_takes_back_what_it_wrote(house: House) -> None:
    house.put(RULES)

    class Overtaken(FakeIndex):
        def upsert(self, namespace, records):
            super().upsert(namespace, records)
            if not house.catalogue.records[("acme", ID)].revision > 1:
                house.documents.drop("acme", "rules.md")
                assert house.indexer.reconcile(KEY, "02").outcome == "deleted"
                super().upsert(namespace, records)  # a write that arrives late

    overtaken = Overtaken()
    overtaken.spaces = house.index.spaces
    indexer = house.over(index=overtaken)
    assert indexer.reconcile(KEY, "01").outcome == "superseded"
    assert house.index.count(SPACE) == 0


@pytest.mark.parametrize("change", [{"embedding_dimension": 128}, {"embedding_model": "other"}])
def test_another_generation_is_filled_beside_the_one_before(
    house: House, change: dict[str, Any]
) -> None:
    house.put(RULES)
    house.indexer.reconcile(KEY, "01")
    config = replace(CONFIG, **change)
    embedder = FakeEmbedder(config.embedding_dimension)
    indexer = house.over(config, catalogue=FakeCatalogue(), embedder=embedder, ledger=FakeLedger())
    assert indexer.reconcile(KEY).outcome == "indexed"
    assert house.index.count(config.generation.namespace("acme")) == house.index.count(SPACE) == 2
    house.documents.drop("acme", "rules.md")
    assert indexer.reconcile(KEY, "02").outcome == "deleted"
    assert house.index.count(config.generation.namespace("acme")) == 0
    assert house.index.count(SPACE) == 2


def test_a_removal_that_broke_off_is_finished_though_no_event_comes(house: House) -> None:
    house.put(RULES)
    house.indexer.reconcile(KEY, "01")
    house.documents.drop("acme", "rules.md")
    house.index.failure = UpstreamUnavailable("index", "Busy.")
    with pytest.raises(UpstreamUnavailable):
        house.indexer.reconcile(KEY)
    house.index.failure = None
    house.indexer.reconcile(KEY)
    assert house.index.count(SPACE) == 0
    assert house.indexer.reconcile(KEY).outcome == "unchanged"


def test_a_missing_setting_is_noted_as_the_reason_for_waiting(house: House) -> None:
    house.put(RULES)
    house.embedder.failure = ConfigurationError("The secret is not set.")
    with pytest.raises(ConfigurationError):
        house.indexer.reconcile(KEY, "01")
    assert (house.record().status, house.record().reason) == ("pending", "The secret is not set.")


def test_a_moved_file_costs_no_embedding(house: House) -> None:
    house.put(RULES)
    house.indexer.reconcile(KEY, "01")
    mover = house.over(replace(CONFIG, removal_grace_s=60))
    house.documents.drop("acme", "rules.md")
    house.put(RULES, "archive/old rules.md")
    # The removal is worked off first: what it leaves for a while is found again.
    assert mover.reconcile(KEY, "02").outcome == "deleted"
    assert house.seen() == []
    moved = mover.reconcile(object_key("acme", "archive/old rules.md"), "01")
    assert (moved.outcome, moved.chunks, moved.chunks_embedded) == ("indexed", 2, 0)
    ((body, delay_s),) = house.queue.delayed
    assert delay_s == 60
    assert json.loads(body)["Records"][0]["s3"]["object"]["key"] == KEY
    assert house.index.count(SPACE) == 4
    assert mover.reconcile(KEY).outcome == "deleted"
    assert house.index.count(SPACE) == 2
    assert house.index.count(SPACE, ID) == 0


def test_a_file_that_returns_in_the_time_of_grace_is_live_again(house: House) -> None:
    mover = house.over(replace(CONFIG, removal_grace_s=60))
    house.put(RULES)
    mover.reconcile(KEY, "01")
    house.documents.drop("acme", "rules.md")
    mover.reconcile(KEY, "02")
    house.put(RULES)
    assert mover.reconcile(KEY, "03").chunks_embedded == 0
    assert mover.reconcile(KEY).outcome == "unchanged"  # the delayed message
    assert len(house.seen()) == house.index.count(SPACE) == 2


def test_the_same_text_in_two_documents_of_a_tenant_is_embedded_once(house: House) -> None:
    house.put(RULES)
    house.indexer.reconcile(KEY, "01")
    house.put(RULES + "\n# Hours\n\nOpen at nine.\n", "copy.md")
    report = house.indexer.reconcile(object_key("acme", "copy.md"), "01")
    assert (report.chunks, report.chunks_embedded) == (3, 1)
    house.documents.put("rival", "copy.md", RULES.encode())
    rival = house.indexer.reconcile(object_key("rival", "copy.md"), "01")
    assert rival.chunks_embedded == 2  # another tenant's vectors are never looked at


def test_a_vector_that_is_gone_is_embedded_again(house: House) -> None:
    house.put(RULES)
    house.indexer.reconcile(KEY, "01")
    house.index.spaces.clear()
    assert house.indexer.reconcile(KEY).outcome == "unchanged"
    report = house.indexer.reconcile(KEY, afresh=True)
    assert (report.outcome, report.chunks_embedded) == ("indexed", 2)
    assert len(house.seen()) == house.index.count(SPACE) == 2


def test_a_removal_that_is_told_again_begins_nothing(house: House) -> None:
    house.put(RULES)
    house.indexer.reconcile(KEY, "01")
    house.documents.drop("acme", "rules.md")
    house.indexer.reconcile(KEY, "02")
    before = house.record()
    assert house.indexer.reconcile(KEY, "03").outcome == "unchanged"
    assert house.record() == before


def test_what_is_being_erased_is_left_to_the_erasure_unless_that_was_broken_off() -> None:
    clock = FakeClock()
    house = House()
    house.catalogue = FakeCatalogue(clock)
    indexer = house.over(catalogue=house.catalogue, now=clock)
    house.put(RULES)
    indexer.reconcile(KEY, "01")
    house.catalogue.remove(replace(house.catalogue.begin(house.record()), erasing=True))
    house.documents.drop("acme", "rules.md")
    hidden = house.record()
    assert indexer.reconcile(KEY, "02").outcome == "unchanged"
    assert house.record() == hidden
    clock.advance(3601)
    assert indexer.reconcile(KEY, "02").outcome == "deleted"
    assert house.index.count(SPACE) == 0
    house.put(RULES)
    assert indexer.reconcile(KEY, "03").outcome == "indexed"
    assert not house.record().erasing


def test_an_old_event_that_is_told_again_ends_what_it_had_begun(house: House) -> None:
    house.put(RULES)
    house.indexer.reconcile(KEY, "05")
    house.put("# Loans\n\nBooks are lent for seven days.\n")
    house.catalogue.begin(house.record())  # for event 03, whose worker was killed here
    assert house.indexer.reconcile(KEY, "03").outcome == "indexed"
    assert house.seen() == ["Books are lent for seven days."]
