"""What was read of a document is told passage by passage, to whoever may see the document."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from tests.functions.documents_services import ADMIN_KEY, RIVAL_KEY, USER_KEY, Office
from tests.functions.gateway import documents_app as create_app

FEES = "# Payment\n\nThe late fee is nine crowns.\n\n# Opening\n\nThe desk opens at seven.\n"


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def api(office: Office) -> TestClient:
    return TestClient(create_app(office.services), headers={"x-api-key": USER_KEY})


def test_passages_come_in_the_document_s_order_with_where_they_stand(
    office: Office, api: TestClient
) -> None:
    fees = office.put("fees.md", FEES)
    answer = api.get(f"/v1/documents/{fees}/text")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    said = [(one["text"], one["locator"]["heading"]) for one in body["passages"]]
    assert "nine crowns" in said[0][0]
    assert said[0][1] == ["Payment"]
    assert "opens at seven" in said[-1][0]
    assert body["next_offset"] is None
    assert body["version"] == api.get(f"/v1/documents/{fees}").json()["version"]


def test_a_long_document_is_read_on_from_the_offset_that_is_told(
    office: Office, api: TestClient
) -> None:
    rows = "".join(f"# Part {number}\n\nIn part {number} stands this.\n\n" for number in range(130))
    long = office.put("long.md", rows)
    first = api.get(f"/v1/documents/{long}/text").json()
    assert len(first["passages"]) == first["next_offset"] == 100
    rest = api.get(f"/v1/documents/{long}/text", params={"offset": 100}).json()
    assert rest["next_offset"] is None
    whole = "\n".join(one["text"] for one in [*first["passages"], *rest["passages"]])
    assert [f"In part {number} stands this." in whole for number in range(130)] == [True] * 130
    assert api.get(f"/v1/documents/{long}/text", params={"offset": 5_000}).json()["passages"] == []


def test_what_the_caller_may_not_see_has_no_text_for_it(office: Office, api: TestClient) -> None:
    pay = office.put("pay.md", "# Pay\n\nSecret.\n", groups=("hr",))
    assert api.get(f"/v1/documents/{pay}/text").status_code == 404
    rival = {"x-api-key": RIVAL_KEY}
    assert api.get(f"/v1/documents/{pay}/text", headers=rival).status_code == 404
    managing = api.get(f"/v1/documents/{pay}/text", headers={"x-api-key": ADMIN_KEY})
    assert "Secret" in managing.json()["passages"][0]["text"]


@pytest.mark.parametrize("offset", ["-1", "x", "99999999999"])
def test_an_offset_that_is_none_is_refused_by_its_name(
    office: Office, api: TestClient, offset: str
) -> None:
    fees = office.put("fees.md", FEES)
    refused = api.get(f"/v1/documents/{fees}/text", params={"offset": offset})
    assert (refused.status_code, refused.json()["field"]) == (422, "offset")
