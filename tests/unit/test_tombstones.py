"""What a conversation shows once a document that it cited is gone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nexus.documents.tombstones import as_seen, tombstone
from nexus.errors import UpstreamUnavailable
from nexus.models import Filters, Principal, Turn
from nexus.object_keys import document_id
from tests.fakes import FakeCatalogue
from tests.unit.test_retrieval import Library

FEES, POOL = document_id("acme", "fees.md"), document_id("acme", "pool.md")
ACME, RIVAL = (Principal(tenant, "web", "user", "plan") for tenant in ("acme", "rival"))
TURN = Turn("m1", "How much?", "Nine million.", False, "2026-01-01T00:00:00Z")


@pytest.fixture
def library() -> Library:
    made = Library()
    made.add("acme", "fees.md", "The fee is nine million rupiah.")
    made.add("acme", "pool.md", "The harbour opens at seven.")
    return made


def remove(library: Library, item: str) -> None:
    record = library.catalogue.get("acme", item)
    assert record is not None
    library.catalogue.remove(library.catalogue.begin(record))


def test_answers_go_with_any_document_that_they_cite(library: Library) -> None:
    turns = [
        TURN,
        replace(TURN, document_ids=(FEES,)),
        replace(TURN, document_ids=(POOL, FEES)),
        replace(TURN, document_ids=(POOL,)),
    ]
    assert as_seen(library.catalogue, ACME, turns) == turns
    remove(library, FEES)
    assert as_seen(library.catalogue, ACME, turns) == [
        TURN,
        replace(turns[1], answer="", deleted_document_ids=(FEES,)),
        replace(turns[2], answer="", deleted_document_ids=(FEES,)),
        turns[3],
    ]


def test_a_document_that_is_being_looked_at_again_is_still_deleted(library: Library) -> None:
    remove(library, FEES)
    record = library.catalogue.get("acme", FEES)
    assert record is not None
    assert library.catalogue.begin(record).status == "indexing"
    [turn] = as_seen(library.catalogue, ACME, [replace(TURN, document_ids=(FEES,))])
    assert turn.deleted_document_ids == (FEES,)


def test_what_another_tenant_has_or_nobody_knows_is_not_there(library: Library) -> None:
    turn = replace(TURN, document_ids=(FEES, "0" * 24))
    [other] = as_seen(library.catalogue, RIVAL, [turn])
    [mine] = as_seen(library.catalogue, ACME, [turn])
    assert other.deleted_document_ids == (FEES, "0" * 24)
    assert mine.deleted_document_ids == ("0" * 24,)


def test_an_answer_that_was_taken_out_does_not_return_with_the_document(library: Library) -> None:
    turn = replace(TURN, answer="", document_ids=(FEES, POOL), deleted_document_ids=(FEES,))
    assert as_seen(library.catalogue, ACME, [turn]) == [turn]
    remove(library, POOL)
    [both] = as_seen(library.catalogue, ACME, [turn])
    assert both.deleted_document_ids == (FEES, POOL)


def test_turns_that_cite_nothing_ask_nobody() -> None:
    catalogue = FakeCatalogue()
    catalogue.failure = UpstreamUnavailable("catalogue", "Busy.")
    assert as_seen(catalogue, ACME, [TURN, TURN]) == [TURN, TURN]
    with pytest.raises(UpstreamUnavailable):
        as_seen(catalogue, ACME, [replace(TURN, document_ids=(FEES,))])


@pytest.mark.parametrize(
    ("question", "words"),
    [("How much is the fee?", "no longer available"), ("Berapa biaya ini?", "tidak tersedia lagi")],
)
def test_the_sentence_is_in_the_question_s_language(question: str, words: str) -> None:
    assert words in tombstone(replace(TURN, question=question, deleted_document_ids=(FEES,)))


@pytest.mark.parametrize(
    ("rights", "sees"),
    [
        (Filters(departments=("finance",)), True),
        (Filters(departments=("FINANCE ", "Other")), True),
        (Filters(departments=("Pool",)), False),
        (Filters(tags=("Term",)), True),
        (Filters(tags=("sport",)), False),
        (Filters(date_from="2026-01-01"), True),
        (Filters(date_from="2026-01-02"), False),
        (Filters(date_to="2026-01-01"), True),
        (Filters(date_to="2025-12-31"), False),
        (Filters(document_ids=(FEES,)), True),
        (Filters(document_ids=(POOL,)), False),
    ],
)
def test_an_answer_is_seen_by_whom_its_documents_are(rights: Filters, sees: bool) -> None:
    library = Library()
    said = {"department": "Finance", "tags": ("term",), "date": "2026-01-01"}
    library.add("acme", "fees.md", "The fee is nine million rupiah.", **said)
    turn = replace(TURN, document_ids=(FEES,))
    [seen] = as_seen(library.catalogue, replace(ACME, filters=rights), [turn])
    assert seen == (turn if sees else replace(turn, answer="", hidden_document_ids=(FEES,)))


def test_a_document_of_no_department_is_not_for_a_key_of_one(library: Library) -> None:
    turn = replace(TURN, document_ids=(FEES,))
    for rights in (Filters(departments=("",)), Filters(tags=("",)), Filters(date_to="2026-01-01")):
        [seen] = as_seen(library.catalogue, replace(ACME, filters=rights), [turn])
        assert seen.hidden_document_ids == (FEES,)
    assert "may not see" in tombstone(seen)
