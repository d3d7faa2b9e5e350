"""What the functions that answer need for a stage's agents, as its `agents.toml` says it.

The file is checked by the very code that reads it in the function, in a process of its own: the
infrastructure imports nothing that it deploys.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache

from aws_cdk import ArnFormat, Stack

from cdk.stages import ROOT, Stage, StageError

_PACKAGE = ROOT / "layers" / "nexus" / "python"


def environment(stage: Stage) -> dict[str, str]:
    """What names the folder, once it was found right. Raises StageError for a wrong file."""
    if not stage.agents:
        return {}
    _read(stage.name, stage.agents)
    return {"NEXUS_AGENTS_FOLDER": stage.agents}


def secrets_of(stage: Stage) -> list[str]:
    """The secrets that the stage's tools are signed with, by name or ARN."""
    return _read(stage.name, stage.agents)["secrets"] if stage.agents else []


def models_of(stage: Stage) -> list[str]:
    """The models that agents name of their own."""
    return _read(stage.name, stage.agents)["models"] if stage.agents else []


def arn_of(stack: Stack, secret: str) -> str:
    """The ARN of a secret that is named by it or by its name, which has six letters more in it."""
    if secret.startswith("arn:"):
        return secret
    return stack.format_arn(
        service="secretsmanager",
        resource="secret",
        resource_name=f"{secret}-??????",
        arn_format=ArnFormat.COLON_RESOURCE_NAME,
    )


@cache
def _read(stage: str, folder: str) -> dict[str, list[str]]:
    path = [str(_PACKAGE), *filter(None, [os.environ.get("PYTHONPATH")])]
    done = subprocess.run(
        [sys.executable, "-m", "nexus.agents.reading", str(ROOT / folder)],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(path)},
    )
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["it cannot be read."]
        raise StageError(f"Stage {stage!r}: agents: {said[-1]}")
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found
