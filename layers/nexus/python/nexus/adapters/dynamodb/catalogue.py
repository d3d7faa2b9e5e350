"""One generation's catalogue in a DynamoDB table, correct under any interleaving of workers.

pk `tenant#{tenant}#{generation}`; sk `document#{id}` is a document's head; `manifest#{id}#{stamp}#
{part}` and `hidden#{id}#{stamp}#{part}` are lists of chunk ids (`dynamodb_chunk_ids`);
`part#{id}#{revision}#{number}` is the result of a part of an attempt. A manifest is written
under a new stamp, made live by one conditional write to the head, and then its predecessor is
deleted: atomic for a reader at any length, and half the price of a DynamoDB transaction.

`version` counts the changes of what readers see (`dynamodb_tenant_versions`).

Every write to a head demands that its revision is still the writer's. A removed document keeps its
head as a tombstone that only `begin` can wake, so that late events do not resurrect it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from nexus.adapters.aws.errors import translate
from nexus.adapters.dynamodb.batches import read_items
from nexus.adapters.dynamodb.chunk_ids import SERVICE, ChunkIdLists, Stored, delete_between
from nexus.adapters.dynamodb.document_parts import DocumentParts
from nexus.adapters.dynamodb.heads import (
    HEAD_PREFIX,
    INLINE_HIDDEN,
    Heads,
    attributes,
    head_key,
    partition,
    stored_list,
    to_record,
)
from nexus.adapters.dynamodb.tenant_versions import TenantVersions, seen_of
from nexus.adapters.dynamodb.values import Value, to_item
from nexus.errors import Superseded, UpstreamUnavailable
from nexus.models import DocumentRecord, DocumentStatus
from nexus.ports import FinishedPart, Manifest, PartResult

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef as AttributeValue

# A reader starts again when the list it was sent to is replaced while it reads.
READ_ATTEMPTS = 10


class DynamoCatalogue:
    """A Catalogue in a table with the string keys `pk` and `sk`."""

    def __init__(
        self,
        client: DynamoDBClient,
        table: str,
        generation_id: str,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._client = client
        self._table = table
        self._generation = generation_id
        self._clock = clock
        self._heads = Heads(client, table, generation_id)
        self._parts = DocumentParts(client, table)
        self._lists = ChunkIdLists(client, table)
        self._versions = TenantVersions(client, table, clock)

    def get(self, tenant: str, document_id: str) -> DocumentRecord | None:
        """The document's record, read consistently, or None."""
        with translate(SERVICE):
            for _ in range(READ_ATTEMPTS):
                item = self._heads.read(tenant, document_id)
                record = self._complete(item) if item else None
                if record or item is None:
                    return record
        raise _contended()

    def get_many(self, tenant: str, document_ids: Sequence[str]) -> dict[str, DocumentRecord]:
        """The records that exist, by document id, read eventually consistently."""
        keys = [
            head_key(self._generation, tenant, document_id)
            for document_id in dict.fromkeys(document_ids)
        ]
        with translate(SERVICE):
            items = read_items(self._client, SERVICE, self._table, keys)
            records = filter(None, map(self._complete_or_get, items))
            return {record.document_id: record for record in records}

    def begin(self, record: DocumentRecord) -> DocumentRecord:
        """Starts an attempt as the port words it; the last to begin is the one that can publish."""
        with translate(SERVICE):
            for _ in range(READ_ATTEMPTS):
                item = self._heads.start(record, self._clock())
                stored = self._complete(item) if item else None
                if stored:
                    return stored
        raise _contended()

    def plan(self, record: DocumentRecord) -> None:
        """Notes that all parts of an attempt are queued. Raises Superseded."""
        with translate(SERVICE):
            self._progress(record, {"parts": record.parts, "underway": record.underway})

    def start_part(self, record: DocumentRecord) -> int:
        """A number for a run on one part of the attempt. Raises Superseded."""
        with translate(SERVICE):
            started = self._heads.count_run(record, self._clock())
        if started is None:
            raise Superseded("Another attempt on the document began since.")
        return started

    def finish_part(self, record: DocumentRecord, result: PartResult) -> FinishedPart:
        """Keeps a part's result unless there is one; how many there are now. Raises Superseded."""
        place = (self._partition(record.tenant), record.document_id, record.revision)
        with translate(SERVICE):
            kept = self._parts.write(*place, result)
            done = self._parts.count(*place)
            self._progress(record, {"parts_done": done})
        return FinishedPart(kept, done)

    def finished_parts(self, record: DocumentRecord) -> list[PartResult]:
        """The results of the attempt's finished parts, in their order, read consistently."""
        place = (self._partition(record.tenant), record.document_id, record.revision)
        with translate(SERVICE):
            return self._parts.read(*place)

    def publish(self, record: DocumentRecord, manifest: Manifest) -> None:
        """Makes the attempt's revision live, with status `indexed` and this manifest, at once.

        Raises Superseded if another attempt began since, or the document was removed.
        """
        place = (self._partition(record.tenant), "manifest", record.document_id)
        with translate(SERVICE):
            stored = self._lists.write(*place, record.revision, manifest.chunk_ids)
            live: dict[str, Value] = {
                "live_revision": record.revision,
                "manifest_stamp": stored.stamp,
                "manifest_parts": stored.parts,
            }
            try:
                before = self._store(replace(record, status="indexed"), live)
            except Superseded:
                self._lists.delete(*place, stored)
                raise
            self._drop(record, "manifest", before, stored)
            if int(before.get("parts_done", {"N": "0"})["N"]):
                with suppress(UpstreamUnavailable), translate(SERVICE):
                    self._parts.delete_all(place[0], record.document_id, record.revision)

    def settle(self, record: DocumentRecord) -> None:
        """Stores a state that changes no manifest and no live revision. Raises Superseded."""
        with translate(SERVICE):
            self._store(record, {})

    def manifest(self, tenant: str, document_id: str) -> Manifest | None:
        """The live revision's chunks, read consistently; None if there is no live revision."""
        with translate(SERVICE):
            for _ in range(READ_ATTEMPTS):
                item = self._heads.read(tenant, document_id)
                live = int(item["live_revision"]["N"]) if item else 0
                if item is None or not live:
                    return None
                stored = stored_list(item, "manifest")
                ids = self._lists.read(self._partition(tenant), "manifest", document_id, stored)
                if ids is not None:
                    return Manifest(live, tuple(ids))
        raise _contended()

    def remove(self, record: DocumentRecord) -> None:
        """Marks the record deleted and deletes its manifest. Raises Superseded as publish does."""
        gone = replace(
            record, status="deleted", reason=None, fingerprint="", published=(), chunks=0
        )
        nothing: dict[str, Value] = {
            "live_revision": 0,
            "manifest_stamp": "",
            "manifest_parts": 0,
        }
        place = (self._partition(record.tenant), "manifest", record.document_id)
        with translate(SERVICE):
            self._store(gone, nothing)
            self._lists.delete_all(*place, record.revision)
            self._parts.delete_all(place[0], record.document_id, record.revision)

    def drop(self, tenant: str) -> None:
        """Deletes all items of a tenant, heads last, so that a drop that broke off goes on."""
        pk = self._partition(tenant)
        with translate(SERVICE):
            # Every other kind of item sorts before or after the heads.
            after = HEAD_PREFIX.replace("#", "$")
            for first, last in (("", HEAD_PREFIX), (after, "\U0010ffff"), (HEAD_PREFIX, after)):
                delete_between(self._client, self._table, pk, first or " ", last)

    def restore(self, record: DocumentRecord, chunk_ids: Sequence[str]) -> bool:
        """Stores a snapshot's record with its manifest; False if the document is known already."""
        pk = self._partition(record.tenant)
        place = (pk, "manifest", record.document_id)
        with translate(SERVICE):
            stored = self._lists.write(*place, record.live_revision, chunk_ids)
            self._versions.advance(pk)
            live: dict[str, Value] = {
                "manifest_stamp": stored.stamp,
                "manifest_parts": stored.parts,
            }
            if not self._heads.create(replace(record, hidden=frozenset()), live):
                found = self._heads.read(record.tenant, record.document_id)
                # A lost response makes botocore send the write again, which then finds itself.
                if found is None or stored_list(found, "manifest") != stored:
                    self._lists.delete(*place, stored)
                    return False
            with suppress(UpstreamUnavailable), translate(SERVICE):
                self._versions.advance(pk)
        return True

    def version(self, tenant: str) -> int | None:
        """A number that grows with every change of what readers see; None for 10 s after one."""
        with translate(SERVICE):
            return self._versions.read(self._partition(tenant))

    def list_documents(
        self, tenant: str | None, status: DocumentStatus | None = None, start_after: str = ""
    ) -> Iterator[DocumentRecord]:
        """Every record of the tenant, by id, or of all tenants, in the table's own order.

        `start_after` is the id of the last record seen, or `{tenant}/{id}` for all tenants. A pass
        over all tenants reads the whole table, manifests too.
        """
        values: dict[str, Value] = {":head": HEAD_PREFIX}
        request: dict[str, Any] = {"TableName": self._table}
        filters = []
        read: Callable[..., Any] = self._client.scan
        if tenant is None:
            filters.append("begins_with(sk, :head) AND contains(pk, :generation)")
            values[":generation"] = f"#{self._generation}"
            owner, _, document_id = start_after.partition("/")
        else:
            read = self._client.query
            request["KeyConditionExpression"] = "pk = :pk AND begins_with(sk, :head)"
            values[":pk"] = self._partition(tenant)
            owner, document_id = tenant, start_after
        if status is not None:
            filters.append("#status = :status")
            values[":status"] = status
            request["ExpressionAttributeNames"] = {"#status": "status"}
        if filters:
            request["FilterExpression"] = " AND ".join(filters)
        if start_after:
            request["ExclusiveStartKey"] = head_key(self._generation, owner, document_id)
        request["ExpressionAttributeValues"] = to_item(values)
        with translate(SERVICE):
            while True:
                page = read(**request)
                # A restored generation's name begins with that of the one it was.
                own = [
                    item
                    for item in page["Items"]
                    if item["pk"]["S"].endswith(f"#{self._generation}")
                ]
                yield from filter(None, map(self._complete_or_get, own))
                if "LastEvaluatedKey" not in page:
                    return
                request["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def ping(self) -> None:
        """Reads a key that is never written: half a read unit, and no right beyond GetItem."""
        with translate(SERVICE):
            self._client.get_item(TableName=self._table, Key=to_item({"pk": "ping", "sk": "ping"}))

    def _partition(self, tenant: str) -> str:
        return partition(self._generation, tenant)

    def _progress(self, record: DocumentRecord, values: Mapping[str, Value]) -> None:
        if self._heads.progress(record, values, self._clock()) is None:
            raise Superseded("Another attempt on the document began since.")

    def _complete(self, item: Mapping[str, AttributeValue]) -> DocumentRecord | None:
        """The record of a head; None if its hidden ids were replaced since it was read."""
        record = to_record(item)
        stored = stored_list(item, "hidden")
        if not stored.parts:
            return record
        pk = self._partition(record.tenant)
        ids = self._lists.read(pk, "hidden", record.document_id, stored)
        return None if ids is None else replace(record, hidden=frozenset(ids))

    def _complete_or_get(self, item: Mapping[str, AttributeValue]) -> DocumentRecord | None:
        record = self._complete(item)
        if record is None:
            head = to_record(item)
            return self.get(head.tenant, head.document_id)
        return record

    def _store(
        self, record: DocumentRecord, live: Mapping[str, Value]
    ) -> Mapping[str, AttributeValue]:
        """Writes the head if the revision is still the record's; what it held before."""
        pk = self._partition(record.tenant)
        hidden = Stored()
        if len(record.hidden) > INLINE_HIDDEN:
            ids = sorted(record.hidden)
            hidden = self._lists.write(pk, "hidden", record.document_id, record.revision, ids)
        if live:
            self._versions.advance(pk)
        before = self._heads.store(record, {**attributes(record, hidden), **live}, self._clock())
        if before is None:
            self._lists.delete(pk, "hidden", record.document_id, hidden)
            raise Superseded("Another attempt on the document began since.")
        if live or seen_of(to_record(before)) != seen_of(record):
            # Without this count the one before still holds: see `dynamodb_tenant_versions`.
            with suppress(UpstreamUnavailable), translate(SERVICE):
                self._versions.advance(pk)
        self._drop(record, "hidden", before, hidden)
        return before

    def _drop(
        self,
        record: DocumentRecord,
        kind: str,
        before: Mapping[str, AttributeValue],
        now: Stored,
    ) -> None:
        old = stored_list(before, kind)
        # Throttled or not, the new state stands; what is left over goes when the document does.
        if old.stamp != now.stamp:
            with suppress(UpstreamUnavailable), translate(SERVICE):
                self._lists.delete(self._partition(record.tenant), kind, record.document_id, old)


def _contended() -> UpstreamUnavailable:
    return UpstreamUnavailable(SERVICE, "The document is changing too often to be read; try again.")
