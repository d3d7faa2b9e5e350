"""What clients really send to the chat API: nulls, other spellings, other content types."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from nexus.clients import hash_key
from nexus.models import ApiClient, Filters, Principal
from tests.functions.chat_services import ACME_KEY, World
from tests.functions.gateway import chat_app as create_app

QUESTION = "How much is the tuition fee?"
COMPOSED, DECOMPOSED = "Caf\u00e9", "Cafe\u0301"


@pytest.fixture
def world() -> World:
    made = World("The menu costs three euros. [1]")
    made.library.add(
        "acme", "menu.md", "The menu costs three euros.", department=DECOMPOSED, tags=(" Harga",)
    )
    made.library.add("acme", "tax.md", "The menu costs nine euros.", department="FINANCE")
    return made


@pytest.fixture
def api(world: World) -> TestClient:
    return TestClient(create_app(world.services), headers={"x-api-key": ACME_KEY})


def paths(api: TestClient, **filters: Any) -> set[str]:
    body = {"query": "What does the menu cost?", "filters": filters}
    passages = api.post("/v1/search", json=body).json()["passages"]
    return {passage["title"] for passage in passages}


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"departments": [COMPOSED]}, {"menu.md"}),
        ({"departments": [DECOMPOSED]}, {"menu.md"}),
        ({"departments": [" CAFÉ "]}, {"menu.md"}),
        ({"departments": ["FINANCE "]}, {"tax.md"}),
        ({"departments": ["finance"]}, {"tax.md"}),
        ({"departments": ["finance", "Café"]}, {"tax.md", "menu.md"}),
        ({"tags": ["harga"]}, {"menu.md"}),
        ({"tags": ["HARGA "]}, {"menu.md"}),
        ({"departments": ["Cafe"]}, set()),
    ],
)
def test_names_are_found_in_every_spelling_of_theirs_and_no_other(
    api: TestClient, filters: dict[str, Any], found: set[str]
) -> None:
    assert paths(api, **filters) == found


@pytest.mark.parametrize("spelling", [COMPOSED, DECOMPOSED, " café", "CAFÉ"])
def test_a_key_s_limits_hold_in_every_spelling(world: World, spelling: str) -> None:
    rights = Filters(departments=(spelling,))
    principal = Principal("acme", "narrow", "user", "standard", rights)
    world.clients.put(ApiClient(hash_key("nx_narrow"), "gw", principal, "2026-01-01T00:00:00Z"))
    api = TestClient(create_app(world.services), headers={"x-api-key": "nx_narrow"})
    assert paths(api) == {"menu.md"}
    assert paths(api, departments=["cafÉ"]) == {"menu.md"}
    assert paths(api, departments=["Finance"]) == set()


@pytest.mark.parametrize(
    ("message", "begins"),
    [
        (QUESTION, "No document that I may search passes the filters of this request"),
        ("Berapa biaya kuliah untuk mahasiswa baru?", "Tidak ada dokumen yang boleh saya cari"),
    ],
)
def test_a_filter_that_nothing_passes_is_named(api: TestClient, message: str, begins: str) -> None:
    asked = {"departments": ["Finanse"], "tags": ["[x](http://evil.example)"]}
    told = api.post("/v1/chat", json={"message": message, "filters": asked}).json()
    assert told["refused"]
    assert told["answer"].startswith(begins)
    assert "departments: Finanse" in told["answer"]
    assert "evil.example" not in told["answer"]
    found = api.post("/v1/search", json={"query": message, "filters": asked}).json()
    assert (found["passages"], found["hint"]) == ([], told["answer"])


def test_a_filter_that_something_passes_brings_no_hint(api: TestClient) -> None:
    body = {"query": "What does the menu cost?", "filters": {"tags": ["harga"]}}
    assert api.post("/v1/search", json=body).json()["hint"] is None


@pytest.mark.parametrize(
    "more",
    [
        {"filters": None},
        {"filters": {}},
        {"filters": dict.fromkeys(("departments", "tags", "date_from", "date_to"))},
        {"filters": {"document_ids": None}},
        {"conversation_id": None, "top_k": None, "style": None, "filters": None},
    ],
)
def test_null_means_absent_for_every_optional_field(api: TestClient, more: dict[str, Any]) -> None:
    asked = api.post("/v1/chat", json={"message": QUESTION, **more})
    assert asked.status_code == 200, asked.text
    assert (
        asked.json()["answer"] == api.post("/v1/chat", json={"message": QUESTION}).json()["answer"]
    )


def test_the_description_says_that_optional_fields_may_be_null(api: TestClient) -> None:
    schemas = api.get("/openapi.json").json()["components"]["schemas"]
    for name in ("ChatRequest", "SearchRequest", "FilterFields", "FileFields", "MetadataFields"):
        body = schemas[name]
        for field, described in body["properties"].items():
            if field not in body.get("required", ()):
                assert {"type": "null"} in described["anyOf"], (name, field)


def test_a_body_without_a_content_type_is_read_as_json(api: TestClient) -> None:
    response = api.post("/v1/chat", content=b'{"message": "What is the tuition fee?"}')
    assert "content-type" not in response.request.headers
    assert response.status_code == 200


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "text/json"])
def test_another_content_type_is_415_and_names_the_right_one(api: TestClient, kind: str) -> None:
    body, headers = b'{"message": "What is the tuition fee?"}', {"content-type": kind}
    response = api.post("/v1/chat", content=body, headers=headers)
    assert (response.status_code, response.headers["accept"]) == (415, "application/json")
    assert "content-type: application/json" in response.json()["detail"]


@pytest.mark.parametrize("field", ["date_from", "date_to"])
@pytest.mark.parametrize("value", [0, 1_764_000_000, "1764000000", "2026-03-31T00:00:00"])
def test_a_date_is_a_text_as_a_calendar_writes_it(api: TestClient, field: str, value: Any) -> None:
    body = {"message": QUESTION, "filters": {field: value}}
    response = api.post("/v1/chat", json=body)
    assert (response.status_code, response.json()["field"]) == (422, f"filters.{field}")
