"""An in-memory stand-in for the bucket as administrators use it; see `tests.fakes`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from nexus.errors import NotFound, Superseded
from nexus.models import DocumentMetadata, ObjectState
from nexus.object_keys import encode_metadata, object_key, parse_key
from nexus.ports import NewObject, SignedUpload, StoredVersion
from tests.fakes import FakeDocuments


class FakeDocumentBucket(FakeDocuments):
    """A DocumentBucket; `signed` is what was allowed to be uploaded, by URL."""

    def __init__(self) -> None:
        super().__init__()
        self.signed: dict[str, NewObject] = {}
        self._history: dict[str, list[tuple[str, ObjectState | None]]] = {}

    def put(self, tenant: str, path: str, content: bytes, **said: Any) -> ObjectState:
        state = super().put(tenant, path, content, **said)
        self._history.setdefault(state.key, []).append((state.version, state))
        return state

    def drop(self, tenant: str, path: str) -> None:
        super().drop(tenant, path)
        history = self._history.setdefault(object_key(tenant, path), [])
        history.append((f"m{len(history) + 1}", None))

    def delete_versions(self, key: str) -> int:
        super().delete_versions(key)
        return len(self._history.pop(key, []))

    def count_versions(self, key: str) -> int:
        self.ping()
        return len(self._history.get(key, []))

    def sign_upload(self, upload: NewObject, seconds: int) -> SignedUpload:
        self.ping()
        url = f"https://bucket.example/{upload.key}?expires={seconds}"
        self.signed[url] = upload
        metadata = encode_metadata(upload.metadata)
        headers = {
            "content-type": upload.content_type,
            "content-length": str(upload.size),
            **{f"x-amz-meta-{name}": value for name, value in metadata.items()},
        }
        if upload.checksum_sha256:
            headers["x-amz-checksum-sha256"] = upload.checksum_sha256
        return SignedUpload(url, headers)

    def sign_download(self, key: str, version: str, seconds: int) -> str:
        self.ping()
        parse_key(key)
        return f"https://bucket.example/{key}?version={version}&expires={seconds}"

    def versions(self, key: str) -> Iterator[StoredVersion]:
        self.ping()
        history = self._history.get(key, [])
        for number, (version, state) in reversed(list(enumerate(history))):
            yield StoredVersion(
                version=version,
                size=state.size if state else 0,
                etag=state.etag if state else "",
                last_modified=state.last_modified if state else "2025-06-15T15:06:40Z",
                is_latest=number == len(history) - 1,
                deleted=state is None,
            )

    def restore(self, key: str, version: str) -> None:
        self.ping()
        state = dict(self._history.get(key, [])).get(version)
        if state is None:
            raise NotFound("The document has no such version.")
        newest = [one for _, one in self._history[key] if one is not None][-1]
        self._copy(state, replace(state.metadata, groups=newest.metadata.groups))

    def describe(self, state: ObjectState, metadata: DocumentMetadata) -> None:
        self.ping()
        encode_metadata(metadata)
        current = self._current.get(state.key)
        if current is None:
            raise NotFound("The document is no longer in the bucket.")
        if current.etag != state.etag:
            raise Superseded("The document changed meanwhile: read it again.")
        self._copy(current, metadata)

    def _copy(self, state: ObjectState, metadata: DocumentMetadata) -> None:
        content = self._content[state.key, state.version]
        self.put(
            state.tenant,
            state.path,
            content,
            content_type=state.content_type,
            metadata=metadata,
        )
