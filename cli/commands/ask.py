"""`nexus ask`: one question to a deployment, and its answer with the sources."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import api, asking
from cli.answer_view import show_actions, show_as_told, show_confidence, show_sources
from cli.connection import connect, key_for
from cli.streaming import BUFFERED_PATH, events
from cli.terminal import Json, Stage, console, print_json


def ask(
    question: Annotated[str, typer.Argument(help="The question.")],
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
    confirm: Annotated[
        str | None, typer.Option("--confirm", help="Have the action with this id done.")
    ] = None,
    key: asking.Key = None,
    as_json: Json = False,
) -> None:
    """Ask a question and print the answer, as it is written, with its sources."""
    found = key_for(stage, key)
    url = connect(stage).deployment.api_url
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
    body["message"] = question
    if conversation:
        body["conversation_id"] = conversation
    if confirm:
        body["confirmation"] = {"id": confirm, "approved": True}
    if as_json:
        print_json(api.call(url, BUFFERED_PATH, key=found, body=body))
        return
    answer = show_as_told(events(url, found, body))
    show_sources(answer)
    if answer["sources"]:
        console.print()
    show_actions(answer)
    show_confidence(answer)
    console.print(f"[dim]To go on: --conversation {answer['conversation_id']}[/]")
