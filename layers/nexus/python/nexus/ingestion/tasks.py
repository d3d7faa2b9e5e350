"""Reads what a queue message asks for: S3's event notifications, and Nexus's own messages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote_plus

from nexus.ingestion.messages import PartTask, part_task


@dataclass(frozen=True, slots=True)
class ChangedObject:
    """An object that an event names; `sequencer` is "" when no S3 event started the message.

    `generation_id` is the one generation that is meant, "" for all; `afresh` asks for it to be
    indexed even if it has not changed.
    """

    key: str
    sequencer: str = ""
    generation_id: str = ""
    afresh: bool = False


def tasks_of(body: str) -> Iterator[ChangedObject | PartTask]:
    """What a message's body asks for; nothing for S3's test event.

    S3 sends keys URL-encoded with + for spaces; our own messages carry plain keys. Raises
    ValueError or KeyError for a body of another shape, so that the message is kept.
    """
    message = json.loads(body)
    if message.get("Event") == "s3:TestEvent":
        return
    if "part" in message:
        yield part_task(message["part"])
        return
    for record in message["Records"]:
        about = record["s3"]["object"]
        is_s3 = record["eventSource"] == "aws:s3"
        yield ChangedObject(
            unquote_plus(about["key"]) if is_s3 else about["key"],
            about.get("sequencer", ""),
            about.get("generation", ""),
            about.get("afresh", False),
        )
