"""What administrators do with their tenant's documents: upload, find, describe, restore, fetch.

The bucket is the truth: every change is a change of the bucket, whose event ingestion follows as it
follows any other upload. A document of another tenant is one that does not exist.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from nexus.documents.arrivals import arrived, as_it_is
from nexus.documents.finding import found_page
from nexus.documents.listing import Listing, Page, as_they_are
from nexus.documents.listing import page as page_of
from nexus.documents.telling import Places, tell
from nexus.documents.text_search import TextSearch
from nexus.errors import InvalidRequest, NotFound
from nexus.ingestion.folder_groups import FolderGroups, GovernedDocuments, governed
from nexus.ingestion.messages import reconcile_message
from nexus.models import DocumentMetadata, DocumentRecord, Filters, ObjectState
from nexus.object_keys import document_id as id_of
from nexus.object_keys import object_key
from nexus.ports import Catalogue, DocumentBucket, NewObject, StoredVersion, WorkQueue

LARGEST_PUT = 5 * 1024**3  # S3's limit on one PUT, and on one copy
SIGNED_S = 900
MOST_VERSIONS = 1_000
PAGE = 1_000

_ID = re.compile(r"[0-9a-f]{24}")
UNKNOWN = "There is no such document."


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A file that is to be uploaded, of `size` bytes; `checksum_sha256` is base64, or ""."""

    path: str
    size: int
    content_type: str = "application/octet-stream"
    checksum_sha256: str = ""
    metadata: DocumentMetadata = field(default_factory=DocumentMetadata)


@dataclass(frozen=True, slots=True)
class Upload:
    """Where to PUT a file, with which headers, and until when (UTC ISO 8601)."""

    document_id: str
    path: str
    url: str
    headers: Mapping[str, str]
    expires_at: str


@dataclass(frozen=True, slots=True)
class Download:
    """Where a document's content is to be had, and until when (UTC ISO 8601)."""

    url: str
    expires_at: str
    path: str


@dataclass(frozen=True, slots=True)
class Version:
    """A stored version, and whether it is the one that readers see."""

    stored: StoredVersion
    is_live: bool


