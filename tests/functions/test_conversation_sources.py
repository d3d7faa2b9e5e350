"""A conversation shows what each answer was told with, as long as the reader may see it."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from nexus.models import Filters
from nexus.object_keys import document_id
from tests.functions.chat_services import World
from tests.functions.gateway import chat_app as create_app
from tests.functions.test_conversation_rights import BONUS, KEY, SECRET, ask, known, move, told

PLAIN = ("sources", "claims", "confidence")


@pytest.fixture
def world() -> World:
    made = World(f"{SECRET} [1]")
    move(made, "Board")
    return made


@pytest.fixture
def api(world: World) -> TestClient:
    return known(world, KEY, Filters(departments=("board",)))


def test_a_turn_shows_the_sources_that_the_answer_had(api: TestClient) -> None:
    answered = ask(api)
    turn = told(api, answered["conversation_id"])
    assert {name: turn[name] for name in PLAIN} == {name: answered[name] for name in PLAIN}
    [source] = turn["sources"]
    assert (source["number"], source["document_id"], source["quote"]) == (1, BONUS, SECRET)
    assert turn["claims"][0]["sources"] == [1]
    assert turn["confidence"]["level"] in ("high", "medium", "low")


@pytest.mark.parametrize("how", ["moved", "removed"])
def test_the_quotes_of_an_answer_that_is_withheld_are_too(
    world: World, api: TestClient, how: str
) -> None:
    conversation = ask(api)["conversation_id"]
    if how == "moved":
        move(world, "Audit")
    else:
        record = world.library.catalogue.get("acme", document_id("acme", "bonus.md"))
        assert record is not None
        world.library.catalogue.remove(world.library.catalogue.begin(record))
    turn = told(api, conversation)
    assert [turn[name] for name in PLAIN] == [[], [], None]
    assert "forty" not in api.get(f"/v1/conversations/{conversation}").text


def test_a_refusal_keeps_its_confidence_and_has_no_sources(world: World) -> None:
    api: Any = TestClient(create_app(world.services), headers={"x-api-key": "nx_acme"})
    refused = ask(api, "Who won the regatta in Lisbon in 1912?")
    assert refused["refused"]
    turn = told(api, refused["conversation_id"])
    assert (turn["sources"], turn["confidence"]) == ([], refused["confidence"])


def test_a_source_links_to_its_own_web_address_or_to_its_version(
    world: World, api: TestClient
) -> None:
    [plain] = ask(api)["sources"]
    path = f"/v1/documents/{BONUS}/content?version={plain['version']}"
    assert plain["link"] == path
    address = "https://www.example.org/bonus.html"
    world.library.add("acme", "bonus.md", SECRET, department="Board", url=address)
    answered = ask(api, "Tell me how large the dean's bonus is.")
    assert [source["link"] for source in answered["sources"]] == [address]
    again = told(api, answered["conversation_id"])
    assert [source["link"] for source in again["sources"]] == [address]
