"""An erased document is gone everywhere, the receipt says so, and what is left is told truly."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any

import pytest

from nexus.documents.erasing import Erased, Eraser, Place, Receipt
from nexus.errors import NotFound, UpstreamUnavailable
from nexus.models import (
    CheckedClaim,
    Confidence,
    DocumentRecord,
    Filters,
    Locator,
    Passage,
    Source,
    Turn,
)
from nexus.object_keys import document_id, object_key
from nexus.ports import Manifest
from tests.fakes import FakeCache, FakeCatalogue, FakeConversations, FakeIndex
from tests.unit.test_retrieval import ALICE, CONFIG, Library

PATH = "fees.md"
ID, KEY = document_id("acme", PATH), object_key("acme", PATH)
TEXT = "The tuition fee is nine million rupiah."


class Interruptible:
    """Hands every call on to the fake behind it, after `each` was told of it."""

    def __init__(self, behind: object, each: Callable[[], None]) -> None:
        self._behind = behind
        self._each = each

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._behind, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            self._each()
            return method(*args, **kwargs)

        return call


class House:
    """A tenant's document with all that was made of it, another's of the same name, an eraser."""

    def __init__(self) -> None:
        self.library = Library()
        self.cache, self.conversations = FakeCache(), FakeConversations()
        self.pauses: list[float] = []
        self.library.add("acme", PATH, "An older text.")
        self.library.add("acme", PATH, TEXT, title="Fees", author="Ani")
        self.library.add("acme", "pool.md", "The boat harbour opens at seven.")
        self.library.add("rival", PATH, "The tuition fee is one million rupiah.")
        for tenant in ("acme", "rival"):
            item = document_id(tenant, PATH)
            self.cache.put(f"{tenant} answer", b"Nine million.", 60, [(tenant, item)])
            for number in range(3):
                self.say(tenant, f"m{number}", item)

    def say(self, tenant: str, message_id: str, *cited: str) -> None:
        passages = [
            Passage("k", item, "Fees", "s3://x", "v1", Locator(), "", 0.9) for item in cited
        ]
        turn = Turn(
            message_id,
            "How much?",
            TEXT,
            False,
            "2026-01-01T00:00:00Z",
            cited,
            sources=tuple(Source(1, passage, TEXT) for passage in passages),
            claims=(CheckedClaim(TEXT, (1,), True),),
            confidence=Confidence("high", 0.9),
        )
        self.conversations.append(tenant, "web", "c", turn)

    def place(self) -> Place:
        return Place(self.library.catalogue, self.library.index, CONFIG.generation.namespace)

    def eraser(self, each: Callable[[], None] = lambda: None, **parts: Any) -> Eraser:
        place = self.place()
        behind: dict[str, Any] = {
            "catalogue": place.catalogue,
            "index": place.index,
            "versions": self.library.documents,
            "cache": self.cache,
            "turns": self.conversations,
            **parts,
        }
        made: dict[str, Any] = {name: Interruptible(it, each) for name, it in behind.items()}
        return Eraser(
            [Place(made["catalogue"], made["index"], place.namespace)],
            made["versions"],
            made["cache"],
            made["turns"],
            self.library.clock,
            self.pauses.append,
        )

    def erase(self) -> Receipt:
        return self.eraser().erase("acme", ID)

    def left(self) -> list[int]:
        """How much there is of each kind, counted without the eraser."""
        library = self.library
        return [
            library.documents.count_versions(KEY),
            library.index.count(CONFIG.generation.namespace("acme"), ID),
            int(library.catalogue.manifest("acme", ID) is not None),
            self.cache.count("acme", ID),
            self.conversations.count_citing("acme", ID),
        ]

    def record(self) -> DocumentRecord:
        found = self.library.catalogue.get("acme", ID)
        assert found is not None
        return found

    def finds(self, question: str) -> list[str]:
        passages = self.library.retriever.retrieve(ALICE, question, 9, Filters()).passages
        return [passage.text for passage in passages]


@pytest.fixture
def house() -> House:
    return House()


def counts(receipt: Receipt) -> dict[str, tuple[int, int, int]]:
    return {item.what: (item.found, item.removed, item.remaining) for item in receipt.items}


def test_the_receipt_says_what_there_was_and_that_nothing_is_left(house: House) -> None:
    assert house.left() == [2, 1, 1, 1, 3]

    receipt = house.erase()

    assert counts(receipt) == {
        "object_versions": (2, 2, 0),
        "vectors": (1, 1, 0),
        "manifests": (1, 1, 0),
        "cached_answers": (1, 1, 0),
        "conversation_turns": (3, 3, 0),
    }
    assert receipt.complete
    assert (receipt.document_id, receipt.path, receipt.title) == (ID, PATH, "Fees")
    assert house.left() == [0] * 5
    assert TEXT not in house.finds("How much is the tuition fee?")
    assert not house.pauses


def test_quotes_go_out_of_the_turns_that_cited_it_and_stay_in_others(house: House) -> None:
    house.erase()
    mine = house.conversations.history("acme", "web", "c", 9)
    assert [(turn.question, turn.deleted_document_ids) for turn in mine] == [
        ("How much?", (ID,))
    ] * 3
    assert not any(turn.sources or turn.claims or turn.confidence for turn in mine)
    assert TEXT not in repr(mine)
    theirs = house.conversations.history("rival", "web", "c", 9)
    assert all(turn.sources[0].quote == TEXT for turn in theirs)


def test_times_are_those_of_the_clock(house: House) -> None:
    def later() -> None:
        house.library.clock.advance(0.25)

    receipt = house.eraser(later).erase("acme", ID)
    times = [receipt.started_at, *(item.verified_at for item in receipt.items), receipt.finished_at]
    assert times == sorted(times)
    assert receipt.started_at == "2025-06-15T15:06:40.000Z"
    assert receipt.duration_ms >= 1000
    assert all(time.endswith("Z") for time in times)


def test_what_others_have_stays(house: House) -> None:
    house.erase()
    theirs = document_id("rival", PATH)
    assert house.library.documents.count_versions(object_key("rival", PATH)) == 1
    assert house.library.index.count(CONFIG.generation.namespace("rival"), theirs) == 1
    assert house.cache.count("rival", theirs) == 1
    assert house.conversations.count_citing("rival", theirs) == 3
    assert house.finds("boat harbour") == ["The boat harbour opens at seven."]


def test_the_tombstone_keeps_where_the_document_was_and_nothing_it_said(house: House) -> None:
    house.erase()
    record = house.record()
    assert (record.status, record.path, record.title) == ("deleted", PATH, PATH)
    assert record.metadata.author is None
    assert (record.etag, record.size, record.chunks, record.erasing) == ("", 0, 0, False)


def test_a_turn_keeps_its_question(house: House) -> None:
    house.erase()
    for turn in house.conversations.history("acme", "web", "c", 9):
        assert (turn.question, turn.answer) == ("How much?", "")
        assert turn.deleted_document_ids == (ID,)


def test_what_is_not_there_or_another_s_or_erased_is_not_found(house: House) -> None:
    for tenant, item in (("acme", "0" * 24), ("rival", ID), ("nobody", ID)):
        with pytest.raises(NotFound):
            house.eraser().erase(tenant, item)
    house.erase()
    with pytest.raises(NotFound):
        house.erase()
    assert house.library.documents.count_versions(object_key("rival", PATH)) == 1


def test_what_was_removed_from_the_bucket_only_can_be_erased(house: House) -> None:
    house.library.documents.drop("acme", PATH)
    house.library.indexer.reconcile(KEY, "09")
    receipt = house.erase()
    assert counts(receipt)["object_versions"] == (2, 2, 0)
    assert counts(receipt)["conversation_turns"] == (3, 3, 0)
    assert receipt.complete
    with pytest.raises(NotFound):
        house.erase()


def test_a_turn_that_came_late_is_found_by_erasing_again(house: House) -> None:
    house.erase()
    house.say("acme", "late", ID)
    receipt = house.erase()
    assert counts(receipt)["conversation_turns"] == (1, 1, 0)
    assert receipt.complete


def generation(house: House, name: str, *, indexed: bool) -> Place:
    """Another generation, which has the document or has not come to it yet."""
    catalogue, index = FakeCatalogue(house.library.clock), FakeIndex()
    if indexed:
        begun = catalogue.begin(house.record())
        [record] = [
            item
            for item in house.library.index.spaces[CONFIG.generation.namespace("acme")].values()
            if item.document_id == ID
        ]
        index.upsert(f"acme.{name}", [replace(record, added_in=begun.revision)])
        manifest = Manifest(begun.revision, (record.chunk.chunk_id,))
        catalogue.publish(replace(begun, published=(begun.revision,)), manifest)
    return Place(catalogue, index, lambda tenant: f"{tenant}.{name}")


def test_every_generation_is_emptied(house: House) -> None:
    old = generation(house, "old", indexed=True)
    new = generation(house, "new", indexed=False)
    places = [house.place(), old, new]
    eraser = Eraser(places, house.library.documents, None, house.conversations)
    receipt = eraser.erase("acme", ID)
    assert counts(receipt)["vectors"] == (2, 2, 0)
    assert counts(receipt)["manifests"] == (2, 2, 0)
    assert counts(receipt)["cached_answers"] == (0, 0, 0)
    assert receipt.complete
    assert old.index.count("acme.old", ID) == house.left()[1] == 0
    records = [place.catalogue.get("acme", ID) for place in places]
    assert [record.status if record else None for record in records] == ["deleted", "deleted", None]


def test_a_document_that_only_another_generation_has_is_erased(house: House) -> None:
    old = generation(house, "old", indexed=True)
    empty = generation(house, "new", indexed=False)
    eraser = Eraser([empty, old], house.library.documents, house.cache, house.conversations)
    assert eraser.erase("acme", ID).complete
    assert old.index.count("acme.old", ID) == 0


# --- broken off


class Calls:
    """Counts calls, and breaks one off."""

    def __init__(self, broken: int | None = None) -> None:
        self.made = 0
        self.broken = broken

    def __call__(self) -> None:
        self.made += 1
        if self.made == self.broken:
            raise UpstreamUnavailable("index", "Busy; try again.")


def steps() -> range:
    calls = Calls()
    House().eraser(calls).erase("acme", ID)
    return range(1, calls.made + 1)


@pytest.mark.parametrize("reconciled", [False, True])
@pytest.mark.parametrize("step", steps())
def test_an_erasure_that_broke_off_anywhere_is_finished_by_the_next_call(
    house: House, step: int, *, reconciled: bool
) -> None:
    with pytest.raises(UpstreamUnavailable):
        house.eraser(Calls(step)).erase("acme", ID)
    if reconciled:  # the bucket's events reach the ingestion meanwhile
        house.library.indexer.reconcile(KEY, "09")
    receipt = house.erase()
    assert receipt.complete
    assert receipt.path == PATH
    assert house.left() == [0] * 5
    assert house.record().status == "deleted"
    assert not house.record().erasing
    with pytest.raises(NotFound):
        house.erase()


@pytest.mark.parametrize("step", steps())
def test_no_reader_sees_it_any_more_once_anything_of_it_is_gone(house: House, step: int) -> None:
    before = house.left()
    with pytest.raises(UpstreamUnavailable):
        house.eraser(Calls(step)).erase("acme", ID)
    if house.left() != before:
        assert TEXT not in house.finds("How much is the tuition fee?")


# --- what stays


class KeepingIndex(FakeIndex):
    """An index that deletes nothing until it was asked often enough."""

    def __init__(self, behind: FakeIndex, refused: int) -> None:
        super().__init__()
        self.spaces = behind.spaces
        self.refused = refused

    def delete_document(
        self, namespace: str, document_id: str, through_revision: int, keep: Collection[int] = ()
    ) -> None:
        self.refused -= 1
        if self.refused < 0:
            super().delete_document(namespace, document_id, through_revision, keep)


def test_what_remains_is_told_and_removed_by_the_next_call(house: House) -> None:
    keeping = KeepingIndex(house.library.index, 99)
    receipt = house.eraser(index=keeping).erase("acme", ID)
    assert counts(receipt)["vectors"] == (1, 0, 1)
    assert not receipt.complete
    assert [item.remaining for item in receipt.items] == [0, 1, 0, 0, 0]
    assert len(house.pauses) == 4
    assert house.record().erasing

    again = house.erase()
    assert counts(again)["vectors"] == (1, 1, 0)
    assert again.complete


def test_an_index_that_is_late_is_asked_again(house: House) -> None:
    keeping = KeepingIndex(house.library.index, 2)
    receipt = house.eraser(index=keeping).erase("acme", ID)
    assert receipt.complete
    assert len(house.pauses) == 2


def test_a_receipt_is_complete_only_if_nothing_remains() -> None:
    done = Erased("vectors", 1, 1, 0, "")
    receipt = Receipt(ID, PATH, "", "", "", 0.0, (done, replace(done, remaining=1)))
    assert not receipt.complete
    assert replace(receipt, items=(done, done)).complete


# --- beside others


def test_late_events_of_the_bucket_find_it_settled(house: House) -> None:
    house.erase()
    embedded = list(house.library.embedder.texts)
    for sequencer in ("", "0A", "0B"):
        report = house.library.indexer.reconcile(KEY, sequencer)
        assert report.outcome in ("unchanged", "deleted")
    assert house.left() == [0] * 5
    assert house.library.embedder.texts == embedded
    with pytest.raises(NotFound):
        house.erase()


def test_an_upload_afterwards_is_a_new_document(house: House) -> None:
    house.erase()
    house.library.add("acme", PATH, "The tuition fee is ten million rupiah.", title="New fees")
    assert "The tuition fee is ten million rupiah." in house.finds("How much is the tuition fee?")
    assert house.record().title == "New fees"
    receipt = house.erase()
    assert counts(receipt)["object_versions"] == (1, 1, 0)
    assert receipt.complete


class Meanwhile:
    """Versions whose first deletion lets others do something `before` or after it."""

    def __init__(self, house: House, act: Callable[[], object], *, before: bool) -> None:
        self._documents = house.library.documents
        self._act: Callable[[], object] | None = act
        self._before = before

    def count_versions(self, key: str) -> int:
        return self._documents.count_versions(key)

    def delete_versions(self, key: str) -> int:
        act, self._act = self._act, None
        if act and self._before:
            act()
        removed = self._documents.delete_versions(key)
        if act and not self._before:
            act()
        return removed


def test_a_worker_that_reads_the_bucket_before_it_is_empty_publishes_nothing(house: House) -> None:
    house.library.documents.put("acme", PATH, b"The tuition fee was just changed.")
    reading = Meanwhile(house, lambda: house.library.indexer.reconcile(KEY, "09"), before=True)
    receipt = house.eraser(versions=reading).erase("acme", ID)
    assert receipt.complete
    assert house.left() == [0] * 5
    assert house.record().status == "deleted"


def test_a_worker_that_began_before_can_publish_no_more(house: House) -> None:
    catalogue = house.library.catalogue
    begun: list[DocumentRecord] = []
    late = Meanwhile(house, lambda: begun.append(catalogue.begin(house.record())), before=True)
    house.eraser(versions=late).erase("acme", ID)
    with pytest.raises(Exception, match="began since"):
        catalogue.publish(replace(begun[0], published=(9,)), Manifest(begun[0].revision, ("x",)))
    assert house.left()[2] == 0


def test_an_upload_while_the_bucket_is_emptied_goes_too(house: House) -> None:
    late = Meanwhile(
        house, lambda: house.library.add("acme", PATH, "Too early, too late."), before=False
    )
    receipt = house.eraser(versions=late).erase("acme", ID)
    assert counts(receipt)["object_versions"] == (2, 3, 0)
    assert receipt.complete
    assert house.left() == [0] * 5


def test_an_upload_after_the_bucket_was_emptied_stays_whole(house: House) -> None:
    class Late(FakeCache):
        def forget(self, tenant: str, document_id: str) -> int:
            if not self.entries:
                self.entries["once"] = (b"", 0.0)
                house.library.add("acme", PATH, "The tuition fee is new.", title="New")
            return 0

    house.eraser(cache=Late()).erase("acme", ID)
    assert "The tuition fee is new." in house.finds("How much is the tuition fee?")
    assert (house.record().status, house.record().title) == ("indexed", "New")
    assert house.erase().complete
    assert house.left() == [0] * 5


def test_a_document_that_others_change_all_the_time_is_tried_again_later(house: House) -> None:
    class Busy(FakeCatalogue):
        def remove(self, record: DocumentRecord) -> None:
            house.library.catalogue.begin(record)
            house.library.catalogue.remove(record)

    busy = Busy(house.library.clock)
    busy.records, busy.manifests = (
        house.library.catalogue.records,
        house.library.catalogue.manifests,
    )
    with pytest.raises(UpstreamUnavailable) as caught:
        house.eraser(catalogue=busy).erase("acme", ID)
    assert caught.value.service == "catalogue"