class Curator:
    """Manages documents in the bucket, as the catalogue knows them."""

    def __init__(
        self,
        bucket: DocumentBucket,
        catalogue: Catalogue,
        queue: WorkQueue,
        texts: TextSearch,
        places: Places,
        folders: FolderGroups = (),
        now: Callable[[], float] = time.time,
    ) -> None:
        self.texts = texts
        self._bucket = bucket
        self._found = GovernedDocuments(bucket, folders)
        self._places = places
        self._folders = folders
        self._catalogue = catalogue
        self._queue = queue
        self._now = now

    def uploads(self, tenant: str, files: Sequence[NewDocument]) -> list[Upload]:
        """A signed PUT for each file, valid for 15 minutes; all of them or none.

        What a file's metadata does not say stays as it was set before.
        Raises InvalidRequest naming `files.{number}.{field}`.
        """
        uploads: dict[str, Upload] = {}
        for number, file in enumerate(files):
            place = f"files.{number}"
            if file.path in uploads:
                raise InvalidRequest("Two files have this path: send one of them.", f"{place}.path")
            try:
                uploads[file.path] = self._upload(tenant, file)
            except InvalidRequest as fault:
                of_metadata = fault.field in ("date", "groups", "url")
                inner = f"metadata.{fault.field}" if of_metadata else fault.field
                raise InvalidRequest(str(fault), f"{place}.{inner}") from fault
        return list(uploads.values())

    def page(self, tenant: str, asked: Listing, limit: int, cursor: str = "") -> Page:
        """Some of the tenant's documents, as `listing.page` and `finding.found_page` give them."""

        def listed(limit: int, cursor: str) -> Page:
            return page_of(self._catalogue, self._found, tenant, asked, limit, cursor)

        if not asked.text:
            return listed(limit, cursor)
        besides = replace(asked, text="")
        return found_page(
            listed,
            self.texts.find(tenant, asked, Filters()),
            lambda records: as_they_are(self._found, records, besides),
            asked,
            limit,
            cursor,
        )

    def pages(self, tenant: str, asked: Listing) -> Iterator[Page]:
        """All of the tenant's documents that fit, as `page` gives them."""
        cursor: str | None = ""
        while cursor is not None:
            part = self.page(tenant, asked, PAGE, cursor)
            yield part
            cursor = part.cursor

    def catalogued(self, tenant: str, after: str) -> Iterator[DocumentRecord]:
        """The tenant's documents that the catalogue knows, by id, after one."""
        return self._catalogue.list_documents(tenant, None, after)

    def known(self, tenant: str, document_id: str) -> DocumentRecord | None:
        """The document as the catalogue knows it, or None."""
        return self._catalogue.get(tenant, document_id) if _ID.fullmatch(document_id) else None

    def get(self, tenant: str, document_id: str) -> DocumentRecord:
        """The document as the catalogue knows it, or as pending if only the bucket does.

        Raises NotFound.
        """
        record = self.known(tenant, document_id)
        if record is None and _ID.fullmatch(document_id):
            record = arrived(self._found, tenant, document_id)
        if record is None:
            raise NotFound(UNKNOWN)
        return record

    def look(self, tenant: str, document_id: str) -> DocumentRecord:
        """The document as it is: as pending, too, if the bucket has another content by now.

        Raises NotFound.
        """
        return as_it_is(self._found, self.get(tenant, document_id))

    def admit(self, tenant: str, document_id: str) -> None:
        """Enters a document into the catalogue that only the bucket knows, so as to be erased."""
        if _ID.fullmatch(document_id) and self._catalogue.get(tenant, document_id) is None:
            record = arrived(self._found, tenant, document_id)
            if record is not None:
                self._catalogue.begin(record)

    def versions(self, tenant: str, document_id: str) -> list[Version]:
        """The newest 1,000 versions of the document, newest first. Raises NotFound."""
        record = self.get(tenant, document_id)
        stored = self._bucket.versions(object_key(tenant, record.path))
        return [
            Version(item, record.live_revision > 0 and item.version == record.version)
            for item in islice(stored, MOST_VERSIONS)
        ]

    def restore(self, tenant: str, document_id: str, version: str) -> DocumentRecord:
        """Copies a version over the current one; the record as it is until that is indexed.

        Raises NotFound if there is no such version, or it is a deletion.
        """
        record = self.get(tenant, document_id)
        stored = self._stored(record, version)
        if not stored.is_latest:
            _check_copy(stored.size)
            self._bucket.restore(object_key(tenant, record.path), version)
        return record

    def reindex(self, tenant: str, document_id: str) -> DocumentRecord:
        """Queues the document to be indexed afresh, changed or not. Raises NotFound."""
        record = self.get(tenant, document_id)
        self._queue.send([reconcile_message(object_key(tenant, record.path), afresh=True)])
        return record

    def describe(self, tenant: str, document_id: str, changes: Mapping[str, Any]) -> DocumentRecord:
        """Replaces fields of the document's metadata; None, or no tags or groups, removes one.

        `changes` are fields of DocumentMetadata. Who may see the document is as they say when this
        returns; the rest follows as it is ingested. Raises NotFound, Superseded if the content
        changes meanwhile, and InvalidRequest naming the field.
        """
        record = self.get(tenant, document_id)
        state = self._bucket.head(object_key(tenant, record.path))
        if state is None:
            raise NotFound("The document is not in the bucket: restore one of its versions first.")
        metadata = replace(state.metadata, **changes)
        if metadata != state.metadata:
            _check_copy(state.size)
            self._bucket.describe(state, metadata)
        # What another upload brings is said of its own content: readers still see the one before.
        of_read = metadata if _is_read(record, state) else replace(record.metadata, **changes)
        told = governed(of_read, record.path, self._folders)
        # Also where the bucket has it already: an earlier call may have come no further.
        if told != record.metadata or metadata != state.metadata:
            regrouped = "groups" in changes
            tell(self._places(), tenant, document_id, told, regrouped=regrouped)
            now = self.known(tenant, document_id)
            if record.live_revision and now and not _is_read(now, record):
                # Another is read meanwhile, of which it was not said: as the bucket has it now.
                newest = self._bucket.head(state.key) or state
                told = governed(newest.metadata, record.path, self._folders)
                tell(self._places(), tenant, document_id, told, regrouped=regrouped)
        return replace(record, metadata=told)

    def content(self, tenant: str, document_id: str, version: str | None = None) -> Download:
        """Where a version's content is to be had for 15 minutes; None is the newest.

        Raises NotFound if there is no such version, or it is a deletion.
        """
        record = self.get(tenant, document_id)
        key = object_key(tenant, record.path)
        if version is None:
            state = self._bucket.head(key)
            if state is None:
                raise NotFound("The document is not in the bucket: name one of its versions.")
            version = state.version
        else:
            self._stored(record, version)
        url = self._bucket.sign_download(key, version, SIGNED_S)
        return Download(url, self._expiry(), record.path)

    def _upload(self, tenant: str, file: NewDocument) -> Upload:
        key = object_key(tenant, file.path)
        # Clients resolve such segments before they send a URL, and the signature no longer fits.
        if {"", ".", ".."} & set(file.path.split("/")):
            raise InvalidRequest(
                "A path has no empty segment, and none that is '.' or '..'.", "path"
            )
        signed = self._bucket.sign_upload(
            NewObject(
                key, file.size, file.content_type, self._kept(key, file), file.checksum_sha256
            ),
            SIGNED_S,
        )
        return Upload(
            document_id=id_of(tenant, file.path),
            path=file.path,
            url=signed.url,
            headers=signed.headers,
            expires_at=self._expiry(),
        )

    def _kept(self, key: str, file: NewDocument) -> DocumentMetadata:
        """The file's metadata, over what the object at its key has now."""
        said = {name: value for name, value in asdict(file.metadata).items() if value}
        state = self._bucket.head(key) if len(said) < len(fields(DocumentMetadata)) else None
        return replace(state.metadata, **said) if state else file.metadata

    def _stored(self, record: DocumentRecord, version: str) -> StoredVersion:
        for stored in self._bucket.versions(object_key(record.tenant, record.path)):
            if stored.version == version and not stored.deleted:
                return stored
        raise NotFound("The document has no such version: list its versions to see them.")

    def _expiry(self) -> str:
        moment = datetime.fromtimestamp(self._now() + SIGNED_S, UTC)
        return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def _is_read(record: DocumentRecord, other: ObjectState | DocumentRecord) -> bool:
    """Whether readers see this content, or none yet; a bucket may call all versions the same."""
    same = (record.version, record.etag) == (other.version, other.etag)
    return same or record.live_revision == 0


def _check_copy(size: int) -> None:
    if size > LARGEST_PUT:
        raise InvalidRequest("S3 copies at most 5 GiB at once: upload the document again.")
