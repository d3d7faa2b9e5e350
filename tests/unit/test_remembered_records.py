"""What is known of a tenant's documents stands as long as their version does, and no longer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from nexus.models import DocumentRecord, Filters
from nexus.object_keys import object_key
from nexus.retrieval import remembered_records
from nexus.retrieval.remembered_records import RememberedRecords
from tests.fakes import FakeCatalogue, FakeClock, FakeIndex
from tests.unit.test_retrieval import ALICE, Library


class Counting(FakeCatalogue):
    """A catalogue that notes what it is asked for; every document but `gone` is there."""

    def __init__(self) -> None:
        super().__init__(FakeClock())
        self.asked: list[tuple[str, tuple[str, ...]]] = []
        self.title = "old"

    def get_many(
        self, tenant: str, document_ids: Sequence[str], *, consistently: bool = False
    ) -> dict[str, DocumentRecord]:
        self.asked.append((tenant, tuple(document_ids)))
        return {
            one: DocumentRecord(tenant, one, one, one, f"{self.title} of {tenant}", "indexed")
            for one in document_ids
            if one != "gone"
        }


def test_what_is_known_under_a_version_is_not_asked_for_again() -> None:
    catalogue = Counting()
    known = RememberedRecords(catalogue)
    first = known.get_many("acme", ["a", "b", "gone"], 3)
    assert list(first) == ["a", "b"]
    assert known.get_many("acme", ["b", "gone", "c"], 3).keys() == {"b", "c"}
    assert catalogue.asked == [("acme", ("a", "b", "gone")), ("acme", ("c",))]


def test_a_new_version_makes_all_that_was_known_worthless() -> None:
    catalogue = Counting()
    known = RememberedRecords(catalogue)
    known.get_many("acme", ["a"], 3)
    catalogue.title = "new"
    assert known.get_many("acme", ["a"], 3)["a"].title == "old of acme"
    assert known.get_many("acme", ["a"], 4)["a"].title == "new of acme"


def test_a_turn_that_began_before_a_change_leaves_nothing_to_those_after_it() -> None:
    catalogue = Counting()
    known = RememberedRecords(catalogue)
    known.get_many("acme", ["a"], 4)
    assert known.get_many("acme", ["b"], 3).keys() == {"b"}
    catalogue.title = "new"
    assert known.get_many("acme", ["b"], 4)["b"].title == "new of acme"
    assert known.get_many("acme", ["a"], 4)["a"].title == "old of acme"


def test_without_a_version_everything_is_asked_for_and_nothing_remembered() -> None:
    catalogue = Counting()
    known = RememberedRecords(catalogue)
    known.get_many("acme", ["a"], None)
    known.get_many("acme", ["a"], None)
    known.get_many("acme", ["a"], 0)
    assert len(catalogue.asked) == 3


def test_one_tenants_documents_are_nothing_to_another() -> None:
    catalogue = Counting()
    known = RememberedRecords(catalogue)
    known.get_many("acme", ["a"], 1)
    assert known.get_many("rival", ["a"], 1)["a"].title == "old of rival"
    assert known.get_many("acme", ["a"], 1)["a"].title == "old of acme"
    assert [tenant for tenant, _ in catalogue.asked] == ["acme", "rival"]


def test_a_process_remembers_no_more_than_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered_records, "REMEMBERED", 2)
    catalogue = Counting()
    known = RememberedRecords(catalogue)
    assert len(known.get_many("acme", ["a", "b", "c"], 1)) == 3
    known.get_many("acme", ["a"], 1)
    assert catalogue.asked[-1] == ("acme", ("a",))


class Lagging(FakeIndex):
    """An index that still finds what was deleted: it is only eventually consistent."""

    def delete_chunks(self, namespace: str, chunk_ids: Sequence[str]) -> None:
        """Leaves them."""

    def delete_document(self, *args: Any, **kwargs: Any) -> None:
        """Leaves it."""


def test_a_document_that_is_deleted_is_not_found_by_what_was_known_before() -> None:
    library = Library(Lagging())
    library.add("acme", "fees.md", "The tuition fee is nine million rupiah.")

    def found() -> list[str]:
        version = library.catalogue.version("acme")
        asked = ("How much is the tuition fee?", 5, Filters(), None, lambda: version)
        return [passage.title for passage in library.retriever.retrieve(ALICE, *asked).passages]

    library.clock.advance(60)
    assert found() == found() == ["fees.md"]
    library.documents.drop("acme", "fees.md")
    library.indexer.reconcile(object_key("acme", "fees.md"))
    assert found() == []
    library.clock.advance(60)
    assert found() == []
