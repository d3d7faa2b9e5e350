"""Asks Google's Drive API v3 for folders, changes and readers, and doubts each answer.

Listing: https://developers.google.com/workspace/drive/api/reference/rest/v3/files/list and
.../guides/enable-shareddrives; changes: .../reference/rest/v3/changes/list; rights:
.../reference/rest/v3/permissions/list; limits and other failures: .../guides/handle-errors.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import httpx2

from nexus.adapters.sources.calling import SERVICE, Caller, Refusal
from nexus.adapters.sources.credentials import OAuth
from nexus.adapters.sources.drive_contents import content
from nexus.errors import ListingOutdated, UpstreamRefused, UpstreamUnavailable
from nexus.models.sources import Fetched

DRIVE = "https://www.googleapis.com/drive/v3"
SCOPE = "https://www.googleapis.com/auth/drive.readonly"
FOLDER = "application/vnd.google-apps.folder"
_FILE = (
    "id,name,mimeType,parents,trashed,webViewLink,modifiedTime,md5Checksum,size,"
    "shortcutDetails(targetId,targetMimeType)"
)
_READER = "type,emailAddress,domain,id,role,view,deleted,expirationTime"
# As many documents are told at once: each may take a call for its readers.
_A_PAGE = "100"
_ALL_DRIVES = {"supportsAllDrives": "true", "includeItemsFromAllDrives": "true"}
# Drive says 403 for limits, too; those of a day end with it, when the source is asked again.
_PASSING = (
    *("rateLimitExceeded", "userRateLimitExceeded", "sharingRateLimitExceeded", "backendError"),
    *("dailyLimitExceeded", "quotaExceeded", "downloadQuotaExceeded"),
)
File = dict[str, Any]


class DriveApi:
    """Drive as one account sees it. An answer that is not whole raises UpstreamUnavailable."""

    def __init__(
        self,
        client: httpx2.Client,
        credentials: OAuth,
        base: str,
        sleep: Callable[[float], None],
        now: Callable[[], datetime.datetime] = lambda: datetime.datetime.now(datetime.UTC),
    ) -> None:
        self._caller = Caller(client, credentials, sleep, _reason_of, _PASSING)
        self._base = base
        self._now = now

    def drive_of(self, root: str) -> str:
        """The shared drive that a folder is in, or is; "" for one of My Drive.

        Raises UpstreamRefused for what is no folder, in the trash, or not seen by the account.
        """
        found = self.file(root, "id,mimeType,trashed,driveId")
        if found is None or found.get("mimeType") != FOLDER or found.get("trashed") is True:
            raise UpstreamRefused(
                SERVICE,
                "The account sees no such folder or shared drive: check its id, and share it with "
                "the service account's address.",
            )
        return str(found.get("driveId") or "")

    def first_token(self, drive: str) -> str:
        """Where changes from now on begin."""
        told = self._asked("/changes/startPageToken", _of(drive))
        return _text(told, "startPageToken")

    def changes(self, drive: str, token: str) -> tuple[list[dict[str, Any]], str, bool]:
        """What changed since a token, the token of what follows, and whether it is the end.

        Raises ListingOutdated if Drive no longer knows the token.
        """
        fields = f"nextPageToken,newStartPageToken,changes(changeType,fileId,removed,file({_FILE}))"
        told = self._asked(
            "/changes",
            {**_ALL_DRIVES, **_of(drive), "pageSize": _A_PAGE, "fields": fields},
            token,
        )
        ended = not told.get("nextPageToken")
        following = _text(told, "newStartPageToken" if ended else "nextPageToken")
        if not ended and following == token:
            raise UpstreamUnavailable(SERVICE, "Drive's changes go round in circles.")
        return _objects(told, "changes"), following, ended

    def children(self, drive: str, folders: Sequence[str], page: str) -> tuple[list[File], str]:
        """What stands in folders, and the token of the next page, "" at the end.

        Raises ListingOutdated if Drive no longer knows `page`.
        """
        parents = " or ".join(f"'{_escaped(one)}' in parents" for one in folders)
        corpus = {"corpora": "drive", **_of(drive)} if drive else {"corpora": "user"}
        told = self._asked(
            "/files",
            {
                **_ALL_DRIVES,
                **corpus,
                "q": f"({parents}) and trashed = false",
                "pageSize": _A_PAGE,
                "fields": f"nextPageToken,incompleteSearch,files({_FILE})",
            },
            page,
        )
        if told.get("incompleteSearch"):
            raise UpstreamUnavailable(SERVICE, "Drive did not search all that it was asked to.")
        following = str(told.get("nextPageToken") or "")
        if following and following == page:
            raise UpstreamUnavailable(SERVICE, "Drive's listing goes round in circles.")
        files = _objects(told, "files")
        for one in files:
            _text(one, "id")
        return files, following

    def file(self, document: str, fields: str = _FILE) -> File | None:
        """What is told of one file; None if there is none that the account sees."""
        return self._caller.maybe_json(
            self._address(document), supportsAllDrives="true", fields=fields
        )

    def readers(self, document: str) -> tuple[str, ...]:
        """Who may read a file: nobody where it is gone, or the account may not know.

        A group is its address, others are "user:ADDRESS", "domain:NAME" and "anyone"; addresses
        are in small letters.
        """
        readers: set[str] = set()
        page = ""
        while True:
            query = {"supportsAllDrives": "true", "pageSize": "100"}
            query["fields"] = f"nextPageToken,permissions({_READER})"
            if page:
                query["pageToken"] = page
            try:
                told = self._caller.maybe_json(f"{self._address(document)}/permissions", **query)
            except Refusal as err:
                if err.reason == "insufficientFilePermissions":
                    return ()
                raise
            if told is None:  # gone meanwhile, as the next changes will tell
                return ()
            for one in _objects(told, "permissions"):
                readers.update(self._reader(one))
            following = str(told.get("nextPageToken") or "")
            if following and following == page:
                raise UpstreamUnavailable(SERVICE, "Drive's permissions go round in circles.")
            page = following
            if not page:
                return tuple(sorted(readers))

    def content(self, document: str, kind: str) -> Fetched | None:
        """A file's bytes, of Google's own kinds as exported; None if it is gone.

        Raises DocumentTooLarge, and DocumentRejected for what nobody may download.
        """
        return content(self._caller, self._address(document), kind)

    def _reader(self, one: Mapping[str, Any]) -> Iterator[str]:
        """Whom a permission lets read: every role does, but those of a part of the file alone."""
        if one.get("deleted") is True or one.get("view") or self._has_ended(one):
            return
        kind, address = one.get("type"), str(one.get("emailAddress") or one.get("id", "")).lower()
        if kind == "group":
            yield address
        elif kind == "domain":
            yield f"domain:{one.get('domain', '')}"
        elif kind == "anyone":
            yield "anyone"
        elif kind == "user":
            yield f"user:{address}"

    def _has_ended(self, one: Mapping[str, Any]) -> bool:
        told = one.get("expirationTime")
        if not told:
            return False
        try:
            return datetime.datetime.fromisoformat(str(told)) <= self._now()
        except (ValueError, TypeError):
            return True

    def _address(self, document: str) -> str:
        return f"{self._base}/files/{quote(document, safe='')}"

    def _asked(self, path: str, query: Mapping[str, str], token: str = "") -> dict[str, Any]:
        try:
            return self._caller.json(
                f"{self._base}{path}", **query, **({"pageToken": token} if token else {})
            )
        except Refusal as err:
            if token and err.status == 400:
                raise ListingOutdated("Drive no longer knows where its listing stopped.") from err
            raise


def _of(drive: str) -> dict[str, str]:
    return {"supportsAllDrives": "true", **({"driveId": drive} if drive else {})}


def _escaped(name: str) -> str:
    return name.replace("\\", "\\\\").replace("'", "\\'")


def _objects(told: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    found = told.get(name)
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise UpstreamUnavailable(SERVICE, f"Drive's answer came without its {name}.")
    return found


def _text(told: Mapping[str, Any], name: str) -> str:
    found = told.get(name)
    if not isinstance(found, str) or not found:
        raise UpstreamUnavailable(SERVICE, f"Drive's answer came without its {name}.")
    return found


def _reason_of(content: bytes) -> str:
    """Drive's own word for a failure, such as "rateLimitExceeded"; "" if it says none."""
    try:
        found = json.loads(content)["error"]["errors"][0]["reason"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return ""
    return found if isinstance(found, str) else ""
