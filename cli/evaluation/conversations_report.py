"""`nexus eval --conversations`: holds conversations, and shows which turns failed."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2
import typer
from rich.markup import escape

from cli.evaluation.corpus import read_corpus
from cli.evaluation.endpoint import endpoint
from cli.evaluation.measurements import Track
from cli.evaluation.progress import progress
from cli.failure import Failure
from cli.local.layout import Layout, write_json
from cli.terminal import console, errors

if TYPE_CHECKING:
    from cli.evaluation.conversations import Ask


def measure_conversations(
    file: Path | None,
    corpus: Path | None,
    url: str | None,
    key: str | None,
    json_file: Path | None,
    *,
    alone: bool,
) -> None:
    """Holds the conversations of a file, and shows which turns of which failed.

    Exits with 1 unless all of them passed.
    """
    from cli.evaluation.conversations import hold, read_conversations

    if file is None:
        raise Failure("--alone goes with --conversations.")
    talks = read_conversations(file)
    with progress() as track, _asking(corpus, url, key, track) as ask:
        found = hold(talks, ask, alone=alone, track=track)
    for line in found["conversations"]:
        console.print(f"{'pass' if line['passed'] else 'FAIL'}  {escape(line['id'])}")
        for turn in line["failed"]:
            _show(turn)
    held = f" (of those held back {found['held_passed']} of {found['held_total']})"
    console.print(
        f"{found['passed']} of {found['total']} conversations pass"
        f"{held if found['held_total'] else ''}."
    )
    if json_file:
        write_json(json_file, found)
    if found["passed"] < found["total"]:
        raise typer.Exit(1)


def _show(turn: dict[str, Any]) -> None:
    how = "refused" if turn["refused"] else f"score {turn['score']:.2f}"
    taken = f" (taken as: {turn['rewritten']})" if turn["rewritten"] else ""
    console.print(
        escape(f"      turn {turn['turn']}: {turn['ask']}{taken} -> {how}: {turn['answer'][:200]}"),
        soft_wrap=True,
    )


@contextmanager
def _asking(corpus: Path | None, url: str | None, key: str | None, track: Track) -> Iterator[Ask]:
    """What answers: a deployment, or this process over a corpus."""
    from cli.evaluation import conversations
    from cli.evaluation import deployment as deployed

    if url is not None:
        if not key:
            raise Failure("Give an API key with --key or in NEXUS_API_KEY.")
        local = url.startswith("http://127.0.0.1:")
        with httpx2.Client(timeout=deployed.TIMEOUT_S, trust_env=not local) as client:
            yield conversations.deployed(deployed.Deployment(url, key, client))
        return
    if corpus is None:
        raise Failure("Give --conversations with either --corpus or --url.")
    documents = read_corpus(corpus)
    for sentence in documents.left_out:
        errors.print(f"[yellow]{escape(sentence)}[/]")
    kept = Layout().root / "eval" / "embeddings.sqlite"
    with (
        tempfile.TemporaryDirectory(prefix="nexus-eval-") as work,
        endpoint(os.environ, Path(work)) as models,
        conversations.in_this_process(documents, models, kept, track) as ask,
    ):
        yield ask
