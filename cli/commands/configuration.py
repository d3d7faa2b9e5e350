"""`nexus config export|import`: a stage's configuration as one file, and from it again."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from cdk.stages import Stage
from cli.aws.account import aws_session
from cli.aws.upstream_keys import is_set, upstreams_of
from cli.configuration_file import configuration_text, read_configuration
from cli.configured_sources import add_sources, called, compared_sources, lacking_secrets
from cli.connection import DEMO_CLIENT, DEMO_TENANT, Connection, connect, keep_demo_key
from cli.failure import Failure
from cli.local.layout import PROJECT, Layout, write_text
from cli.project_stages import fields_of, replace_fields
from cli.stacks import read_deployment, session_for
from cli.stage_names import LOCAL
from cli.terminal import StageToName, console, counted
from nexus.access.key_times import keys_in_use, moment
from nexus.models import Principal
from nexus.models.sources import SourceSpec

app = typer.Typer(
    no_args_is_help=True,
    help="Save a stage's configuration as one file, without keys, and restore it.",
)
CDK_JSON = PROJECT / "cdk.json"
_ABSENT = object()


@app.command("export")
def export_configuration(
    stage: StageToName = None,
    to: Annotated[
        Path | None, typer.Option("--to", help="File to write; standard output without it.")
    ] = None,
) -> None:
    """Save a stage's fields, its secrets' names, sources and clients, without keys, as a file."""
    name = _named(stage)
    connection = connect(name)
    found = fields_of(CDK_JSON, name)
    if found is None:
        raise Failure(f"There is no stage {name} in cdk.json.")
    entries = list(connection.operator.clients.list_clients())
    sources = [one.spec for one in connection.sources.registry.sources()]
    text = configuration_text(name, found, connection.deployment, entries, sources, time.time())
    if to is None:
        sys.stdout.write(text)
        return
    write_text(to, text)
    console.print(f"{to}: stage {name}, no keys.", markup=False, soft_wrap=True)


@app.command("import")
def import_configuration(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="What `nexus config export` wrote.")
    ],
    stage: StageToName = None,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing: change what differs.")] = False,
    adopt: Annotated[
        bool,
        typer.Option("--adopt", help="Let sources replace what is in their folders already."),
    ] = False,
) -> None:
    """Restore a stage from such a file: its entry in cdk.json, its sources, keys of its clients."""
    name = _named(stage)
    configuration = read_configuration(file)
    wanted, chosen = configuration.principals(), configuration.stage_as(name)
    specs = configuration.specs(name)
    before = fields_of(CDK_JSON, name)
    given = configuration.stage.fields
    changes = list(_changes(before or {}, given))
    connection, unreached = _reached(chosen)
    missing, told = _compared(connection, wanted)
    new, told_of_sources = ([], []) if connection is None else compared_sources(connection, specs)
    if configuration.stage.name != name:
        told.insert(0, f"The file is of stage {configuration.stage.name}: look at each field.")
    added = (f"+ source {called(spec)} ({spec.kind})" for spec in new)
    keys = (f"+ key of {_called(who)}" for who in missing)
    for line in (*told, *told_of_sources, *changes, *added, *keys):
        console.print(line, markup=False, soft_wrap=True)
    if not changes and not missing and not new:
        console.print("Nothing is to be changed.")
    else:
        _ask(yes, name)
    if changes:
        replace_fields(CDK_JSON, name, given)
        how = "nexus up" if name == LOCAL else f"nexus deploy --stage {name}"
        console.print(f"cdk.json is written: `{how}` deploys it.", soft_wrap=True)
    if connection is not None:
        for who in missing:
            _admit(connection, who)
    refused = [] if connection is None else add_sources(connection, new, adopt=adopt)
    _tell_secrets(chosen, connection)
    _tell_secrets_of_sources(connection, specs)
    if connection is None and (wanted or specs):
        raise Failure(
            f"The clients and sources are left to be compared. {unreached} Then import again."
        )
    if refused:
        raise Failure("\n".join(refused))


def _named(stage: str | None) -> str:
    if stage is None:
        raise Failure("Say which stage with --stage.")
    return stage


def _reached(stage: Stage) -> tuple[Connection | None, str]:
    """The stage where it is deployed, else why it could not be reached."""
    try:
        session = session_for(LOCAL) if stage.name == LOCAL else aws_session(stage.region)
        return Connection(stage.name, session, read_deployment(stage.name, session)), ""
    except Failure as err:
        return None, str(err)


def _changes(before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    for name in sorted({**before, **after}):
        old, new = before.get(name, _ABSENT), after.get(name, _ABSENT)
        if old == new:
            continue
        if old is not _ABSENT:
            yield f"- {name}: {json.dumps(old, ensure_ascii=False)}"
        if new is not _ABSENT:
            yield f"+ {name}: {json.dumps(new, ensure_ascii=False)}"


def _compared(
    connection: Connection | None, wanted: list[Principal]
) -> tuple[list[Principal], list[str]]:
    """The clients that lack a key, and what is told of others, which stay as they are."""
    if connection is None:
        return [], []
    now = time.time()
    every = list(connection.operator.clients.list_clients())
    in_use = {who: entry.principal for who, entry in keys_in_use(every, now).items()}
    ended = {(entry.principal.tenant, entry.principal.client) for entry in every} - set(in_use)
    missing, told = [], []
    for who in wanted:
        known = in_use.pop((who.tenant, who.client), None)
        if known is not None:
            if differing := _differing(known, who):
                told.append(
                    f"{_called(who)} differs in {', '.join(differing)} and stays as it is: "
                    "`nexus keys revoke`, and importing again makes it anew."
                )
        elif who.expires_at is not None and who.expires_at <= now:
            told.append(f"{_called(who)} ended {moment(who.expires_at)}: no key is made.")
        elif (who.tenant, who.client) in ended:
            told.append(
                f"{_called(who)} has a key that ended: `nexus keys revoke`, and importing again "
                "makes another."
            )
        else:
            missing.append(who)
    told.extend(f"{_called(who)} is not in the file, and stays." for who in in_use.values())
    return missing, told


def _differing(known: Principal, wanted: Principal) -> list[str]:
    found = [
        name
        for name in ("role", "plan", "groups", "expires_at")
        if getattr(known, name) != getattr(wanted, name)
    ]
    return [*found, "filters"] if known.filters != wanted.filters else found


def _ask(yes: bool, stage: str) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise Failure("Nobody is here to be asked: add --yes to change it all the same.")
    if not typer.confirm(f"Change stage {stage} so?"):
        raise Failure("Nothing was changed.")


def _admit(connection: Connection, who: Principal) -> None:
    key, _ = connection.access.keys.admit(who)
    if connection.stage == LOCAL and (who.tenant, who.client) == (DEMO_TENANT, DEMO_CLIENT):
        keep_demo_key(key, Layout())  # that `nexus ask` sends
    console.print(f"{_called(who)}: {key}", markup=False, soft_wrap=True)
    console.print("[dim]Keep it now: it is not shown again.[/]")


def _tell_secrets(stage: Stage, connection: Connection | None) -> None:
    lacking = [
        upstream.label
        for upstream in upstreams_of(stage)
        if connection is None
        or not (secret := getattr(connection.deployment, upstream.output))
        or not is_set(connection, secret)
    ]
    if lacking:
        console.print(
            f"{counted(len(lacking), 'secret')} still to be set once the stage is deployed, of "
            f"{', '.join(lacking)}: `nexus secrets --stage {stage.name}`.",
            markup=False,
            soft_wrap=True,
        )


def _tell_secrets_of_sources(connection: Connection | None, specs: list[SourceSpec]) -> None:
    if lacking := lacking_secrets(connection, specs):
        console.print(
            f"{counted(len(lacking), 'secret')} of sources to be made in Secrets Manager, if not "
            f"there yet: {', '.join(lacking)}.",
            markup=False,
            soft_wrap=True,
        )


def _called(who: Principal) -> str:
    return f"{who.tenant} {who.client}"
