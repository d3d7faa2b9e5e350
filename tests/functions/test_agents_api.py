"""Agents as their callers see them: named, routed, their steps told, within what callers may."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from nexus.errors import UpstreamUnavailable
from tests.agent_world import AgentWorld, calls, says
from tests.functions.chat_services import ACME_KEY, RIVAL_KEY, World
from tests.functions.gateway import chat_app
from tests.functions.test_stream_api import events

TOML = """
[agents.finance]
title = "Finance desk"
description = "Fees, payments and scholarships."
instructions = "Answer about fees."
handoffs = ["library"]

[agents.library]
description = "Books, loans and fines."
instructions = "Answer about the library."
documents = { departments = ["library"] }
search_first = false
"""
FEE = "The tuition fee is nine million rupiah. [1]"
ASKED = "How much is the tuition fee?"


def over(world: World, key: str = ACME_KEY) -> TestClient:
    return TestClient(
        chat_app(world.services), headers={"x-api-key": key}, raise_server_exceptions=False
    )


def ask(world: World, message: str = ASKED, key: str = ACME_KEY, **more: Any) -> dict[str, Any]:
    response = over(world, key).post("/v1/chat", json={"message": message, **more})
    assert response.status_code == 200, response.text
    return dict(response.json())


def test_a_named_agent_searches_answers_and_cites() -> None:
    world = AgentWorld(TOML, says(FEE))
    answer = ask(world, agent="finance")
    assert answer["answer"] == FEE
    assert answer["agent"] == "finance"
    assert [(one["kind"], one["name"]) for one in answer["steps"]] == [
        ("search", "search_documents"),
        ("model", world.settings.chat_model),
    ]
    [source] = answer["sources"]
    assert source["kind"] == "document"
    assert source["quote"] == "The tuition fee is nine million rupiah."
    assert answer["usage"]["dollars"] > 0
    assert answer["remembered"]


def test_what_no_document_says_is_not_said_whatever_the_model_writes() -> None:
    said = "The tuition fee is twelve million rupiah. [1]"
    world = AgentWorld(TOML, says(said), answers=["NO_ANSWER"])
    answer = ask(world, agent="finance")
    assert answer["refused"]
    assert "twelve" not in answer["answer"]


def test_an_agent_sees_no_more_than_its_caller() -> None:
    world = AgentWorld(TOML, says("The tuition fee is one million rupiah. [1]"))
    assert ask(world, key=RIVAL_KEY, agent="finance")["answer"].startswith("The tuition fee is one")
    assert "nine million" not in world.model.read()


def test_an_agents_own_documents_narrow_what_it_finds_and_no_call_widens_them() -> None:
    asked = {"query": "loan weeks tuition fee", "departments": ["finance", "library"]}
    world = AgentWorld(TOML, calls(("search_documents", asked)), says("NO_ANSWER"))
    world.library.add("acme", "loans.md", "A loan lasts two weeks.", department="library")
    world.library.add("acme", "money.md", "The tuition fee is ten.", department="finance")
    answer = ask(world, agent="library")
    assert answer["refused"]
    read = world.model.read()
    assert "A loan lasts two weeks." in read
    assert "tuition fee is" not in read


def test_the_requests_own_filters_narrow_what_a_model_asks_for() -> None:
    asked = {"query": "tuition fee", "departments": ["finance"]}
    world = AgentWorld(TOML, calls(("search_documents", asked)), says("NO_ANSWER"))
    world.library.add("acme", "money.md", "The tuition fee is ten.", department="finance")
    ask(world, agent="finance", filters={"departments": ["library"]})
    assert "The tuition fee is" not in world.model.read()


def test_a_router_picks_and_the_conversation_stays_with_its_agent() -> None:
    world = AgentWorld(TOML, says("finance"), says(FEE), says(FEE))
    first = ask(world, agent="auto")
    assert first["agent"] == "finance"
    assert first["steps"][0]["kind"] == "route"
    again = ask(world, agent="auto", conversation_id=first["conversation_id"])
    assert again["agent"] == "finance"
    assert "route" not in [one["kind"] for one in again["steps"]]
    path = f"/v1/conversations/{first['conversation_id']}"
    assert [turn["agent"] for turn in over(world).get(path).json()["turns"]] == ["finance"] * 2


def test_a_router_that_fails_or_names_nobody_leaves_it_to_the_first_agent() -> None:
    for failing in (UpstreamUnavailable("models", "down"), says("the weather agent, please")):
        answer = ask(AgentWorld(TOML, failing, says(FEE)), agent="auto")
        assert answer["agent"] == "finance"
        assert answer["answer"] == FEE


def test_a_conversation_is_handed_over_to_whom_the_agent_may_hand_it() -> None:
    search = calls(("search_documents", {"query": "loan"}))
    world = AgentWorld(
        TOML,
        calls(("hand_over", {"agent": "library"})),
        search,
        says("A loan lasts two weeks. [2]"),
    )
    world.library.add("acme", "loans.md", "A loan lasts two weeks.", department="library")
    answer = ask(world, "How long is a loan?", agent="finance")
    assert answer["agent"] == "library"
    assert ("handoff", "library") in [(one["kind"], one["name"]) for one in answer["steps"]]
    assert [source["title"] for source in answer["sources"]] == ["loans.md"]
    offered = [form.name for form in world.model.asked[1][1]]
    assert "hand_over" not in offered  # the library hands over to nobody


def test_steps_are_told_in_the_stream_as_they_begin_and_end() -> None:
    world = AgentWorld(TOML, says(FEE))
    body = {"message": ASKED, "agent": "finance"}
    told = list(events(over(world).post("/v1/chat/stream", json=body)))
    names = [name for name, _ in told]
    assert names[:2] == ["start", "agent"]
    assert told[1][1] == {"agent": "finance", "title": "Finance desk"}
    steps = [(one["number"], one["kind"], one["ended"]) for name, one in told if name == "step"]
    search, model = (1, "search"), (2, "model")
    assert steps == [(*search, False), (*search, True), (*model, False), (*model, True)]
    assert names[-3:] == ["confidence", "usage", "done"]
    assert told[-1][1]["answer"] == FEE


@pytest.mark.parametrize("body", [{"agent": "nobody"}, {"agent": "Finance"}])
def test_an_agent_that_is_not_there_is_the_callers_fault(body: dict[str, Any]) -> None:
    response = over(AgentWorld(TOML, says(FEE))).post("/v1/chat", json={"message": "x", **body})
    assert response.status_code == 422
    assert response.json()["field"] == "agent"


def test_a_deployment_without_agents_says_so() -> None:
    response = over(World(FEE)).post("/v1/chat", json={"message": ASKED, "agent": "finance"})
    assert response.status_code == 422
    assert "no agents" in response.json()["detail"]


def test_a_default_agent_answers_where_none_is_named() -> None:
    assert ask(AgentWorld(f'default = "finance"\n{TOML}', says(FEE)))["agent"] == "finance"
    assert ask(AgentWorld(TOML, says("never"), answers=[FEE]))["agent"] is None


def test_agents_are_models_of_openais_endpoints() -> None:
    world = AgentWorld(TOML, says(FEE))
    client = over(world)
    listed = [one["id"] for one in client.get("/v1/models").json()["data"]]
    assert listed == ["nexus", "nexus-footnotes", "nexus/auto", "nexus/finance", "nexus/library"]
    assert client.get("/v1/models/nexus/finance").json()["id"] == "nexus/finance"
    assert client.get("/v1/models/nexus/nobody").status_code == 404
    body = {"model": "nexus/finance", "messages": [{"role": "user", "content": ASKED}]}
    done = client.post("/v1/chat/completions", json=body).json()
    assert done["choices"][0]["message"]["content"] == FEE
    assert done["nexus"]["agent"] == "finance"
    made = client.post("/v1/responses", json={"model": "nexus/finance", "input": ASKED}).json()
    assert made["output"][0]["content"][0]["text"] == FEE
    streamed = client.post("/v1/chat/completions", json={**body, "stream": True}).text
    pieces = [json.loads(line[6:]) for line in streamed.splitlines() if line.startswith("data: {")]
    text = "".join(one["choices"][0]["delta"].get("content") or "" for one in pieces)
    assert text == FEE


def test_who_can_be_asked_is_told_with_titles_for_a_page() -> None:
    told = over(AgentWorld(f'default = "auto"\n{TOML}', says(FEE))).get("/v1/agents").json()
    assert told["default"] == "auto"
    assert told["agents"][0] == {
        "name": "finance",
        "title": "Finance desk",
        "description": "Fees, payments and scholarships.",
    }
    assert [one["title"] for one in told["agents"]] == ["Finance desk", "library"]
    assert over(World()).get("/v1/agents").json() == {"agents": [], "default": None}


def test_a_looping_model_stops_at_the_bound_and_answers_from_what_it_found() -> None:
    loop = calls(("search_documents", {"query": "tuition fee"}))
    world = AgentWorld(f"bounds = {{ steps = 3 }}\n{TOML}", loop, answers=[FEE])
    answer = ask(world, agent="finance")
    assert len(world.model.asked) == 3
    assert answer["answer"] == FEE


def test_a_tool_that_is_called_wrongly_is_told_so_and_nothing_else_happens() -> None:
    world = AgentWorld(
        TOML,
        calls(
            ("search_documents", {}),
            ("search_documents", {"query": "x", "tenant": "rival"}),
            ("delete_everything", {}),
        ),
        says(FEE),
    )
    ask(world, agent="finance")
    read = world.model.read()
    assert "query is missing." in read
    assert "tenant is not known" in read
    assert "There is no such tool." in read


def test_a_repeated_request_is_answered_once() -> None:
    world = AgentWorld(TOML, says(FEE))
    sent = {"message": ASKED, "agent": "finance"}
    client = over(world)
    first, again = (
        client.post("/v1/chat", json=sent, headers={"Idempotency-Key": "k"}).json() for _ in "ab"
    )
    assert first["message_id"] == again["message_id"]
    other = client.post("/v1/chat", json={"message": ASKED}, headers={"Idempotency-Key": "k"})
    assert other.status_code == 422


def test_a_question_that_leans_on_the_talk_is_searched_for_with_its_topic() -> None:
    world = AgentWorld(TOML, says(FEE), says(FEE))
    first = ask(world, agent="finance")
    world.library.embedder.texts.clear()
    ask(world, "And for a master?", agent="finance", conversation_id=first["conversation_id"])
    assert any("tuition fee" in text and "master" in text for text in world.library.embedder.texts)
