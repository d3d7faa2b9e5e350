"""The bucket of documents, as ingestion reads it and as people manage it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from nexus.models import DocumentMetadata, ObjectState


class DocumentStore(Protocol):
    """The bucket that holds the documents, under `documents/{tenant}/{path}`."""

    def head(self, key: str) -> ObjectState | None:
        """What the bucket holds at the key now, or None. Raises NotFound for a foreign key."""
        ...

    def read(self, key: str, up_to: int) -> tuple[ObjectState, bytes | None] | None:
        """The same with its content, which is None where that is longer than `up_to` bytes."""
        ...

    def open(self, state: ObjectState) -> BinaryIO:
        """A seekable stream over the content of exactly that version (or ETag, without one).

        It holds a bounded part of the content at a time, and is for one thread. Opening it or any
        read of it raises NotFound if the version is gone, and the errors of every method here.
        """
        ...

    def list_objects(self, tenant: str | None, start_after: str) -> Iterator[ObjectState]:
        """All objects after the key `start_after`, in key order, one page in memory at a time.

        Listings carry no metadata and no content type; `version` is "".
        """
        ...

    def ping(self) -> None:
        """Returns when the bucket answers; raises otherwise."""
        ...


class DocumentVersions(Protocol):
    """All versions of the bucket's objects, the old ones and the delete markers too."""

    def delete_versions(self, key: str) -> int:
        """Deletes those of exactly this key, for good; how many there were.

        At no moment does an older one become the current one. One that is uploaded meanwhile may
        stay.
        """
        ...

    def count_versions(self, key: str) -> int:
        """How many there are of exactly this key."""
        ...


@dataclass(frozen=True, slots=True)
class NewObject:
    """An object that somebody may upload; `checksum_sha256` is base64, or "" for none."""

    key: str
    size: int
    content_type: str
    metadata: DocumentMetadata
    checksum_sha256: str = ""


@dataclass(frozen=True, slots=True)
class SignedUpload:
    """A PUT that needs no credentials: its URL, and the headers that must be sent with it."""

    url: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class StoredVersion:
    """One version of an object; a `deleted` one is a delete marker and has no content."""

    version: str
    size: int
    etag: str
    last_modified: str
    is_latest: bool
    deleted: bool


class DocumentBucket(DocumentStore, Protocol):
    """The documents' bucket as those who manage them use it: uploads, versions and copies."""

    def sign_upload(self, upload: NewObject, seconds: int) -> SignedUpload:
        """A PUT of exactly this object, valid for so many seconds.

        Raises InvalidRequest naming `date` or `metadata` if the metadata cannot be stored.
        """
        ...

    def sign_download(self, key: str, version: str, seconds: int) -> str:
        """The URL of a version's content, under the document's name.

        A browser shows what is safe to show, as `documents.served_types` has it, and saves the
        rest.
        """
        ...

    def versions(self, key: str) -> Iterator[StoredVersion]:
        """Every version of the object, newest first; none if there never was one."""
        ...

    def restore(self, key: str, version: str) -> None:
        """Copies a version, with its metadata, over the current one; its groups stay the newest's.

        Who was shut out since would else see the document again. Raises NotFound if the version is
        gone.
        """
        ...

    def describe(self, state: ObjectState, metadata: DocumentMetadata) -> None:
        """Replaces what the object says of itself, and nothing else of it.

        Raises Superseded if the content is no longer that of `state`, NotFound if it is gone, and
        InvalidRequest as `sign_upload` does.
        """
        ...
