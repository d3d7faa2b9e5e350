"""`nexus dashboard`: where a stage's figures are drawn."""

from __future__ import annotations

from urllib.parse import quote

from cli.failure import Failure
from cli.local.access import credentials
from cli.local.figures_page import figures_path
from cli.local.layout import Layout
from cli.local.run_record import read_record
from cli.stacks import Deployment, read_deployment, session_for
from cli.stage_names import LOCAL
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


def local_figures_url(layout: Layout) -> str:
    """The address of the page of the local stage's figures, in the run that is going on.

    Raises Failure if none is.
    """
    current = read_record(layout)
    if current is None or not current.alive():
        raise Failure("The local stack is not running: start it with `nexus up`.")
    path = figures_path(credentials.current(layout).models_key)
    return f"http://127.0.0.1:{current.models_port}{path}"


def dashboard(stage: Stage = LOCAL) -> None:
    """Print the address of the stage's figures: CloudWatch's dashboard, or the local page."""
    if stage == LOCAL:
        console.print(local_figures_url(Layout()), soft_wrap=True)
        return
    deployment = read_deployment(stage, session_for(stage))
    console.print(dashboard_url(deployment), soft_wrap=True)
