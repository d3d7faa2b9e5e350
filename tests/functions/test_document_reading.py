"""Every caller may read of the documents what it may see, and learns of no others."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from nexus.documents import narrowing
from nexus.models import Filters
from nexus.object_keys import document_id, object_key
from tests.functions.documents_services import ADMIN_KEY, Office, client
from tests.functions.gateway import documents_app as create_app

HR_KEY, NOBODY_KEY, EVERY_KEY, FINANCE_KEY = "nx_hr", "nx_nobody", "nx_every", "nx_finance"
PAY, MENU = document_id("acme", "hr/pay.md"), document_id("acme", "menu.md")


@pytest.fixture
def office() -> Office:
    made = Office()
    made.clients.put(client(HR_KEY, "acme", "user", None, "HR"))
    made.clients.put(client(NOBODY_KEY, "acme", "user"))
    made.clients.put(client(EVERY_KEY, "acme", "user", None, "*"))
    only = Filters(departments=("Finance",))
    made.clients.put(client(FINANCE_KEY, "acme", "admin", only, "hr"))
    made.put("hr/pay.md", "The pay is secret.", department="Finance")
    made.put("menu.md", "There is soup.", groups=())
    made.put("plan.md", "The plan is secret.", groups=("board", "hr"), department="Board")
    return made


def caller(office: Office, key: str) -> TestClient:
    return TestClient(create_app(office.services), headers={"x-api-key": key})


def paths(api: TestClient, **asked: Any) -> list[str]:
    body = api.get("/v1/documents", params=asked).json()
    assert body["cursor"] is None
    return sorted(found["path"] for found in body["documents"])


def test_a_caller_lists_what_shares_a_group_or_has_none(office: Office) -> None:
    assert paths(caller(office, HR_KEY)) == ["hr/pay.md", "menu.md", "plan.md"]
    assert paths(caller(office, NOBODY_KEY)) == ["menu.md"]
    assert paths(caller(office, EVERY_KEY)) == ["hr/pay.md", "menu.md", "plan.md"]
    assert paths(caller(office, FINANCE_KEY)) == ["hr/pay.md"]
    assert paths(caller(office, HR_KEY), text="plan") == ["plan.md"]
    assert paths(caller(office, NOBODY_KEY), text="plan") == []


def test_who_manages_the_documents_lists_all_of_them_with_all_groups(office: Office) -> None:
    body = caller(office, ADMIN_KEY).get("/v1/documents").json()["documents"]
    groups = {found["path"]: found["metadata"]["groups"] for found in body}
    assert groups == {"hr/pay.md": ["hr"], "menu.md": [], "plan.md": ["board", "hr"]}


def test_a_reader_is_told_of_its_own_groups_and_not_why_work_failed(office: Office) -> None:
    office.bucket.put("acme", "plan.md", b"")
    office.ingest("plan.md")
    place = f"/v1/documents/{document_id('acme', 'plan.md')}"
    assert caller(office, ADMIN_KEY).get(place).json()["reason"]
    office.put("plan.md", "The plan is secret, too.", groups=("board", "hr"))
    body = caller(office, HR_KEY).get(place).json()
    assert (body["metadata"]["groups"], body["reason"]) == (["hr"], None)


@pytest.mark.parametrize("place", [f"/v1/documents/{PAY}", f"/v1/documents/{PAY}/content"])
def test_a_document_out_of_sight_is_one_that_does_not_exist(office: Office, place: str) -> None:
    api = caller(office, NOBODY_KEY)
    hidden, unknown = api.get(place), api.get(place.replace(PAY, "a" * 24))
    assert (hidden.status_code, unknown.status_code) == (404, 404)
    same = ("detail", "title", "type", "status")
    assert [hidden.json().get(one) for one in same] == [unknown.json().get(one) for one in same]
    assert caller(office, HR_KEY).get(place).status_code == 200


def test_a_reader_gets_the_version_that_readers_see_and_no_other(office: Office) -> None:
    api = caller(office, NOBODY_KEY)
    live = api.get(f"/v1/documents/{MENU}").json()["version"]
    # Another content is there, whose groups nobody has looked at yet.
    office.bucket.put("acme", "menu.md", b"The merger is on Monday.")
    newest = office.bucket.head(object_key("acme", "menu.md"))
    assert newest is not None
    content = f"/v1/documents/{MENU}/content"
    assert f"version={live}&" in api.get(content).json()["url"]
    assert api.get(content, params={"version": live}).status_code == 200
    assert api.get(content, params={"version": newest.version}).status_code == 404
    assert api.get(f"/v1/documents/{MENU}/versions").status_code == 403


def test_what_waits_or_is_gone_is_not_read(office: Office) -> None:
    office.bucket.put("acme", "new.md", b"New.")
    office.drop("menu.md")
    api = caller(office, NOBODY_KEY)
    assert paths(api) == []
    assert paths(api, status="deleted") == paths(api, status="pending") == []
    assert api.get(f"/v1/documents/{document_id('acme', 'new.md')}").status_code == 404
    assert api.get(f"/v1/documents/{MENU}").status_code == 404


def test_new_groups_hold_in_the_next_request_whatever_the_ingestion_does(office: Office) -> None:
    api, admin = caller(office, NOBODY_KEY), caller(office, ADMIN_KEY)
    response = admin.patch(f"/v1/documents/{MENU}", json={"groups": ["board"]})
    assert response.json()["metadata"]["groups"] == ["board"]
    assert paths(api) == []
    space = office.settings.generation.namespace("acme")
    [chunk] = [one for one in office.index.spaces[space].values() if one.document_id == MENU]
    assert chunk.metadata.groups == ("board",)
    admin.patch(f"/v1/documents/{MENU}", json={"groups": None})
    assert paths(api) == ["menu.md"]
    # Without groups of its own, the folder's are in force.
    admin.patch(f"/v1/documents/{PAY}", json={"groups": ["board"]})
    admin.patch(f"/v1/documents/{PAY}", json={"groups": []})
    assert paths(caller(office, HR_KEY), text="pay") == ["hr/pay.md"]
    assert paths(api, text="pay") == []


def test_an_upload_that_says_what_was_said_before_a_change_is_not_taken_for_known(
    office: Office,
) -> None:
    office.put("menu.md", "There is soup.", groups=("board",))
    caller(office, ADMIN_KEY).patch(f"/v1/documents/{MENU}", json={"groups": []})
    assert paths(caller(office, NOBODY_KEY)) == ["menu.md"]
    office.put("menu.md", "There is soup.", groups=("board",))
    assert paths(caller(office, NOBODY_KEY)) == []


@pytest.mark.parametrize("group", ["*", "", " ", "\x01"])
def test_a_group_that_no_document_has_is_refused(office: Office, group: str) -> None:
    admin = caller(office, ADMIN_KEY)
    changed = admin.patch(f"/v1/documents/{MENU}", json={"groups": [group]})
    file = {"path": "a.md", "size": 1, "metadata": {"groups": [group]}}
    uploaded = admin.post("/v1/documents", json={"files": [file]})
    assert (changed.status_code, uploaded.status_code) == (422, 422)
    assert "groups" in changed.json()["field"]
    assert "metadata.groups" in uploaded.json()["field"]


def test_an_upload_is_signed_with_its_groups(office: Office) -> None:
    file = {"path": "a.md", "size": 1, "metadata": {"groups": ["hr", "a,b"]}}
    body = caller(office, ADMIN_KEY).post("/v1/documents", json={"files": [file]}).json()
    assert body["uploads"][0]["headers"]["x-amz-meta-groups"] == "hr,a%2Cb"


def test_a_cursor_says_that_another_document_follows_that_the_caller_may_see(
    office: Office,
) -> None:
    for number in range(6):
        office.put(f"closed{number}.md", f"Closed {number}.", groups=("board",))
        office.put(f"open{number}.md", f"Open {number}.")
    api, found, cursor = caller(office, NOBODY_KEY), [], ""
    ids = {document_id("acme", f"open{number}.md") for number in range(6)} | {MENU}
    while cursor is not None:
        body = api.get("/v1/documents", params={"limit": 1, "cursor": cursor}).json()
        found += [one["document_id"] for one in body["documents"]]
        cursor = body["cursor"]
        assert cursor is None or cursor == found[-1]
    assert found == sorted(ids)
    assert api.get("/v1/documents", params={"cursor": "~aHIv"}).status_code == 422


def test_a_long_stretch_out_of_sight_is_passed_by_cursors_that_tell_no_id(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(narrowing, "MOST_READ", 5)
    for number in range(40):
        office.put(f"closed{number}.md", f"Closed {number}.", groups=("board",))
    hidden = [item for _, item in office.catalogue.records if item != MENU]
    api, found, cursor, pages = caller(office, NOBODY_KEY), [], "", 0
    while cursor is not None:
        body = api.get("/v1/documents", params={"limit": 1, "cursor": cursor}).json()
        found += [one["path"] for one in body["documents"]]
        cursor, pages = body["cursor"], pages + 1
        assert cursor not in hidden
        assert pages < 40
    assert found == ["menu.md"]
