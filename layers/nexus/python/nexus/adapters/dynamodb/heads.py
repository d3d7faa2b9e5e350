"""Writes a document's record as its head item in the catalogue's table, and reads it back."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any, Literal

from nexus.adapters.dynamodb.chunk_ids import Stored, pack, unpack
from nexus.adapters.dynamodb.values import Value, from_item, to_item
from nexus.adapters.dynamodb.warnings import from_stored, to_stored
from nexus.ingestion.revisions import timestamp
from nexus.models import DocumentMetadata, DocumentRecord

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef as AttributeValue

HEAD_PREFIX = "document#"
# Hidden ids are kept in the head up to here (256 KiB of its 400 KB), and in parts above.
INLINE_HIDDEN = 16_384

# In the item's keys, or kept by the catalogue itself and never taken from a caller.
_NOT_TAKEN = {
    "tenant", "document_id", "revision", "live_revision", "created_at", "updated_at", "parts",
    "parts_done", "underway", "started_at",
}  # fmt: skip
# What an attempt describes at once when no reader sees the document yet.
_DESCRIBING = {"path", "uri", "title", "version", "etag", "size", "metadata"}
_GOING_ON = "revision = :revision AND #status = :indexing"
_FIELDS = {field.name for field in fields(DocumentRecord)}
_SAID = {field.name for field in fields(DocumentMetadata)}
_LATER = {"groups", "url"}


def partition(generation_id: str, tenant: str) -> str:
    """The partition key of everything of a tenant in one index generation."""
    return f"tenant#{tenant}#{generation_id}"


def head_key(generation_id: str, tenant: str, document_id: str) -> dict[str, AttributeValue]:
    """The key of a document's head."""
    return to_item({"pk": partition(generation_id, tenant), "sk": HEAD_PREFIX + document_id})


def attributes(record: DocumentRecord, hidden: Stored) -> dict[str, Value]:
    """What a caller may store of a record; `hidden` says where its hidden ids were written."""
    values: dict[str, Value] = {
        name: getattr(record, name)
        for name in _FIELDS - _NOT_TAKEN - {"hidden", "metadata", "warnings"}
    }
    values["metadata"] = stored_metadata(record.metadata)
    values["warnings"] = to_stored(record.warnings)
    values["hidden"] = pack(sorted(record.hidden)) if record.hidden and not hidden.parts else None
    values["hidden_stamp"] = hidden.stamp
    values["hidden_parts"] = hidden.parts
    return values


def stored_metadata(metadata: DocumentMetadata) -> dict[str, Value]:
    """The metadata as a head holds it."""
    said = asdict(metadata)
    # Releases that know no such field read records, too, while versions change.
    return {name: said[name] for name in said if said[name] or name not in _LATER}


def to_record(item: Mapping[str, AttributeValue]) -> DocumentRecord:
    """The record of a head; hidden ids that lie in parts are not in it."""
    values: dict[str, Any] = from_item(item)
    known = {name: value for name, value in values.items() if name in _FIELDS}
    said = values["metadata"]
    known["metadata"] = DocumentMetadata(**{name: said[name] for name in _SAID & said.keys()})
    known["warnings"] = from_stored(values.get("warnings"))
    known["hidden"] = frozenset(unpack(values.get("hidden") or b""))
    return DocumentRecord(
        tenant=values["pk"].split("#")[1],
        document_id=values["sk"].removeprefix(HEAD_PREFIX),
        **known,
    )


def stored_list(item: Mapping[str, AttributeValue], kind: str) -> Stored:
    """Where the head says that a list (`manifest` or `hidden`) stands."""
    stamp, parts = item.get(f"{kind}_stamp"), item.get(f"{kind}_parts")
    return Stored(stamp["S"], int(parts["N"])) if stamp and parts else Stored()


