"""An agent whose caller leaves asks no model any more, and loses nothing that was paid or done."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest

from functions.chat.asking import answered
from nexus.answering.question import Confirms, Question
from nexus.answering.telling import Abandoned, Telling
from nexus.models import Answer, Filters, Principal, Stepped, Told
from tests.agent_world import AgentWorld, calls, says
from tests.functions.test_agent_actions import PAY, toml
from tests.tool_server import Answered, ToolServer, running_tool_server

CALLER = Principal("acme", "web", "user", "standard")
RECEIPT = "The receipt is R-1. [1]"


@pytest.fixture
def server() -> Iterator[ToolServer]:
    with running_tool_server() as running:
        running.answer("/pay", Answered(body={"receipt": "R-1", "paid": 500}))
        running.answer("/balance/7", Answered(body={"student": "7", "due": 500}))
        yield running


def left_at(when: Callable[[Stepped], bool]) -> Telling:
    """A telling whose caller leaves when it is told of this step."""

    def listen(told: Told) -> None:
        if isinstance(told, Stepped) and when(told):
            telling.close()

    telling = Telling(listen)
    return telling


def begun(kind: str, number: int = 0) -> Callable[[Stepped], bool]:
    """Whether a step is the beginning of one of this kind, behind this number."""
    return lambda told: told.step.kind == kind and told.step.number > number and not told.ended


def asked(world: AgentWorld, telling: Telling | None, **more: object) -> tuple[Answer, bool]:
    question = Question("What does student 7 owe?", "c-1", 5, Filters(), agent="finance", **more)  # type: ignore[arg-type]
    return answered(world.services, CALLER, question, "k-1", telling)


def test_what_a_model_wrote_while_its_caller_left_is_kept_for_the_same_request(
    server: ToolServer,
) -> None:
    replies = (calls(("balance", {"student": "7"})), says("The due is 500. [1]"), says("Else. [1]"))
    world = AgentWorld(toml(server), *replies)
    answer, _ = asked(world, left_at(begun("model", 1)))
    again, repeated = asked(world, None)
    assert (repeated, again.text, again.message_id) == (True, answer.text, answer.message_id)
    assert len(world.model.asked) == 2
    assert world.conversations.history("acme", "web", "c-1", 9)


def test_once_its_caller_has_left_no_model_is_asked_any_more(server: ToolServer) -> None:
    world = AgentWorld(toml(server), calls(("balance", {"student": "7"})), says("It is due. [1]"))
    with pytest.raises(Abandoned):
        asked(world, left_at(begun("model")))
    assert len(world.model.asked) == 1
    assert not server.calls


def test_an_action_that_was_confirmed_is_done_and_told_though_its_caller_left(
    server: ToolServer,
) -> None:
    world = AgentWorld(toml(server), calls(("pay", PAY)), says(RECEIPT), says("Else. [1]"))
    shown, _ = answered(
        world.services,
        CALLER,
        Question("Pay.", "c-1", 5, Filters(), agent="finance"),
        None,
    )
    confirms = Confirms(shown.confirmations[0].action_id, approved=True)
    telling = left_at(lambda _: True)
    telling.close()  # before anything is told
    with pytest.raises(Abandoned):
        asked(world, telling, confirms=confirms)
    assert not server.calls
    done, _ = asked(world, left_at(lambda _: True), confirms=confirms)
    again, repeated = asked(world, None, confirms=confirms)
    assert (done.text, again.text, repeated) == (RECEIPT, RECEIPT, True)
    assert [json.loads(call.body) for call in server.called("/pay")] == [PAY]


def test_what_an_agent_changed_by_itself_is_told_to_whoever_asks_again(server: ToolServer) -> None:
    world = AgentWorld(
        toml(server, "confirm = false"), calls(("pay", PAY)), says(RECEIPT), says("Else. [1]")
    )
    done, _ = asked(world, left_at(begun("tool")))
    again, repeated = asked(world, None)
    assert (done.text, again.text, repeated) == (RECEIPT, RECEIPT, True)
    assert len(server.called("/pay")) == 1
