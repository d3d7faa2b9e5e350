"""`nexus connect add|list|run|remove`: where documents are brought from."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Column, Table

from cli import connection
from cli.commands.keys import groups_of
from cli.failure import Failure
from cli.reconciling import PATIENT_AND_ONCE
from cli.terminal import Json, Stage, Tenant, console, counted, errors, print_json
from nexus.access.key_times import moment
from nexus.connectors.declaring import declare
from nexus.models.sources import SourceSpec, SourceStatus

app = typer.Typer(
    no_args_is_help=True, help="Bring documents from web sites, wikis, shares and repositories."
)
Name = Annotated[str, typer.Argument(help="Name of the source, unique in its tenant.")]
_COUNTED = ("added", "changed", "moved", "removed", "unchanged", "failed")


@app.command()
def add(
    name: Name,
    kind: Annotated[str, typer.Argument(help="What it is, such as web (docs/connectors.md).")],
    option: Annotated[
        list[str] | None,
        typer.Option("--option", metavar="NAME=VALUE", help="Of its kind; repeatable."),
    ] = None,
    prefix: Annotated[
        str | None,
        typer.Option("--prefix", help="Folder that its documents get; by default, its name."),
    ] = None,
    secret: Annotated[
        str, typer.Option("--secret", help="Name of the secret with its credentials.")
    ] = "",
    groups: Annotated[
        str, typer.Option("--groups", help="Who may see its documents, separated by commas.")
    ] = "",
    map_group: Annotated[
        list[str] | None,
        typer.Option(
            "--map-group",
            metavar="SOURCE=GROUPS",
            help="Take the source's own rights over, this group of it as these; repeatable.",
        ),
    ] = None,
    own_rights: Annotated[
        bool, typer.Option("--own-rights", help="Take the source's own rights over.")
    ] = False,
    adopt: Annotated[
        bool, typer.Option("--adopt", help="Replace and remove what is in its folder already.")
    ] = False,
    stage: Stage = "local",
    tenant: Tenant = None,
) -> None:
    """Add a source. Nothing is brought until its next run."""
    found = connection.connect(stage)
    services = found.sources
    mapped = {source: groups_of(to) for source, to in _pairs(map_group, "--map-group").items()}
    spec = SourceSpec(
        tenant=found.tenant(tenant),
        name=name,
        kind=kind,
        prefix=f"{(name if prefix is None else prefix).strip('/')}/",
        options=_pairs(option, "--option"),
        secret=secret,
        groups=groups_of(groups),
        group_map=mapped,
        own_rights=own_rights,
    )
    declare(
        spec,
        stage,
        services.registry,
        services.landing,
        services.check,
        time.time(),
        adopt=adopt,
    )
    console.print(
        f"Source {name} added: `nexus connect run {name} --stage {stage}` brings what it has.",
        markup=False,
    )


@app.command("list")
def list_sources(stage: Stage = "local", tenant: Tenant = None, as_json: Json = False) -> None:
    """List the sources, and how their last runs went."""
    found = connection.connect(stage)
    every = found.sources.registry.sources(tenant)
    if as_json:
        print_json([_public(one) for one in every])
        return
    console.print(sources_table(every))


@app.command()
def run(
    name: Name,
    confirm: Annotated[
        bool,
        typer.Option("--confirm", help="Remove what the source has no more, however much it is."),
    ] = False,
    stage: Stage = "local",
    tenant: Tenant = None,
    as_json: Json = False,
) -> None:
    """Bring what a source has now, and remove what it has no more."""
    found = connection.connect(stage)
    event = {"tenant": found.tenant(tenant), "source": name, "confirm": confirm, "once": True}
    client = found.client("lambda", PATIENT_AND_ONCE)
    while True:
        response = client.invoke(
            FunctionName=found.deployment.connect_function, Payload=json.dumps(event).encode()
        )
        result = json.loads(response["Payload"].read() or b"null")
        if "FunctionError" in response or not isinstance(result, dict):
            told = result.get("errorMessage") if isinstance(result, dict) else None
            raise Failure(f"{name}: {told or 'the function connect failed: see its log.'}")
        if result["finished"]:
            break
        console.print(f"{_counts(result)} so far …", markup=False)
    if as_json:
        print_json(result)
    else:
        console.print(f"{name}: {_counts(result)}.", markup=False)
        for sentence in result["left_out"]:
            errors.print(sentence, markup=False, soft_wrap=True)
    if result["held"]:
        errors.print(
            f"{counted(result['held'], 'document')} would be removed, more than half: look at the "
            f"source, then `nexus connect run {name} --stage {stage} --confirm`.",
            markup=False,
        )
        raise typer.Exit(1)


@app.command()
def remove(
    name: Name,
    documents: Annotated[
        bool, typer.Option("--documents/--keep-documents", help="Remove its documents, too.")
    ] = False,
    stage: Stage = "local",
    tenant: Tenant = None,
) -> None:
    """Forget a source; its documents stay unless they are to go."""
    found = connection.connect(stage)
    services = found.sources
    owner = found.tenant(tenant)
    status = services.registry.find(owner, name)
    if status is None:
        raise Failure(f"There is no source {name}: see `nexus connect list --stage {stage}`.")
    # Taken as a run takes it, so that none brings anew what is removed.
    now = time.time()
    services.registry.begin(owner, name, now, now + 600)
    landing = services.landing(status.spec)
    paths = set(landing.held())
    if documents:
        landing.delete(paths)
    services.inventory(status.spec).remove()
    services.registry.remove(owner, name)
    gone = "removed" if documents else "kept"
    console.print(f"Source {name} removed, {counted(len(paths), 'document')} {gone}.", markup=False)


def sources_table(every: Sequence[SourceStatus]) -> Table:
    """The sources with their last runs, as a table that keeps its times whole."""
    # A time that is cut tells nothing; the reason of a failure may be of any length, and wraps.
    time_column = Column("last run", no_wrap=True)
    table = Table(
        "tenant",
        "name",
        "kind",
        "folder",
        time_column,
        "documents",
        Column("state", overflow="fold"),
    )
    for one in every:
        table.add_row(
            one.spec.tenant,
            one.spec.name,
            one.spec.kind,
            one.spec.prefix,
            moment(int(one.ran_at)) if one.ran_at else "never",
            ", ".join(f"{one.report[name]} {name}" for name in _COUNTED if one.report.get(name)),
            escape(_state(one)),
        )
    return table


def _pairs(given: list[str] | None, option: str) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for text in given or ():
        name, sign, value = text.partition("=")
        if not sign or not name.strip():
            raise Failure(f"{option} is NAME=VALUE; it is {text!r}.")
        pairs[name.strip()] = value.strip()
    return pairs


def _counts(report: Mapping[str, Any]) -> str:
    return ", ".join(f"{report[name]:,} {name}" for name in _COUNTED)


def _state(status: SourceStatus) -> str:
    if status.error:
        return f"failed {status.failures}×: {status.error}"
    if status.report.get("held"):
        return f"removal of {status.report['held']} held back"
    return "" if not status.ran_at or status.report.get("finished") else "under way"


def _public(status: SourceStatus) -> dict[str, Any]:
    return {**asdict(status), "spec": asdict(status.spec), "report": dict(status.report)}
