"""Adds a source, once everything that is said of it can be so."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from nexus.errors import InvalidRequest
from nexus.models.sources import SourceSpec
from nexus.object_keys import object_key, spelled
from nexus.ports.sources import Landing, SourceRegistry

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
# The rest of S3's 1,024 bytes is for tenant and path (connectors/paths.py).
_MOST_PREFIX_BYTES = 200


def secret_prefix(stage: str) -> str:
    """What the name of every source's secret begins with: the function may read no other."""
    return f"nexus/{stage}/sources/"


def declare(
    spec: SourceSpec,
    stage: str,
    registry: SourceRegistry,
    landing: Callable[[SourceSpec], Landing],
    check: Callable[[SourceSpec], None],
    now: float,
    *,
    adopt: bool,
) -> None:
    """Stores a source. Raises InvalidRequest naming the field that is wrong.

    What lies below its prefix will be the source's: documents that do are refused, unless it is to
    `adopt` them, which are then replaced or removed.
    """
    if not _NAME.fullmatch(spec.name):
        raise InvalidRequest("A source's name is 1 to 64 of a-z, 0-9 and '-'.", "name")
    object_key(spec.tenant, f"{spec.prefix}x")
    if not spec.prefix.endswith("/") or len(spec.prefix.encode()) > _MOST_PREFIX_BYTES:
        raise InvalidRequest("A prefix ends with '/' and is 200 bytes long at most.", "prefix")
    if spec.prefix.startswith("/") or "//" in spec.prefix:
        raise InvalidRequest("A prefix has no empty parts.", "prefix")
    if spec.secret and not spec.secret.startswith(secret_prefix(stage)):
        raise InvalidRequest(
            f"The name of a source's secret begins with {secret_prefix(stage)}, as the function "
            "may read no other.",
            "secret",
        )
    groups = (*spec.groups, *(group for mapped in spec.group_map.values() for group in mapped))
    if not all(spelled(group) and group != "*" for group in groups):
        raise InvalidRequest("A group is a name: not blank, and not *.", "groups")
    check(spec)
    others = [one.spec for one in registry.sources(spec.tenant)]
    # Before its folder is looked at, which has the documents of the source of that name.
    if any(other.name == spec.name for other in others):
        raise InvalidRequest(
            f"There is a source {spec.name} already: remove it first, or name this one otherwise.",
            "name",
        )
    _refuse_overlap(spec, others)
    if not adopt and landing(spec).held():
        raise InvalidRequest(
            f"There are documents below {spec.prefix} already: give another --prefix, or --adopt "
            "to let the source replace and remove them.",
            "prefix",
        )
    registry.add(spec, now)


def _refuse_overlap(spec: SourceSpec, others: Iterable[SourceSpec]) -> None:
    for other in others:
        if spec.prefix.startswith(other.prefix) or other.prefix.startswith(spec.prefix):
            raise InvalidRequest(
                f"The source {other.name} has the documents below {other.prefix}: give another "
                "--prefix.",
                "prefix",
            )
