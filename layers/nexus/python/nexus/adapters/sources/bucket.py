"""Another S3 bucket, or a part of one, as a source: its objects with what they say of themselves.

Listing: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
"""

from __future__ import annotations

import datetime
import functools
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from botocore.exceptions import ClientError

from nexus.adapters.aws.errors import error_code, translate
from nexus.adapters.s3.ranges import ABSENT
from nexus.adapters.sources.calling import LARGEST_DOCUMENT, SERVICE
from nexus.adapters.sources.formats import extensions_of, is_document
from nexus.adapters.sources.options import Options
from nexus.errors import DocumentTooLarge, UpstreamUnavailable
from nexus.models.sources import Brought, Fetched, Found, Listed, ListingEnd, SourceSpec
from nexus.object_keys import decode_metadata

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client


_SETTLED_S = 2.0


class BucketSource:
    """A Source over the keys that begin with a prefix; `link` and a key make a citation's address.

    The groups that an object names, in the metadata that Nexus's own documents have, are its
    rights.
    """

    def __init__(
        self,
        client: S3Client,
        bucket: str,
        prefix: str,
        link: str,
        extensions: tuple[str, ...],
        at_once: int = 1000,
    ) -> None:
        self._client = client
        self._bucket = bucket
        self._prefix = prefix
        self._link = link
        self._extensions = extensions
        self._at_once = at_once

    @classmethod
    def from_spec(cls, spec: SourceSpec, client: S3Client) -> BucketSource:
        """The source that a spec describes. Raises InvalidRequest naming an option."""
        options = Options(spec.options)
        bucket, prefix = options.text("bucket"), options.text("prefix", "")
        extensions = extensions_of(options.texts("extensions"))
        made = cls(client, bucket, prefix, options.text("link", ""), extensions)
        options.finish()
        return made

    def listed(
        self,
        since: str,  # noqa: ARG002 - each listing is a whole one
        at: str,
        known: Mapping[str, Brought],
    ) -> Iterator[Listed]:
        """Every object, `at_once` a part; `at` is the last key."""
        while True:
            request: dict[str, Any] = {"Bucket": self._bucket, "Prefix": self._prefix}
            if at:
                request["StartAfter"] = at
            with translate(SERVICE):
                page = self._client.list_objects_v2(**request, MaxKeys=self._at_once)
            objects = page.get("Contents", [])
            names = [one for one in objects if is_document(one["Key"], self._extensions)]
            found = [self._found(one, known.get(one["Key"])) for one in names]
            there = tuple(one for one in found if one is not None)
            if not page["IsTruncated"]:
                yield Listed(found=there, end=ListingEnd(whole=True))
                return
            if not objects:
                raise UpstreamUnavailable(SERVICE, "S3 cut its listing short.")
            at = objects[-1]["Key"]
            yield Listed(found=there, at=functools.partial(str, at))

    def fetch(self, found: Found) -> Fetched | None:
        """An object's content; None if it is gone. Raises DocumentTooLarge."""
        with translate(SERVICE):
            try:
                got = self._client.get_object(Bucket=self._bucket, Key=found.id)
            except ClientError as err:
                if error_code(err) in ABSENT:
                    return None
                raise
            with got["Body"] as body:
                if got["ContentLength"] > LARGEST_DOCUMENT:
                    raise DocumentTooLarge(
                        f"It is larger than {LARGEST_DOCUMENT // 1024 // 1024} MB."
                    )
                content = body.read()
        if len(content) != got["ContentLength"]:
            raise UpstreamUnavailable(SERVICE, "An object's content came short.")
        return Fetched(content, got.get("ContentType", ""))

    def _found(self, listed: Mapping[str, Any], known: Brought | None) -> Found | None:
        """An object as it is listed; what it says of itself is asked for where it changed."""
        key, mark = listed["Key"], f"{listed['ETag']} {listed['Size']}"
        changed = listed["LastModified"].isoformat()
        age_s = (datetime.datetime.now(datetime.UTC) - listed["LastModified"]).total_seconds()
        if known and known.found.mark == mark and known.found.note == changed:
            return known.found
        with translate(SERVICE):
            try:
                head = self._client.head_object(Bucket=self._bucket, Key=key)
            except ClientError as err:
                if error_code(err) in ABSENT:
                    return None
                raise
        said = decode_metadata(head.get("Metadata", {}))
        link = f"{self._link}{quote(key)}" if self._link else ""
        return Found(
            id=key,
            path=key.removeprefix(self._prefix).lstrip("/"),
            mark=mark,
            title=said.title or "",
            url=said.url or link,
            author=said.author or "",
            date=said.date or "",
            # Whoever says nothing of groups shows an object to all who see the bucket.
            groups=said.groups or ("everybody",),
            # S3 tells times by the second: one that is not over may see another change.
            note=changed if age_s > _SETTLED_S else "",
            by_content=True,
        )
