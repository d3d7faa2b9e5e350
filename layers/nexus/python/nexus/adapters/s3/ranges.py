"""One version of an object in S3 as a seekable stream that fetches only what is read of it."""

from __future__ import annotations

import io
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from nexus.adapters.aws.errors import error_code, translate
from nexus.errors import NotFound, UpstreamUnavailable
from nexus.models import ObjectState

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

SERVICE = "documents"
CUT_SHORT = "S3 sent a part of the document only; try again."

# A key or version that is gone. A delete marker answers 405 when it is named by version.
ABSENT = {"404", "NoSuchKey", "NoSuchVersion", "405", "MethodNotAllowed"}
_CHANGED = {"412", "PreconditionFailed"}
_MIB = 1024 * 1024
_BLOCK = _MIB
_KEPT = 16
# One request for the whole of what is smaller costs less than its parts one by one.
_SMALL = 8 * _MIB
# Blocks that one request brings while a reader goes straight on.
_MOST_AHEAD = 8


class ObjectRanges(io.RawIOBase):
    """A stream over exactly the version that the state names, or without one its ETag.

    Holds at most 16 blocks of 1 MiB. A read raises NotFound if the version is gone,
    UpstreamUnavailable or UpstreamRefused if S3 did not give it whole. For one thread at a time.
    """

    def __init__(self, client: S3Client, bucket: str, state: ObjectState) -> None:
        self._client = client
        self._size = state.size
        self._at = 0
        self._object: dict[str, Any] = {"Bucket": bucket, "Key": state.key}
        if state.version:
            self._object["VersionId"] = state.version
        else:
            self._object["IfMatch"] = f'"{state.etag}"'
        self._block_size = _BLOCK if state.size > _SMALL else max(state.size, 1)
        self._blocks: OrderedDict[int, bytes] = OrderedDict()
        self._next, self._ahead = -1, 1

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        origin = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if origin + offset < 0:
            raise ValueError("seek before the start")
        self._at = origin + offset
        return self._at

    def readinto(self, buffer: Any) -> int:
        wanted = memoryview(buffer).cast("B")
        done = 0
        if not self._size:
            self._block(0)  # so that an empty object that is gone is noticed, too
        while done < len(wanted) and self._at < self._size:
            number, offset = divmod(self._at, self._block_size)
            piece = memoryview(self._block(number))[offset : offset + len(wanted) - done]
            wanted[done : done + len(piece)] = piece
            done += len(piece)
            self._at += len(piece)
        return done

    def _block(self, number: int) -> bytes:
        if number in self._blocks:
            self._blocks.move_to_end(number)
            return self._blocks[number]
        # A reader that goes straight on gets more at each request; one that jumps, one block.
        self._ahead = min(2 * self._ahead, _MOST_AHEAD) if number == self._next else 1
        last = -(-self._size // self._block_size) - 1
        count = max(1, min(self._ahead, last - number + 1))
        start = number * self._block_size
        content = self._fetch(start, min(start + count * self._block_size, self._size))
        for place in range(count):
            at = place * self._block_size
            self._blocks[number + place] = content[at : at + self._block_size]
            self._blocks.move_to_end(number + place)
        while len(self._blocks) > _KEPT:
            self._blocks.popitem(last=False)
        self._next = number + count
        return self._blocks[number]

    def _fetch(self, start: int, end: int) -> bytes:
        wanted = dict(self._object)
        if self._size > _SMALL:
            wanted["Range"] = f"bytes={start}-{end - 1}"
        with translate(SERVICE):
            try:
                found = self._client.get_object(**wanted)
            except ClientError as err:
                if error_code(err) in ABSENT | _CHANGED:
                    raise NotFound("The document's version is no longer in the bucket.") from err
                raise
            with found["Body"] as body:
                content: bytes = body.read()
        if len(content) != end - start:
            raise UpstreamUnavailable(SERVICE, CUT_SHORT)
        return content
