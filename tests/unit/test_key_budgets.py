"""Budgets at the terminal and in files: read, refused with a sentence, kept and told again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cli import api
from cli.commands import usage as usage_command
from cli.connection import Connection
from nexus.budgets.estimating import most_of_answer, most_of_embedding, tokens_of
from nexus.budgets.windows import end_of, told
from nexus.clients import Authenticator
from nexus.errors import ConfigurationError
from nexus.models import Budget, Principal
from nexus.settings import Settings
from nexus.sign_in.context import Caller, read, written
from tests.unit.test_key_commands import connection, listed, refusal, run

__all__ = ["connection"]  # a fixture


def test_a_key_is_made_with_a_budget_and_set_to_another(connection: Connection) -> None:
    caps = ("--budget", "requests-minute=30", "--budget", "dollars-month=2.5")
    key = run("create", "web", *caps).stdout.splitlines()[0]
    assert listed()[0]["budget"] == {"requests_minute": 30, "dollars_month": 2.5}
    assert run("set", "web", "--budget", "tokens-day=1000").exit_code == 0
    principal = Authenticator(connection.operator.clients).principal(key)
    assert principal.budget == Budget(tokens_day=1_000)
    rotated = run("rotate", "web").stdout.splitlines()[0]
    kept = Authenticator(connection.operator.clients).principal(rotated)
    assert kept.budget == principal.budget
    assert run("set", "web", "--no-budget").exit_code == 0
    assert {one["budget"] for one in listed()} == {None}


@pytest.mark.parametrize(
    ("caps", "named"),
    [
        (("--budget", "dollars"), "dollars-month=20"),
        (("--budget", "dollars-year=3"), "dollars_year"),
        (("--budget", "requests-day=1.5"), "whole number"),
        (("--budget", "dollars-day=-1"), "from 0 on"),
        (("--budget", "dollars-day=nan"), "from 0 on"),
        ((), "--no-budget"),
        (("--budget", "dollars-day=1", "--no-budget"), "--no-budget"),
    ],
)
def test_what_is_no_budget_is_refused_with_a_sentence(
    connection: Connection, caps: tuple[str, ...], named: str
) -> None:
    run("create", "web")
    assert named in refusal("set", "web", *caps)


def test_a_client_without_a_key_has_no_budget_to_set(connection: Connection) -> None:
    assert "no client ghost" in refusal("set", "ghost", "--no-budget")


def test_the_authorizer_tells_a_budget_and_is_read_by_versions_that_know_none() -> None:
    budget = Budget(requests_day=5, dollars_month=0.25)
    principal = Principal("acme", "web", "user", "standard", budget=budget)
    said = read(written(Caller(principal, "web")))
    assert said is not None
    assert said.principal == principal
    without = written(Caller(replace(principal, budget=None), "web"))
    assert "budget" not in without["principal"]
    assert read(without) == Caller(replace(principal, budget=None), "web")


def test_settings_read_budgets_and_refuse_what_is_none() -> None:
    environ = {
        "NEXUS_TENANT_BUDGETS": '{"acme": {"dollars_month": 5}, "*": {"tokens_day": 9}}',
        "NEXUS_PEOPLE_BUDGET": '{"*": {"requests_day": 3}}',
    }
    settings = Settings.from_environ(environ)
    assert dict(settings.tenant_budgets)["acme"] == Budget(dollars_month=5)
    assert dict(settings.people_budget)["*"] == Budget(requests_day=3)
    faults = ("[]", "{", '{"a": 5}', '{"a": {"dollars": 5}}', '{"a": {"tokens_day": 1e99}}')
    for wrong in faults:
        with pytest.raises(ConfigurationError, match="NEXUS_TENANT_BUDGETS"):
            Settings.from_environ({"NEXUS_TENANT_BUDGETS": wrong})
    with pytest.raises(ConfigurationError, match="NEXUS_PEOPLE_BUDGET"):
        Settings.from_environ({"NEXUS_PEOPLE_BUDGET": '{"ann": {"requests_day": 3}}'})


def test_windows_end_where_the_calendar_ends_them() -> None:
    at = 1_772_323_199.5  # 2026-02-28T23:59:59.5Z
    ends = {window: told(end_of(window, at)) for window in ("minute", "hour", "day", "month")}
    assert set(ends.values()) == {"2026-03-01T00:00:00Z"}
    assert told(end_of("month", 1_796_000_000)) == "2026-12-01T00:00:00Z"
    assert told(end_of("month", 1_798_700_000)) == "2027-01-01T00:00:00Z"


def test_more_is_reserved_where_more_may_be_read_or_asked() -> None:
    settings = Settings()
    few = most_of_answer(settings, "How?", 1, 0)
    assert few.tokens > 2 * settings.answer_max_tokens
    assert most_of_answer(settings, "How?", 9, 0).tokens > few.tokens
    assert most_of_answer(settings, "How?", 1, ["x" * 9_000]).nanodollars > few.nanodollars
    assert most_of_answer(settings, "How?", 1, 6).tokens > few.tokens
    verified = replace(settings, verifier_model="gpt-5.4-nano")
    assert most_of_answer(verified, "How?", 1, 0).nanodollars > few.nanodollars
    assert tokens_of(["berapa biaya kuliah?"]) >= 8
    assert tokens_of(["学费是多少？"]) >= 6


def test_what_a_caller_has_embedded_is_reserved_at_a_token_a_byte() -> None:
    settings = Settings(embedding_price=1_000.0)
    for text in ("8f3a0c91b7e2d456", "\U000e0001" * 9, "\ud800", "学费"):
        most = most_of_embedding(settings, [text, text])
        # No tokenizer of bytes makes more of it, whatever it is.
        assert most.tokens >= 2 * len(text.encode(errors="replace"))
        assert most.nanodollars == most.tokens * 1_000_000


def test_usage_says_so_where_a_key_has_no_budget(
    monkeypatch: pytest.MonkeyPatch, connection: Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    answer: dict[str, object] = {"accounts": [], "month": "2026-11", "prices_of": "2026-11-01"}
    monkeypatch.setattr(usage_command, "connect", lambda _stage: connection)
    monkeypatch.setattr(usage_command, "key_for", lambda _stage, key: key)
    monkeypatch.setattr(api, "call", lambda *_a, **_k: answer)
    usage_command.usage(key="nx_web")
    assert "no budget" in capsys.readouterr().out
    cap = {"measure": "dollars", "window": "month", "cap": 20.0, "spent": 1.25, "held": 0.0}
    account = {"name": "web", "kind": "client", "caps": [{**cap, "resets_at": "2026-12-01"}]}
    answer["accounts"] = [account]
    usage_command.usage(key="nx_web")
    assert "1.25" in capsys.readouterr().out
