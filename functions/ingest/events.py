"""Reads S3 event notifications out of a queue message."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote_plus


@dataclass(frozen=True, slots=True)
class ChangedObject:
    """An object that an event names; `sequencer` is "" when no S3 event started the message."""

    key: str
    sequencer: str


def objects_of(body: str) -> Iterator[ChangedObject]:
    """The objects that a message's body names; none for S3's test event.

    S3 sends keys URL-encoded with + for spaces; messages of our own reindexing carry plain keys.
    Raises ValueError or KeyError for a body of another shape, so that the message is kept.
    """
    message = json.loads(body)
    if message.get("Event") == "s3:TestEvent":
        return
    for record in message["Records"]:
        key = record["s3"]["object"]["key"]
        if record["eventSource"] == "aws:s3":
            key = unquote_plus(key)
        yield ChangedObject(key, record["s3"]["object"].get("sequencer", ""))
