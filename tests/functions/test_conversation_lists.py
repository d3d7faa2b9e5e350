"""A client's conversations over HTTP: listed, searched, renamed, exported and deleted."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from nexus.models import Filters
from tests.functions.chat_services import ACME_KEY, COLLEAGUE_KEY, RIVAL_KEY, World
from tests.functions.gateway import chat_app as create_app
from tests.functions.test_conversation_rights import ASKED, KEY, SECRET, ask, known, move

FEES = "How much is the tuition fee?"


@pytest.fixture
def world() -> World:
    made = World(f"{SECRET} [1]")
    move(made, "Board")
    return made


@pytest.fixture
def api(world: World) -> TestClient:
    return known(world, KEY, Filters(departments=("board",)))


def key(world: World, own: str = ACME_KEY) -> TestClient:
    return TestClient(create_app(world.services), headers={"x-api-key": own})


def listed(api: TestClient, **asked: Any) -> dict[str, Any]:
    response = api.get("/v1/conversations", params=asked)
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


def titles(api: TestClient, **asked: Any) -> list[str]:
    return [each["title"] for each in listed(api, **asked)["conversations"]]


def test_a_conversation_is_listed_by_its_first_question(api: TestClient) -> None:
    assert listed(api) == {"conversations": [], "cursor": None}
    first = ask(api)["conversation_id"]
    ask(api, "And of the vice-dean?", conversation_id=first)
    [shown] = listed(api)["conversations"]
    assert (shown["conversation_id"], shown["title"]) == (first, ASKED)
    assert (shown["turn_count"], shown["matches"]) == (2, [])
    assert shown["created_at"] <= shown["updated_at"]
    assert shown["expires_at"].endswith("Z")
    read = api.get(f"/v1/conversations/{first}").json()
    for name in ("title", "created_at", "updated_at", "expires_at", "turn_count"):
        assert read[name] == shown[name]


def test_nobody_lists_or_changes_another_s(world: World) -> None:
    conversation = ask(key(world), FEES)["conversation_id"]
    for other in (COLLEAGUE_KEY, RIVAL_KEY):
        api, path = key(world, other), f"/v1/conversations/{conversation}"
        assert listed(api)["conversations"] == listed(api, text="fee")["conversations"] == []
        assert api.patch(path, json={"title": "Mine"}).status_code == 404
        assert api.get(f"{path}/export").status_code == 404
        assert api.delete("/v1/conversations").json() == {"deleted": 0, "complete": True}
    assert titles(key(world)) == [FEES]


def test_pages_follow_one_another_by_their_cursor(world: World) -> None:
    api = key(world)
    for number in range(5):
        ask(api, f"{FEES} {number}")
    whole = titles(api)
    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = listed(api, limit=2, cursor=cursor)
        found += [each["title"] for each in page["conversations"]]
        cursor = page["cursor"]
    assert found == whole
    assert len(found) == 5


@pytest.mark.parametrize(
    "cursor", ["x", "1~c", "12345678901234567#c", "12345678901234567~", "~" * 9]
)
def test_a_cursor_of_nobody_s_is_refused(world: World, cursor: str) -> None:
    response = key(world).get("/v1/conversations", params={"cursor": cursor})
    assert (response.status_code, response.json()["field"]) == (422, "cursor")


def test_a_new_title_is_listed_and_searched(world: World) -> None:
    api = key(world)
    path = f"/v1/conversations/{ask(api, FEES)['conversation_id']}"
    renamed = api.patch(path, json={"title": "  Money\n matters "})
    assert (renamed.status_code, renamed.json()["title"]) == (200, "Money matters")
    assert titles(api) == titles(api, text="money") == ["Money matters"]
    for bad in ("", "  ", "\u0007", "x" * 201, None, 7):
        response = api.patch(path, json={"title": bad})
        assert (response.status_code, response.json()["field"]) == (422, "title")
    assert api.patch("/v1/conversations/unknown", json={"title": "X"}).status_code == 404


def test_what_was_asked_and_answered_is_found(api: TestClient) -> None:
    conversation = ask(api)["conversation_id"]
    ask(api, "Hello!")
    for text in ("crown", "FORTY crowns", "dean's bon"):
        [shown] = listed(api, text=text)["conversations"]
        assert shown["conversation_id"] == conversation
    [match, *_] = listed(api, text="forty crown")["conversations"][0]["matches"]
    assert [match["text"][begin:end] for begin, end in match["positions"]] == ["forty", "crowns"]
    assert titles(api, text="forty submarines") == []


def test_what_may_not_be_seen_any_more_is_not_found(world: World, api: TestClient) -> None:
    ask(api)
    assert len(titles(api, text="forty")) == 1
    move(world, "Audit")
    assert titles(api, text="forty") == []
    assert "forty" not in api.get("/v1/conversations", params={"text": "bonus"}).text
    assert titles(api, text="bonus") == [ASKED]  # the question is the client's own


def test_a_search_reads_a_bounded_number_and_goes_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nexus.answering.conversation_search.MOST_READ", 2)
    api = key(world)
    ask(api, FEES)
    for number in range(4):
        ask(api, f"Hello {number}!")
    pages = [listed(api, text="tuition", limit=2)]
    while pages[-1]["cursor"] is not None:
        pages.append(listed(api, text="tuition", limit=2, cursor=pages[-1]["cursor"]))
    assert len(pages) >= 3
    assert [one["title"] for page in pages for one in page["conversations"]] == [FEES]


def test_matches_beyond_a_page_are_on_the_next(world: World) -> None:
    api = key(world)
    for number in range(5):
        ask(api, f"{FEES} {number}")
    first = listed(api, text="tuition", limit=3)
    rest = listed(api, text="tuition", limit=3, cursor=first["cursor"])
    assert (len(first["conversations"]), len(rest["conversations"])) == (3, 2)
    assert rest["cursor"] is None


def test_all_conversations_are_deleted_at_once(world: World) -> None:
    api = key(world)
    for number in range(3):
        ask(api, f"{FEES} {number}")
    ask(key(world, COLLEAGUE_KEY), FEES)
    assert api.delete("/v1/conversations").json() == {"deleted": 3, "complete": True}
    assert titles(api) == []
    assert titles(key(world, COLLEAGUE_KEY)) == [FEES]


def test_deleting_stops_in_time_and_says_that_some_are_left(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("functions.chat.routes.conversations.MOST_DELETED", 2)
    monkeypatch.setattr("functions.chat.routes.conversations.PAGE", 2)
    api = key(world)
    for number in range(3):
        ask(api, f"{FEES} {number}")
    assert api.delete("/v1/conversations").json() == {"deleted": 2, "complete": False}
    assert api.delete("/v1/conversations").json() == {"deleted": 1, "complete": True}


def test_an_export_is_a_file_with_the_sources(api: TestClient) -> None:
    conversation = ask(api, f"<b>{ASKED}</b>\n# not a heading")["conversation_id"]
    path = f"/v1/conversations/{conversation}/export"
    response = api.get(path)
    assert response.headers["content-type"] == "text/markdown; charset=utf-8"
    named = f'attachment; filename="conversation-{conversation}.md"'
    assert response.headers["content-disposition"] == named
    assert f"> {SECRET}" in response.text
    assert "\\<b\\>How large" in response.text
    assert "\n> \\# not a heading" in response.text
    [turn] = api.get(f"/v1/conversations/{conversation}").json()["turns"]
    link = turn["sources"][0]["link"]
    assert f"<http://testserver{link}>" in response.text
    as_json = api.get(path, params={"format": "json"})
    assert as_json.headers["content-disposition"].endswith('.json"')
    read = api.get(f"/v1/conversations/{conversation}").json()
    read["turns"][0]["sources"][0]["link"] = f"http://testserver{link}"
    assert json.loads(as_json.text) == read
    assert api.get(path, params={"format": "html"}).status_code == 422


@pytest.mark.parametrize("form", ["markdown", "json"])
def test_an_export_holds_nothing_that_may_not_be_seen(
    world: World, api: TestClient, form: str
) -> None:
    path = f"/v1/conversations/{ask(api)['conversation_id']}/export"
    assert "forty" in api.get(path, params={"format": form}).text
    move(world, "Audit")
    hidden = api.get(path, params={"format": form}).text
    assert "forty" not in hidden
    assert "may not see" in hidden
