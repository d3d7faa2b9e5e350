"""Reads a folder of documents: which files count, what keys they get, what is said about them."""

from __future__ import annotations

import json
import os
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cli.failure import Failure
from nexus.errors import InvalidRequest
from nexus.object_keys import METADATA_NAMES, decode_metadata, encode_metadata, object_key

METADATA_FILE = "metadata.json"
_TEMPORARY = (".swp", ".swo", ".tmp", ".part", ".crdownload", "~")
_TEMPORARY_STARTS = (".", "~$", "#")
_DESKTOP = {"thumbs.db", "desktop.ini"}


@dataclass(frozen=True)
class LocalFile:
    """A file to be a document: where it is, its key in the bucket, and what is said of it.

    `said` are fields of DocumentMetadata; None, or an empty list, takes away what was said before.
    """

    path: Path
    key: str
    said: Mapping[str, Any]

    def metadata(self, before: Mapping[str, str]) -> dict[str, str]:
        """The object's metadata, encoded, if `before` is what it has now ({} for a new one).

        What was set before stays, unless something else is said. Raises InvalidRequest as
        encode_metadata does.
        """
        foreign = {name: value for name, value in before.items() if name not in METADATA_NAMES}
        return {**foreign, **encode_metadata(replace(decode_metadata(before), **self.said))}


def scan(folder: Path, tenant: str) -> tuple[list[LocalFile], list[str]]:
    """The documents in a folder and below, by key, and a sentence for each file left out.

    Hidden and temporary files are passed over, as are links that lead out of the folder. What
    `metadata.json` in a file's own folder says of it ({name: {title, author, department, date,
    tags, groups}}) is its metadata; null takes away what was said before. Raises Failure if a
    `metadata.json` cannot be read.
    """
    top = folder.resolve()
    files: dict[str, LocalFile] = {}
    left_out: list[str] = []
    for current, folders, names in os.walk(top):
        folders[:] = sorted(name for name in folders if not _passed_over(name))
        described = _described(Path(current) / METADATA_FILE)
        for name in sorted(names):
            path = Path(current) / name
            if name == METADATA_FILE or _passed_over(name) or not _inside(path, top):
                continue
            # One spelling of each name: macOS lists accents decomposed.
            relative = unicodedata.normalize("NFC", path.relative_to(top).as_posix())
            try:
                key = object_key(tenant, relative)
                file = LocalFile(path, key, described.get(name, {}))
                file.metadata({})
            except InvalidRequest as err:
                left_out.append(f"{relative}: {err}")
                continue
            files[key] = file
    return [files[key] for key in sorted(files)], left_out


def _passed_over(name: str) -> bool:
    lower = name.lower()
    return lower.startswith(_TEMPORARY_STARTS) or lower.endswith(_TEMPORARY) or lower in _DESKTOP


def _inside(path: Path, top: Path) -> bool:
    target = path.resolve()
    return target.is_file() and target.is_relative_to(top)


def _described(path: Path) -> dict[str, dict[str, Any]]:
    if not path.is_file():
        return {}
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
        return {name: _said(entry) for name, entry in entries.items()}
    except (OSError, ValueError, AttributeError, TypeError) as err:
        raise Failure(
            f"{path} cannot be read: it should hold "
            '{"file.pdf": {"title": "…", "author": "…", "department": "…", "date": "…", '
            f'"tags": ["…"], "groups": ["…"]}}}}. {err}'
        ) from err


def _said(entry: dict[str, Any]) -> dict[str, Any]:
    """The fields that an entry of `metadata.json` names. Raises TypeError for other values."""
    said: dict[str, Any] = {}
    for name in METADATA_NAMES & entry.keys():
        value = entry[name]
        if name in ("tags", "groups"):
            given = filter(str.strip, value.split(",")) if isinstance(value, str) else value or ()
            said[name] = tuple(str(one).strip() for one in given)
        elif value is None or isinstance(value, str):
            said[name] = value or None
        else:
            raise TypeError(f"{name} is a text.")
    return said
