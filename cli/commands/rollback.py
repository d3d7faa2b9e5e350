"""`nexus rollback`: back to the functions before the last deployment, in seconds."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime
from typing import Annotated

import typer

from cli.aws.releases import stop, under_way
from cli.aws.smoke_test import smoke_test
from cli.connection import Connection, connect
from cli.failure import Failure
from cli.findings import show
from cli.stage_names import stack_names
from cli.step import Step
from cli.terminal import StageToName, console
from nexus.operations.releases import Move, way_back, way_forward
from nexus.ports import FunctionVersions
from nexus.wiring.operating import function_versions

# CodeDeploy shifts callers only from the version that CloudFormation left them at.
_AT_ONCE = " with --context releases=at_once"


def rollback(
    stage: StageToName = None,
    forward: Annotated[
        bool, typer.Option("--forward", help="To the deployed versions again.")
    ] = False,
    since: Annotated[
        datetime | None,
        typer.Option(
            "--since",
            formats=["%Y-%m-%dT%H:%M:%SZ"],
            help="Only a deployment that began after this time (UTC), such as a pipeline's own.",
        ),
    ] = None,
) -> None:
    """Give callers the functions from before the last deployment, which stay for a day.

    A release that is under way is stopped, and leads back by itself.
    """
    if stage is None:
        raise Failure("Say which stage with --stage: its functions change at once.")
    connection = connect(stage)
    if _stopped(connection, forward):
        return
    versions = function_versions(connection.client)
    functions = _functions(connection)
    moves = (
        way_forward(versions, functions)
        if forward
        else _back(connection, versions, functions, since)
    )
    if not moves:
        raise Failure(
            "Every function is at its deployed version."
            if forward
            else "The last deployment changed no function, was the first, was taken back, or began "
            "before --since: "
            "nothing was moved."
        )
    for move in moves:
        with Step(f"moving {move.function}") as step:
            versions.point(move.function, move.to, move.now)
            step.done(f"{move.function}: version {move.now} → {move.to}")
    with Step("asking whether it can answer") as step:
        findings = smoke_test(connection.deployment.api_url, step.update, wait_s=20.0)
    for finding in findings:
        show(finding)
    if not all(finding.well for finding in findings):
        raise Failure(f"The functions were moved; `nexus doctor --stage {stage}` looks for more.")
    if not forward:
        how = _AT_ONCE if connection.deployment.release_application else ""
        console.print(
            f"Next: mend it and deploy{how}; or `nexus rollback --stage {stage} --forward` "
            "undoes this."
        )


def _stopped(connection: Connection, forward: bool) -> bool:
    """Whether a release was under way, which then leads back by itself."""
    codedeploy = connection.client("codedeploy")
    running = under_way(codedeploy, connection.deployment.release_application)
    if running and forward:
        raise Failure(
            "A release is under way: CodeDeploy moves the functions. Wait for it; or without "
            "--forward, this stops it."
        )
    stopped = stop(codedeploy, running)
    if stopped:
        console.print(
            f"Stopped {', '.join(stopped)}: CodeDeploy gives callers the version before, and "
            "CloudFormation takes back the rest of the deployment."
        )
    return bool(stopped)


def _functions(connection: Connection) -> list[str]:
    named = (spec.name for spec in fields(connection.deployment))
    found = [getattr(connection.deployment, name) for name in named if name.endswith("_function")]
    return [name.partition(":")[0] for name in found if name]


def _back(
    connection: Connection,
    versions: FunctionVersions,
    functions: list[str],
    since: datetime | None,
) -> tuple[Move, ...]:
    """What leads back; Failure if part of it is gone, before anything is moved.

    Nothing does where the last deployment began before `since`, which is in UTC.
    """
    name = stack_names(connection.stage)[1]
    stacks = connection.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
    began = stacks[0].get("LastUpdatedTime") or stacks[0]["CreationTime"]
    if since and began < since.replace(tzinfo=UTC):
        return ()
    found = way_back(versions, functions, began.timestamp())
    if found.lost:
        raise Failure(
            f"The versions before are gone of {', '.join(found.lost)}: they stay for a day. "
            "Nothing was moved; deploy the code of before."
        )
    return found.moves
