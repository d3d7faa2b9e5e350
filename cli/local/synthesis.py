"""Synthesizes the CDK app in a process of its own, beside whatever else a start has to do.

The app needs no AWS, so it starts before the emulator does. Its templates are those that the CDK
CLI would get from it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from cli.cdk_run import SILENCED, begin_cdk, end_cdk, finish_cdk
from cli.local.emulator import was_deployed
from cli.local.layout import PACKAGES, PROJECT, Layout, emptied, read_json
from cli.local.node import node_environment

_SYNTHESIS_S = 600
_INPUTS = ("functions", "layers", "cdk", "cdk.json", "pyproject.toml")
# What the CDK CLI adds by itself, and that it copies no built layer: `cdk synth --no-staging`.
_OPTIONS = {"aws:cdk:enable-path-metadata": True, "aws:cdk:disable-asset-staging": True}


def is_deployed(layout: Layout, context: Mapping[str, str]) -> bool:
    """Whether what the emulator saved is what the sources and the context would deploy now."""
    record = read_json(layout.deployed_file)
    layers = record.get("layers") or ()
    return (
        record.get("digest") == inputs_digest(context)
        and was_deployed(layout)
        # The emulator reads them where they were built.
        and all((PACKAGES / name).is_dir() for name in layers)
    )


@dataclass(frozen=True)
class Synthesis:
    """The CDK app at work."""

    digest: str  # of all that it was made from, when it began
    _layout: Layout
    _app: subprocess.Popen[str]

    def finish(self, progress: Callable[[str], None]) -> Path:
        """Waits for the cloud assembly and returns its folder; `progress` gets what is at hand.

        Raises Failure, naming the log, if the app fails or exceeds its time.
        """
        finish_cdk(
            self._app,
            log=self._layout.log("deploy"),
            limit_s=_SYNTHESIS_S,
            progress=progress,
            what="Synthesis",
        )
        return self._layout.assembly


@contextlib.contextmanager
def synthesizing(layout: Layout, context: Mapping[str, str]) -> Iterator[Synthesis]:
    """The CDK app while it works; what is left of it at the end of the block is ended.

    `context` is given to the app, as `--context` would be.
    """
    layout.log("deploy").unlink(missing_ok=True)
    given = {**_OPTIONS, **_with_stage(context)}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    env = kept | node_environment() | SILENCED
    env |= {
        "CDK_CONTEXT_JSON": json.dumps(given),
        # Emptied, for it holds what an earlier version of the app made.
        "CDK_OUTDIR": str(emptied(layout.assembly)),
    }
    digest = inputs_digest(context)
    app = begin_cdk([sys.executable, "-m", "cdk.app"], env=env, cwd=PROJECT)
    try:
        yield Synthesis(digest, layout, app)
    finally:
        end_cdk(app)


def inputs_digest(context: Mapping[str, str], project: Path = PROJECT) -> str:
    """A digest of all that decides what is deployed: the sources, the lock files, the context."""
    chosen = json.dumps(sorted(_with_stage(context).items()))
    digest = hashlib.sha256(chosen.encode() + sys.version.encode())
    for name in (*_INPUTS, *_named(context, project)):
        top = project / name
        for path in [top] if top.is_file() else sorted(top.rglob("*")):
            parts = path.relative_to(project).parts
            hidden = any(part.startswith(".") or part == "__pycache__" for part in parts)
            if path.is_file() and not hidden:
                digest.update(f"{'/'.join(parts)}:{path.stat().st_size}:".encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()


def _named(context: Mapping[str, str], project: Path) -> list[str]:
    """What the stage names of the project's own folders and files, which are deployed with it."""
    stages = read_json(project / "cdk.json").get("context", {}).get("stages", {})
    stage = {**stages.get("local", {}), **context}
    named = (str(stage.get(field) or "") for field in ("agents", "page_logo"))
    return [name for name in named if name and (project / name).exists()]


def _with_stage(context: Mapping[str, str]) -> dict[str, str]:
    return {**context, "stage": "local"}
