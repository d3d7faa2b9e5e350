"""`nexus deploy`: a stage into an AWS account, from the first check to the first answer."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import chain
from typing import Annotated

import typer
from rich.markup import escape

from cdk.stages import Stage
from cli.aws import checks
from cli.aws.account import Account, sign_in
from cli.aws.assembly import Assembly, synthesize
from cli.aws.chosen import context_of, deployable_stage
from cli.aws.releases import release_findings
from cli.aws.smoke_test import smoke_test
from cli.aws.upstream_keys import Upstream, asked_for_key, set_keys, unset, upstreams_of
from cli.connection import Connection, connect
from cli.failure import Failure
from cli.findings import Finding, show
from cli.gateway_logs import ensure_log_role
from cli.local.layout import Layout
from cli.local.node import cdk_command
from cli.stacks import Deployment, read_deployment
from cli.step import Step
from cli.terminal import StageToName, console, counted
from nexus.wiring.operating import function_versions

_ANSWERS_WITHIN_S = 60.0


def deploy(
    stage: StageToName = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Ask nothing: deploy what differs, take keys as set.")
    ] = False,
    context: Annotated[
        list[str] | None,
        typer.Option("--context", "-c", help="name=value in place of the stage's in cdk.json."),
    ] = None,
) -> None:
    """Deploy a stage to AWS: check, show what changes, ask, deploy, set keys, and try it."""
    values = context_of(context or [])
    chosen = deployable_stage(stage, values)
    asks = not yes and sys.stdin.isatty()
    if not yes and not asks:
        raise Failure("Nobody is here to be asked: add --yes to deploy all the same.")
    account = sign_in(chosen.region, chosen.account)
    console.print(f"[bold]{chosen.name}[/] → {escape(account.described)}", soft_wrap=True)
    deployed = _deployed(chosen, account)
    lacking = unset(account, deployed, chosen) if deployed else None
    _require(
        chain(
            checks.tools(),
            checks.stage_findings(chosen),
            checks.model_findings(chosen, datetime.now(UTC).date()),
            checks.account_findings(chosen, account),
            checks.upstream_findings(chosen, lacking, asks),
            _release_findings(chosen, account, deployed),
        )
    )
    made = _synthesize(chosen, account, values)
    if reserved := made.reserved():
        _require(checks.concurrency(chosen, account, reserved))
    _deploy(made, account, asks)
    deployment = read_deployment(chosen.name, account.session)
    left = _set_keys(chosen, account, deployment, asks)
    _try(chosen, deployment, 0.0 if left else _ANSWERS_WITHIN_S)


def _require(findings: Iterable[Finding]) -> None:
    broken = 0
    for finding in findings:
        show(finding)
        broken += finding.serious and not finding.well
    if broken:
        raise Failure("Nothing was deployed: mend what is marked ✗, and run it again.")


def _release_findings(
    stage: Stage, account: Account, deployed: Deployment | None
) -> Iterable[Finding]:
    if deployed is None or stage.releases == "at_once":
        return ()
    functions = [
        name.partition(":")[0] for name in (deployed.chat_function, deployed.documents_function)
    ]
    connection = Connection(stage.name, account.session, deployed)
    return release_findings(
        stage.name,
        connection.client("codedeploy"),
        deployed.release_application,
        function_versions(connection.client),
        functions,
    )


def _synthesize(stage: Stage, account: Account, values: dict[str, str]) -> Assembly:
    with Step("installing the CDK CLI") as step:
        cdk_command(Layout())
    with Step("building the functions and their layers, and checking the templates") as step:
        made = synthesize(stage, account, values, step.update)
        step.done("built and checked")
    return made


def _deployed(stage: Stage, account: Account) -> Deployment | None:
    try:
        return read_deployment(stage.name, account.session)
    except Failure:  # not yet, half, or by another version: all of it is about to be deployed
        return None


def _deploy(made: Assembly, account: Account, asks: bool) -> None:
    with Step("comparing with what is deployed") as step:
        differences = made.differences(step.update)
        step.done("compared with what is deployed")
    if not differences:
        console.print("Nothing differs: there is nothing to deploy.")
        return
    console.print("\n".join(differences), markup=False, soft_wrap=True)
    where = f"account {account.number} in {account.region}"
    if asks and not typer.confirm(f"Deploy this as stage {made.stage.name} to {where}?"):
        raise Failure("Nothing was deployed.")
    if checks.bootstrapped(account) < checks.BOOTSTRAP_VERSION:
        with Step("bootstrapping the CDK in this account and region") as step:
            made.bootstrap(step.update)
            step.done(f"bootstrapped the CDK in {where}")
    with Step("asking whether API Gateway may write its logs"):
        ensure_log_role(account.session)
    with Step("deploying") as step:
        made.deploy(step.update)
        step.done(f"deployed to {where}")


def _set_keys(stage: Stage, account: Account, deployed: Deployment, asks: bool) -> list[Upstream]:
    lacking = unset(account, deployed, stage)
    upstreams = [one for one in upstreams_of(stage) if one.output in lacking]
    left = set_keys(account, deployed, upstreams, asked_for_key if asks else None)
    for upstream in upstreams:
        show(
            Finding(
                f"key of {upstream.label}",
                upstream not in left,
                "is not set" if upstream in left else "is set",
                f"`nexus secrets --stage {stage.name}` asks for it.",
                serious=False,
            )
        )
    return left


def _try(stage: Stage, deployed: Deployment, wait_s: float) -> None:
    with Step("asking whether it can answer") as step:
        findings = smoke_test(deployed.api_url, step.update, wait_s=wait_s)
    for finding in findings:
        show(finding)
    console.print(f"\n[bold]URL[/]  {deployed.api_url}", soft_wrap=True)
    if deployed.page_url:
        console.print(f"[bold]page[/] {deployed.page_url}", soft_wrap=True)
    if not all(finding.well for finding in findings):
        raise Failure(
            f"Stage {stage.name} is deployed and cannot answer yet: mend what is marked ✗; "
            f"`nexus doctor --stage {stage.name}` looks again."
        )
    refused = connect(stage.name).access.attaching.detached()
    console.print(
        f"{counted(len(refused), 'key')} of before on no plan of this deployment, and refused: "
        f"`nexus keys attach --stage {stage.name}` puts keys on their plans."
        if refused
        else f"`nexus keys create NAME --tenant TENANT --stage {stage.name}` makes a client's key."
    )
