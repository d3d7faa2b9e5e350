"""What a conversation shows once a document that it cited is gone."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from nexus.documents.tombstones import as_seen, tombstone
from nexus.errors import UpstreamUnavailable
from nexus.models import (
    DocumentMetadata,
    Filters,
    Locator,
    Passage,
    Principal,
    ReadDocument,
    Source,
    Turn,
)
from nexus.object_keys import document_id
from nexus.ports import Manifest
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


# --- erased, and uploaded anew

ERASED_AT = "2026-01-01T12:00:00.000Z"


def told(seen: Turn) -> str:
    """What the conversation shows of the turn."""
    return "gone" if seen.deleted_document_ids else "hidden" if seen.hidden_document_ids else "seen"


@pytest.mark.parametrize(
    ("read_at", "created_at", "shown"),
    [
        ("2026-01-01T11:59:59.000Z", "2026-01-01T12:14:00.000Z", "gone"),
        ("2026-01-01T12:00:04.999Z", "2026-01-01T12:00:20.000Z", "gone"),  # clocks differ
        ("2026-01-01T12:00:05.000Z", "2026-01-01T12:00:20.000Z", "seen"),
        ("", "2026-01-01T12:14:59.000Z", "gone"),  # of before it was kept
        ("", "2026-01-01T12:15:05.000Z", "seen"),
        ("", "", "gone"),
    ],
)
def test_what_was_read_before_the_erasure_is_not_seen_again_with_a_new_upload(
    library: Library, read_at: str, created_at: str, shown: str
) -> None:
    library.catalogue.note_erasure("acme", FEES, ERASED_AT)
    turn = replace(TURN, document_ids=(FEES,), read_at=read_at, created_at=created_at)
    other = replace(turn, document_ids=(POOL,))
    [seen, untouched] = as_seen(library.catalogue, ACME, [turn, other])
    assert told(seen) == shown
    assert untouched == other


# --- of a version whose readers were others

CLOSED = DocumentMetadata(groups=("board",))
BOARD, STAFF = (replace(ACME, groups=groups) for groups in (("board", "all"), ("all",)))


def of_the_closed_version(library: Library) -> Turn:
    """A turn that quotes the document while it is the board's."""
    library.add(
        "acme", "plan.md", "# Plan\n\nForty people leave.\n\n# Rest\n\nWe grow.", groups=("board",)
    )
    item = document_id("acme", "plan.md")
    record = library.catalogue.records["acme", item]
    quoted = library.catalogue.manifests["acme", item].chunk_ids[0]
    passage = Passage(quoted, item, "Plan", "s3://x", record.version, Locator(), "", 0.9)
    return replace(
        TURN,
        answer="Forty people leave. [1]",
        document_ids=(item,),
        sources=(Source(1, passage, "Forty people leave."),),
        read_as=(ReadDocument(item, record.version, CLOSED),),
    )


def test_a_cleaned_version_for_all_opens_no_quote_of_the_one_that_was_closed(
    library: Library,
) -> None:
    turn = of_the_closed_version(library)
    assert [told(as_seen(library.catalogue, who, [turn])[0]) for who in (BOARD, STAFF)] == [
        "seen",
        "hidden",
    ]
    library.add("acme", "plan.md", "# Rest\n\nWe grow.", groups=("all",))
    assert as_seen(library.catalogue, BOARD, [turn]) == [turn]
    [seen] = as_seen(library.catalogue, STAFF, [turn])
    assert told(seen) == "hidden"
    assert "orty" not in repr(seen)
    assert "may not see" in tombstone(seen)


def test_text_that_readers_see_now_is_for_whom_it_is_now_whoever_could_see_it_before(
    library: Library,
) -> None:
    turn = of_the_closed_version(library)
    [item] = turn.document_ids
    # Described anew, at once; then ingested, as another version of the same text.
    library.catalogue.describe("acme", item, DocumentMetadata(groups=("all",)))
    assert as_seen(library.catalogue, STAFF, [turn]) == [turn]
    text = "# Plan\n\nForty people leave.\n\n# Rest\n\nWe shrink."
    library.add("acme", "plan.md", text, groups=("all",))
    assert library.catalogue.records["acme", item].version != turn.read_as[0].version
    assert as_seen(library.catalogue, STAFF, [turn]) == [turn]


@pytest.mark.parametrize("version", ["", "null"])
def test_where_the_bucket_keeps_no_versions_the_text_alone_tells_them_apart(
    library: Library, version: str
) -> None:
    turn = of_the_closed_version(library)
    [item] = turn.document_ids
    library.add("acme", "plan.md", "# Rest\n\nWe grow.", groups=("all",))
    key = ("acme", item)
    library.catalogue.records[key] = replace(library.catalogue.records[key], version=version)
    read = replace(turn.read_as[0], version=version)
    [source] = turn.sources
    quoted = replace(source, passage=replace(source.passage, version=version))
    turn = replace(turn, read_as=(read,), sources=(quoted,))
    assert told(as_seen(library.catalogue, STAFF, [turn])[0]) == "hidden"


def test_a_narrower_version_closes_what_was_read_of_a_wider_one(library: Library) -> None:
    turn = of_the_closed_version(library)
    wide = replace(turn, read_as=(replace(turn.read_as[0], said=DocumentMetadata()),))
    assert told(as_seen(library.catalogue, STAFF, [wide])[0]) == "hidden"


