"""`nexus doctor`: checks everything that a deployment needs, and says what to do about the rest."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Annotated

import typer

from cdk.stages import Stage as Configured
from cli.aws import checks
from cli.aws.account import Account, sign_in
from cli.aws.chosen import chosen_stage
from cli.calls_made import telling
from cli.connection import Connection, connect
from cli.deployment_checks import deployment_findings
from cli.failure import Failure
from cli.findings import Finding, show
from cli.probing import show_call, show_search
from cli.stage_names import LOCAL
from cli.terminal import Stage


def doctor(
    stage: Stage = "local",
    verbose: Annotated[
        bool,
        typer.Option(
            "--verbose",
            help="Show each call that is made, and what a search finds: sizes, ids and times.",
        ),
    ] = False,
    key: Annotated[
        str | None,
        typer.Option(
            "--key",
            envvar="NEXUS_API_KEY",
            help="With --verbose: key to search with; on the local stage, the demo key.",
        ),
    ] = None,
) -> None:
    """Check tools, configuration, secrets and every upstream; exit 1 if something is broken."""
    broken = False
    with telling(show_call) if verbose else nullcontext():
        for finding in examine(stage):
            show(finding)
            broken = broken or (finding.serious and not finding.well)
        if verbose and not broken:
            show_search(stage, key)
    if broken:
        raise typer.Exit(1)


def examine(stage: str) -> Iterator[Finding]:
    """Every finding of a stage: none of them keeps the others from being made."""
    today = datetime.now(UTC).date()
    yield from checks.tools()
    if stage == LOCAL:
        connection, finding = _deployment(stage)
        yield finding
    else:
        connection = yield from _on_aws(stage, today)
    if connection:
        yield from deployment_findings(connection, today)


def _on_aws(stage: str, today: date) -> Generator[Finding, None, Connection | None]:
    configured, about_stage = _configured(stage)
    account, about_account = _signed_in(configured)
    yield from filter(None, (about_stage, about_account))
    connection = None
    if account and configured:
        connection, finding = _deployment(stage)
        yield finding
    if configured:
        # What runs already may have been deployed with other values, given by --context.
        for finding in checks.stage_findings(configured):
            yield replace(finding, serious=finding.serious and connection is None)
        if account:
            yield from checks.account_findings(configured, account)
        if connection is None:
            yield from checks.model_findings(configured, today)
            yield from checks.upstream_findings(configured, None, asks=True)
    return connection


def _configured(stage: str) -> tuple[Configured | None, Finding | None]:
    try:
        return chosen_stage(stage), None
    except Failure as failure:
        return None, Finding("stage", False, str(failure), "Correct cdk.json or --stage.")


def _signed_in(stage: Configured | None) -> tuple[Account | None, Finding]:
    try:
        account = sign_in(stage.region, stage.account) if stage else sign_in()
    except Failure as failure:
        return None, Finding("AWS account", False, str(failure))
    return account, Finding("AWS account", True, account.described)


def _deployment(stage: str) -> tuple[Connection | None, Finding]:
    try:
        connection = connect(stage)
    except Failure as failure:
        return None, Finding("deployment", False, str(failure))
    return connection, Finding("deployment", True, connection.deployment.api_url)
