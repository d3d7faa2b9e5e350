"""`nexus audio`: a spoken question to a deployment, and its answer as text and speech."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from cli import asking, speaking
from cli.answer_view import show_sources
from cli.connection import Connection, connect, key_for
from cli.failure import Failure
from cli.local.layout import Layout
from cli.stage_names import LOCAL
from cli.step import Step
from cli.terminal import Json, Stage, console, print_json


def audio(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="Recording of the question.")
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            help="File for the spoken answer: .mp3, .wav or .ogg; without it nothing is played or "
            "written.",
        ),
    ] = None,
    stage: Stage = LOCAL,
    conversation: asking.Conversation = None,
    style: asking.Style = None,
    department: asking.Departments = None,
    tag: asking.Tags = None,
    since: asking.Since = None,
    until: asking.Until = None,
    document: asking.Documents = None,
    voice: Annotated[str | None, typer.Option("--voice", help="Voice of the answer.")] = None,
    language: Annotated[
        str | None, typer.Option("--language", help="What is spoken, such as en or id.")
    ] = None,
    key: asking.Key = None,
    as_json: Json = False,
) -> None:
    """Ask by a recording; print what was heard and the answer; with --out, write it as speech."""
    fields = asking.request(
        top_k=None,
        style=style,
        departments=department,
        tags=tag,
        since=since,
        until=until,
        documents=document,
    )
    fields |= {"voice": voice, "language": language, "conversation_id": conversation}
    fields["format"] = _form(out)
    found, connection = key_for(stage, key), connect(stage)
    _prepare(connection)
    with Step("asking") as step:
        answer = speaking.ask(
            connection.deployment.api_url,
            found,
            file.read_bytes(),
            {name: value for name, value in fields.items() if value is not None},
            step.update,
        )
    _write(out, answer)
    if as_json:
        print_json(answer)
        return
    _show(answer, out)


def _form(out: Path | None) -> str | None:
    if out is None:
        return None
    form = out.suffix.lower().lstrip(".")
    if form not in ("mp3", "wav", "ogg"):
        raise Failure("--out names a file that ends with .mp3, .wav or .ogg.")
    return form


def _prepare(connection: Connection) -> None:
    """Installs the local speech models where they are what hears, and absent."""
    from cli.local.speech.install import SpeechUnavailable, ensure_speech, is_installed

    is_ours = connection.deployment.models_url.startswith("http://127.0.0.1:")
    root = Layout().models
    if connection.stage != LOCAL or not is_ours or is_installed(root):
        return
    with Step("installing the speech models, once") as step:
        try:
            ensure_speech(root, step.update)
        except SpeechUnavailable as err:
            raise Failure(str(err)) from err
        step.done("speech models are installed")


def _write(out: Path | None, answer: dict[str, Any]) -> None:
    sound = speaking.sound_of(answer) if out is not None else None
    if out is not None and sound is not None:
        out.write_bytes(sound)


def _show(answer: dict[str, Any], out: Path | None) -> None:
    emotion, seconds = answer["emotion"], answer["exec_time"]
    console.print(f"[dim]heard:[/] {escape(answer['transcript'])}", soft_wrap=True)
    console.print(f"[dim]tone: {emotion['label']}, {emotion['score']:.2f}[/]\n")
    console.print(escape(answer["answer"]), soft_wrap=True)
    show_sources(answer)
    if answer.get("note"):
        console.print(f"\n{escape(answer['note'])}", soft_wrap=True)
    elif out is not None:
        console.print(f"\n[dim]spoken in {escape(str(out))}[/]")
    steps = ", ".join(f"{name} {value:.1f} s" for name, value in seconds.items())
    console.print(f"[dim]{steps}[/]\n[dim]To go on: --conversation {answer['conversation_id']}[/]")
