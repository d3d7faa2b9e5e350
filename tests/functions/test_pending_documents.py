"""An upload that was accepted is pending at once, wherever documents are told."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from nexus.documents import listing
from nexus.models import DocumentMetadata
from nexus.object_keys import document_id, object_key
from tests.functions.documents_services import Office
from tests.functions.test_documents_api import FEES, api, listed, office

__all__ = ["api", "office"]


def state(api: TestClient, path: str) -> dict[str, Any]:
    response = api.get(f"/v1/documents/{document_id('acme', path)}")
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


def test_an_upload_is_pending_at_once(office: Office, api: TestClient) -> None:
    said = DocumentMetadata(title="Fees", department="Finance", tags=("term",))
    office.bucket.put("acme", "new.md", FEES.encode(), metadata=said)
    body = state(api, "new.md")
    assert (body["status"], body["title"], body["size"]) == ("pending", "Fees", len(FEES))
    assert body["metadata"]["department"] == "Finance"
    assert body["created_at"] == body["updated_at"] != ""
    assert (body["version"], body["chunks"], body["progress"]["percent"]) == ("", 0, 0)
    [listed_body] = api.get("/v1/documents").json()["documents"]
    assert listed_body == body
    for asked in ({"status": "pending"}, {"department": "finance"}, {"tag": "term"}):
        assert listed(api, **asked) == ["new.md"], asked
    for asked in ({"status": "indexed"}, {"status": "deleted"}, {"text": "rules"}):
        assert listed(api, **asked) == [], asked
    office.ingest("new.md")
    assert (state(api, "new.md")["status"], listed(api)) == ("indexed", ["new.md"])
    assert listed(api, status="pending") == []


def test_another_tenant_s_upload_is_not_there(office: Office, api: TestClient) -> None:
    office.bucket.put("rival", "secret.md", FEES.encode())
    hidden = document_id("rival", "secret.md")
    assert api.get(f"/v1/documents/{hidden}").status_code == 404
    assert listed(api) == []


def test_new_content_of_a_document_is_pending_until_somebody_begins(
    office: Office, api: TestClient
) -> None:
    office.put("fees.md", FEES)
    office.put("rules.md", FEES)
    live = state(api, "fees.md")["version"]
    office.bucket.put("acme", "fees.md", b"The tuition fee is ten million rupiah.")
    assert (state(api, "fees.md")["status"], state(api, "fees.md")["version"]) == ("pending", live)
    assert listed(api, status="pending") == ["fees.md"]
    assert state(api, "rules.md")["status"] == "indexed"
    office.ingest("fees.md")
    assert state(api, "fees.md")["status"] == "indexed"
    assert listed(api, status="pending") == []


def test_a_list_shows_new_content_as_pending_in_the_place_of_what_was_indexed(
    office: Office, api: TestClient
) -> None:
    office.put("fees.md", FEES)
    office.put("rules.md", FEES)
    office.bucket.put("acme", "fees.md", b"The tuition fee is ten million rupiah.")
    documents = api.get("/v1/documents").json()["documents"]
    told = {document["path"]: document["status"] for document in documents}
    assert told == {"fees.md": "pending", "rules.md": "indexed"}
    assert listed(api, status="indexed") == ["rules.md"]
    office.ingest("fees.md")
    assert listed(api, status="indexed") == ["fees.md", "rules.md"]


def test_a_change_of_metadata_is_pending_until_it_is_ingested(
    office: Office, api: TestClient
) -> None:
    document = office.put("fees.md", FEES)
    assert api.patch(f"/v1/documents/{document}", json={"title": "Fees"}).status_code == 202
    assert state(api, "fees.md")["status"] == "pending"
    office.ingest("fees.md")
    assert (state(api, "fees.md")["status"], state(api, "fees.md")["title"]) == ("indexed", "Fees")


def test_a_failed_document_is_failed_until_it_is_uploaded_anew(
    office: Office, api: TestClient
) -> None:
    office.put("empty.md", " ")
    assert state(api, "empty.md")["status"] == "failed"
    office.bucket.put("acme", "empty.md", FEES.encode())
    body = state(api, "empty.md")
    assert (body["status"], body["reason"]) == ("pending", None)


def test_a_deleted_document_that_is_uploaded_anew_is_pending(
    office: Office, api: TestClient
) -> None:
    office.put("fees.md", FEES)
    office.drop("fees.md")
    assert (state(api, "fees.md")["status"], listed(api)) == ("deleted", [])
    office.bucket.put("acme", "fees.md", FEES.encode())
    assert (state(api, "fees.md")["status"], listed(api)) == ("pending", ["fees.md"])


def test_a_pending_document_can_be_described_and_fetched(office: Office, api: TestClient) -> None:
    office.bucket.put("acme", "new.md", FEES.encode())
    place = f"/v1/documents/{document_id('acme', 'new.md')}"
    assert api.patch(place, json={"title": "Fees"}).status_code == 202
    assert api.get(f"{place}/content").status_code == 200
    assert state(api, "new.md")["title"] == "Fees"


@pytest.mark.parametrize("most_read", [5_000, 2])
def test_pages_hold_what_is_pending_too_and_everything_once(
    office: Office, api: TestClient, monkeypatch: pytest.MonkeyPatch, most_read: int
) -> None:
    monkeypatch.setattr(listing, "MOST_READ", most_read)
    for number in range(4):
        office.put(f"{number}.md", FEES)
    for number in range(4, 11):
        office.bucket.put("acme", f"{number} é.md", FEES.encode())
    for limit in (1, 3, 4, 5, 100):
        found, cursor = [], ""
        while cursor is not None:
            asked: dict[str, Any] = {"limit": limit, "cursor": cursor}
            response = api.get("/v1/documents", params=asked)
            assert response.status_code == 200, response.text
            found += [document["path"] for document in response.json()["documents"]]
            cursor = response.json()["cursor"]
        assert len(found) == len(set(found)) == 11


@pytest.mark.parametrize("cursor", ["~", "~YQ"])
def test_a_cursor_of_the_bucket_is_one_that_a_page_gave(api: TestClient, cursor: str) -> None:
    assert api.get("/v1/documents", params={"cursor": cursor}).status_code == 200
    for bad in ("~!", "~A", "~_w", "~" + "A" * 1_400):
        response = api.get("/v1/documents", params={"cursor": bad})
        assert (response.status_code, response.json()["field"]) == (422, "cursor"), bad


def test_a_pending_document_can_be_erased(office: Office, api: TestClient) -> None:
    office.bucket.put("acme", "new.md", FEES.encode())
    place = f"/v1/documents/{document_id('acme', 'new.md')}"
    receipt = api.delete(place)
    assert (receipt.status_code, receipt.json()["complete"]) == (200, True)
    assert office.bucket.count_versions(object_key("acme", "new.md")) == 0
    office.ingest("new.md")
    assert (state(api, "new.md")["status"], listed(api)) == ("deleted", [])
    assert api.delete(f"/v1/documents/{'0' * 24}").status_code == 404