class Heads:
    """The conditional writes to heads; every method raises botocore's own errors."""

    def __init__(self, client: DynamoDBClient, table: str, generation_id: str) -> None:
        self._client = client
        self._table = table
        self._generation = generation_id

    def read(self, tenant: str, document_id: str) -> dict[str, AttributeValue] | None:
        """A head, read consistently."""
        response = self._client.get_item(
            TableName=self._table,
            Key=head_key(self._generation, tenant, document_id),
            ConsistentRead=True,
        )
        return response.get("Item")

    def create(self, record: DocumentRecord, values: Mapping[str, Value]) -> bool:
        """Writes a head with the record's own revisions and times; False if there is one."""
        kept: dict[str, Value] = {
            name: getattr(record, name)
            for name in ("revision", "live_revision", "created_at", "updated_at", "started_at")
        }
        unplanned: dict[str, Value] = {"parts": 0, "parts_done": 0, "runs": 0, "underway": ""}
        item = {**attributes(record, Stored()), **kept, **unplanned, **values}
        try:
            self._client.put_item(
                TableName=self._table,
                Item={
                    **head_key(self._generation, record.tenant, record.document_id),
                    **to_item(item),
                },
                ConditionExpression="attribute_not_exists(pk)",
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def start(self, record: DocumentRecord, now: float) -> dict[str, AttributeValue] | None:
        """Raises the revision by one; the head as it then is, or None when it changed midway."""
        described: dict[str, Value] = {
            name: value
            for name, value in attributes(record, Stored()).items()
            if name in _DESCRIBING
        }
        for values, condition in (
            (described, "attribute_not_exists(live_revision) OR live_revision = :zero"),
            ({}, "live_revision > :zero"),
        ):
            head = self._update(
                record,
                {**values, **_unplanned(now), "status": "indexing", "updated_at": timestamp(now)},
                ", created_at = if_not_exists(created_at, :updated_at)"
                ", live_revision = if_not_exists(live_revision, :zero) ADD revision :one",
                {":zero": 0, ":one": 1},
                condition,
                "ALL_NEW",
            )
            if head is not None:
                return head
        return None

    def progress(
        self, record: DocumentRecord, values: Mapping[str, Value], now: float
    ) -> dict[str, AttributeValue] | None:
        """Writes how far an attempt is, if it is still going on; the head as it was, or None."""
        return self._update(
            record,
            {**values, "updated_at": timestamp(now)},
            "",
            {":revision": record.revision, ":indexing": "indexing"},
            _GOING_ON,
            "ALL_OLD",
        )

    def count_run(self, record: DocumentRecord, now: float) -> int | None:
        """Counts one more run on a part of an attempt, if it is still going on."""
        head = self._update(
            record,
            {"updated_at": timestamp(now)},
            " ADD runs :one",
            {":revision": record.revision, ":indexing": "indexing", ":one": 1},
            _GOING_ON,
            "ALL_NEW",
        )
        return None if head is None else int(head["runs"]["N"])

    def store(
        self, record: DocumentRecord, values: Mapping[str, Value], now: float
    ) -> dict[str, AttributeValue] | None:
        """Writes values if the revision is still the record's; the head as it was, or None."""
        # A write that repeats itself succeeds, since a lost response makes botocore send it again;
        # but after a removal at the same revision nothing brings the document back.
        condition = "revision = :revision"
        compared: dict[str, Value] = {":revision": record.revision}
        if record.status != "deleted":
            condition += " AND #status <> :deleted"
            compared[":deleted"] = "deleted"
            if "live_revision" in values:
                # Published is what goes on, or what was published before a lost response.
                condition += " AND (#status = :going_on OR live_revision = :revision)"
                compared[":going_on"] = "indexing"
            elif record.status != "indexed":
                # Nor does a late worker that fails take back what its own attempt has published.
                condition += " AND live_revision <> :revision"
        values = {**values, "updated_at": timestamp(now)}
        # What was said of the document after the attempt began is newer than what the attempt read.
        told = " AND (attribute_not_exists(described_in) OR described_in < revision"
        told += " OR #metadata = :metadata)"
        before = self._update(record, values, "", compared, condition + told, "ALL_OLD")
        if before is None:
            kept = {name: value for name, value in values.items() if name != "metadata"}
            kept["fingerprint"] = ""
            before = self._update(record, kept, "", compared, condition, "ALL_OLD")
        return before

    def describe(
        self, tenant: str, document_id: str, metadata: DocumentMetadata, now: float
    ) -> bool:
        """Writes what is said of a document, if that is new, and in which revision.

        What was indexed is not that: the fingerprint goes. False if the document has no head.
        """
        known = "SET described_in = revision"
        new = f"{known}, #metadata = :said, fingerprint = :none, updated_at = :at"
        values: dict[str, Value] = {
            ":said": stored_metadata(metadata),
            ":none": "",
            ":at": timestamp(now),
        }
        is_new: dict[str, Any] = {
            "UpdateExpression": new,
            "ConditionExpression": "attribute_exists(revision) AND #metadata <> :said",
            "ExpressionAttributeNames": {"#metadata": "metadata"},
            "ExpressionAttributeValues": to_item(values),
        }
        is_there = {
            "UpdateExpression": known,
            "ConditionExpression": "attribute_exists(revision)",
        }
        key = head_key(self._generation, tenant, document_id)
        for written in (is_new, is_there):
            with suppress(self._client.exceptions.ConditionalCheckFailedException):
                self._client.update_item(TableName=self._table, Key=key, **written)
                return True
        return False

    def _update(
        self,
        record: DocumentRecord,
        assigned: Mapping[str, Value],
        clauses: str,
        compared: Mapping[str, Value],
        condition: str,
        returned: Literal["ALL_NEW", "ALL_OLD"],
    ) -> dict[str, AttributeValue] | None:
        named = ["status"] if "#status" in condition else []
        # Placeholders for every name: `status`, `size`, `path` and others are reserved words.
        assignments = ", ".join(f"#{name} = :{name}" for name in assigned)
        values = {f":{name}": value for name, value in assigned.items()}
        try:
            response = self._client.update_item(
                TableName=self._table,
                Key=head_key(self._generation, record.tenant, record.document_id),
                UpdateExpression=f"SET {assignments}{clauses}",
                ConditionExpression=condition,
                ExpressionAttributeNames={f"#{name}": name for name in {*assigned, *named}},
                ExpressionAttributeValues=to_item({**values, **compared}),
                ReturnValues=returned,
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return None
        return response.get("Attributes", {})


def _unplanned(now: float) -> dict[str, Value]:
    return {"parts": 0, "parts_done": 0, "runs": 0, "underway": "", "started_at": timestamp(now)}
