"""One generation's catalogue in a DynamoDB table, correct under any interleaving of workers.

pk `tenant#{tenant}#{generation}`; sk `document#{id}` is a document's head; `manifest#{id}#{stamp}#
{part}` and `hidden#{id}#{stamp}#{part}` are lists of chunk ids (`chunk_ids`);
`part#{id}#{revision}#{number}` is the result of a part of an attempt. When a document was erased
stands beside the generations (`erasures`).

A manifest is written under a new stamp, made live by one conditional write to the head, and then
its predecessor is deleted: atomic for a reader at any length, and half the price of a DynamoDB
transaction.

`version` counts the changes of what readers see (`tenant_versions`).

Every write to a head demands that its revision is still the writer's. A removed document keeps its
head as a tombstone that only `begin` can wake, so that late events do not resurrect it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from nexus.adapters.aws.errors import translate
from nexus.adapters.aws.in_time import ClientInTime
from nexus.adapters.dynamodb.batches import read_items
from nexus.adapters.dynamodb.chunk_ids import SERVICE, ChunkIdLists, Stored, delete_between
from nexus.adapters.dynamodb.document_parts import DocumentParts
from nexus.adapters.dynamodb.document_records import READ_ATTEMPTS, DocumentRecords, contended
from nexus.adapters.dynamodb.erasures import erasure_key, note, told_apart
from nexus.adapters.dynamodb.head_listing import list_heads
from nexus.adapters.dynamodb.heads import HEAD_PREFIX, Heads, head_key, partition, stored_list
from nexus.adapters.dynamodb.tenant_versions import TenantVersions
from nexus.adapters.dynamodb.values import Value, to_item
from nexus.errors import Superseded, UpstreamUnavailable
from nexus.models import DocumentMetadata, DocumentRecord, DocumentStatus
from nexus.ports import FinishedPart, Manifest, PartResult, Staged

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient


class DynamoCatalogue(ClientInTime):
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
        self._records = DocumentRecords(
            self._heads, self._lists, self._versions, generation_id, clock
        )

    def get(self, tenant: str, document_id: str) -> DocumentRecord | None:
        """The document's record, read consistently, or None."""
        with translate(SERVICE):
            return self._records.get(tenant, document_id)

    def get_many(
        self, tenant: str, document_ids: Sequence[str], *, consistently: bool = False
    ) -> dict[str, DocumentRecord]:
        """The records that exist, by document id, at half the price unless `consistently`."""
        keys = [
            head_key(self._generation, tenant, document_id)
            for document_id in dict.fromkeys(document_ids)
        ]
        with translate(SERVICE):
            items = read_items(self._client, SERVICE, self._table, keys, consistent=consistently)
            records = filter(None, map(self._records.complete_or_get, items))
            return {record.document_id: record for record in records}

    def get_many_with_erasures(
        self, tenant: str, document_ids: Sequence[str]
    ) -> tuple[dict[str, DocumentRecord], dict[str, str]]:
        """The records that exist, and when documents were last erased, read consistently."""
        keys = [
            key
            for one in dict.fromkeys(document_ids)
            for key in (head_key(self._generation, tenant, one), erasure_key(tenant, one))
        ]
        with translate(SERVICE):
            items = read_items(self._client, SERVICE, self._table, keys, consistent=True)
            heads, erased = told_apart(items)
            records = filter(None, map(self._records.complete_or_get, heads))
            return {record.document_id: record for record in records}, erased

    def note_erasure(self, tenant: str, document_id: str, at: str) -> None:
        """Keeps for good that a document was erased at a time, for every generation."""
        with translate(SERVICE):
            note(self._client, self._table, tenant, document_id, at)

    def begin(self, record: DocumentRecord) -> DocumentRecord:
        """Starts an attempt as the port words it; the last to begin is the one that can publish."""
        with translate(SERVICE):
            return self._records.begin(record)

    def plan(self, record: DocumentRecord) -> None:
        """Notes that all parts of an attempt are queued. Raises Superseded."""
        with translate(SERVICE):
            self._records.progress(record, {"parts": record.parts, "underway": record.underway})

    def explain(self, record: DocumentRecord, reason: str) -> None:
        """Says why an attempt takes longer. Raises Superseded."""
        with translate(SERVICE):
            self._records.progress(record, {"reason": reason})

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
            self._records.progress(record, {"parts_done": done})
        return FinishedPart(kept, done)

    def finished_parts(self, record: DocumentRecord) -> list[PartResult]:
        """The results of the attempt's finished parts, in their order, read consistently."""
        place = (self._partition(record.tenant), record.document_id, record.revision)
        with translate(SERVICE):
            return self._parts.read(*place)

    def stage(self, record: DocumentRecord, chunk_ids: Sequence[str]) -> Staged:
        """Writes the chunks of a manifest that `publish` is going to name."""
        place = (self._partition(record.tenant), "manifest", record.document_id)
        with translate(SERVICE):
            stored = self._lists.write(*place, record.revision, chunk_ids)
        return Staged(stored.stamp, stored.parts)

    def announce(self, tenant: str) -> float:
        """Counts a change that is about to happen; when that was, by this catalogue's clock."""
        with translate(SERVICE):
            return self._versions.advance(self._partition(tenant))

    def publish(
        self, record: DocumentRecord, manifest: Manifest, staged: Staged | None = None
    ) -> None:
        """Makes the attempt's revision live, with status `indexed` and this manifest, at once.

        Raises Superseded if another attempt began since, or the document was removed.
        """
        place = (self._partition(record.tenant), "manifest", record.document_id)
        staged = staged or self.stage(record, manifest.chunk_ids)
        stored = Stored(staged.stamp, staged.parts)
        with translate(SERVICE):
            live: dict[str, Value] = {
                "live_revision": record.revision,
                "manifest_stamp": stored.stamp,
                "manifest_parts": stored.parts,
            }
            try:
                indexed = replace(record, status="indexed")
                before = self._records.store(indexed, live, staged.announced_at)
            except Superseded:
                self._lists.delete(*place, stored)
                raise
            self._records.drop_list(record, "manifest", before, stored)
            if int(before.get("parts_done", {"N": "0"})["N"]):
                with suppress(UpstreamUnavailable), translate(SERVICE):
                    self._parts.delete_all(place[0], record.document_id, record.revision)

    def settle(self, record: DocumentRecord) -> None:
        """Stores a state that changes no manifest and no live revision. Raises Superseded."""
        with translate(SERVICE):
            self._records.store(record, {})

    def describe(self, tenant: str, document_id: str, metadata: DocumentMetadata) -> bool:
        """Stores what is said of a document, at once for every reader; False if there is none."""
        with translate(SERVICE):
            return self._records.describe(tenant, document_id, metadata)

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
        raise contended()

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
            self._records.store(gone, nothing)
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
        """A number that grows with every change of what readers see; None for 14 s after one."""
        with translate(SERVICE):
            return self._versions.read(self._partition(tenant))

    def list_documents(
        self, tenant: str | None, status: DocumentStatus | None = None, start_after: str = ""
    ) -> Iterator[DocumentRecord]:
        """Every record of the tenant, by id, or of all tenants, in the table's own order.

        `start_after` is the id of the last record seen, or `{tenant}/{id}` for all tenants. A pass
        over all tenants reads the whole table, manifests too.
        """
        of_all = (self._client, self._table, self._generation)
        with translate(SERVICE):
            heads = list_heads(*of_all, tenant, status, start_after)
            yield from filter(None, map(self._records.complete_or_get, heads))

    def ping(self) -> None:
        """Reads a key that is never written: half a read unit, and no right beyond GetItem."""
        with translate(SERVICE):
            self._client.get_item(TableName=self._table, Key=to_item({"pk": "ping", "sk": "ping"}))

    def _partition(self, tenant: str) -> str:
        return partition(self._generation, tenant)
