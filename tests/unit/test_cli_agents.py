"""Agents in the terminal: named, their steps seen, and actions confirmed; and what doctor says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from cli import deployment_checks
from cli.findings import Finding
from cli.main import app
from tests.agent_world import AgentWorld, calls, says
from tests.functions.chat_services import ACME_KEY
from tests.functions.serving import served
from tests.functions.test_agent_actions import PAY, toml
from tests.functions.test_terminal_asking import Connected
from tests.tool_server import Answered, running_tool_server

Typed = Callable[..., str]


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Typed]:
    with running_tool_server() as service:
        service.answer("/pay", Answered(body={"receipt": "R-1"}))
        world = AgentWorld(toml(service), calls(("pay", PAY)), says("The receipt is R-1. [1]"))
        with served(world) as url:
            for command in ("ask", "chat"):
                monkeypatch.setattr(f"cli.commands.{command}.connect", lambda _: Connected(url))

            def run(*arguments: str, lines: tuple[str, ...] = ()) -> str:
                runner = CliRunner(env={"COLUMNS": "200", "NEXUS_API_KEY": ACME_KEY})
                done = runner.invoke(app, arguments, input="".join(f"{one}\n" for one in lines))
                if done.exit_code:
                    raise done.exception or AssertionError(done.output)
                return done.output

            yield run


def test_a_talk_shows_steps_and_has_an_action_done_when_it_is_confirmed(typed: Typed) -> None:
    output = typed("chat", "--agent", "finance", lines=("Pay 500 for 7.", "y", "/quit"))
    assert "confirmation pay, waiting" in output
    assert "Pay a fee (pay)" in output
    assert "amount: 500" in output
    assert "The receipt is R-1. [1]" in output


def test_an_action_that_is_declined_in_a_talk_is_not_done(typed: Typed) -> None:
    output = typed("chat", "--agent", "finance", lines=("Pay 500 for 7.", "", "/quit"))
    assert "It was not done: Pay a fee." in output
    assert "R-1" not in output


def test_one_question_is_asked_of_an_agent_and_its_action_confirmed_by_id(typed: Typed) -> None:
    output = typed("ask", "Pay 500 for 7.", "--agent", "finance")
    action = output.partition("--confirm ")[2].split()[0]
    conversation = output.partition("To go on: --conversation ")[2].split()[0]
    done = typed("ask", "Yes.", "--conversation", conversation, "--confirm", action)
    assert "The receipt is R-1. [1]" in done


def test_doctor_says_which_line_of_the_agents_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deployment_checks, "PROJECT", tmp_path)

    def found(text: str, folder: str = ".") -> list[Finding]:
        (tmp_path / "agents.toml").write_text(text)
        connection = SimpleNamespace(settings=SimpleNamespace(agents_folder=folder))
        return list(deployment_checks.agents(connection))  # type: ignore[arg-type]

    good = '[agents.desk]\ndescription = "x"\ninstructions = "x"\n'
    [well] = found(good)
    assert well.well
    assert "desk" in well.detail
    [bad] = found(f"{good}colour = 3\n")
    assert not bad.well
    assert "line 4: agents.desk.colour" in bad.detail
    assert found(good, "") == []
