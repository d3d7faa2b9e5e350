"""Whether a stage can have another that stands by for it: its replica, its record, its check."""

from __future__ import annotations

import re
from typing import Protocol
from urllib.parse import urlsplit

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_HOST = re.compile(r"[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8}")
_PATH = re.compile(r"/[A-Za-z0-9/._-]{0,200}")


class _Standing(Protocol):
    """The fields of a stage that are read here."""

    @property
    def domain_name(self) -> str: ...
    @property
    def hosted_zone(self) -> str: ...
    @property
    def replica_bucket(self) -> str: ...
    @property
    def failover(self) -> str: ...
    @property
    def failover_check(self) -> str: ...
    @property
    def host(self) -> bool: ...


def checked_address(url: str) -> tuple[str, str] | None:
    """Host and path of an https URL that Route 53 can ask; None if it is none."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme != "https" or parts.query or parts.fragment or port is not None:
        return None
    if not (_HOST.fullmatch(parts.netloc) and _PATH.fullmatch(parts.path)):
        return None
    return parts.netloc, parts.path


def failover_fault(stage: _Standing) -> str | None:
    """What is wrong with a stage's part in a failover, without a full stop; None if nothing is."""
    if not stage.failover:
        return "failover_check needs a failover" if stage.failover_check else None
    if not stage.hosted_zone:
        return "failover needs the domain_name and the hosted_zone that both stages have"
    if not stage.failover_check:
        is_first = stage.failover == "primary"
        return (
            "failover_check must name the URL that tells whether it answers" if is_first else None
        )
    address = checked_address(stage.failover_check)
    if address is None:
        return (
            "failover_check must be an https URL without port and query, such as "
            "https://abc123.execute-api.eu-west-1.amazonaws.com/live/ready"
        )
    if address[0] == stage.domain_name:
        # It would lead to the other stage, tell that all is well, and lead back.
        return "failover_check must be the stage's own address and not the domain of both"
    return None


def replica_fault(stage: _Standing) -> str | None:
    """What is wrong with the bucket of the replica, without a full stop; None if nothing is."""
    if not stage.replica_bucket:
        return None
    if stage.host:
        return "replica_bucket must be empty where this machine runs the functions"
    if not _BUCKET.fullmatch(stage.replica_bucket):
        return "replica_bucket must be the name of the other stage's bucket (DocumentsBucket)"
    return None
