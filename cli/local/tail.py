"""Follows what the deployed functions do, from the lines that they log, for `nexus up` to show."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    import boto3
    from mypy_boto3_logs import CloudWatchLogsClient

    from cli.stacks import Deployment

# A function's lines arrive when its call ends, all with that moment's time; looking back this far
# at each poll also catches those of calls that ended between two looks.
_OVERLAP_MS = 5_000
# The functions write one such line for each piece of work, whatever else they log on the way.
_KINDS = ("request", "document", "reindex")


@dataclass(frozen=True)
class Activity:
    """A log line that reports finished work: a request, or the indexing of a document."""

    function: str  # the output's name without "Function": chat, ingest, reindex
    at_ms: int
    fields: Mapping[str, Any]

    @property
    def is_request(self) -> bool:
        """Whether an HTTP request is reported, rather than a document or a reindexing run."""
        return "route" in self.fields


def follow(
    session: boto3.Session, deployment: Deployment, *, since_ms: int | None = None
) -> Iterator[list[Activity]]:
    """Yields, at each step, what was logged since the step before, oldest first; often nothing.

    Each step asks once per function, so the caller decides how often by its own waiting. An
    unreachable service yields nothing, so that following survives a restart.
    """
    logs = session.client("logs")
    groups = _log_groups(session, deployment)
    start = since_ms if since_ms is not None else int(time.time() * 1000)
    seen: set[tuple[int, str]] = set()
    while True:
        found: list[Activity] = []
        newest = start
        for name, group in groups.items():
            for event in _events(logs, group, start):
                newest = max(newest, event["timestamp"])
                # Not the event's id, for the emulator gives none, nor its stream, for it writes a
                # line into two; a line of ours names its request, so it tells itself apart.
                key = (event["timestamp"], event["message"])
                if key in seen:
                    continue
                seen.add(key)
                if fields := _work(event["message"]):
                    found.append(Activity(name, event["timestamp"], fields))
        start = max(start, newest - _OVERLAP_MS)
        seen = {key for key in seen if key[0] >= start}
        yield sorted(found, key=lambda activity: activity.at_ms)


def _log_groups(session: boto3.Session, deployment: Deployment) -> dict[str, str]:
    functions = {
        "chat": deployment.chat_function,
        "stream": deployment.stream_function,
        "documents": deployment.documents_function,
        "access": deployment.access_function,
        "ingest": deployment.ingest_function,
        "reindex": deployment.reindex_function,
    }
    client = session.client("lambda")
    groups = {}
    for name, function in functions.items():
        configured = client.get_function_configuration(FunctionName=function)
        named = configured.get("LoggingConfig", {}).get("LogGroup")
        groups[name] = named or f"/aws/lambda/{configured['FunctionName']}"
    return groups


def _events(logs: CloudWatchLogsClient, group: str, start_ms: int) -> Iterator[Any]:
    pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group, startTime=start_ms)
    try:
        for page in pages:
            yield from page["events"]
    except (ClientError, BotoCoreError):
        return  # the group appears with the function's first line


def _work(message: str) -> dict[str, Any] | None:
    if not message.startswith("{"):
        return None
    try:
        line = json.loads(message)
    except ValueError:
        return None
    return line if line.get("message") in _KINDS else None
