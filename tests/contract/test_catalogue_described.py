"""What is newly said of a document holds at once, and no attempt that began before undoes it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nexus.models import DocumentMetadata
from nexus.ports import Catalogue, Manifest
from tests.contract.test_catalogue import ONE, catalogue, clock, ids, indexed, on_dynamodb
from tests.fakes import FakeClock

__all__ = ["catalogue", "clock", "on_dynamodb"]

CLOSED = DocumentMetadata("Fees", "Ani", "Board", "2025-01-02", ("a",), ("hr",))


def said(catalogue: Catalogue) -> tuple[DocumentMetadata, str]:
    record = catalogue.get("acme", "d1")
    assert record is not None
    assert catalogue.get_many("acme", ["d1"], consistently=True)["d1"] == record
    return record.metadata, record.fingerprint


def test_what_is_said_holds_at_once_and_counts_as_a_change(
    catalogue: Catalogue, clock: FakeClock
) -> None:
    before = indexed(catalogue, ONE)
    clock.advance(60)
    version = catalogue.version("acme")
    assert catalogue.describe("acme", "d1", CLOSED)
    assert catalogue.version("acme") is None  # just now
    clock.advance(60)
    assert catalogue.version("acme") not in (None, version)
    after = catalogue.get("acme", "d1")
    assert after == replace(before, metadata=CLOSED, updated_at=after.updated_at if after else "")


def test_what_is_new_needs_to_be_indexed_and_what_is_not_does_not(catalogue: Catalogue) -> None:
    attempt = catalogue.begin(ONE)
    catalogue.settle(replace(attempt, status="indexed", fingerprint="as it is"))
    assert catalogue.describe("acme", "d1", ONE.metadata)
    assert said(catalogue) == (ONE.metadata, "as it is")
    assert catalogue.describe("acme", "d1", CLOSED)
    assert said(catalogue) == (CLOSED, "")


def test_of_a_document_that_is_not_there_nothing_is_said(catalogue: Catalogue) -> None:
    assert not catalogue.describe("acme", "d1", CLOSED)
    assert catalogue.get("acme", "d1") is None


@pytest.mark.parametrize("ends", ["publish", "settle"])
def test_an_attempt_that_began_before_leaves_it_and_has_the_document_indexed_again(
    catalogue: Catalogue, ends: str
) -> None:
    indexed(catalogue, ONE)
    attempt = replace(catalogue.begin(ONE), fingerprint="as it was", metadata=ONE.metadata)
    catalogue.describe("acme", "d1", CLOSED)
    if ends == "publish":
        catalogue.publish(attempt, Manifest(attempt.revision, ids(attempt.revision, 1)))
    else:
        catalogue.settle(replace(attempt, status="failed", reason="It cannot be read."))
    assert said(catalogue) == (CLOSED, "")


def test_saying_again_what_is_known_holds_against_an_attempt_with_something_else(
    catalogue: Catalogue,
) -> None:
    indexed(catalogue, ONE)
    attempt = replace(catalogue.begin(ONE), metadata=CLOSED, fingerprint="an upload's")
    catalogue.describe("acme", "d1", ONE.metadata)
    catalogue.publish(attempt, Manifest(attempt.revision, ids(attempt.revision, 1)))
    assert said(catalogue) == (ONE.metadata, "")


def test_an_attempt_that_has_seen_it_keeps_its_fingerprint(catalogue: Catalogue) -> None:
    indexed(catalogue, ONE)
    attempt = replace(catalogue.begin(ONE), fingerprint="as it is", metadata=CLOSED)
    catalogue.describe("acme", "d1", CLOSED)
    catalogue.settle(replace(attempt, status="failed"))
    assert said(catalogue) == (CLOSED, "as it is")


def test_an_attempt_that_begins_after_says_what_is_so_then(catalogue: Catalogue) -> None:
    indexed(catalogue, ONE)
    catalogue.describe("acme", "d1", CLOSED)
    attempt = catalogue.begin(ONE)
    assert attempt.metadata == CLOSED
    opened = replace(CLOSED, groups=())
    catalogue.settle(replace(attempt, status="failed", metadata=opened, fingerprint="newer"))
    assert said(catalogue) == (opened, "newer")
