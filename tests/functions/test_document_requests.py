"""What clients really send to the management API: nulls, dates, verbs, paths, content types."""

from __future__ import annotations

import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.functions.documents_services import Office
from tests.functions.test_documents_api import FEES, api, listed, office

__all__ = ["api", "office"]


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
@pytest.mark.parametrize("verb", ["reindex", "restore"])
def test_a_verb_takes_no_other_method_than_post(api: TestClient, method: str, verb: str) -> None:
    response = api.request(method, f"/v1/documents/{'a' * 24}:{verb}", json={})
    assert (response.status_code, response.headers["allow"]) == (405, "POST")
    assert api.post(f"/v1/documents/{'a' * 24}:shred").status_code == 404


@pytest.mark.parametrize(
    "date", [0, 1_764_000_000, 20.5, "1764000000", "2026-03-31T00:00:00", True]
)
def test_a_date_is_a_text_and_nothing_that_could_be_read_as_one(
    office: Office, api: TestClient, date: object
) -> None:
    document = office.put("fees.md", FEES)
    changed = api.patch(f"/v1/documents/{document}", json={"date": date})
    file = {"path": "a.md", "size": 1, "metadata": {"date": date}}
    uploaded = api.post("/v1/documents", json={"files": [file]})
    assert (changed.status_code, changed.json()["field"]) == (422, "date")
    assert uploaded.status_code == 422
    assert "2026-03-31" in changed.json()["detail"]


def test_null_means_absent_in_every_optional_field_of_an_upload(api: TestClient) -> None:
    names = ("title", "author", "department", "date", "tags")
    metadata = dict.fromkeys(names)
    bare = {"path": "a.md", "size": 1}
    files: list[dict[str, Any]] = [
        {**bare, "metadata": metadata, "content_type": None, "checksum_sha256": None},
        {**bare, "path": "b.md", "metadata": None},
    ]
    response = api.post("/v1/documents", json={"files": files})
    assert response.status_code == 200, response.text
    plain = api.post("/v1/documents", json={"files": [bare]}).json()["uploads"][0]
    assert response.json()["uploads"][0]["headers"] == plain["headers"]


@pytest.mark.parametrize(
    "path", ["a//b", "/a", "a/", "./a", "a/..", "a/./b", "a\nb", "a\x85b", "x" * 1_001, ""]
)
def test_what_is_no_path_is_refused_by_the_description_itself(api: TestClient, path: str) -> None:
    response = api.post("/v1/documents", json={"files": [{"path": path, "size": 1}]})
    assert (response.status_code, response.json()["field"]) == (422, "files.0.path")
    described = api.get("/openapi.json").json()["components"]["schemas"]["FileFields"]
    said = described["properties"]["path"]
    assert len(path) not in range(1, said["maxLength"] + 1) or not re.search(said["pattern"], path)


@pytest.mark.parametrize(
    "path", ["a", ".a", "..a", "...", "a.b/.c/..d/e f", "Über/ключ.pdf", "a:b"]
)
def test_odd_names_of_files_are_paths(api: TestClient, path: str) -> None:
    response = api.post("/v1/documents", json={"files": [{"path": path, "size": 1}]})
    assert response.status_code == 200


def test_documents_are_found_in_whatever_case_and_spelling(office: Office, api: TestClient) -> None:
    office.put("menu.md", FEES, department="Cafe\u0301", tags=("Harga",))
    for asked in ({"department": "Café"}, {"department": " CAFÉ "}, {"tag": "harga"}):
        assert listed(api, **asked) == ["menu.md"], asked


def test_a_body_of_another_type_is_415_and_one_without_a_type_is_read(
    office: Office, api: TestClient
) -> None:
    document = office.put("fees.md", FEES)
    place, body = f"/v1/documents/{document}", b'{"title": "Fees"}'
    assert api.patch(place, content=body).status_code == 202
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "json"):
        refused = api.patch(place, content=body, headers={"content-type": kind})
        assert (refused.status_code, refused.headers["accept"]) == (415, "application/json")
        assert "content-type: application/json" in refused.json()["detail"]
    merged = api.patch(
        place, content=body, headers={"content-type": "application/merge-patch+json"}
    )
    assert merged.status_code == 202


def test_what_an_upload_does_not_say_stays_as_it_was(office: Office, api: TestClient) -> None:
    office.put("fees.md", FEES, title="Fees", department="Finance", tags=("term",))

    def headers(**metadata: Any) -> dict[str, str]:
        file = {"path": "fees.md", "size": 10, "metadata": metadata}
        [upload] = api.post("/v1/documents", json={"files": [file]}).json()["uploads"]
        said = upload["headers"].items()
        return {name[11:]: value for name, value in said if name.startswith("x-amz-meta-")}

    assert headers() == {"title": "Fees", "department": "Finance", "tags": "term"}
    assert headers(department="Board", tags=None) == {
        "title": "Fees",
        "department": "Board",
        "tags": "term",
    }
