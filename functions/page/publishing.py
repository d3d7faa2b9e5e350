"""Puts a built page into its bucket, so that a page that is open goes on working.

What the build names by content comes first, then the documents that name it. What the release
before had stays until the next: an open page may still load it.
"""

from __future__ import annotations

import html
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

from functions.page.files import LASTING_FOLDER, cache_control, content_type

CONFIG = "config.json"
# The files of the release that is there, for the next one to know; public as they are.
LISTED = "files.json"
_HEAD = "<head>"
_MOST_BYTES = 100_000_000  # unpacked; the page has a twentieth of that


class NoPage(Exception):
    """The archive is no built page; the message says what it lacks."""


def publish(s3: Any, bucket: str, archive: bytes, config: str, policy: str) -> int:
    """Writes the page's files, with its configuration and policy; returns how many.

    Raises NoPage if the archive is none.
    """
    files = page_files(archive, config, policy)
    before = _listed(s3, bucket)
    # Documents last: they name what must be there already.
    order = sorted(files, key=lambda path: (not path.startswith(f"{LASTING_FOLDER}/"), path))
    for path in order:
        _put(s3, bucket, path, files[path])
    kept = {*files, *before, LISTED}
    _put(s3, bucket, LISTED, json.dumps(sorted(files)).encode())
    _remove(s3, bucket, lambda key: key not in kept)
    return len(files)


def empty(s3: Any, bucket: str) -> None:
    """Removes all that the bucket holds: it is made anew by the next release."""
    _remove(s3, bucket, lambda _: True)


def page_files(archive: bytes, config: str, policy: str) -> dict[str, bytes]:
    """The files of an archive by path, each document with the policy, and the configuration.

    Raises NoPage if the archive has no `index.html`, or more than any page.
    """
    with zipfile.ZipFile(io.BytesIO(archive)) as packed:
        entries = [one for one in packed.infolist() if not one.is_dir()]
        if sum(one.file_size for one in entries) > _MOST_BYTES:
            raise NoPage(f"The page has more than {_MOST_BYTES:,} bytes.")
        files = {one.filename: packed.read(one) for one in entries}
    if "index.html" not in files:
        raise NoPage("The archive holds no index.html: build the page with `make page`.")
    documents = {
        path: with_policy(content.decode("utf-8"), policy).encode()
        for path, content in files.items()
        if path.endswith(".html")
    }
    return {**files, **documents, CONFIG: config.encode()}


def with_policy(document: str, policy: str) -> str:
    """A document with a Content-Security-Policy, before anything that it loads. Raises NoPage."""
    if _HEAD not in document:
        raise NoPage(f"A document of the page has no {_HEAD}.")
    said = html.escape(policy)
    meta = f'<meta http-equiv="Content-Security-Policy" content="{said}">'
    return document.replace(_HEAD, _HEAD + meta, 1)


def _put(s3: Any, bucket: str, path: str, content: bytes) -> None:
    s3.put_object(
        Bucket=bucket,
        Key=path,
        Body=content,
        ContentType=content_type(path),
        CacheControl=cache_control(path),
    )


def _listed(s3: Any, bucket: str) -> list[str]:
    """The files of the release that is there; none before the first."""
    try:
        found = json.loads(s3.get_object(Bucket=bucket, Key=LISTED)["Body"].read())
    except (s3.exceptions.NoSuchKey, ValueError):
        return []
    return [str(path) for path in found] if isinstance(found, list) else []


def _remove(s3: Any, bucket: str, unwanted: Callable[[str], bool]) -> None:
    for keys in _pages(s3, bucket):
        gone = [{"Key": key} for key in keys if unwanted(key)]
        if gone:
            s3.delete_objects(Bucket=bucket, Delete={"Objects": gone, "Quiet": True})


def _pages(s3: Any, bucket: str) -> Iterator[list[str]]:
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        yield [str(one["Key"]) for one in page.get("Contents", ())]
