"""Keeps a tenant's documents in the bucket equal to a folder on this machine."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError
from watchfiles import watch

from cli.failure import Failure
from cli.local.folder import LocalFile, scan
from cli.local.layout import read_json, write_json
from nexus.errors import InvalidRequest
from nexus.object_keys import decode_metadata, tenant_prefix

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_PARALLEL = 8


@dataclass(frozen=True)
class Changes:
    """What a sync did: paths uploaded and removed, files already there, and files left out."""

    uploaded: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int
    left_out: tuple[str, ...]  # a sentence each

    def __bool__(self) -> bool:
        return bool(self.uploaded or self.removed)


def sync(
    s3: S3Client,
    bucket: str,
    tenant: str,
    folder: Path,
    record: Path,
    on_upload: Callable[[str], None] = lambda _path: None,
) -> Changes:
    """Uploads what differs, and removes what an earlier sync uploaded and is no longer there.

    An object is the same if its size and MD5 are, and its metadata where the folder states any;
    what the folder does not state stays as it was set before.
    `record` remembers what sync uploaded: documents that came another way are never removed.
    Raises Failure if the folder is missing or the bucket cannot be reached.
    """
    if not folder.is_dir():
        raise Failure(f"There is no folder {folder}.")
    files, left_out = scan(folder, tenant)
    prefix = tenant_prefix(tenant)
    changed, same = [], 0
    try:
        present = dict(_listing(s3, bucket, prefix))
        with ThreadPoolExecutor(_PARALLEL) as pool:
            outcomes = pool.map(lambda file: _bring(s3, bucket, file, present), files)
            for file, outcome in zip(files, outcomes, strict=True):
                path = file.key.removeprefix(prefix)
                if isinstance(outcome, str):
                    left_out.append(f"{path}: {outcome}")
                elif outcome:
                    changed.append(path)
                    on_upload(path)
                else:
                    same += 1
            wanted = {file.key for file in files}
            mine = set(read_json(record).get(f"{bucket}/{prefix}", []))
            removed = sorted((mine - wanted) & present.keys())
            list(pool.map(lambda key: s3.delete_object(Bucket=bucket, Key=key), removed))
    except (ClientError, BotoCoreError) as err:
        raise Failure(f"The documents could not be uploaded: {err}") from err
    write_json(record, read_json(record) | {f"{bucket}/{prefix}": sorted(wanted)})
    gone = (key.removeprefix(prefix) for key in removed)
    return Changes(tuple(changed), tuple(gone), same, tuple(left_out))


def metadata_of(s3: S3Client, bucket: str, key: str) -> dict[str, str]:
    """The user metadata of the object at the key now; {} if there is none."""
    try:
        return s3.head_object(Bucket=bucket, Key=key)["Metadata"]
    except ClientError as err:
        if err.response.get("ResponseMetadata", {}).get("HTTPStatusCode") == 404:
            return {}
        raise


def follow(
    s3: S3Client, bucket: str, tenant: str, folder: Path, record: Path, stop: threading.Event
) -> Iterator[Changes]:
    """Syncs again whenever something in the folder changes; yields what changed, until `stop`."""
    # The first round, at the first timeout, finds what changed before the watching began.
    unseen = True
    for noticed in watch(folder, stop_event=stop, yield_on_timeout=True, rust_timeout=500):
        if noticed or unseen:
            unseen = False
            if changes := sync(s3, bucket, tenant, folder, record):
                yield changes


def _listing(s3: S3Client, bucket: str, prefix: str) -> Iterator[tuple[str, tuple[int, str]]]:
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for found in page.get("Contents", []):
            yield found["Key"], (found["Size"], found["ETag"].strip('"'))


def _bring(
    s3: S3Client, bucket: str, file: LocalFile, present: dict[str, tuple[int, str]]
) -> bool | str:
    """Uploads a file if the bucket holds it not or otherwise; whether it did, or why it cannot."""
    try:
        with file.path.open("rb") as content:
            size = file.path.stat().st_size
            same = present.get(file.key) == (size, _md5(content))
            if same and not file.said:
                return False
            before = metadata_of(s3, bucket, file.key) if file.key in present else {}
            metadata = file.metadata(before)
            if same and decode_metadata(metadata) == decode_metadata(before):
                return False
            content.seek(0)
            # In one request, so that the object's ETag is its MD5.
            s3.put_object(Bucket=bucket, Key=file.key, Body=content, Metadata=metadata)
            return True
    except OSError as err:  # unreadable, or gone since it was listed
        return f"{err.strerror}."
    except InvalidRequest as err:
        return str(err)


def _md5(content: BufferedReader) -> str:
    return hashlib.file_digest(content, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
