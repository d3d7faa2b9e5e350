"""What `nexus eval --grounding` does: measures the check of answers, and shows its rows."""

from __future__ import annotations

import os
from pathlib import Path

from rich.markup import escape

from cli.failure import Failure
from cli.local.layout import write_json
from cli.terminal import console, errors


def measure_grounding(
    files: list[Path] | None, verifier: str, record: Path | None, json_file: Path | None
) -> None:
    """Measures the labelled sentences of `files`, with a verifier if one is named.

    Raises Failure if there are no files, or the verifier cannot be read.
    """
    from cli.evaluation.grounding import measure
    from cli.evaluation.recorded_verifier import ChatVerifier, named_verifier

    if not files:
        raise Failure("--verifier and --record go with --grounding.")
    asked = named_verifier(verifier, os.environ, record)
    rows = measure(files, asked)
    told = asked.described() if isinstance(asked, ChatVerifier) else {}
    for row in [*rows, told] if told else rows:
        console.print(
            escape("  ".join(f"{name} {value}" for name, value in row.items() if value != ""))
        )
    if told.get("unanswered"):
        errors.print(
            f"[yellow]{told['unanswered']} requests had no reply; what they asked stays "
            "undecided.[/]"
        )
    if json_file:
        write_json(json_file, {"grounding": rows} | ({"verifier": told} if told else {}))
