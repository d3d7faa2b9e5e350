"""`nexus chat`: a conversation with a deployment, in the terminal."""

from __future__ import annotations

import importlib
from contextlib import closing, suppress
from typing import Any

from rich.markup import escape

from cli import asking
from cli.answer_view import show_action, show_as_told, show_confidence, show_sources
from cli.connection import connect, key_for
from cli.failure import Failure
from cli.streaming import events
from cli.terminal import Stage, console, counted

PROMPT = "[bold cyan]›[/] "
HELP = """\
[dim]/sources  what the last answer rests on, with the quotes
/new      begin another conversation
/quit     end; so does Ctrl-D. Ctrl-C stops an answer, and not the talk.[/]"""


class Talk:
    """One conversation after the other, over one deployment's API."""

    def __init__(self, url: str, key: str, body: dict[str, Any], conversation: str | None) -> None:
        self._url = url
        self._key = key
        self._body = body
        self._conversation = conversation
        self._last: dict[str, Any] | None = None

    def hear(self, line: str) -> bool:
        """Does what a line asks for; whether the talk goes on."""
        match line:
            case "":
                pass
            case "/quit":
                return False
            case "/new":
                self._conversation = self._last = None
                console.print("[dim]Another conversation.[/]")
            case "/sources":
                self._show_sources()
            case "/help":
                console.print(HELP)
            case _ if line.startswith("/"):
                console.print(f"There is no {escape(line.split(maxsplit=1)[0])}.\n{HELP}")
            case _:
                self._ask(line)
        return True

    def _ask(self, message: str, confirmation: dict[str, Any] | None = None) -> None:
        body = {**self._body, "message": message}
        if confirmation:
            body["confirmation"] = confirmation
        if self._conversation:
            body["conversation_id"] = self._conversation
        try:
            with closing(events(self._url, self._key, body)) as told:
                answer = show_as_told(told)
        except KeyboardInterrupt:
            console.print("\n[yellow]Stopped.[/]\n")
            return
        except Failure as failure:
            console.print(f"[red]{escape(str(failure))}[/]\n", soft_wrap=True)
            return
        self._conversation, self._last = answer["conversation_id"], answer
        sources = answer["sources"]
        more = f", {counted(len(sources), 'source')}: /sources" if sources else ""
        show_confidence(answer, more=more)
        console.print()
        for action in answer.get("confirmations") or ():
            self._decide(action)

    def _decide(self, action: dict[str, Any]) -> None:
        """Asks whether an action that waits is to be done, and tells the deployment."""
        show_action(action)
        approved = console.input("Do it? \\[y/N] ").strip().casefold() in ("y", "yes")
        self._ask("Yes." if approved else "No.", {"id": action["id"], "approved": approved})

    def _show_sources(self) -> None:
        if self._last and self._last["sources"]:
            show_sources(self._last)
            console.print()
        else:
            console.print("[dim]The last answer has none.[/]")


def chat(
    stage: Stage = "local",
    conversation: asking.Conversation = None,
    agent: asking.Agent = None,
    top_k: asking.TopK = None,
    style: asking.Style = None,
    department: asking.Departments = None,
    tag: asking.Tags = None,
    since: asking.Since = None,
    until: asking.Until = None,
    document: asking.Documents = None,
    key: asking.Key = None,
) -> None:
    """Talk with a deployment; each question is read with those before it."""
    body = asking.request(
        agent=agent,
        top_k=top_k,
        style=style,
        departments=department,
        tags=tag,
        since=since,
        until=until,
        documents=document,
    )
    found = key_for(stage, key)
    talk = Talk(connect(stage).deployment.api_url, found, body, conversation)
    with suppress(ImportError):  # where there is one, arrow keys bring back what was asked
        importlib.import_module("readline")
    console.print("[dim]Ask; /help says what else can be typed.[/]")
    going_on = True
    while going_on:
        try:
            going_on = talk.hear(console.input(PROMPT).strip())
        except KeyboardInterrupt:
            console.print("\n[dim]/quit or Ctrl-D ends the talk.[/]")
        except EOFError:
            console.print()
            return
