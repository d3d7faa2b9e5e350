"""`nexus conversations`: what a client has asked, by its API key: list, show, export, delete."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import quote

import typer
from rich.markup import escape
from rich.table import Table

from cli import api
from cli.commands.ask import Key, describe
from cli.connection import connect, key_for
from cli.failure import Failure
from cli.terminal import Json, Stage, console, counted, print_json

PATH = "/v1/conversations"
Id = Annotated[str, typer.Argument(help="The conversation's id, as the list tells it.")]

app = typer.Typer(
    no_args_is_help=True,
    help="List what an API key's client has asked, or show, rename, export and delete it.",
)


@app.command("list")
def list_conversations(
    stage: Stage = "local",
    text: Annotated[
        str, typer.Option("--text", help="Only those with this in their title or what was said.")
    ] = "",
    key: Key = None,
    as_json: Json = False,
) -> None:
    """List conversations, that with the latest turn first."""
    asked: dict[str, Any] = {"limit": 100, **({"text": text} if text else {})}
    found: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        page = _call(stage, key, "GET", PATH, params={**asked, "cursor": cursor})
        found += page["conversations"]
        cursor = page["cursor"]
    if as_json:
        print_json(found)
        return
    if not found:
        console.print("There are no conversations.")
        return
    table = Table("conversation", "turns", "latest", "expires")
    table.columns[0].overflow = "fold"
    for one in found:
        lines = "".join(f"\n  {escape(match['text'])}" for match in one["matches"])
        table.add_row(
            f"{escape(one['title'])}\n[dim]{one['conversation_id']}[/]{lines}",
            str(one["turn_count"]),
            one["updated_at"],
            one["expires_at"],
        )
    console.print(table)


@app.command()
def show(conversation: Id, stage: Stage = "local", key: Key = None, as_json: Json = False) -> None:
    """Show a conversation's turns with the sources of each answer."""
    found = _call(stage, key, "GET", _path(conversation))
    if as_json:
        print_json(found)
        return
    console.print(f"[bold]{escape(found['title'])}[/], expires {found['expires_at']}")
    for turn in found["turns"]:
        console.print(f"\n[bold]{escape(turn['question'])}[/]", soft_wrap=True)
        console.print(escape(turn["answer"]), soft_wrap=True)
        for source in turn["sources"]:
            place = describe(source["locator"])
            named = source["title"] + (f", {place}" if place else "")
            console.print(rf"  \[{source['number']}] {escape(named)}", soft_wrap=True)
            console.print(f"      [dim]{escape(source['link'])}[/]", soft_wrap=True)


@app.command()
def rename(
    conversation: Id,
    title: Annotated[str, typer.Argument(help="Its new title.")],
    stage: Stage = "local",
    key: Key = None,
) -> None:
    """Give a conversation a title of its own."""
    found = _call(stage, key, "PATCH", _path(conversation), body={"title": title})
    console.print(f"Renamed to {found['title']}.", markup=False)


@app.command()
def export(
    conversation: Id,
    stage: Stage = "local",
    form: Annotated[Literal["markdown", "json"], typer.Option("--format")] = "markdown",
    output: Annotated[
        Path | None, typer.Option("--output", help="File to write it to.", dir_okay=False)
    ] = None,
    key: Key = None,
) -> None:
    """Print a conversation as Markdown or JSON, or write it to a file."""
    url, found = connect(stage).deployment.api_url, key_for(stage, key)
    content = api.text(url, f"{_path(conversation)}/export", key=found, params={"format": form})
    if output is None:
        console.print(content, soft_wrap=True, markup=False)
        return
    output.write_text(content, encoding="utf-8")
    console.print(f"Wrote {output}.", soft_wrap=True, markup=False)


@app.command()
def delete(
    conversation: Annotated[str | None, typer.Argument(help="The conversation's id.")] = None,
    stage: Stage = "local",
    every: Annotated[bool, typer.Option("--all", help="All of the client's.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    key: Key = None,
) -> None:
    """Delete a conversation, or all of them with --all."""
    if every == (conversation is not None):
        raise Failure("Name one conversation, or give --all.")
    if conversation is not None:
        _call(stage, key, "DELETE", _path(conversation))
        console.print(f"Deleted {conversation}.", markup=False)
        return
    if not yes:
        typer.confirm("Delete all conversations of this key's client?", abort=True, err=True)
    deleted, complete = 0, False
    while not complete:
        done = _call(stage, key, "DELETE", PATH)
        deleted, complete = deleted + done["deleted"], done["complete"]
        if not done["deleted"] and not complete:
            raise Failure("Some are left: try again.")
    console.print(f"Deleted {counted(deleted, 'conversation')}.")


def _path(conversation: str) -> str:
    return f"{PATH}/{quote(conversation, safe='')}"


def _call(stage: str, key: str | None, method: str, path: str, **more: Any) -> dict[str, Any]:
    url = connect(stage).deployment.api_url
    return api.call(url, path, key=key_for(stage, key), method=method, **more)
