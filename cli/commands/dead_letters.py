"""`nexus dead-letters list|show|redrive`: what the ingestion gave up, why, and trying it again."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from cli.connection import connect
from cli.failure import Failure
from cli.terminal import Json, Stage, console, counted, errors, print_json
from nexus.operations.dead_letter_reasons import DeadLetter
from nexus.operations.dead_letters import Redriven

app = typer.Typer(
    no_args_is_help=True, help="See what ingestion gave up, and why; send it there again."
)


@app.command("list")
def list_letters(
    stage: Stage = "local",
    limit: Annotated[int, typer.Option("--limit", min=1, help="Show at most so many.")] = 100,
    as_json: Json = False,
) -> None:
    """List the messages that ingestion gave up, oldest first, and why."""
    letters = connect(stage).dead_letters
    listing = letters.read(limit)
    if as_json:
        shown = [_public(letter) for letter in listing.letters]
        print_json({"dead_letters": shown, "more": listing.more})
        return
    if not listing.letters:
        console.print("There are no dead letters.")
        return
    for letter in listing.letters:
        _print(letter)
    if listing.more:
        said = f"These are {limit} of about {letters.count()}: --limit shows more."
        console.print(f"[yellow]{said}[/]", soft_wrap=True)


@app.command()
def show(
    letter_id: Annotated[str, typer.Argument(metavar="ID", help="The letter's message id.")],
    stage: Stage = "local",
    as_json: Json = False,
) -> None:
    """Show one of them with the message itself."""
    letter = connect(stage).dead_letters.read(1, letter_id).letters[0]
    if as_json:
        print_json({**_public(letter), "body": letter.body})
        return
    _print(letter)
    for name in ("key", "tenant", "document_id", "generation", "status", "body"):
        value = getattr(letter, name)
        console.print(f"  {name:<12} {escape(value or 'none')}", soft_wrap=True)


@app.command()
def redrive(
    letter_ids: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]...", help="Message ids.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All dead letters.")] = False,
    stage: Stage = "local",
    as_json: Json = False,
) -> None:
    """Send messages to ingestion again; what was done meanwhile is not done twice."""
    chosen = set(letter_ids or ())
    if bool(chosen) == every:
        raise Failure("Name the letters to send again, or say --all.")
    letters = connect(stage).dead_letters
    with Progress(
        TextColumn("  redriving"),
        BarColumn(),
        MofNCompleteColumn(),
        # Standard output is a document when it is JSON.
        console=Console(stderr=True) if as_json else console,
        transient=True,
    ) as bar:
        task = bar.add_task("letters", total=len(chosen) or letters.count())
        done = letters.redrive(chosen or None, lambda number: bar.advance(task, number))
    if as_json:
        sent = [_public(letter) for letter in done.letters]
        print_json({"redriven": sent, "unknown": list(done.unknown)})
    else:
        _print_redriven(done)
    if done.unknown:
        for letter_id in done.unknown:
            errors.print(f"[red]nexus:[/] There is no dead letter {escape(letter_id)}.")
        raise typer.Exit(1)


def _print_redriven(done: Redriven) -> None:
    if not done.letters:
        console.print("There was nothing to send again.")
        return
    console.print(
        f"Sent {counted(len(done.letters), 'message')} to ingestion again: "
        "`nexus documents` shows what becomes of the documents.",
        soft_wrap=True,
    )
    for letter in done.letters:
        if letter.obsolete:
            console.print(
                f"  [dim]{escape(letter.key or letter.message_id)} had nothing left to do; "
                "sending it again does no harm.[/]",
                soft_wrap=True,
            )


def _print(letter: DeadLetter) -> None:
    subject = f"{letter.tenant}/{letter.path}" if letter.path else letter.key or "no document"
    colour = "dim" if letter.obsolete else "red"
    console.print(
        f"[bold]{escape(subject)}[/]  [dim]tried {counted(letter.tries, 'time')}, "
        f"first sent {letter.sent_at}[/]",
        soft_wrap=True,
    )
    console.print(f"  [{colour}]{escape(letter.reason)}[/]", soft_wrap=True)
    console.print(f"  [dim]{letter.message_id}[/]", soft_wrap=True)


def _public(letter: DeadLetter) -> dict[str, object]:
    return {name: value for name, value in asdict(letter).items() if name != "body"}
