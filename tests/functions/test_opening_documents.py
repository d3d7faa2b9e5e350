"""The link of a source opens in a browser: JSON with a signed URL, or a redirection to it."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from starlette.testclient import TestClient

from nexus.documents.links import link_of
from nexus.models import Locator, Passage
from tests.functions.documents_services import ADMIN_KEY, Office
from tests.functions.gateway import documents_app as create_app

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
ID = "0" * 24


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def api(office: Office) -> TestClient:
    return TestClient(
        create_app(office.services), headers={"x-api-key": ADMIN_KEY}, follow_redirects=False
    )


def passage(uri: str = "s3://b/fees.pdf", page: int | None = 3, **more: str) -> Passage:
    said = {"version": "v+1/x=", "url": "", **more}
    place = Locator(page=page)
    return Passage("k", ID, "Fees", uri, said["version"], place, "", 0.5, said["url"])


@pytest.mark.parametrize(
    ("cited", "link"),
    [
        (passage(), f"/v1/documents/{ID}/content?version=v%2B1%2Fx%3D&page=3"),
        (passage(page=None), f"/v1/documents/{ID}/content?version=v%2B1%2Fx%3D"),
        (passage("s3://b/a.docx"), f"/v1/documents/{ID}/content?version=v%2B1%2Fx%3D"),
        (passage(page=None, version=""), f"/v1/documents/{ID}/content"),
        (passage(url="https://x.org/a.html"), "https://x.org/a.html"),
        (passage(url="https://x.org/a.PDF?b=1"), "https://x.org/a.PDF?b=1#page=3"),
        (passage(url="https://x.org/a.pdf#part"), "https://x.org/a.pdf#part"),
        (passage(url="https://x.org/a.pdf", page=None), "https://x.org/a.pdf"),
    ],
)
def test_a_source_links_to_its_own_address_or_to_its_version(cited: Passage, link: str) -> None:
    assert link_of(cited) == link


def test_the_link_gives_the_signed_url_of_the_version_at_its_page(
    office: Office, api: TestClient
) -> None:
    office.bucket.put("acme", "fees.pdf", b"%PDF-1.7")
    office.ingest("fees.pdf")
    [document] = [record.document_id for record in office.catalogue.records.values()]
    path = link_of(passage(version="v1")).replace(ID, document)
    told = api.get(path)
    assert told.status_code == 200
    assert told.json()["url"].endswith("version=v1&expires=900#page=3")
    assert told.headers["cache-control"] == "no-store"


def test_a_page_is_told_to_no_other_format(office: Office, api: TestClient) -> None:
    path = f"/v1/documents/{office.put('fees.md', 'The fee is nine.')}/content"
    assert not urlsplit(api.get(path, params={"page": 3}).json()["url"]).fragment
    for bad in (0, -1, "x", 100_001):
        assert api.get(path, params={"page": bad}).status_code == 422


@pytest.mark.parametrize(
    ("asked", "accept", "status"),
    [
        ({}, "*/*", 200),
        ({}, "application/json", 200),
        ({}, BROWSER, 302),
        ({}, "application/json;q=0.9, text/html;q=0.8", 200),
        ({"redirect": "true"}, "application/json", 302),
        ({"redirect": "false"}, BROWSER, 200),
    ],
)
def test_who_asks_for_it_is_redirected(
    office: Office, api: TestClient, asked: dict[str, str], accept: str, status: int
) -> None:
    path = f"/v1/documents/{office.put('fees.md', 'The fee is nine.')}/content"
    url = api.get(path, headers={"accept": "application/json"}).json()["url"]
    response = api.get(path, params=asked, headers={"accept": accept})
    assert response.status_code == status
    assert response.headers["referrer-policy"] == "no-referrer"
    if status == 302:
        assert (response.headers["location"], response.content) == (url, b"")
        assert response.headers["cache-control"] == "no-store"


def test_nobody_is_redirected_to_what_is_not_there(api: TestClient) -> None:
    response = api.get(f"/v1/documents/{ID}/content", params={"redirect": "true"})
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"
