"""The management API as its callers see it."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import replace
from typing import Any

import pytest
from mangum import Mangum
from starlette.testclient import TestClient

from cli.local.layout import PROJECT
from nexus.documents import listing
from nexus.errors import UpstreamUnavailable
from nexus.ingestion.messages import reconcile_message
from nexus.models import DocumentMetadata, ObjectState, Turn
from nexus.object_keys import document_id, object_key
from tests.functions.documents_services import (
    ADMIN_KEY,
    NARROW_KEY,
    RIVAL_KEY,
    USER_KEY,
    Office,
)
from tests.functions.gateway import documents_app as create_app
from tests.unit.documents_made import slides

EVENT = PROJECT / "events" / "documents.json"
FEES = "# Fees\n\nThe tuition fee is nine million rupiah.\n"


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def api(office: Office) -> TestClient:
    return caller(office, ADMIN_KEY)


def caller(office: Office, key: str) -> TestClient:
    app = create_app(office.services)
    return TestClient(app, headers={"x-api-key": key}, raise_server_exceptions=False)


def listed(api: TestClient, **asked: Any) -> list[str]:
    response = api.get("/v1/documents", params=asked)
    assert response.status_code == 200, response.text
    return sorted(found["path"] for found in response.json()["documents"])


def routes(document: str) -> list[tuple[str, str, dict[str, Any] | None]]:
    """Every route that names a document."""
    one = f"/v1/documents/{document}"
    return [
        ("GET", one, None),
        ("PATCH", one, {"title": "Other"}),
        ("GET", f"{one}/versions", None),
        ("POST", f"{one}:restore", {"version": "v1"}),
        ("POST", f"{one}:reindex", None),
        ("GET", f"{one}/content", None),
        ("DELETE", one, None),
    ]


@pytest.mark.parametrize(
    ("key", "words"), [(USER_KEY, "role admin"), (NARROW_KEY, "sees all"), ("nx_other", "known")]
)
def test_only_an_administrator_of_all_documents_may_manage_them(
    office: Office, key: str, words: str
) -> None:
    document = office.put("fees.md", FEES)
    api = caller(office, key)
    upload = {"files": [{"path": "a.md", "size": 1}]}
    reading = (f"/v1/documents/{document}", f"/v1/documents/{document}/content")
    for method, path, body in [
        ("POST", "/v1/documents", upload),
        *(route for route in routes(document) if route[0] != "GET" or route[1] not in reading),
    ]:
        response = api.request(method, path, json=body)
        assert response.status_code == 403, path
        assert words in response.json()["detail"]
        assert response.headers["content-type"] == "application/problem+json"
    assert not office.queue.bodies
    assert not office.bucket.signed
    assert len(list(office.bucket.versions(object_key("acme", "fees.md")))) == 1


def test_a_document_of_another_tenant_does_not_exist(office: Office) -> None:
    document = office.put("fees.md", FEES)
    rival = caller(office, RIVAL_KEY)
    unknown = document_id("rival", "nothing.md")
    for (method, path, body), (_, elsewhere, _) in zip(
        routes(document), routes(unknown), strict=True
    ):
        answers = [rival.request(method, where, json=body) for where in (path, elsewhere)]
        assert [answer.status_code for answer in answers] == [404, 404], path
        assert answers[0].json()["detail"] == answers[1].json()["detail"]
    assert listed(rival) == []
    assert not office.queue.bodies
    assert len(list(office.bucket.versions(object_key("acme", "fees.md")))) == 1


def test_an_upload_is_a_put_with_everything_that_was_said(office: Office, api: TestClient) -> None:
    digest = base64.b64encode(hashlib.sha256(b"x").digest()).decode()
    said = {
        "title": "Biaya — 2026",
        "author": "Ani",
        "department": "Finance",
        "date": "2026-01-31",
        "tags": ["fees", "a,b"],
    }
    file = {
        "path": "finance/biaya.pdf",
        "size": 48213,
        "content_type": "application/pdf",
        "checksum_sha256": digest,
        "metadata": said,
    }
    body = api.post("/v1/documents", json={"files": [file, {"path": "b.md", "size": 1}]}).json()
    first, second = body["uploads"]
    assert first["document_id"] == document_id("acme", "finance/biaya.pdf")
    assert (first["path"], first["method"]) == ("finance/biaya.pdf", "PUT")
    assert first["headers"] == {
        "content-type": "application/pdf",
        "content-length": "48213",
        "x-amz-checksum-sha256": digest,
        "x-amz-meta-title": "Biaya %E2%80%94 2026",
        "x-amz-meta-author": "Ani",
        "x-amz-meta-department": "Finance",
        "x-amz-meta-date": "2026-01-31",
        "x-amz-meta-tags": "fees,a%2Cb",
    }
    assert first["expires_at"] == "2025-06-15T15:21:40Z", "15 minutes after the clock's time"
    signed = office.bucket.signed[first["url"]]
    assert signed.key == "documents/acme/finance/biaya.pdf"
    assert signed.metadata == DocumentMetadata(
        "Biaya — 2026", "Ani", "Finance", "2026-01-31", ("fees", "a,b")
    )
    assert second["headers"]["content-type"] == "application/octet-stream"
    assert "x-amz-checksum-sha256" not in second["headers"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"path": ""}, "files.1.path"),
        ({"path": "folder/"}, "files.1.path"),
        ({"path": "a/../b.md"}, "files.1.path"),
        ({"path": "./b.md"}, "files.1.path"),
        ({"path": "/b.md"}, "files.1.path"),
        ({"path": "a//b.md"}, "files.1.path"),
        ({"path": "a\nb.md"}, "files.1.path"),
        ({"path": "é" * 600}, "files.1.path"),
        ({"path": "good.md"}, "files.1.path"),
        ({"size": 0}, "files.1.size"),
        ({"size": 5 * 1024**3 + 1}, "files.1.size"),
        ({"content_type": "text/plain\nx: y"}, "files.1.content_type"),
        ({"checksum_sha256": "abc"}, "files.1.checksum_sha256"),
        ({"metadata": {"date": "2026-02-30"}}, "files.1.metadata.date"),
        ({"metadata": {"title": "é" * 500}}, "files.1.metadata"),
        ({"metadata": {"colour": "red"}}, "files.1.metadata.colour"),
        ({"tenant": "rival"}, "files.1.tenant"),
    ],
)
def test_a_bad_file_is_named_and_nothing_is_signed(
    api: TestClient, change: dict[str, Any], field: str
) -> None:
    files = [{"path": "good.md", "size": 1}, {"path": "b.md", "size": 1, **change}]
    response = api.post("/v1/documents", json={"files": files})
    assert response.status_code == 422, response.text
    assert response.json()["field"] == field
    assert "uploads" not in response.json()


def test_up_to_5_gib_and_100_files_are_taken_at_once(api: TestClient) -> None:
    files = [{"path": f"{number}.pdf", "size": 5 * 1024**3} for number in range(101)]
    assert len(api.post("/v1/documents", json={"files": files[:100]}).json()["uploads"]) == 100
    for wrong in (files, []):
        response = api.post("/v1/documents", json={"files": wrong})
        assert (response.status_code, response.json()["field"]) == (422, "files")


def test_a_document_is_told_with_its_state(office: Office, api: TestClient) -> None:
    document = office.put("fees.md", FEES, title="Fees 2026", department="Finance", tags=("a",))
    body = api.get(f"/v1/documents/{document}").json()
    record = office.catalogue.records["acme", document]
    assert (body["document_id"], body["path"], body["title"]) == (document, "fees.md", "Fees 2026")
    assert (body["status"], body["reason"], body["version"]) == ("indexed", None, "v1")
    assert body["warnings"] == []
    assert body["metadata"] == {
        "title": "Fees 2026",
        "author": None,
        "department": "Finance",
        "date": None,
        "tags": ["a"],
        "url": None,
        "groups": [],
    }
    assert (body["size"], body["pages"], body["chunks"]) == (len(FEES), 1, record.chunks)
    assert body["tokens_embedded"] == record.tokens_embedded > 0
    assert body["progress"]["percent"] == 100
    assert body["seconds_left"] == 0
    assert (body["created_at"], body["updated_at"]) == (record.created_at, record.updated_at)
    assert api.get("/v1/documents").json() == {"documents": [body], "cursor": None}


def test_a_document_that_cannot_be_read_says_why(office: Office, api: TestClient) -> None:
    document = office.put("broken.pdf", "%PDF-1.7 and no more")
    body = api.get(f"/v1/documents/{document}").json()
    assert body["status"] == "failed"
    assert body["reason"]
    assert body["seconds_left"] is None


def test_a_document_says_what_of_it_was_not_read(office: Office, api: TestClient) -> None:
    body = api.get(f"/v1/documents/{office.put('deck.pptx', slides())}").json()
    assert body["status"] == "indexed"
    (told,) = body["warnings"]
    assert (told["what"], told["where"]) == ("a hidden slide is left out", "slide 3")
    assert "NEXUS_READ_HIDDEN" in told["advice"]


def test_documents_are_found_by_each_filter(office: Office, api: TestClient) -> None:
    office.put("fees.md", FEES, title="Biaya KULIAH", department="Finance", tags=("money", "2026"))
    office.put("Rules/Library.md", FEES, title="Loans", department="Library", tags=("2026",))
    office.put("broken.pdf", "%PDF-1.7 and no more")
    office.put("gone.md", FEES)
    office.drop("gone.md")
    office.put("theirs.md", FEES, tenant="rival")
    assert listed(api) == ["Rules/Library.md", "broken.pdf", "fees.md"]
    assert listed(api, status="failed") == ["broken.pdf"]
    assert listed(api, status="deleted") == ["gone.md"]
    assert listed(api, department="Finance") == ["fees.md"]
    assert listed(api, tag="2026") == ["Rules/Library.md", "fees.md"]
    assert listed(api, tag="2026", department="Library") == ["Rules/Library.md"]
    assert listed(api, text="kuliah") == ["fees.md"]
    assert listed(api, text="rules/LIB") == ["Rules/Library.md"]
    assert listed(api, text="rupiah") == ["Rules/Library.md", "fees.md"]
    assert listed(api, text="shilling") == []


@pytest.mark.parametrize("most_read", [5_000, 2])
def test_pages_hold_every_document_once(
    office: Office, api: TestClient, monkeypatch: pytest.MonkeyPatch, most_read: int
) -> None:
    monkeypatch.setattr(listing, "MOST_READ", most_read)
    for number in range(7):
        office.put(f"{number}.md", FEES, tags=("odd",) if number % 2 else ())

    def pages(**asked: Any) -> list[list[str]]:
        found, cursor = [], ""
        while cursor is not None:
            body = api.get("/v1/documents", params={**asked, "cursor": cursor}).json()
            found.append([document["path"] for document in body["documents"]])
            cursor = body["cursor"]
        return found

    for asked, wanted in (({}, "0123456"), ({"tag": "odd"}, "135")):
        found = pages(limit=3, **asked)
        assert sorted(path for page in found for path in page) == [f"{n}.md" for n in wanted]
        assert all(len(page) <= min(3, most_read) for page in found)


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": 101}, "limit"),
        ({"status": "lost"}, "status"),
        ({"cursor": "abc"}, "cursor"),
        ({"cursor": base64.urlsafe_b64encode(b"x" * 24).decode()}, "cursor"),
        ({"cursor": "é"}, "cursor"),
        ({"cursor": "A" * 24}, "cursor"),
    ],
)
def test_a_bad_question_is_named(api: TestClient, asked: dict[str, Any], field: str) -> None:
    response = api.get("/v1/documents", params=asked)
    assert (response.status_code, response.json()["field"]) == (422, field)


@pytest.mark.parametrize("document", ["abc", "A" * 24, "0" * 25, "0" * 23 + "\n"])
def test_what_is_no_id_is_named(api: TestClient, document: str) -> None:
    response = api.get(f"/v1/documents/{document}".replace("\n", "%0A"))
    assert (response.status_code, response.json()["field"]) == (422, "document_id")


def test_a_change_of_metadata_is_ingested_without_embedding(
    office: Office, api: TestClient
) -> None:
    document = office.put("fees.md", FEES, title="Old", author="Ani", tags=("a",))
    embedded = list(office.embedder.texts)
    body = {"title": "New", "author": None, "date": "2026-01-31", "tags": ["b", "c"]}
    response = api.patch(f"/v1/documents/{document}", json=body)
    assert response.status_code == 202
    assert response.json()["title"] == "Old", "until it is ingested"
    office.ingest("fees.md")
    changed = api.get(f"/v1/documents/{document}").json()
    assert changed["title"] == "New"
    assert changed["metadata"] == {
        "title": "New",
        "author": None,
        "department": None,
        "date": "2026-01-31",
        "tags": ["b", "c"],
        "url": None,
        "groups": [],
    }
    assert changed["status"] == "indexed"
    assert office.embedder.texts == embedded
    records = office.index.spaces[office.settings.generation.namespace("acme")].values()
    assert {record.metadata.tags for record in records} == {("b", "c")}


def test_a_web_address_is_kept_changed_and_removed(office: Office, api: TestClient) -> None:
    document = office.put("fees.md", FEES, url="https://x.org/old")
    path = f"/v1/documents/{document}"
    assert api.get(path).json()["metadata"]["url"] == "https://x.org/old"
    assert api.patch(path, json={"url": "https://x.org/new"}).status_code == 202
    office.ingest("fees.md")
    assert api.get(path).json()["metadata"]["url"] == "https://x.org/new"
    for bad in ("javascript:alert(1)", "x.org", "https://u@x.org/", ""):
        refused = api.patch(path, json={"url": bad})
        assert (refused.status_code, refused.json()["field"]) == (422, "url")
    files = [{"path": "a.md", "size": 1, "metadata": {"url": "ftp://x.org"}}]
    refused = api.post("/v1/documents", json={"files": files})
    assert (refused.status_code, refused.json()["field"]) == (422, "files.0.metadata.url")
    assert api.patch(path, json={"url": None}).status_code == 202
    office.ingest("fees.md")
    assert api.get(path).json()["metadata"]["url"] is None


def test_fields_that_are_not_sent_stay_and_no_change_copies_nothing(
    office: Office, api: TestClient
) -> None:
    document = office.put("fees.md", FEES, title="Old", department="Finance", tags=("a",))
    for body in ({}, {"title": "Old"}, {"tags": ["a"]}, {"author": None}):
        assert api.patch(f"/v1/documents/{document}", json=body).status_code == 202
    key = object_key("acme", "fees.md")
    assert len(list(office.bucket.versions(key))) == 1
    api.patch(f"/v1/documents/{document}", json={"tags": None})
    state = office.bucket.head(key)
    assert state is not None
    assert state.metadata == DocumentMetadata(title="Old", department="Finance")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "é" * 500}, "metadata"),
        ({"date": "tomorrow"}, "date"),
        ({"tags": "a"}, "tags"),
        ({"path": "other.md"}, "path"),
    ],
)
def test_a_bad_change_is_named(
    office: Office, api: TestClient, body: dict[str, Any], field: str
) -> None:
    document = office.put("fees.md", FEES)
    response = api.patch(f"/v1/documents/{document}", json=body)
    assert (response.status_code, response.json()["field"]) == (422, field)


def test_a_change_opens_what_readers_see_no_further_than_it_says_itself(
    office: Office, api: TestClient
) -> None:
    document = office.put("fees.md", FEES, title="Old", groups=("staff",))
    office.bucket.put("acme", "fees.md", b"For all.", metadata=DocumentMetadata(title="For all"))
    api.patch(f"/v1/documents/{document}", json={"title": "New"})
    record = office.catalogue.get("acme", document)
    assert record is not None
    assert record.metadata == DocumentMetadata(title="New", groups=("staff",))
    api.patch(f"/v1/documents/{document}", json={"groups": ["staff", "guests"]})
    told = office.catalogue.get("acme", document)
    assert told is not None
    assert told.metadata.groups == ("staff", "guests")
    api.patch(f"/v1/documents/{document}", json={"groups": None, "author": "Ani"})
    office.ingest("fees.md")
    record = office.catalogue.get("acme", document)
    assert record is not None
    assert record.metadata == DocumentMetadata(title="New", author="Ani")


def test_a_change_opens_nothing_of_an_upload_that_is_published_meanwhile(
    office: Office, api: TestClient
) -> None:
    document = office.put("fees.md", FEES, title="Old")
    said = DocumentMetadata(title="New", groups=("board",))
    office.bucket.put("acme", "fees.md", b"For the board.", metadata=said)
    look = office.bucket.head

    def published_then(key: str) -> ObjectState | None:
        seen = look(key)
        office.bucket.head = look  # type: ignore[method-assign]
        office.ingest("fees.md")
        return seen

    office.bucket.head = published_then  # type: ignore[method-assign]
    # The upload says just this of itself, so that no other ingestion follows.
    assert api.patch(f"/v1/documents/{document}", json={"title": "New"}).is_success
    record = office.catalogue.get("acme", document)
    assert record is not None
    assert (record.version, record.metadata) == ("v2", said)


def test_what_waits_is_told_by_its_content_where_a_bucket_keeps_no_versions(
    office: Office, api: TestClient
) -> None:
    document = office.put("fees.md", FEES, groups=("staff",))
    read = office.bucket.head(object_key("acme", "fees.md"))
    waits = office.bucket.put("acme", "fees.md", b"For all.")
    assert read is not None
    office.bucket._current[waits.key] = replace(waits, version=read.version)
    api.patch(f"/v1/documents/{document}", json={"title": "New"})
    record = office.catalogue.get("acme", document)
    assert record is not None
    assert record.metadata == DocumentMetadata(title="New", groups=("staff",))


def test_a_change_of_content_in_between_is_a_conflict(office: Office, api: TestClient) -> None:
    document = office.put("fees.md", FEES)
    seen = office.bucket.head(object_key("acme", "fees.md"))
    office.bucket.put("acme", "fees.md", b"Other.")

    def as_it_was(key: str) -> ObjectState | None:
        return seen

    office.bucket.head = as_it_was  # type: ignore[method-assign]
    response = api.patch(f"/v1/documents/{document}", json={"title": "New"})
    assert response.status_code == 409
    assert response.headers["content-type"] == "application/problem+json"


def test_what_is_over_5_gib_cannot_be_copied(office: Office, api: TestClient) -> None:
    document = office.put("fees.md", FEES)
    key = object_key("acme", "fees.md")
    large = office.bucket._current[key]
    object.__setattr__(large, "size", 5 * 1024**3 + 1)
    office.bucket.put("acme", "fees.md", b"Small.")
    restore = api.post(f"/v1/documents/{document}:restore", json={"version": large.version})
    office.bucket._current[key] = large
    change = api.patch(f"/v1/documents/{document}", json={"title": "New"})
    for response in (restore, change):
        assert response.status_code == 422
        assert "5 GiB" in response.json()["detail"]


def test_reindexing_queues_the_document(office: Office, api: TestClient) -> None:
    document = office.put("fees.md", FEES)
    response = api.post(f"/v1/documents/{document}:reindex")
    assert (response.status_code, response.json()["document_id"]) == (202, document)
    assert office.queue.bodies == [reconcile_message("documents/acme/fees.md", afresh=True)]


def test_versions_tell_what_readers_see(office: Office, api: TestClient) -> None:
    document = office.put("fees.md", FEES)
    office.bucket.put("acme", "fees.md", b"Not ingested yet.")
    versions = api.get(f"/v1/documents/{document}/versions").json()["versions"]
    assert [(v["version"], v["is_latest"], v["is_live"]) for v in versions] == [
        ("v2", True, False),
        ("v1", False, True),
    ]
    assert versions[1]["size"] == len(FEES)
    assert versions[1]["etag"]
    assert versions[1]["last_modified"].endswith("Z")
    office.ingest("fees.md")
    office.drop("fees.md")
    marker, *older = api.get(f"/v1/documents/{document}/versions").json()["versions"]
    assert (marker["deleted"], marker["is_latest"], marker["is_live"]) == (True, True, False)
    assert not any(v["is_live"] or v["deleted"] for v in older)


def test_a_restored_version_is_what_readers_see(office: Office, api: TestClient) -> None:
    document = office.put("fees.md", FEES, title="First")
    office.put("fees.md", "The tuition fee is ten million rupiah.", title="Second")
    office.drop("fees.md")
    embedded = len(office.embedder.texts)
    response = api.post(f"/v1/documents/{document}:restore", json={"version": "v1"})
    assert (response.status_code, response.json()["status"]) == (202, "deleted")
    office.ingest("fees.md")
    body = api.get(f"/v1/documents/{document}").json()
    assert (body["status"], body["title"], body["size"]) == ("indexed", "First", len(FEES))
    assert len(office.embedder.texts) > embedded


def test_restoring_the_newest_version_changes_nothing(office: Office, api: TestClient) -> None:
    document = office.put("fees.md", FEES)
    response = api.post(f"/v1/documents/{document}:restore", json={"version": "v1"})
    assert response.status_code == 202
    assert len(list(office.bucket.versions(object_key("acme", "fees.md")))) == 1


def test_a_version_that_never_was_or_is_a_deletion_is_not_found(
    office: Office, api: TestClient
) -> None:
    document = office.put("fees.md", FEES)
    office.drop("fees.md")
    marker = api.get(f"/v1/documents/{document}/versions").json()["versions"][0]["version"]
    for version in ("v9", marker):
        response = api.post(f"/v1/documents/{document}:restore", json={"version": version})
        assert response.status_code == 404
        content = api.get(f"/v1/documents/{document}/content", params={"version": version})
        assert content.status_code == 404
    response = api.post(f"/v1/documents/{document}:restore", json={})
    assert (response.status_code, response.json()["field"]) == (422, "version")


def test_content_is_the_newest_unless_a_version_is_named(office: Office, api: TestClient) -> None:
    document = office.put("fees.md", FEES)
    office.put("fees.md", "The tuition fee is ten million rupiah.")
    path = f"/v1/documents/{document}/content"
    newest, oldest = api.get(path).json(), api.get(path, params={"version": "v1"}).json()
    assert "version=v2" in newest["url"]
    assert "version=v1" in oldest["url"]
    assert newest["expires_at"] == "2025-06-15T15:21:40Z"
    office.drop("fees.md")
    assert api.get(path).status_code == 404
    assert api.get(path, params={"version": "v1"}).status_code == 200


def test_a_deleted_document_is_gone_and_its_receipt_says_what_was_removed(
    office: Office, api: TestClient
) -> None:
    document = office.put("fees.md", FEES, title="Fees")
    office.put("fees.md", FEES + "More.", title="Fees")
    kept = office.put("rules.md", FEES)
    chunks = office.catalogue.records["acme", document].chunks
    turn = Turn("m", "How much?", "Nine million.", False, "2026-01-01T00:00:00Z", (document,))
    office.conversations.append("acme", "web", "c", turn)
    office.cache.put("answer", b"Nine million.", 60, [("acme", document)])
    response = api.delete(f"/v1/documents/{document}")
    assert response.status_code == 200
    receipt = response.json()
    assert (receipt["document_id"], receipt["path"], receipt["title"]) == (
        document,
        "fees.md",
        "Fees",
    )
    assert receipt["complete"] is True
    assert receipt["started_at"] <= receipt["finished_at"]
    assert receipt["duration_ms"] >= 0
    assert {item["what"]: item["removed"] for item in receipt["items"]} == {
        "object_versions": 2,
        "vectors": chunks,
        "manifests": 1,
        "cached_answers": 1,
        "conversation_turns": 1,
    }
    assert all(item["found"] == item["removed"] for item in receipt["items"])
    assert not any(item["remaining"] for item in receipt["items"])
    assert all(item["verified_at"].endswith("Z") for item in receipt["items"])
    assert api.get(f"/v1/documents/{document}").json()["status"] == "deleted"
    assert api.get(f"/v1/documents/{document}/versions").json() == {"versions": []}
    assert api.delete(f"/v1/documents/{document}").status_code == 404
    assert listed(api) == ["rules.md"]
    assert office.index.count(office.settings.generation.namespace("acme"), kept)


def test_an_erasure_that_left_something_says_so(office: Office, api: TestClient) -> None:
    document = office.put("fees.md", FEES)
    office.cache.put("answer", b"Nine million.", 60, [("acme", document)])
    office.cache.forget = lambda *_names: 0  # type: ignore[method-assign]
    receipt = api.delete(f"/v1/documents/{document}").json()
    assert receipt["complete"] is False
    left = {item["what"]: item["remaining"] for item in receipt["items"]}
    assert left["cached_answers"] == 1


def through_the_gateway(office: Office, **changed: Any) -> dict[str, Any]:
    """What Lambda returns for the sample event, as Mangum makes it."""
    event = json.loads(EVENT.read_text(encoding="utf-8"))
    for name, value in {"x-api-key": ADMIN_KEY, "content-type": "application/json"}.items():
        event["headers"][name] = value
        event["multiValueHeaders"][name] = [value]
    handler = Mangum(create_app(office.services), lifespan="off")
    context: Any = object()
    return dict(handler({**event, **changed}, context))


def test_the_sample_event_lists_documents(office: Office) -> None:
    for number in range(4):
        office.put(f"{number}.md", FEES)
    response = through_the_gateway(office)
    assert response["statusCode"] == 200
    assert len(json.loads(response["body"])["documents"]) == 3


@pytest.mark.parametrize("colon", [":", "%3A"])
def test_the_gateway_s_events_reach_the_routes_with_a_colon(office: Office, colon: str) -> None:
    document = office.put("fees.md", FEES)
    response = through_the_gateway(
        office,
        resource="/v1/documents/{proxy+}",
        path=f"/v1/documents/{document}{colon}restore",
        pathParameters={"proxy": f"{document}{colon}restore"},
        httpMethod="POST",
        queryStringParameters=None,
        multiValueQueryStringParameters=None,
        body=json.dumps({"version": "v1"}),
    )
    assert response["statusCode"] == 202, response["body"]


def test_an_unreachable_catalogue_is_503(office: Office, api: TestClient) -> None:
    office.catalogue.failure = UpstreamUnavailable("catalogue", "Busy.", retry_after_s=3)
    response = api.get("/v1/documents")
    assert (response.status_code, response.headers["retry-after"]) == (503, "3")


def test_unknown_routes_and_methods_are_problems(api: TestClient) -> None:
    assert api.get("/v1/nothing").status_code == 404
    assert api.put("/v1/documents").status_code == 405
    assert api.get("/v1/documents").headers["x-request-id"]


def test_browsers_of_listed_origins_may_change_documents() -> None:
    api = TestClient(create_app(Office(cors_origins=("https://app.example",)).services))
    asked = {"origin": "https://app.example", "access-control-request-method": "PATCH"}
    assert api.options("/v1/documents", headers=asked).status_code == 200
    asked["origin"] = "https://evil.example"
    assert api.options("/v1/documents", headers=asked).status_code == 400
