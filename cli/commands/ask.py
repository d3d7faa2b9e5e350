"""`nexus ask`: one question to a deployment, and its answer with the sources."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from cli import api
from cli.connection import connect, key_for
from cli.terminal import Json, Stage, console, print_json

Key = Annotated[
    str | None,
    typer.Option("--key", envvar="NEXUS_API_KEY", help="API key; locally, the demo key."),
]


def ask(
    question: Annotated[str, typer.Argument(help="The question.")],
    stage: Stage = "local",
    conversation: Annotated[
        str | None, typer.Option("--conversation", help="Continue the conversation with this id.")
    ] = None,
    top_k: Annotated[int | None, typer.Option("--top-k", help="Passages to answer from.")] = None,
    key: Key = None,
    as_json: Json = False,
) -> None:
    """Ask a question and print the answer with its sources."""
    found = key_for(stage, key)
    url = connect(stage).deployment.api_url
    body: dict[str, Any] = {"message": question}
    if conversation:
        body["conversation_id"] = conversation
    if top_k is not None:
        body["top_k"] = top_k
    answer = api.call(url, "/v1/chat", key=found, body=body)
    if as_json:
        print_json(answer)
        return
    show_answer(answer)
    console.print(f"[dim]To go on: --conversation {answer['conversation_id']}[/]")


def show_answer(answer: dict[str, Any], target: Console = console) -> None:
    """Prints an answer and its sources as a person reads them."""
    target.print(f"\n{escape(answer['answer'])}\n", soft_wrap=True)
    for source in answer["sources"]:
        place = describe(source["locator"])
        title = f"[bold]{escape(source['title'])}[/]" + (f", {escape(place)}" if place else "")
        target.print(rf"  \[{source['number']}] {title}", soft_wrap=True)
        target.print(f"      [dim]“{escape(' '.join(source['quote'].split()))}”[/]", soft_wrap=True)
    confidence = answer["confidence"]
    took = answer["timings"].get("total", 0)
    note = "" if answer["remembered"] else ", not remembered"
    sure = f"confidence {confidence['level']} ({confidence['score']:.2f})"
    gate = confidence.get("gate")  # absent from what an older deployment answers
    if gate and not gate["passed"]:
        sure += f", {gate['compared']} {gate['value']:.2f} under {gate['threshold']:.2f}"
    if answer["sources"]:
        target.print()
    target.print(f"[dim]{sure}, {took:.0f} ms{note}[/]")


def describe(locator: dict[str, Any]) -> str:
    """Where a source stands, in words."""
    parts = [
        f"{name} {locator[name]}"
        for name in ("page", "slide", "sheet", "row")
        if locator.get(name) is not None
    ]
    if locator.get("heading"):
        parts.append(" › ".join(locator["heading"]))
    return ", ".join(parts)
