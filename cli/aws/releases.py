"""A release at CodeDeploy: whether one is under way, how it is stopped, what the next needs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from cli.findings import Finding
from nexus.operations.releases import way_forward
from nexus.ports import FunctionVersions

# Every state of a deployment but those in which it is over
# (https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_DeploymentInfo.html, status).
_UNDER_WAY = ["Created", "Queued", "InProgress", "Baking", "Ready"]
_OVER = "DeploymentAlreadyCompletedException"


def under_way(codedeploy: Any, application: str) -> list[str]:
    """The ids of an application's deployments that are not over; none where there is no such."""
    if not application:
        return []
    groups = codedeploy.list_deployment_groups(applicationName=application)["deploymentGroups"]
    return [
        deployment
        for group in groups
        for deployment in codedeploy.list_deployments(
            applicationName=application,
            deploymentGroupName=group,
            includeOnlyStatuses=_UNDER_WAY,
        )["deployments"]
    ]


def stop(codedeploy: Any, deployments: list[str]) -> list[str]:
    """Stops them, so that they lead back; returns those that were not over by then."""
    stopped = []
    for deployment in deployments:
        try:
            codedeploy.stop_deployment(deploymentId=deployment, autoRollbackEnabled=True)
        except ClientError as err:
            if err.response["Error"]["Code"] != _OVER:
                raise
        else:
            stopped.append(deployment)
    return stopped


def release_findings(
    stage: str,
    codedeploy: Any,
    application: str,
    versions: FunctionVersions,
    functions: list[str],
) -> Iterator[Finding]:
    """What keeps CodeDeploy from a release: one that is under way, or one that was taken back.

    It shifts callers from the version that CloudFormation knows, so that has to be the one they
    get. `functions` are those that CodeDeploy moves, without their alias.
    """
    running = under_way(codedeploy, application)
    yield Finding(
        "no other release",
        not running,
        f"{', '.join(running)} is under way" if running else "none is under way",
        f"Wait for it, or `nexus rollback --stage {stage}` stops it.",
    )
    moved = [] if running else [move.function for move in way_forward(versions, functions)]
    yield Finding(
        "deployed versions",
        not moved,
        f"callers of {', '.join(moved)} get an earlier one" if moved else "are what callers get",
        f"A release that was taken back is followed by one at once: add --context "
        f"releases=at_once; or `nexus rollback --stage {stage} --forward` first.",
    )
