"""Which stages are synthesized, and whether they would work once they are deployed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cdk.stages import ROOT, Stage, StageError, read_stages

# As `nexus pinecone-index` prints it, with or without its scheme; an index's name has no dot.
_HOST = re.compile(r"(https?://)?[\w-]+(\.[\w-]+)+(:\d+)?/?")


def project_context(file: Path = ROOT / "cdk.json") -> dict[str, Any]:
    """The context of cdk.json. Raises StageError if the file cannot be read."""
    try:
        return dict(json.loads(file.read_text(encoding="utf-8"))["context"])
    except OSError as err:
        raise StageError(f"{file} cannot be read: {err.strerror}.") from err
    except (ValueError, KeyError, TypeError) as err:
        raise StageError(f"{file} is not JSON with a `context`: {err}.") from err


def stages_to_deploy(context: Callable[[str], Any]) -> list[Stage]:
    """The stages that the context `stage` names, fit to be deployed.

    Raises StageError with one sentence if it names none, or one that would not work once deployed.
    """
    stages = read_stages(context)
    if not context("stage"):
        names = " or ".join(stage.name for stage in stages if not stage.host)
        raise StageError(f"Say which stage, with --context stage=NAME: {names}.")
    for stage in stages:
        check_deployable(stage)
    return stages


def check_deployable(stage: Stage) -> None:
    """Raises StageError if Lambda's functions could not reach the stage's vector index."""
    if stage.host:
        return
    if stage.vector_index == "sqlite":
        raise StageError(
            f"Stage {stage.name!r}: vector_index must be s3vectors or pinecone, as sqlite is a "
            "file on this machine, which Lambda's functions cannot reach."
        )
    if stage.vector_index == "pinecone" and not _HOST.fullmatch(stage.pinecone_host):
        said = f"is {stage.pinecone_host!r}" if stage.pinecone_host else "is empty"
        raise StageError(
            f"Stage {stage.name!r}: pinecone_host {said}: put the host that "
            f"`nexus pinecone-index nexus-{stage.name} --stage {stage.name}` prints into cdk.json."
        )
