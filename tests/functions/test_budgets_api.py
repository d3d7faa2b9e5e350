"""Budgets as callers meet them: reserved, settled, told, and refused with when to come again."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from nexus.errors import UpstreamUnavailable
from nexus.models import Budget
from tests.functions.budgeted import (
    ADMIN_KEY,
    ASKED,
    FEE,
    FREE_KEY,
    KEY,
    BudgetedWorld,
    cap,
    tokens,
)


def test_an_answer_says_its_dollars_and_is_settled_with_them() -> None:
    world = BudgetedWorld(Budget(dollars_month=100, tokens_day=10**6, requests_day=9))
    answer = world.ask().json()
    assert answer["usage"]["dollars"] > 0
    account = world.usage(KEY)["web"]
    assert cap(account, "requests", "day")["spent"] == 1
    assert cap(account, "tokens", "day")["spent"] == tokens(answer)
    money = cap(account, "dollars", "month")
    assert money["spent"] == pytest.approx(answer["usage"]["dollars"])
    assert money["held"] == 0
    assert money["resets_at"].endswith("-01T00:00:00Z")


def test_a_caller_without_a_budget_costs_its_ledger_nothing() -> None:
    world = BudgetedWorld(Budget(requests_day=1))
    assert world.ask(FREE_KEY).status_code == 200
    assert world.ledger.calls == 0  # type: ignore[attr-defined]
    assert world.usage(FREE_KEY) == {}


def test_fifty_at_once_on_a_budget_for_ten_spend_the_cap_and_one_answer_at_most() -> None:
    one = tokens(BudgetedWorld(Budget(requests_day=1)).ask().json())
    world = BudgetedWorld(Budget(tokens_day=10 * one))
    client = world.over()
    with ThreadPoolExecutor(50) as pool:
        asked = list(
            pool.map(lambda _: client.post("/v1/chat", json={"message": ASKED}), range(50))
        )
    answers = [one.json() for one in asked if one.status_code == 200]
    refused = [one for one in asked if one.status_code == 429]
    assert answers
    assert len(answers) + len(refused) == 50
    account = world.usage()["web"]
    assert account["tokens_month"] == sum(map(tokens, answers)) <= 11 * one
    assert account["requests_month"] == len(answers)
    assert account["dollars_month"] == pytest.approx(
        sum(answer["usage"]["dollars"] for answer in answers)
    )
    # One after the other, as many are answered as the budget is for.
    while world.ask().status_code == 200:
        pass
    assert 10 * one <= world.usage()["web"]["tokens_month"] < 11 * one


def test_a_full_budget_is_a_429_that_says_when_and_asks_no_model() -> None:
    world = BudgetedWorld(Budget(requests_day=1))
    assert world.ask().status_code == 200
    embedded, written = len(world.library.embedder.texts), len(world.chat.prompts)
    refused = world.ask()
    body = refused.json()
    assert refused.status_code == 429
    assert body["budget"] == "requests_day"
    assert body["resets_at"].endswith("T00:00:00Z")
    assert 1 <= int(refused.headers["retry-after"]) <= 86_400
    assert "1 requests per day" in body["detail"]
    assert (len(world.library.embedder.texts), len(world.chat.prompts)) == (embedded, written)


def test_a_search_spends_and_is_refused_too() -> None:
    world = BudgetedWorld(Budget(tokens_day=4))
    assert world.over().post("/v1/search", json={"query": ASKED}).status_code == 200
    assert world.usage()["web"]["tokens_month"] == 6  # a word is a token here
    assert world.over().post("/v1/search", json={"query": ASKED}).status_code == 429


def test_openai_s_paths_tell_it_in_openai_s_form() -> None:
    world = BudgetedWorld(Budget(dollars_day=0))
    messages = [{"role": "user", "content": ASKED}]
    for stream in (False, True):
        refused = world.over().post(
            "/v1/chat/completions", json={"model": "nexus", "messages": messages, "stream": stream}
        )
        assert refused.status_code == 429
        assert refused.json()["error"]["code"] == "insufficient_quota"
        assert refused.headers["retry-after"]
        assert refused.headers["x-should-retry"] == "false"
    quick = BudgetedWorld(Budget(requests_minute=0)).over()
    refused = quick.post("/v1/chat/completions", json={"model": "nexus", "messages": messages})
    assert refused.json()["error"]["code"] == "rate_limit_exceeded"


def test_a_stream_and_an_agent_s_tools_are_refused_too() -> None:
    world = BudgetedWorld(Budget(requests_day=0))
    told = world.over().post("/v1/chat/stream", json={"message": ASKED}).text
    assert '"status":429' in told
    assert "event: delta" not in told
    for name, arguments in (("ask", {"question": ASKED}), ("search", {"query": ASKED})):
        call = {"name": name, "arguments": arguments}
        body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
        said = world.over().post("/mcp", json=body).json()["result"]
        assert said["isError"]
        assert "used up" in said["content"][0]["text"]


def test_a_tenant_s_budget_is_shared_and_who_it_refuses_pays_nothing_of_its_own() -> None:
    shared = (("acme", Budget(requests_day=2)),)
    world = BudgetedWorld(Budget(requests_month=9), tenant_budgets=shared)
    assert world.ask(FREE_KEY).status_code == 200
    assert world.ask(KEY).status_code == 200
    refused = world.ask(KEY)
    assert refused.status_code == 429
    assert "organisation's budget" in refused.json()["detail"]
    accounts = world.usage()
    assert accounts["acme"]["kind"] == "tenant"
    assert accounts["acme"]["requests_month"] == 2
    assert accounts["web"]["requests_month"] == 1


def test_an_answer_that_fails_gives_its_reservation_back() -> None:
    world = BudgetedWorld(Budget(tokens_day=10**6))
    world.chat.failure = UpstreamUnavailable("models", "down")
    assert world.ask().status_code == 503
    held = cap(world.usage(KEY)["web"], "tokens", "day")
    assert (held["held"], held["spent"]) == (0, 6)  # the question was embedded


def test_near_a_cap_a_cheaper_model_answers_where_one_is_named() -> None:
    world = BudgetedWorld(Budget(dollars_day=3), budget_model="cheap", budget_model_from=0.1)
    first, second = world.ask().json()["usage"], world.ask().json()["usage"]
    assert first["dollars"] > 0.3 > second["dollars"] > 0
    assert (len(world.chat.prompts), len(world.cheaper.prompts)) == (1, 1)


def test_a_cached_answer_costs_a_request_and_no_dollars() -> None:
    world = BudgetedWorld(Budget(requests_day=5, dollars_day=100))
    hello = world.ask(message="Hello!").json()
    assert hello["usage"]["dollars"] == 0
    account = world.usage(KEY)["web"]
    assert cap(account, "requests", "day")["spent"] == 1
    assert cap(account, "dollars", "day")["spent"] == 0


def test_a_ledger_that_fails_lets_nobody_spend() -> None:
    world = BudgetedWorld(Budget(requests_day=5))

    def change(*_: object) -> None:
        raise UpstreamUnavailable("budgets", "down")

    world.ledger.change = change  # type: ignore[method-assign,assignment]
    assert world.ask().status_code == 503
    assert not world.chat.prompts


def test_others_caps_and_accounts_are_an_administrator_s_to_see() -> None:
    world = BudgetedWorld(Budget(requests_day=5), tenant_budgets=(("*", Budget(tokens_day=10**6)),))
    world.ask()
    assert set(world.usage(KEY)) == {"web"}
    assert set(world.usage(ADMIN_KEY)) == {"acme", "web"}


def test_what_a_listener_left_was_heard_of_is_paid_for() -> None:
    from nexus.answering.question import Question
    from nexus.answering.telling import Abandoned, Telling
    from nexus.models import Filters, Principal, Said

    budget = Budget(tokens_day=10**6)
    world = BudgetedWorld(budget, f"{FEE} " * 20)

    def leave(told: object) -> None:
        if isinstance(told, Said):
            raise Abandoned

    principal = Principal("acme", "web", "user", "standard", budget=budget)
    with pytest.raises(Abandoned):
        world.services.answerer.answer(
            principal, Question(ASKED, None, 5, Filters()), Telling(leave)
        )
    spent = cap(world.usage(KEY)["web"], "tokens", "day")
    assert spent["held"] == 0
    assert spent["spent"] > 100


def test_a_body_that_is_too_large_is_told_the_limit() -> None:
    world = BudgetedWorld(max_request_bytes=2_048)
    refused = world.over().post("/v1/chat", content=json.dumps({"message": "a" * 3_000}))
    assert refused.status_code == 413
    assert "2,048 bytes" in refused.json()["detail"]
    pieces = (b"a" * 500 for _ in range(10))  # of which no length is told
    assert world.over().post("/v1/chat", content=pieces).status_code == 413
    assert world.ask().status_code == 200


def test_what_is_refused_for_a_while_is_let_in_again(monkeypatch: pytest.MonkeyPatch) -> None:
    world = BudgetedWorld(Budget(requests_minute=1))
    moment = [time.time()]
    monkeypatch.setattr(world.services.budgets, "now", lambda: moment[0])
    assert [world.ask().status_code for _ in range(2)] == [200, 429]
    moment[0] += 60
    assert world.ask().status_code == 200
