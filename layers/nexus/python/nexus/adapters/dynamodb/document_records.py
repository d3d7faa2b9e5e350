"""Reads and writes a document's record whole: its head, and the hidden ids that lie beside it.

A head names the lists that belong to it. Whoever reads one that is being replaced meanwhile starts
again; whoever writes one deletes the list that the head named before, once nothing names it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from nexus.adapters.aws.errors import translate
from nexus.adapters.dynamodb.chunk_ids import SERVICE, ChunkIdLists, Stored
from nexus.adapters.dynamodb.heads import (
    INLINE_HIDDEN,
    Heads,
    attributes,
    partition,
    stored_list,
    to_record,
)
from nexus.adapters.dynamodb.tenant_versions import QUICK_S, SOON_S, TenantVersions, seen_of
from nexus.adapters.dynamodb.values import Value
from nexus.errors import Superseded, UpstreamUnavailable
from nexus.models import DocumentMetadata, DocumentRecord

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef as AttributeValue

# A reader starts again when the list it was sent to is replaced while it reads.
READ_ATTEMPTS = 10


class DocumentRecords:
    """The records of one generation; every method raises botocore's own errors beside ours."""

    def __init__(
        self,
        heads: Heads,
        lists: ChunkIdLists,
        versions: TenantVersions,
        generation_id: str,
        clock: Callable[[], float],
    ) -> None:
        self._heads = heads
        self._lists = lists
        self._versions = versions
        self._generation = generation_id
        self._clock = clock

    def get(self, tenant: str, document_id: str) -> DocumentRecord | None:
        """The document's record, read consistently, or None."""
        for _ in range(READ_ATTEMPTS):
            item = self._heads.read(tenant, document_id)
            record = self.complete(item) if item else None
            if record or item is None:
                return record
        raise contended()

    def begin(self, record: DocumentRecord) -> DocumentRecord:
        """Starts an attempt; the record as it then is."""
        for _ in range(READ_ATTEMPTS):
            item = self._heads.start(record, self._clock())
            stored = self.complete(item) if item else None
            if stored:
                return stored
        raise contended()

    def progress(self, record: DocumentRecord, values: Mapping[str, Value]) -> None:
        """Writes how far an attempt is. Raises Superseded if it has ended or been replaced."""
        if self._heads.progress(record, values, self._clock()) is None:
            raise Superseded("Another attempt on the document began since.")

    def complete(self, item: Mapping[str, AttributeValue]) -> DocumentRecord | None:
        """The record of a head; None if its hidden ids were replaced since it was read."""
        record = to_record(item)
        stored = stored_list(item, "hidden")
        if not stored.parts:
            return record
        pk = partition(self._generation, record.tenant)
        ids = self._lists.read(pk, "hidden", record.document_id, stored)
        return None if ids is None else replace(record, hidden=frozenset(ids))

    def complete_or_get(self, item: Mapping[str, AttributeValue]) -> DocumentRecord | None:
        """The record of a head, read again if it has changed since; None if it is gone."""
        record = self.complete(item)
        if record is None:
            head = to_record(item)
            return self.get(head.tenant, head.document_id)
        return record

    def store(
        self, record: DocumentRecord, live: Mapping[str, Value], announced_at: float = 0.0
    ) -> Mapping[str, AttributeValue]:
        """Writes the head if the revision is still the record's; what it held before.

        `live` are the values of the head that change what readers see, and `announced_at` is when
        that was counted already. Raises Superseded.
        """
        pk = partition(self._generation, record.tenant)
        hidden = Stored()
        if len(record.hidden) > INLINE_HIDDEN:
            ids = sorted(record.hidden)
            hidden = self._lists.write(pk, "hidden", record.document_id, record.revision, ids)
        if live and not 0 <= self._clock() - announced_at <= SOON_S:
            announced_at = self._versions.advance(pk)
        before = self._heads.store(record, {**attributes(record, hidden), **live}, self._clock())
        if before is None:
            self._lists.delete(pk, "hidden", record.document_id, hidden)
            raise Superseded("Another attempt on the document began since.")
        changed = bool(live) or seen_of(to_record(before)) != seen_of(record)
        if changed and not (live and 0 <= self._clock() - announced_at <= QUICK_S):
            # Without this count the one before still holds: see `tenant_versions`.
            with suppress(UpstreamUnavailable), translate(SERVICE):
                self._versions.advance(pk)
        self.drop_list(record, "hidden", before, hidden)
        return before

    def describe(self, tenant: str, document_id: str, metadata: DocumentMetadata) -> bool:
        """Writes what is said of a document, counted as a change before it; False if it is not."""
        pk = partition(self._generation, tenant)
        announced_at = self._versions.advance(pk)
        if not self._heads.describe(tenant, document_id, metadata, self._clock()):
            return False
        if not 0 <= self._clock() - announced_at <= QUICK_S:
            self._versions.advance(pk)
        return True

    def drop_list(
        self,
        record: DocumentRecord,
        kind: str,
        before: Mapping[str, AttributeValue],
        now: Stored,
    ) -> None:
        """Deletes the list (`manifest` or `hidden`) that a head named before it named this one."""
        old = stored_list(before, kind)
        # Throttled or not, the new state stands; what is left over goes when the document does.
        if old.stamp != now.stamp:
            with suppress(UpstreamUnavailable), translate(SERVICE):
                self._lists.delete(
                    partition(self._generation, record.tenant), kind, record.document_id, old
                )


def contended() -> UpstreamUnavailable:
    """Says that others have changed the document at every try."""
    return UpstreamUnavailable(SERVICE, "The document is changing too often to be read; try again.")
