"""The sources in the file of `nexus config`: what is said of each, and sources from that again."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable
from dataclasses import asdict, fields, replace
from typing import Any

from botocore.exceptions import ClientError
from pydantic import BaseModel, ConfigDict

from cli.connection import Connection
from cli.failure import Failure
from nexus.connectors.declaring import declare, secret_prefix
from nexus.errors import InvalidRequest
from nexus.models.sources import SourceSpec

# Credentials inside an address: those of a source belong into a secret.
_PASSWORD = re.compile(r"://[^/@\s\"]{0,500}@")


class ConfiguredSource(BaseModel):
    """What the file says of a source: nothing but this, and of its secret the name."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    tenant: str
    name: str
    kind: str
    prefix: str
    options: dict[str, Any]
    secret: str
    groups: tuple[str, ...]
    group_map: dict[str, tuple[str, ...]]
    own_rights: bool

    def spec(self, written_by: str, stage: str) -> SourceSpec:
        """The source in a stage, by a file of the stage `written_by`.

        A secret has its stage's name in its own: it is looked for under the name of this stage.
        """
        spec = SourceSpec(**{one.name: getattr(self, one.name) for one in fields(SourceSpec)})
        before = secret_prefix(written_by)
        if not spec.secret.startswith(before):
            return spec
        return replace(spec, secret=secret_prefix(stage) + spec.secret.removeprefix(before))


def written_sources(sources: Iterable[SourceSpec]) -> list[dict[str, Any]]:
    """What the file says of these sources. Raises Failure for one that holds a password."""
    found = [asdict(one) for one in sorted(sources, key=lambda one: (one.tenant, one.name))]
    for one in found:
        if _PASSWORD.search(json.dumps(one, ensure_ascii=False)):
            raise Failure(
                f"Source {one['name']} has a password in an address: nothing was exported. Remove "
                "the source, and add it with --secret in place of the password."
            )
    return found


def compared_sources(
    connection: Connection, wanted: list[SourceSpec]
) -> tuple[list[SourceSpec], list[str]]:
    """The sources that the stage lacks, and what is told of others, which stay as they are.

    Raises InvalidRequest for one that no source can be.
    """
    there = {
        (one.spec.tenant, one.spec.name): one.spec for one in connection.sources.registry.sources()
    }
    missing, told = [], []
    for spec in wanted:
        known = there.pop((spec.tenant, spec.name), None)
        if known is None:
            connection.sources.check(spec)
            missing.append(spec)
        elif differing := [
            one.name
            for one in fields(SourceSpec)
            if getattr(known, one.name) != getattr(spec, one.name)
        ]:
            told.append(
                f"Source {called(spec)} differs in {', '.join(differing)} and stays as it is: "
                "`nexus connect remove`, and importing again adds it anew."
            )
    told.extend(f"Source {called(spec)} is not in the file, and stays." for spec in there.values())
    return missing, told


def add_sources(connection: Connection, missing: list[SourceSpec], *, adopt: bool) -> list[str]:
    """Adds sources; why those that could not be were not. Nothing is brought until their next run.

    With `adopt` one may replace and remove the documents that are in its folder already.
    """
    services = connection.sources
    refused = []
    for spec in missing:
        try:
            declare(
                spec,
                connection.stage,
                services.registry,
                services.landing,
                services.check,
                time.time(),
                adopt=adopt,
            )
        except InvalidRequest as err:
            refused.append(f"Source {called(spec)} is not added: {err}")
    return refused


def lacking_secrets(connection: Connection | None, wanted: Iterable[SourceSpec]) -> list[str]:
    """The names of the sources' secrets that are still to be made in a stage, if it is reached."""
    names = dict.fromkeys(spec.secret for spec in wanted if spec.secret)
    if connection is None:
        return list(names)
    client = connection.client("secretsmanager")

    def is_there(name: str) -> bool:
        try:
            client.describe_secret(SecretId=name)
        except ClientError as err:
            if err.response["Error"]["Code"] == "ResourceNotFoundException":
                return False
            raise
        return True

    return [name for name in names if not is_there(name)]


def called(spec: SourceSpec) -> str:
    """A source as it is named to a person."""
    return f"{spec.tenant} {spec.name}"
