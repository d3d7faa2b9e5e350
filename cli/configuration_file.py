"""The file of `nexus config`: a stage's fields, its sources, and clients, without any secret."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from cdk.stages import Stage, StageError, read_stage
from cli.aws.upstream_keys import upstreams_of
from cli.configured_sources import ConfiguredSource, written_sources
from cli.failure import Failure
from cli.stacks import Deployment
from cli.stage_names import LOCAL
from nexus.access.key_times import client_name, keys_in_use, moment
from nexus.models import ApiClient, Budget, Filters, Principal, Role
from nexus.models.sources import SourceSpec
from nexus.object_keys import spelled, tenant_prefix

VERSION = 1
_LONGEST = 16 * 1024 * 1024
# Credentials inside an address, and our own keys: neither belongs into a stage's fields.
_SECRET = re.compile(r"://[^/@\s\"]{0,500}@|\bnx_[\w-]{43}")


class _Part(BaseModel):
    """Exactly these fields: one that is not known may be a limit that would be lost."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Filters(_Part):
    departments: tuple[str, ...]
    tags: tuple[str, ...]
    date_from: date | None
    date_to: date | None
    document_ids: tuple[str, ...]


class _Client(_Part):
    tenant: str
    client: str
    role: Role
    plan: Literal["standard", "admin"]
    filters: _Filters
    # A file of before knows none: such a key saw documents without groups alone.
    groups: tuple[str, ...] = ()
    expires_at: AwareDatetime | None
    budget: dict[str, int | float] = {}

    def principal(self) -> Principal:
        """The client as its key's entry would tell it. Raises InvalidRequest for its names."""
        tenant_prefix(self.tenant)
        filters = Filters(
            departments=tuple(map(spelled, self.filters.departments)),
            tags=tuple(map(spelled, self.filters.tags)),
            date_from=_day(self.filters.date_from),
            date_to=_day(self.filters.date_to),
            document_ids=self.filters.document_ids,
        )
        expires_at = int(self.expires_at.timestamp()) if self.expires_at else None
        name = client_name(self.client)
        groups = tuple(map(spelled, self.groups))
        try:
            budget = Budget.of(self.budget) if self.budget else None
        except ValueError as err:
            raise Failure(f"The budget of client {name} in the file: {err}") from err
        return Principal(
            self.tenant, name, self.role, self.plan, filters, expires_at, groups, budget
        )


class _Secret(_Part):
    upstream: Literal["models", "pinecone", "rerank"]
    name: str
    variable: str


class _Stage(_Part):
    name: str
    fields: dict[str, Any]


class Configuration(_Part):
    """What a file of `nexus config export` holds."""

    version: Literal[1]
    stage: _Stage
    secrets: tuple[_Secret, ...]
    clients: tuple[_Client, ...]
    # A file of before knows none.
    sources: tuple[ConfiguredSource, ...] = ()

    def specs(self, stage: str) -> list[SourceSpec]:
        """The sources as they are in a stage. Raises Failure for one that is there twice."""
        names = [(one.tenant, one.name) for one in self.sources]
        for tenant, name in names:
            if names.count((tenant, name)) > 1:
                raise Failure(f"Source {name} of tenant {tenant} is in the file twice: remove one.")
        return [one.spec(self.stage.name, stage) for one in self.sources]

    def principals(self) -> list[Principal]:
        """The clients. Raises InvalidRequest for a name, Failure for one that is there twice."""
        found = [client.principal() for client in self.clients]
        names = [(who.tenant, who.client) for who in found]
        for tenant, client in names:
            if names.count((tenant, client)) > 1:
                raise Failure(
                    f"Client {client} of tenant {tenant} is in the file twice: remove one."
                )
        return found

    def stage_as(self, name: str) -> Stage:
        """The stage that the fields make under a name. Raises Failure if they make none."""
        try:
            stage = read_stage(name, self.stage.fields)
        except StageError as err:
            said = str(err).replace("in cdk.json", "in the file")
            raise Failure(f"{said} Nothing was changed.") from err
        if stage.host != (name == LOCAL):
            raise Failure(
                f"Stage {self.stage.name} of the file and stage {name} are not of one kind: only "
                f"{LOCAL} runs on this machine. Name another stage with --stage."
            )
        return stage


def configuration_text(
    stage: str,
    fields: dict[str, Any],
    deployment: Deployment,
    entries: Iterable[ApiClient],
    sources: Iterable[SourceSpec],
    now: float,
) -> str:
    """A stage's configuration as the file's text; `now` is a Unix time in seconds.

    Of each client it tells the key in use, without the key and its hash. Raises Failure if the
    fields are wrong, or they or a source hold a secret.
    """
    who = [entry.principal for entry in keys_in_use(entries, now).values()]
    value = {
        "version": VERSION,
        "stage": {"name": stage, "fields": fields},
        "secrets": [
            {
                "upstream": upstream.output.removesuffix("_secret"),
                "name": _secret_name(getattr(deployment, upstream.output)),
                "variable": upstream.variable,
            }
            for upstream in upstreams_of(read_stage(stage, fields))
        ],
        "clients": [
            {
                "tenant": one.tenant,
                "client": one.client,
                "role": one.role,
                "plan": one.plan,
                "filters": {name: getattr(one.filters, name) for name in _Filters.model_fields},
                "groups": one.groups,
                "expires_at": moment(one.expires_at) if one.expires_at is not None else None,
                **({"budget": one.budget.named()} if one.budget else {}),
            }
            for one in sorted(who, key=lambda one: (one.tenant, one.client))
        ],
        "sources": written_sources(sources),
    }
    if _SECRET.search(json.dumps(fields, ensure_ascii=False)):
        raise Failure(
            f"Stage {stage} has a password in an address, or a key, in cdk.json: nothing was "
            "exported. Take it out there; keys are set with `nexus secrets`."
        )
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def read_configuration(file: Path) -> Configuration:
    """A file that `nexus config export` wrote. Raises Failure with what is wrong in it."""
    if file.stat().st_size > _LONGEST:
        raise Failure(f"{file} is larger than 16 MB: it is no file of `nexus config export`.")
    try:
        return Configuration.model_validate_json(file.read_bytes())
    except ValidationError as err:
        first = err.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        if where == "version":
            raise Failure(
                f"{file} is not of version {VERSION}, which this `nexus` reads: import it with the "
                "version of Nexus that exported it, or export it anew."
            ) from err
        what = {"extra_forbidden": "is not known", "missing": "is missing"}.get(first["type"])
        raise Failure(
            f"{file}: {where}: {what or first['msg'].lower()}. Correct it, or export the stage "
            "anew with this version of `nexus`; nothing was changed."
        ) from err


def _day(found: date | None) -> str | None:
    return found.isoformat() if found else None


def _secret_name(arn: str) -> str:
    """A secret's name in Secrets Manager, which ends its ARN by a dash and six characters."""
    return re.sub(r"-\w{6}$", "", arn.rpartition(":")[2]) if arn.startswith("arn:") else arn
