"""What a turn's item holds of its answer: text plainly, and what it was told with packed.

`told` is the JSON of sources, claims, confidence and the documents as they were read, compressed:
as a whole it is written, read and taken out. A turn without it is of before it was kept, or lost
its answer.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from nexus.adapters.dynamodb.values import Value, from_item
from nexus.models import (
    CheckedClaim,
    Comparison,
    Confidence,
    DocumentMetadata,
    Locator,
    Passage,
    ReadDocument,
    Source,
    Turn,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef as AttributeValue

TOLD = "told"
_PACKED = ("sources", "claims", "confidence", "read_as")
_PLAIN_FIELDS = tuple(field.name for field in fields(Turn) if field.name not in _PACKED)
_PLAIN = {*_PLAIN_FIELDS}
_PARTS: dict[type[Any], tuple[str, ...]] = {
    part: tuple(field.name for field in fields(part))
    for part in (
        CheckedClaim,
        Comparison,
        Confidence,
        DocumentMetadata,
        Locator,
        Passage,
        ReadDocument,
        Source,
    )
}
# `read_as` says it once; and releases that know no such field read turns, too.
_PARTS[Passage] = tuple(name for name in _PARTS[Passage] if name != "said")


def turn_values(turn: Turn) -> dict[str, Value]:
    """A turn as the values of its item, but for its keys and times."""
    values: dict[str, Any] = {name: getattr(turn, name) for name in _PLAIN_FIELDS}
    for name in ("agent", "read_at"):
        if not values[name]:
            del values[name]
    told = {name: getattr(turn, name) for name in _PACKED}
    if any(told.values()):
        # A model may have written half of a surrogate pair, which UTF-8 does not know.
        values[TOLD] = zlib.compress(_written(told).encode("utf-8", "replace"))
    return values


def _fields_of(part: object) -> dict[str, Any]:
    """What the JSON holds of a part of a turn."""
    return {name: getattr(part, name) for name in _PARTS[type(part)]}


# It asks for each part as it comes to it: `asdict` would copy all of them first.
_written = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_fields_of).encode


def read_turn(item: Mapping[str, AttributeValue]) -> Turn:
    """The turn of an item; without what it was told with, if that cannot be unpacked."""
    values = from_item(item)
    plain = {name: value for name, value in values.items() if name in _PLAIN}
    try:
        told = _told(json.loads(zlib.decompress(values[TOLD]))) if TOLD in values else {}
    except (zlib.error, ValueError, TypeError, KeyError):  # another version of the service wrote it
        told = {}
    return Turn(**plain, **told)


def _told(told: dict[str, Any]) -> dict[str, Any]:
    return {
        "sources": tuple(map(_source, told["sources"])),
        "claims": tuple(
            CheckedClaim(**{**claim, "sources": tuple(claim["sources"])})
            for claim in told["claims"]
        ),
        "confidence": _confidence(told["confidence"]) if told["confidence"] else None,
        "read_as": tuple(map(_read, told.get("read_as", ()))),
    }


def _source(source: dict[str, Any]) -> Source:
    passage = source["passage"]
    place = passage["locator"]
    locator = Locator(**{**place, "heading": tuple(place["heading"])})
    return Source(source["number"], Passage(**{**passage, "locator": locator}), source["quote"])


def _read(document: dict[str, Any]) -> ReadDocument:
    said = document["said"]
    tags, groups = tuple(said["tags"]), tuple(said["groups"])
    metadata = DocumentMetadata(**{**said, "tags": tags, "groups": groups})
    return ReadDocument(document["document_id"], document["version"], metadata)


def _confidence(stored: dict[str, Any]) -> Confidence:
    gate = Comparison(**stored["gate"]) if stored["gate"] else None
    return Confidence(stored["level"], stored["score"], gate)