def test_a_title_that_a_refusal_told_is_for_whom_that_version_was(library: Library) -> None:
    closed = of_the_closed_version(library)
    refusal = replace(closed, answer="The closest is “Layoffs”.", refused=True, sources=())
    library.add("acme", "plan.md", "# Plan\n\nForty people leave.", groups=("all",))
    assert told(as_seen(library.catalogue, BOARD, [refusal])[0]) == "seen"
    assert told(as_seen(library.catalogue, STAFF, [refusal])[0]) == "hidden"


@pytest.mark.parametrize(
    "said",
    [
        DocumentMetadata(department="Board"),
        DocumentMetadata(tags=("secret",)),
        DocumentMetadata(date="1999-01-01"),
        DocumentMetadata(),
    ],
)
def test_a_key_s_filters_count_for_the_version_that_was_read_too(
    library: Library, said: DocumentMetadata
) -> None:
    of_now = {"department": "Press", "tags": ("open",), "date": "2026-01-01"}
    library.add("acme", "plan.md", "We grow.", **of_now)
    item = document_id("acme", "plan.md")
    turn = replace(TURN, document_ids=(item,), read_as=(ReadDocument(item, "v0", said),))
    press = Filters(departments=("Press",), tags=("open",), date_from="2025-01-01")
    [seen] = as_seen(library.catalogue, replace(ACME, filters=press), [turn])
    assert told(seen) == "hidden"
    assert as_seen(library.catalogue, ACME, [turn]) == [turn]


def test_a_title_of_the_closed_version_is_not_opened_with_the_same_text(library: Library) -> None:
    turn = of_the_closed_version(library)
    text = "# Plan\n\nForty people leave.\n\n# Rest\n\nWe grow."
    library.add("acme", "plan.md", text, title="Growth", groups=("all",))
    assert told(as_seen(library.catalogue, BOARD, [turn])[0]) == "seen"
    assert told(as_seen(library.catalogue, STAFF, [turn])[0]) == "hidden"


def test_a_title_is_the_same_though_passages_show_it_without_hidden_characters(
    library: Library,
) -> None:
    turn = of_the_closed_version(library)
    [item] = turn.document_ids
    text = "# Plan\n\nForty people leave.\n\n# Rest\n\nWe grow."
    library.add("acme", "plan.md", text, title="Pl\u200ban", groups=("all",))
    assert library.catalogue.records["acme", item].title != "Plan"
    assert as_seen(library.catalogue, STAFF, [turn]) == [turn]


def test_what_is_published_while_it_is_looked_at_opens_nothing(library: Library) -> None:
    turn = of_the_closed_version(library)
    [item] = turn.document_ids
    whole = library.catalogue.manifest("acme", item)
    library.add("acme", "plan.md", "# Rest\n\nWe grow.", groups=("all",))

    class Restored(FakeCatalogue):
        def manifest(self, tenant: str, document_id: str) -> Manifest | None:
            assert whole is not None
            return replace(whole, revision=self.records[tenant, document_id].live_revision + 1)

    later = Restored()
    later.records = {
        place: replace(record, title="Plan") for place, record in library.catalogue.records.items()
    }
    assert told(as_seen(later, STAFF, [turn])[0]) == "hidden"


def test_many_documents_in_doubt_are_asked_for_at_once(library: Library) -> None:
    turns, paths = [], [f"hr/{number}.md" for number in range(4)]
    for path in paths:
        library.add("acme", path, "Forty people leave.", title="Plan", groups=("board",))
        item = document_id("acme", path)
        version = library.catalogue.records["acme", item].version
        chunk = library.catalogue.manifests["acme", item].chunk_ids[0]
        passage = Passage(chunk, item, "Plan", "s3://x", version, Locator(), "", 0.9)
        read = ReadDocument(item, version, CLOSED)
        source = Source(1, passage, "Forty people leave.")
        turns.append(replace(TURN, document_ids=(item,), sources=(source,), read_as=(read,)))
        library.add("acme", path, "Forty people leave.", title="Plan", groups=("all",))
    together = threading.Barrier(4)

    class Waiting(FakeCatalogue):
        def manifest(self, tenant: str, document_id: str) -> Manifest | None:
            together.wait(5)  # one alone would wait in vain
            return super().manifest(tenant, document_id)

    waiting = Waiting()
    waiting.records, waiting.manifests = library.catalogue.records, library.catalogue.manifests
    assert as_seen(waiting, STAFF, turns) == turns


def test_looking_again_is_one_call_unless_somebody_may_not_see_what_was_read(
    library: Library,
) -> None:
    turn = of_the_closed_version(library)
    library.add("acme", "plan.md", "# Rest\n\nWe grow.", groups=("all",))
    asked: list[str] = []
    manifest = library.catalogue.manifest

    class Counting(FakeCatalogue):
        def manifest(self, tenant: str, document_id: str) -> Manifest | None:
            asked.append(document_id)
            return manifest(tenant, document_id)

    counting = Counting()
    counting.records = library.catalogue.records
    as_seen(counting, BOARD, [turn] * 3)
    assert (len(counting.looked_up), asked) == (1, [])
    as_seen(counting, STAFF, [turn] * 3)
    assert (len(counting.looked_up), asked) == (2, list(turn.document_ids))
