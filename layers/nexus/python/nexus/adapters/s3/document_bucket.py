"""What administrators do with the documents in an S3 bucket: uploads, versions, copies."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator, Mapping
from typing import Any
from urllib.parse import quote

from botocore.exceptions import ClientError

from nexus.adapters.aws.errors import error_code, translate
from nexus.adapters.s3.documents import S3Documents, timestamp
from nexus.adapters.s3.ranges import SERVICE
from nexus.documents.served_types import ServedType, served_type
from nexus.errors import InvalidRequest, NotFound, Superseded
from nexus.models import DocumentMetadata, ObjectState
from nexus.object_keys import GROUPS, METADATA_NAMES, encode_metadata, parse_key
from nexus.ports import NewObject, SignedUpload, StoredVersion

# A malformed version id is an InvalidArgument, a delete marker's an InvalidRequest.
# Asked for its head, they are a 400 and a 405 without a name.
_NO_SUCH_VERSION = {
    *("NoSuchKey", "NoSuchVersion", "404", "InvalidArgument", "InvalidRequest"),
    *("400", "405", "MethodNotAllowed"),
}
_NOT_THERE = "The document has no such version."
_CHANGED = {"PreconditionFailed", "412"}
_TOO_LONG = {"MetadataTooLarge"}

# What a copy with new metadata would otherwise drop.
_KEPT = ("CacheControl", "ContentDisposition", "ContentEncoding", "ContentLanguage", "ContentType")


class S3DocumentBucket(S3Documents):
    """A DocumentBucket; its client must sign with version 4, or headers would not be bound.

    The role needs PutObject, ListBucketVersions and, for objects that somebody has tagged,
    GetObjectTagging, GetObjectVersionTagging and PutObjectTagging beside what S3Documents needs.
    """

    def sign_upload(self, upload: NewObject, seconds: int) -> SignedUpload:
        """A presigned PUT, all of whose headers are signed; S3 refuses it with any other."""
        metadata = encode_metadata(upload.metadata)
        asked: dict[str, Any] = {
            "ContentType": upload.content_type,
            "ContentLength": upload.size,
            "Metadata": metadata,
        }
        headers = {
            "content-type": upload.content_type,
            "content-length": str(upload.size),
            **{f"x-amz-meta-{name}": value for name, value in metadata.items()},
        }
        if upload.checksum_sha256:
            asked["ChecksumSHA256"] = upload.checksum_sha256
            headers["x-amz-checksum-sha256"] = upload.checksum_sha256
        return SignedUpload(self._sign("put_object", upload.key, seconds, asked), headers)

    def sign_download(self, key: str, version: str, seconds: int) -> str:
        """A presigned GET that names the file as its path does, and says as what it is served."""
        _, path = parse_key(key)
        served = served_type(path)
        asked = {
            "VersionId": version,
            "ResponseContentDisposition": _disposition(path.rpartition("/")[2], served),
            "ResponseContentType": served.media_type,
        }
        return self._sign("get_object", key, seconds, asked)

    def versions(self, key: str) -> Iterator[StoredVersion]:
        """Every version and delete marker of the key, newest first, one page in memory."""
        pages = self._client.get_paginator("list_object_versions").paginate(
            Bucket=self._bucket, Prefix=key
        )
        with translate(SERVICE):
            for page in pages:
                listed = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
                own = [_version(found) for found in listed if found["Key"] == key]
                own.sort(key=lambda found: (found.is_latest, found.last_modified), reverse=True)
                yield from own
                # Other keys that begin with this one come after it.
                if len(own) < len(listed):
                    return

    def restore(self, key: str, version: str) -> None:
        """Copies a version over the current one, for whom the newest may see. Raises NotFound."""
        newest = next((found for found in self.versions(key) if not found.deleted), None)
        if newest is None:
            raise NotFound(_NOT_THERE)
        with translate(SERVICE):
            try:
                found = self._client.head_object(Bucket=self._bucket, Key=key, VersionId=version)
                now = self._client.head_object(
                    Bucket=self._bucket, Key=key, VersionId=newest.version
                )
                said = {**_others(found["Metadata"], {GROUPS}), **_only(now["Metadata"], {GROUPS})}
                self._client.copy_object(
                    Bucket=self._bucket,
                    Key=key,
                    CopySource={"Bucket": self._bucket, "Key": key, "VersionId": version},
                    MetadataDirective="REPLACE",
                    Metadata=said,
                    **{name: found[name] for name in _KEPT if found.get(name)},  # type: ignore[literal-required]
                )
            except ClientError as err:
                if error_code(err) in _NO_SUCH_VERSION:
                    raise NotFound(_NOT_THERE) from err
                if error_code(err) in _TOO_LONG:
                    raise _too_long() from err
                raise

    def describe(self, state: ObjectState, metadata: DocumentMetadata) -> None:
        """Copies the object onto itself with other metadata, if its ETag still is the state's."""
        said = encode_metadata(metadata)
        with translate(SERVICE):
            try:
                found = self._client.head_object(
                    Bucket=self._bucket, Key=state.key, IfMatch=f'"{state.etag}"'
                )
                foreign = _others(found.get("Metadata", {}), METADATA_NAMES)
                self._client.copy_object(
                    Bucket=self._bucket,
                    Key=state.key,
                    CopySource={"Bucket": self._bucket, "Key": state.key},
                    CopySourceIfMatch=f'"{state.etag}"',
                    MetadataDirective="REPLACE",
                    Metadata={**foreign, **said},
                    **{name: found[name] for name in _KEPT if found.get(name)},  # type: ignore[literal-required]
                )
            except ClientError as err:
                code = error_code(err)
                if code in _CHANGED:
                    raise Superseded("The document changed meanwhile: read it again.") from err
                if code in {"404", "NoSuchKey"}:
                    raise NotFound("The document is no longer in the bucket.") from err
                if code in _TOO_LONG:
                    raise _too_long() from err
                raise

    def _sign(self, operation: str, key: str, seconds: int, asked: dict[str, Any]) -> str:
        with translate(SERVICE):
            url: str = self._client.generate_presigned_url(
                operation, Params={"Bucket": self._bucket, "Key": key, **asked}, ExpiresIn=seconds
            )
        return url


def _version(found: Any) -> StoredVersion:
    return StoredVersion(
        version=found["VersionId"],
        size=found.get("Size", 0),
        etag=found.get("ETag", "").strip('"'),
        last_modified=timestamp(found["LastModified"]),
        is_latest=found["IsLatest"],
        deleted="ETag" not in found,
    )


def _disposition(name: str, served: ServedType) -> str:
    """A Content-Disposition (RFC 6266): the name for old readers, and as it is in UTF-8.

    Without the signs that show nothing, by which a name can read as if it ended otherwise.
    """
    name = "".join(char for char in name if unicodedata.category(char) not in ("Cc", "Cf", "Cs"))
    kind = "inline" if served.inline else "attachment"
    plain = "".join(char if " " <= char <= "~" and char not in '"\\%' else "_" for char in name)
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _only(metadata: Mapping[str, str], names: Collection[str]) -> dict[str, str]:
    return {name: value for name, value in metadata.items() if name.lower() in names}


def _others(metadata: Mapping[str, str], names: Collection[str]) -> dict[str, str]:
    return {name: value for name, value in metadata.items() if name.lower() not in names}


def _too_long() -> InvalidRequest:
    return InvalidRequest(
        "The document's metadata, with what others stored beside it, is over S3's 2,048 bytes.",
        "metadata",
    )
