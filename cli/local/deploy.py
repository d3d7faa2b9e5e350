"""Deploys the CDK app onto the emulator with the real CDK CLI, and only when something changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from cli.cdk_run import QUIET, SILENCED, run_cdk
from cli.failure import Failure
from cli.local.access.credentials import REGION
from cli.local.emulator import ACCOUNT, client_environment
from cli.local.in_place import is_layer, naming
from cli.local.layout import PACKAGES, PROJECT, Layout, write_json
from cli.local.node import cdk_command, node_environment
from cli.local.synthesis import Synthesis
from cli.stage_names import stack_names

_BOOTSTRAP_S = 120
_DEPLOY_S = 600


def has_stacks(session: boto3.Session) -> bool:
    """Whether the emulator holds both stacks, whole. Raises Failure if it does not answer."""
    return _existing_stacks(session).issuperset(stack_names("local"))


def deploy(
    layout: Layout,
    session: boto3.Session,
    port: int,
    synthesis: Synthesis,
    progress: Callable[[str], None],
) -> None:
    """Brings the emulator's stacks to what is being synthesized.

    `progress` is called with the resource at hand. Raises Failure, naming the log, if it fails or
    exceeds its time.
    """
    command = cdk_command(layout)
    env = client_environment(layout, port) | node_environment() | SILENCED
    log = layout.log("bootstrap")
    if "CDKToolkit" not in _existing_stacks(session):
        progress("bootstrap")
        log.unlink(missing_ok=True)
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
    assembly = synthesis.finish(progress)
    layers = publish_layers(session, assembly)
    arguments = ["--app", str(assembly), "--all", "--require-approval", "never"]
    arguments += ["--method", "direct", "--progress", "events", *QUIET]
    run_cdk(
        [*command, "deploy", *arguments],
        env=env,
        cwd=PROJECT,
        log=layout.log("deploy"),
        limit_s=_DEPLOY_S,
        progress=progress,
    )
    write_json(layout.deployed_file, {"digest": synthesis.digest, "layers": layers})


def publish_layers(session: boto3.Session, assembly: Path) -> list[str]:
    """Puts the names of built layers where their zips would be; the CDK CLI publishes the rest."""
    s3, published = session.client("s3"), []
    for manifest in sorted(assembly.glob("*.assets.json")):
        for asset in json.loads(manifest.read_text(encoding="utf-8"))["files"].values():
            folder = _layer_of(asset)
            if folder is None:
                continue
            for place in asset["destinations"].values():
                bucket = place["bucketName"].replace("${AWS::AccountId}", ACCOUNT)
                s3.put_object(Bucket=bucket, Key=place["objectKey"], Body=naming(folder))
            published.append(folder.name)
    return published


def _layer_of(asset: Mapping[str, Any]) -> Path | None:
    folder = Path(asset["source"].get("path", ""))
    return folder if is_layer(folder, PACKAGES) else None


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
