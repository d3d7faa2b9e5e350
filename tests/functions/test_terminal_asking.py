"""`nexus ask` and `nexus chat` over a socket to the chat function, as they are typed and seen."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.main import app
from cli.streaming import Event, events
from nexus.errors import UpstreamUnavailable
from nexus.object_keys import document_id
from tests.fakes import FakeChat
from tests.functions.chat_services import ACME_KEY, World
from tests.functions.serving import served
from tests.unit.cli_stage import deployment

FEE = "The tuition fee is nine million rupiah. [1]"
ASKED = "How much is the tuition fee?"
Typed = Callable[..., str]


class Connected:
    """A connection to a stage of which only the API is there."""

    def __init__(self, url: str) -> None:
        self.deployment = deployment(api_url=url)


@pytest.fixture
def world() -> World:
    return World(FEE)


@pytest.fixture
def typed(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Typed]:
    """What a command prints, with lines as its input."""
    with served(world) as url:
        for command in ("ask", "chat", "conversations"):
            monkeypatch.setattr(f"cli.commands.{command}.connect", lambda _: Connected(url))

        def run(*arguments: str, lines: tuple[str, ...] = ()) -> str:
            text = "".join(f"{line}\n" for line in lines)
            done = CliRunner(env={"COLUMNS": "200", "NEXUS_API_KEY": ACME_KEY}).invoke(
                app, arguments, input=text
            )
            if done.exit_code:
                raise done.exception or AssertionError(done.output)
            return done.output

        yield run


def test_an_answer_is_printed_from_its_stream_with_its_sources(typed: Typed) -> None:
    output = typed("ask", ASKED)
    assert output.count(FEE) == 1
    assert "[1] fees.md" in output
    assert "“The tuition fee is nine million rupiah.”" in output
    assert "confidence" in output
    assert "To go on: --conversation c-" in output


def test_what_is_asked_of_the_answer_and_the_documents_reaches_them(
    world: World, typed: Typed
) -> None:
    other = "The tuition fee of the academy is two million rupiah."
    world.library.add("acme", "academy.md", other)
    only = document_id("acme", "academy.md")
    typed("ask", ASKED, "--document", only, "--style", "concise")
    read = "".join(message.content for message in world.chat.prompts[0])
    assert "two million" in read
    assert "nine million" not in read
    assert "40 words" in read
    nothing = typed("ask", ASKED, "--department", "HR", "--tag", "x", "--from", "2026-01-01")
    assert FEE not in nothing
    with pytest.raises(Exception, match="422"):
        typed("ask", ASKED, "--to", "yesterday")


def test_json_is_the_api_s_response(typed: Typed) -> None:
    assert '"claims": [' in typed("ask", ASKED, "--json")


def test_a_failure_within_a_stream_is_a_sentence(
    world: World, typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        world.chat, "complete", FakeChat(UpstreamUnavailable("models", "It is down.")).complete
    )
    with pytest.raises(Exception, match="503: "):
        typed("ask", ASKED)


def test_where_nothing_streams_the_whole_is_asked_for(
    typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cli.streaming.PATH", "/v1/chat/not-here")
    assert typed("ask", ASKED).count(FEE) == 1


def test_a_talk_goes_on_tells_its_sources_and_begins_anew(typed: Typed) -> None:
    lines = ("/sources", ASKED, "/sources", "And how much is the tuition fee again?", "/new", ASKED)
    output = typed("chat", lines=(*lines, "/what", "/quit", ASKED))
    assert "The last answer has none." in output
    assert "1 source: /sources" in output
    assert output.count("“The tuition fee is nine million rupiah.”") == 1
    assert "There is no /what." in output
    talks = json.loads(typed("conversations", "list", "--json"))
    assert sorted(one["turn_count"] for one in talks) == [1, 2]


def test_a_talk_ends_with_its_input(typed: Typed) -> None:
    assert FEE in typed("chat", lines=(ASKED,))


def test_ctrl_c_stops_an_answer_and_not_the_talk(
    typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[bool] = []

    def interrupted(*_: Any) -> Iterator[Event]:
        try:
            yield "delta", {"index": 0, "text": "The tuition", "sources": []}
            monkeypatch.setattr("cli.commands.chat.events", events)
            raise KeyboardInterrupt
        finally:
            closed.append(True)

    monkeypatch.setattr("cli.commands.chat.events", interrupted)
    output = typed("chat", lines=(ASKED, ASKED, "/quit"))
    assert "Stopped." in output
    assert output.count(FEE) == 1
    assert closed
