"""When a document was erased is known in every generation, in memory and on DynamoDB."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nexus.adapters.dynamodb.catalogue import DynamoCatalogue
from nexus.ports import Catalogue
from tests.contract.test_catalogue import ONE, catalogue, clock, indexed, on_dynamodb

__all__ = ["catalogue", "clock", "on_dynamodb"]

EARLY, LATE = "2025-06-15T15:06:40.000Z", "2025-06-15T15:06:40.001Z"


def test_an_erasure_is_told_beside_the_records_whatever_the_document_is_by_now(
    catalogue: Catalogue,
) -> None:
    assert catalogue.get_many_with_erasures("acme", []) == ({}, {})
    catalogue.note_erasure("acme", "d1", EARLY)
    assert catalogue.get_many_with_erasures("acme", ["d1", "d2"]) == ({}, {"d1": EARLY})
    record = indexed(catalogue, ONE)
    assert catalogue.get_many_with_erasures("acme", ["d1", "d2", "d1"]) == (
        {"d1": record},
        {"d1": EARLY},
    )
    assert catalogue.get_many_with_erasures("rival", ["d1"]) == ({}, {})
    assert list(catalogue.list_documents("acme")) == [record]


def test_the_last_erasure_counts_in_whatever_order_they_are_told(catalogue: Catalogue) -> None:
    for at in (EARLY, LATE, EARLY):
        catalogue.note_erasure("acme", "d1", at)
    assert catalogue.get_many_with_erasures("acme", ["d1"])[1] == {"d1": LATE}


def test_any_number_of_documents_is_told_of(catalogue: Catalogue) -> None:
    names = [f"d{number}" for number in range(130)]
    for name in names:
        catalogue.note_erasure("acme", name, EARLY)
    assert catalogue.get_many_with_erasures("acme", names)[1] == dict.fromkeys(names, EARLY)


def test_it_outlasts_the_generation_in_which_the_document_was(
    on_dynamodb: DynamoCatalogue, dynamodb_client: Any
) -> None:
    indexed(on_dynamodb, ONE)
    on_dynamodb.note_erasure("acme", "d1", EARLY)
    on_dynamodb.drop("acme")
    later = DynamoCatalogue(dynamodb_client, "catalogue", "g2")
    record = indexed(later, ONE)
    assert later.get_many_with_erasures("acme", ["d1"]) == ({"d1": record}, {"d1": EARLY})
    assert list(later.list_documents(None)) == [record]


def test_records_and_erasures_are_one_consistent_read(
    on_dynamodb: DynamoCatalogue, dynamodb_client: Any, during: Callable[..., Any]
) -> None:
    indexed(on_dynamodb, ONE)
    asked: list[tuple[str, bool]] = []

    def note(model: Any, params: dict[str, Any], **_: Any) -> None:
        asked.append((model.name, '"ConsistentRead": true' in params["body"].decode()))

    with during(dynamodb_client, "before-call", "*", note):
        on_dynamodb.get_many_with_erasures("acme", ["d1", "d2"])
    assert asked == [("BatchGetItem", True)]
