"""`nexus dashboard`: where a stage's figures are drawn."""

from __future__ import annotations

from urllib.parse import quote

from cli.failure import Failure
from cli.stacks import Deployment, read_deployment, session_for
from cli.terminal import Stage, console


def dashboard_url(deployment: Deployment) -> str:
    """The address of a stage's dashboard in CloudWatch's console.

    Raises Failure for a stage that has none.
    """
    if not deployment.dashboard_name:
        raise Failure(
            f"The stage {deployment.stage!r} has no dashboard: its field `monitored` in cdk.json "
            "is false, or it was deployed before there was one."
        )
    region = deployment.region
    return (
        f"https://{region}.console.aws.amazon.com/cloudwatch/home"
        f"?region={region}#dashboards/dashboard/{quote(deployment.dashboard_name)}"
    )


def dashboard(stage: Stage = "local") -> None:
    """Print the address of the stage's dashboard in CloudWatch."""
    deployment = read_deployment(stage, session_for(stage))
    console.print(dashboard_url(deployment), soft_wrap=True)
