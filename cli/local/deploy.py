"""Deploys the CDK app onto the emulator with the real CDK CLI, and only when something changed."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from cli.cdk_run import QUIET, SILENCED, run_cdk
from cli.failure import Failure
from cli.local.access.credentials import REGION
from cli.local.emulator import ACCOUNT, client_environment
from cli.local.expiry import enable_expiry
from cli.local.layout import PROJECT, Layout, emptied, read_json, write_json
from cli.local.node import cdk_command, node_environment
from cli.stacks import stack_names

_BOOTSTRAP_S = 120
_DEPLOY_S = 600
_INPUTS = ("functions", "layers", "cdk", "cdk.json", "pyproject.toml")


def deploy(
    layout: Layout,
    session: boto3.Session,
    port: int,
    context: Mapping[str, str],
    progress: Callable[[str], None],
) -> bool:
    """Brings the emulator's stacks up to date; returns whether anything had to be deployed.

    `context` is given to the CDK app (models_url, sqlite_path, …). `progress` is called with the
    resource at hand. Raises Failure, naming the log, if it fails or exceeds its time.
    """
    wanted = inputs_digest(context)
    existing = _existing_stacks(session)
    up_to_date = read_json(layout.deployed_file).get("digest") == wanted
    if up_to_date and existing.issuperset(stack_names("local")):
        enable_expiry(session, layout.assembly)
        return False
    layout.log("deploy").unlink(missing_ok=True)
    command = cdk_command(layout)
    env = client_environment(layout, port) | node_environment() | SILENCED
    log = layout.log("deploy")
    if "CDKToolkit" not in existing:
        progress("bootstrap")
        # From a folder without cdk.json: with one, the CLI would first synthesize the app.
        target = f"aws://{ACCOUNT}/{REGION}"
        run_cdk(
            [*command, "bootstrap", target, *QUIET],
            env=env,
            cwd=layout.node,
            log=log,
            limit_s=_BOOTSTRAP_S,
            progress=progress,
        )
    progress("synthesis")
    given = [part for name, value in _context(context) for part in ("--context", f"{name}={value}")]
    # Emptied, for the CLI keeps every version of every asset there.
    assembly = str(emptied(layout.assembly))
    arguments = ["--app", f"{sys.executable} -m cdk.app", "--output", assembly]
    arguments += ["--all", "--require-approval", "never", "--method", "direct"]
    arguments += ["--progress", "events", *given, *QUIET]
    run_cdk(
        [*command, "deploy", *arguments],
        env=env,
        cwd=PROJECT,
        log=log,
        limit_s=_DEPLOY_S,
        progress=progress,
    )
    enable_expiry(session, layout.assembly)
    write_json(layout.deployed_file, {"digest": wanted})
    return True


def inputs_digest(context: Mapping[str, str], project: Path = PROJECT) -> str:
    """A digest of all that decides what is deployed: the sources, the lock files, the context."""
    digest = hashlib.sha256(json.dumps(_context(context)).encode() + sys.version.encode())
    for name in _INPUTS:
        top = project / name
        for path in [top] if top.is_file() else sorted(top.rglob("*")):
            parts = path.relative_to(project).parts
            hidden = any(part.startswith(".") or part == "__pycache__" for part in parts)
            if path.is_file() and not hidden:
                digest.update(f"{'/'.join(parts)}:{path.stat().st_size}:".encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()


def _context(context: Mapping[str, str]) -> list[tuple[str, str]]:
    return sorted({**context, "stage": "local"}.items())


def _existing_stacks(session: boto3.Session) -> set[str]:
    try:
        stacks = session.client("cloudformation").describe_stacks()["Stacks"]
    except (ClientError, BotoCoreError) as err:
        raise Failure(f"The local AWS does not answer: {err}") from err
    return {
        stack["StackName"]
        for stack in stacks
        if stack["StackStatus"].endswith("_COMPLETE") and "ROLLBACK" not in stack["StackStatus"]
    }
