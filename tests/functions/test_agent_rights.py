"""An agent's tools see what its caller sees: tables, groups, deleted documents; and its budget."""

from __future__ import annotations

from typing import Any

import pytest

from nexus.agents.configuration import Documents
from nexus.agents.search_tool import narrowed
from nexus.answering.prompts import NO_ANSWER
from nexus.budgets.charging import Budgets
from nexus.models import Budget, DocumentMetadata, Filters, Principal, ReadDocument
from nexus.object_keys import document_id, object_key
from tests.agent_world import AgentWorld, calls, says
from tests.functions.chat_services import ACME_KEY, RIVAL_KEY
from tests.functions.test_agents_api import ask, over
from tests.ledgers import FakeLedger

TOML = """
[agents.desk]
description = "Everything."
instructions = "Answer."
tools = ["search_documents", "query_table"]
search_first = false
"""
PRICES = "Item,Price\nLamp,100\nDesk,2500\nChair,700\n"
SUM = {"document": "prices.csv", "aggregate": [{"function": "sum", "column": "Price"}]}


def world(**metadata: Any) -> AgentWorld:
    made = AgentWorld(TOML, calls(("query_table", SUM)), says("The sum of Price is 3300. [1.1]"))
    made.library.add("acme", "prices.csv", PRICES, **metadata)
    return made


def test_a_figure_is_cited_with_its_rows_as_a_table_of_its_document() -> None:
    answer = ask(world(), "What does one of each cost?", agent="desk")
    assert answer["answer"] == "The sum of Price is 3300. [1]"
    [source] = answer["sources"]
    assert source["kind"] == "table"
    assert source["quote"].startswith("sum of Price: 3300")
    assert source["link"].startswith(f"/v1/documents/{source['document_id']}/content")
    assert answer["confidence"]["level"] == "high"


@pytest.mark.parametrize("refuses", [False, True])
def test_an_agent_s_turn_keeps_what_it_read_and_since_when(*, refuses: bool) -> None:
    made = world(department="Sales", author="Ani")
    if refuses:
        search = ("search_documents", {"query": "price of a lamp"})
        made = AgentWorld(TOML, calls(search), says(NO_ANSWER), answers=[NO_ANSWER])
        made.library.add("acme", "prices.csv", PRICES, department="Sales", author="Ani")
    answer = ask(made, "What does one of each cost?", agent="desk")
    assert answer["refused"] == refuses
    [turn] = made.conversations.history("acme", "web", answer["conversation_id"], 9)
    item = document_id("acme", "prices.csv")
    version = made.library.catalogue.records["acme", item].version
    # Of all that is said of the document only what decides who may see it.
    read = ReadDocument(item, version, DocumentMetadata(department="Sales"))
    assert read in turn.read_as
    assert {one.document_id for one in turn.read_as} == set(turn.document_ids)
    assert turn.read_at == "2025-06-15T15:06:40.000Z"


def test_a_figure_that_the_model_makes_up_is_not_told() -> None:
    made = AgentWorld(
        TOML, calls(("query_table", SUM)), says("The sum is 9999. [1.1]"), answers=["NO_ANSWER"]
    )
    made.library.add("acme", "prices.csv", PRICES)
    assert "9999" not in ask(made, "What does one of each cost?", agent="desk")["answer"]


@pytest.mark.parametrize("hidden", ["other tenant", "groups", "deleted"])
def test_a_table_that_its_caller_may_not_see_is_not_there(hidden: str) -> None:
    made = world(groups=("board",)) if hidden == "groups" else world()
    if hidden == "deleted":
        made.library.documents.drop("acme", "prices.csv")
        made.library.indexer.reconcile(object_key("acme", "prices.csv"))
    key = RIVAL_KEY if hidden == "other tenant" else ACME_KEY
    ask(made, "What does one of each cost?", key=key, agent="desk")
    assert "3300" not in made.model.read().replace("is 3300", "")
    assert "No document of this name has a table" in made.model.read()


def test_a_document_is_not_there_by_its_id_either() -> None:
    by_id = {**SUM, "document": document_id("acme", "prices.csv")}
    made = AgentWorld(TOML, calls(("query_table", by_id)), says("NO_ANSWER"))
    made.library.add("acme", "prices.csv", PRICES, groups=("board",))
    ask(made, "What does one of each cost?", agent="desk")
    assert "3300" not in made.model.read()
    open_to_all = AgentWorld(TOML, calls(("query_table", by_id)), says("NO_ANSWER"))
    open_to_all.library.add("acme", "prices.csv", PRICES)
    ask(open_to_all, "What does one of each cost?", agent="desk")
    assert "3300" in open_to_all.model.read()


def test_an_answer_that_cites_a_table_goes_from_the_talk_with_its_document() -> None:
    made = world()
    first = ask(made, "What does one of each cost?", agent="desk")
    made.library.documents.drop("acme", "prices.csv")
    made.library.indexer.reconcile(object_key("acme", "prices.csv"))
    shown = over(made).get(f"/v1/conversations/{first['conversation_id']}").json()
    assert "3300" not in str(shown)


def test_an_agents_groups_and_departments_only_take_away() -> None:
    mine = Principal(
        "acme", "web", "user", "standard", Filters(departments=("Finance",)), groups=("hr", "it")
    )
    less = narrowed(mine, Documents(departments=("finance", "law"), groups=("IT", "board")))
    assert less is not None
    assert {one.casefold() for one in less.filters.departments} == {"finance"}
    assert less.groups == ("it",)
    assert narrowed(mine, Documents(departments=("law",))) is None
    every = Principal("acme", "boss", "admin", "standard", groups=("*",))
    some = narrowed(every, Documents(groups=("board",)))
    assert some is not None
    assert some.groups == ("board",)
    assert not some.manages
    assert narrowed(every, Documents()) == every


def test_what_an_answer_may_take_is_reserved_and_settled_and_a_full_budget_asks_nothing() -> None:
    ledger = FakeLedger()
    made = AgentWorld(TOML, says("The tuition fee is nine million rupiah. [1]"))
    budgets = Budgets(ledger, made.executor, tenants={"acme": Budget(dollars_month=1e-9)})
    made = AgentWorld(
        TOML.replace("search_first = false", ""),
        says("The tuition fee is nine million rupiah. [1]"),
        budgets=budgets,
    )
    assert ask(made, agent="desk")["usage"]["dollars"] > 0
    refused = over(made).post("/v1/chat", json={"message": "Again?", "agent": "desk"})
    assert refused.status_code == 429
    assert refused.json()["budget"] == "dollars_month"
    assert len(made.model.asked) == 1
