"""A shared drive or a folder of Google Drive as a source, by Drive's changes.

https://developers.google.com/workspace/drive/api/guides/manage-changes tells of changes and their
tokens, .../guides/about-shareddrives of shared drives (one's id is its top folder's),
.../guides/shortcuts of shortcuts; what else is asked for is in `drive_api`.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import httpx2

from nexus.adapters.sources.calling import LARGEST_DOCUMENT
from nexus.adapters.sources.drive_api import DRIVE, FOLDER, SCOPE, DriveApi
from nexus.adapters.sources.drive_contents import EXPORTS, EXTENSIONS
from nexus.adapters.sources.drive_progress import Progress
from nexus.adapters.sources.formats import DOCUMENTS, extensions_of, is_document
from nexus.adapters.sources.options import Options
from nexus.adapters.sources.service_account import TOKENS, service_account
from nexus.errors import DocumentTooLarge, InvalidRequest, ListingOutdated
from nexus.models.sources import Brought, Fetched, Found, Listed, ListingEnd, SourceSpec

_GOOGLES_OWN = "application/vnd.google-apps."
_SHORTCUT = f"{_GOOGLES_OWN}shortcut"
# What looks like an extension of a text's own: programs and logs are "text/plain", too.
_SOME_EXTENSION = re.compile(r"\.[A-Za-z][A-Za-z0-9]{0,4}$")
_ID = re.compile(r"[A-Za-z0-9_-]{1,200}")
# As many documents of before are looked at before the inventory may be written.
_A_PART = 50

File = dict[str, Any]


class DriveSource:
    """A Source over all that stands below one folder; with `own_rights` readers are told, too.

    The first listing reads folder by folder, and then what changed meanwhile; those after it ask
    for changes alone. Drive tells nothing of a document whose folder moved, whose readers changed
    with a folder's, or that a shortcut leads to: these are looked at in each run.
    """

    def __init__(
        self, api: DriveApi, root: str, extensions: tuple[str, ...], *, own_rights: bool
    ) -> None:
        self._api = api
        self._root = root
        self._extensions = extensions
        self._own_rights = own_rights

    @classmethod
    def from_spec(
        cls,
        spec: SourceSpec,
        client: httpx2.Client,
        secret: Callable[[], str],
        sleep: Callable[[float], None] = time.sleep,
    ) -> DriveSource:
        """The source that a spec describes. Raises InvalidRequest naming an option."""
        options = Options(spec.options)
        base = options.text("drive_url", DRIVE).rstrip("/")
        tokens = options.text("token_url", TOKENS)
        user = options.text("user", "")
        named = [options.text(name, "") for name in ("drive", "folder")]
        extensions = extensions_of(options.texts("extensions"))
        options.finish()
        root = "".join(named)
        if all(named) or not _ID.fullmatch(root):
            raise InvalidRequest(
                "Say one of drive=ID and folder=ID: what follows /folders/ in its address.", "drive"
            )
        own = spec.own_rights or bool(spec.group_map)
        api = DriveApi(client, service_account(client, tokens, secret, SCOPE, user), base, sleep)
        return cls(api, root, extensions, own_rights=own)

    def listed(self, since: str, at: str, known: Mapping[str, Brought]) -> Iterator[Listed]:
        """What there is, or changed; `since` and `at` are a `Progress`."""
        drive = self._api.drive_of(self._root)
        progress = Progress(at or since)
        if not progress.token:
            # Before anything is read: what changes meanwhile is told from here on.
            progress.token, progress.drive = self._api.first_token(drive), drive
            progress.enter(self._root, "", "")
        elif progress.drive != drive:
            raise ListingOutdated("The folder is in another drive now, which has its own changes.")
        while True:
            yield from self._read(drive, progress)
            yield from self._changed(drive, progress)
            if not progress.next_batch():
                break
        whole = not since
        yield from self._led_to(progress)
        yield from self._looked_at(progress, known, whole=whole)
        yield Listed(end=ListingEnd(whole=whole, cursor=progress.cursor()))

    def fetch(self, found: Found) -> Fetched | None:
        """A document's content, exported where it is Google's own. Raises DocumentTooLarge."""
        note = json.loads(found.note)
        size = note["size"]
        if size.isdecimal() and len(size) < 20 and int(size) > LARGEST_DOCUMENT:
            raise DocumentTooLarge(f"It is larger than {LARGEST_DOCUMENT // 1024 // 1024} MB.")
        return self._api.content(note["target"] or found.id, note["kind"])

    def _read(self, drive: str, progress: Progress) -> Iterator[Listed]:
        """All that stands in folders that are new, and in those below them."""
        while folders := progress.next_batch():
            files, page = self._api.children(drive, folders, progress.page)
            part = self._sorted(files, progress)
            progress.read_to(page)
            yield replace(part, at=progress.kept())

    def _changed(self, drive: str, progress: Progress) -> Iterator[Listed]:
        ended = False
        while not ended:
            changes, token, ended = self._api.changes(drive, progress.token)
            files = [_changed_file(one) for one in changes if one.get("changeType") != "drive"]
            part = self._sorted((one for one in files if one is not None), progress)
            progress.token = token
            yield replace(part, at=progress.kept())

    def _sorted(self, files: Iterable[File], progress: Progress) -> Listed:
        """Notes folders and shortcuts; documents that are there, and ids of what is not."""
        found: list[Found] = []
        gone: list[str] = []
        for file in files:
            document, kind = str(file["id"]), file.get("mimeType")
            parent = _parent_of(file, progress)
            progress.shortcuts.pop(document, None)
            if document == self._root:
                continue
            if kind == FOLDER and parent is not None:
                progress.enter(document, parent, str(file.get("name", "")))
                continue
            # One that is told without its kind is gone: it may have been a folder.
            progress.leave(document)
            if parent is not None and kind == _SHORTCUT:
                target = file.get("shortcutDetails")
                leads_to = str(target.get("targetId", "")) if isinstance(target, dict) else ""
                progress.shortcuts[document] = [parent, str(file.get("name", "")), leads_to]
                continue
            made = None if parent is None else self._found(file, document, parent, progress)
            progress.tell(document, is_there=made is not None)
            if made is None:
                gone.append(document)
            else:
                found.append(made)
        return Listed(found=tuple(found), gone=tuple(gone))

    def _found(
        self, file: File, document: str, parent: str, progress: Progress, target: str = ""
    ) -> Found | None:
        """A document of a file, or of the one that a shortcut leads to; None if it is none."""
        kind, name = str(file.get("mimeType", "")), _name_of(file)
        path = progress.folders.path(parent, name)
        if kind.startswith(_GOOGLES_OWN) and kind not in EXPORTS:
            return None
        if path is None or not is_document(name, self._extensions):
            return None
        changed = str(file.get("modifiedTime", ""))
        note = {"parent": parent, "name": name, "kind": kind, "target": target}
        return Found(
            id=document,
            path=path,
            mark=str(file.get("md5Checksum") or changed),
            title=name.rpartition(".")[0] or name,
            url=str(file.get("webViewLink", "")),
            date=changed[:10],
            groups=self._api.readers(target or document) if self._own_rights else None,
            note=json.dumps({**note, "size": str(file.get("size", ""))}),
        )

    def _led_to(self, progress: Progress) -> Iterator[Listed]:
        """What shortcuts lead to, where that is a document that is not here by itself."""
        told = set(progress.told)
        left = [one for one in sorted(progress.shortcuts) if one not in told]
        for start in range(0, len(left), _A_PART):
            found: list[Found] = []
            gone: list[str] = []
            for shortcut in left[start : start + _A_PART]:
                parent, name, target = progress.shortcuts[shortcut]
                is_here = progress.holds(parent)
                if not is_here:
                    del progress.shortcuts[shortcut]
                file = self._api.file(target) if target and is_here else None
                made = None
                if file is not None and _parent_of(file, progress, anywhere=True) == "":
                    named = {**file, "name": name}
                    made = self._found(named, shortcut, parent, progress, target)
                progress.tell(shortcut, is_there=made is not None)
                if made is None:
                    gone.append(shortcut)
                else:
                    found.append(made)
            yield Listed(found=tuple(found), gone=tuple(gone), at=progress.kept())

    def _looked_at(
        self, progress: Progress, known: Mapping[str, Brought], *, whole: bool
    ) -> Iterator[Listed]:
        """Documents of before: their folders, or readers, may be others now.

        One that a whole listing told nothing of is gone by that.
        """
        told = set(progress.told)
        left = [one for one in known if one not in progress.away and (one in told or not whole)]
        for start in range(0, len(left), _A_PART):
            found: list[Found] = []
            gone: list[str] = []
            for document in left[start : start + _A_PART]:
                before = known[document].found
                note = json.loads(before.note)
                path = progress.folders.path(note["parent"], note["name"])
                is_there = path is not None and (
                    not note["target"] or document in progress.shortcuts
                )
                if path is None or not is_there:
                    gone.append(document)
                elif path != before.path or (self._own_rights and document not in told):
                    groups = before.groups
                    if self._own_rights:
                        groups = self._api.readers(note["target"] or document)
                    found.append(replace(before, path=path, groups=groups))
                progress.tell(document, is_there=is_there)
            yield Listed(found=tuple(found), gone=tuple(gone), at=progress.kept())


def _changed_file(change: Mapping[str, Any]) -> File | None:
    """The file that a change tells of, without its parents if it is gone; None for another's."""
    document, file = change.get("fileId"), change.get("file")
    if not isinstance(document, str) or not document:
        return None
    if change.get("removed") is True or not isinstance(file, dict) or file.get("trashed") is True:
        return {"id": document}
    return {**file, "id": document}


def _parent_of(file: File, progress: Progress, *, anywhere: bool = False) -> str | None:
    """The folder below the root that a file stands in; None if it stands in none, or in the trash.

    With `anywhere` a file that stands elsewhere has the parent "".
    """
    if file.get("trashed") is True:
        return None
    parents = file.get("parents")
    for one in parents if isinstance(parents, list) else ():
        if isinstance(one, str) and progress.holds(one):
            return one
    return "" if anywhere else None


def _name_of(file: File) -> str:
    """A file's name as the last part of a path, with the extension that its kind has."""
    name = re.sub(r"[/\\]", "-", str(file.get("name", "")))
    kind = str(file.get("mimeType", ""))
    extension = EXTENSIONS.get(kind)
    if extension is None or name.lower().endswith(f".{extension}"):
        return name
    if kind not in EXPORTS and is_document(name, DOCUMENTS):
        return name
    if kind.startswith("text/") and _SOME_EXTENSION.search(name):
        return name
    return f"{name}.{extension}"
