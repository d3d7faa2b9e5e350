"""A conversation follows its rights: what a key may not see now, its conversations do not tell."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from nexus.answering.prompts import NO_ANSWER
from nexus.clients import hash_key
from nexus.models import ApiClient, Filters, Principal
from nexus.object_keys import document_id
from tests.functions.chat_services import ACME_KEY, World
from tests.functions.gateway import chat_app as create_app

SECRET = "The dean's bonus is forty crowns."
ASKED = "How large is the dean's bonus?"
BONUS = document_id("acme", "bonus.md")
KEY = "nx_board"


def known(world: World, key: str, rights: Filters) -> TestClient:
    """A client of the same name, whatever its key and rights are."""
    principal = Principal("acme", "board", "user", "standard", rights)
    world.clients.put(ApiClient(hash_key(key), "gw", principal, "2026-01-01T00:00:00Z"))
    return TestClient(create_app(world.services), headers={"x-api-key": key})


def move(world: World, department: str) -> None:
    world.library.add("acme", "bonus.md", SECRET, department=department)


def ask(api: TestClient, message: str = ASKED, **more: Any) -> dict[str, Any]:
    response = api.post("/v1/chat", json={"message": message, **more})
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


@pytest.fixture
def world() -> World:
    made = World(f"{SECRET} [1]")
    move(made, "Board")
    return made


@pytest.fixture
def api(world: World) -> TestClient:
    return known(world, KEY, Filters(departments=("board",)))


def told(api: TestClient, conversation: str) -> dict[str, Any]:
    [turn, *_] = api.get(f"/v1/conversations/{conversation}").json()["turns"]
    shown: dict[str, Any] = turn
    return shown


def test_an_answer_is_hidden_once_its_document_moved_out_of_sight(
    world: World, api: TestClient
) -> None:
    conversation = ask(api)["conversation_id"]
    assert "forty" in told(api, conversation)["answer"]
    move(world, "Audit")
    turn = told(api, conversation)
    assert "may not see" in turn["answer"]
    assert (turn["question"], turn["hidden_documents"]) == (ASKED, 1)
    assert turn["deleted_documents"] == []
    move(world, "Board")
    assert "forty" in told(api, conversation)["answer"]


def test_a_client_that_was_made_anew_with_less_does_not_inherit_answers(
    world: World, api: TestClient
) -> None:
    conversation = ask(api)["conversation_id"]
    anew = known(world, "nx_board_2", Filters(departments=("Library",)))
    assert told(anew, conversation)["hidden_documents"] == 1
    assert "forty" not in anew.get(f"/v1/conversations/{conversation}").text
    wider = known(world, "nx_board_3", Filters())
    assert "forty" in told(wider, conversation)["answer"]


def test_a_cleaned_version_for_others_opens_no_answer_of_the_one_before(
    world: World, api: TestClient
) -> None:
    conversation = ask(api)["conversation_id"]
    world.library.add("acme", "bonus.md", "The dean has a bonus.", department="Press")
    press = known(world, "nx_press", Filters(departments=("press",)))
    for place in ("", "/export?format=markdown", "/export?format=json"):
        response = press.get(f"/v1/conversations/{conversation}{place}")
        assert response.status_code == 200
        assert "forty" not in response.text
    assert press.get("/v1/conversations?text=forty crowns").json()["conversations"] == []
    assert told(press, conversation)["hidden_documents"] == 1
    wider = known(world, "nx_board_4", Filters())
    assert "forty" in told(wider, conversation)["answer"]


def test_a_follow_up_does_not_tell_the_model_what_is_out_of_sight() -> None:
    world = World(f"{SECRET} [1]", "The dean's office is in house four. [1]")
    move(world, "Board")
    api = known(world, KEY, Filters(departments=("board",)))
    conversation = ask(api)["conversation_id"]
    world.library.add("acme", "dean.md", "The dean's office is in house four.", department="board")
    move(world, "Audit")
    prompts = len(world.chat.prompts)
    ask(api, "And where is its office, the dean's office?", conversation_id=conversation)
    assert len(world.chat.prompts) > prompts
    assert "forty" not in repr(world.chat.prompts[prompts:])


def test_a_refusal_s_titles_go_with_their_documents() -> None:
    world = World(NO_ANSWER)
    move(world, "Board")
    api = known(world, KEY, Filters(departments=("board",)))
    body = ask(api)
    assert body["refused"]
    assert "bonus.md" in body["answer"]
    move(world, "Audit")
    turn = told(api, body["conversation_id"])
    assert "bonus.md" not in turn["answer"]
    assert turn["hidden_documents"] == 1


def test_a_key_that_sees_everything_sees_what_moved(world: World) -> None:
    api = TestClient(create_app(world.services), headers={"x-api-key": ACME_KEY})
    conversation = ask(api)["conversation_id"]
    move(world, "Audit")
    assert "forty" in told(api, conversation)["answer"]
