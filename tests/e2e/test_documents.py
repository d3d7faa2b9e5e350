"""From an uploaded file to a cited answer, and to no answer once the file is gone."""

from __future__ import annotations

import secrets
from collections import Counter

import pytest

from cli.connection import DEMO_TENANT, Connection
from nexus.adapters.sqlite.index import SqliteIndex
from nexus.models import DocumentRecord
from nexus.object_keys import document_id, object_key
from tests.e2e.conftest import Deployed
from tests.e2e.generated_documents import pdf, word
from tests.e2e.waiting import eventually


def put(connection: Connection, path: str, content: bytes, **metadata: str) -> None:
    connection.client("s3").put_object(
        Bucket=connection.deployment.documents_bucket,
        Key=object_key(DEMO_TENANT, path),
        Body=content,
        Metadata=metadata,
    )


def delete(connection: Connection, path: str) -> None:
    connection.client("s3").delete_object(
        Bucket=connection.deployment.documents_bucket, Key=object_key(DEMO_TENANT, path)
    )


def record(connection: Connection, path: str, *states: str) -> DocumentRecord | None:
    found = connection.operator.catalogue.get(DEMO_TENANT, document_id(DEMO_TENANT, path))
    return found if found and found.status in states else None


def until(connection: Connection, path: str, state: str) -> DocumentRecord:
    return eventually(lambda: record(connection, path, state), f"{path} {state}")


def test_a_new_pdf_and_docx_are_answered_from_and_then_forgotten(
    stack: Deployed, connection: Connection
) -> None:
    code, mast = secrets.token_hex(3).upper(), f"{secrets.randbelow(900) + 100},50"
    facts = {4: f"The lighthouse keeper of Pulau Sembilan carries the badge number {code}."}
    put(connection, "new/keepers.pdf", pdf(facts, 6), title="Keepers of the light")
    fact = f"The mast of the training ship Arung Samudra is {mast} metres tall."
    put(connection, "new/ship.docx", word("Training ship", fact, [("Crew", "41 cadets")]))
    for path in ("new/keepers.pdf", "new/ship.docx"):
        until(connection, path, "indexed")

    badge = "Which badge number does the lighthouse keeper of Pulau Sembilan carry?"
    answer = stack.ask(badge)
    assert code in answer["answer"]
    assert answer["sources"][0]["title"] == "Keepers of the light"
    assert answer["sources"][0]["locator"]["page"] == 4
    assert code in answer["sources"][0]["quote"]

    answer = stack.ask("How tall is the mast of the training ship Arung Samudra?")
    assert mast in answer["answer"]
    assert answer["sources"][0]["uri"].endswith("new/ship.docx")
    assert answer["sources"][0]["locator"]["heading"] == ["Training ship"]

    for path in ("new/keepers.pdf", "new/ship.docx"):
        delete(connection, path)
    for path in ("new/keepers.pdf", "new/ship.docx"):
        until(connection, path, "deleted")
    assert code not in stack.ask(badge)["answer"]
    found = stack.call("POST", "/v1/search", {"query": f"badge {code}", "top_k": 20}).json()
    assert not any(code in passage["text"] for passage in found["passages"])


def test_a_changed_document_answers_with_its_new_text(
    stack: Deployed, connection: Connection
) -> None:
    question = "What colour is the ferry to Tanjung Lestari painted?"
    put(connection, "ferry.txt", b"The ferry to Tanjung Lestari is painted crimson.")
    until(connection, "ferry.txt", "indexed")
    assert "crimson" in stack.ask(question)["answer"]
    put(connection, "ferry.txt", b"The ferry to Tanjung Lestari is painted turquoise.")
    eventually(lambda: "turquoise" in stack.ask(question)["answer"], "second version")
    assert "crimson" not in stack.ask(question)["answer"]
    delete(connection, "ferry.txt")


def test_of_100_uploads_the_good_are_indexed_once_and_the_corrupt_fail_with_a_reason(
    stack: Deployed, connection: Connection
) -> None:
    paths = [
        f"bulk/note-{number:03}.{'pdf' if number % 10 == 0 else 'md'}" for number in range(100)
    ]
    for number, path in enumerate(paths):
        good = (
            f"# Note {number}\n\nBuoy number {number} was painted by volunteer {number}.".encode()
        )
        put(connection, path, b"%PDF-1.7 and no more" if path.endswith("pdf") else good)
    ids = [document_id(DEMO_TENANT, path) for path in paths]

    def all_through() -> list[DocumentRecord] | None:
        records = connection.operator.catalogue.get_many(DEMO_TENANT, ids).values()
        settled = [r for r in records if r.status in ("indexed", "failed")]
        return settled if len(settled) == 100 else None

    records = eventually(all_through, "end of 100 ingestions", 180)
    assert Counter(r.status for r in records) == {"indexed": 90, "failed": 10}
    assert all(r.reason for r in records if r.status == "failed")
    index = f"{DEMO_TENANT}.{connection.live.generation_id}"
    counts = Counter(
        SqliteIndex(connection.settings.sqlite_path).count(index, r.document_id) for r in records
    )
    assert counts == {1: 90, 0: 10}
    for path in paths:
        delete(connection, path)
    eventually(
        lambda: all(
            r.status == "deleted"
            for r in connection.operator.catalogue.get_many(DEMO_TENANT, ids).values()
        ),
        "end of 100 removals",
        180,
    )


def test_filters_restrict_an_answer_to_a_department(
    stack: Deployed, connection: Connection
) -> None:
    put(connection, "a.txt", b"The regatta prize is a brass sextant.", department="Sailing")
    put(connection, "b.txt", b"The regatta prize is a silver compass.", department="Museum")
    for path in ("a.txt", "b.txt"):
        until(connection, path, "indexed")
    question = "What is the regatta prize?"
    for department, prize in (("Sailing", "sextant"), ("Museum", "compass")):
        filters = {"departments": [department]}
        answer = stack.ask(question, filters=filters)
        assert prize in answer["answer"]
        assert {source["title"] for source in answer["sources"]} == {
            "a.txt" if department == "Sailing" else "b.txt"
        }
    for path in ("a.txt", "b.txt"):
        delete(connection, path)


def test_reindexing_brings_back_what_the_catalogue_lost(
    stack: Deployed, connection: Connection
) -> None:
    put(connection, "lost.txt", b"The anchor of the old pilot boat weighs 317 kilograms.")
    first = until(connection, "lost.txt", "indexed")
    connection.client("dynamodb").delete_item(
        TableName=connection.deployment.catalogue_table,
        Key={
            "pk": {"S": f"tenant#{DEMO_TENANT}#{connection.live.generation_id}"},
            "sk": {"S": f"document#{first.document_id}"},
        },
    )
    done = stack.nexus("invoke", "reindex", "--event", "events/reindex.json")
    assert '"missing": 1' in done.stdout
    until(connection, "lost.txt", "indexed")
    assert "317" in stack.ask("How much does the anchor of the old pilot boat weigh?")["answer"]
    delete(connection, "lost.txt")


@pytest.mark.parametrize("name", ["ingest_created", "ingest_removed", "ingest_s3_test_event"])
def test_the_event_samples_run(stack: Deployed, name: str) -> None:
    done = stack.nexus("invoke", "ingest", "--event", f"events/{name}.json")
    assert '"batchItemFailures": []' in done.stdout
