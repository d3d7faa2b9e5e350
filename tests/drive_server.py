"""Google Drive as its documentation tells it, for one account; scripted, not tuned.

https://developers.google.com/workspace/drive/api/reference/rest/v3/files/list (q, pages, trashed,
incompleteSearch), .../guides/enable-shareddrives (driveId, corpora and the two flags),
.../reference/rest/v3/changes/list (removed, newStartPageToken; of a folder that moved nothing is
told of what is in it), .../reference/rest/v3/permissions/list, .../guides/manage-downloads and
.../reference/rest/v3/files/export (10 MB at most), .../guides/shortcuts, .../guides/handle-errors
(403 with rateLimitExceeded), and for tokens
https://developers.google.com/identity/protocols/oauth2/service-account.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.confluence_server import as_json
from tests.scripted_site import Answer, Asked

GOOGLE = "application/vnd.google-apps"
FOLDER, SHORTCUT, DOC = f"{GOOGLE}.folder", f"{GOOGLE}.shortcut", f"{GOOGLE}.document"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ROOT = "0ASharedDriveUk9PVA"
_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PRIVATE_KEY = _KEY.private_bytes(
    serialization.Encoding.PEM,
    serialization.PrivateFormat.PKCS8,
    serialization.NoEncryption(),
).decode()
ACCOUNT = {
    "type": "service_account",
    "client_email": "nexus@example.iam.gserviceaccount.com",
    "private_key_id": "key-1",
    "private_key": PRIVATE_KEY,
}


def refused(status: int, reason: str) -> Answer:
    """A failure in Drive's form."""
    error = {"domain": "global", "reason": reason, "message": "told"}
    return as_json({"error": {"code": status, "message": "told", "errors": [error]}}, status)


@dataclass
class GoogleDrive:
    """One shared drive, or with `shared` False folders of My Drive, in answers of `page` items.

    `answers` are given once each, in order, before what is so, by a part of the path.
    """

    origin: str = ""
    page: int = 2
    shared: bool = True
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)
    permissions: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    forgotten: int = 0
    largest_export: int = 10 * 1024 * 1024
    link_host: str = ""
    tokens: set[str] = field(default_factory=set)
    claims: list[dict[str, Any]] = field(default_factory=list)
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    fetched: list[str] = field(default_factory=list)
    when_listed: Callable[[], None] = lambda: None

    def __post_init__(self) -> None:
        self.note(ROOT, FOLDER, "", called="Drive")

    def note(
        self, name: str, kind: str, parent: str = ROOT, *, called: str = "", **more: Any
    ) -> None:
        """Makes a file, or changes it."""
        self.files[name] = {
            "id": name,
            "name": called or name,
            "mimeType": kind,
            "parents": [parent] if parent else [],
            "trashed": False,
            "webViewLink": f"https://docs.google.com/file/d/{name}/view",
            "modifiedTime": "2026-05-06T07:08:09.000Z",
            **more,
        }
        self.log.append(name)

    def folder(self, name: str, parent: str = ROOT, *, called: str = "") -> None:
        self.note(name, FOLDER, parent, called=called)

    def file(self, name: str, content: bytes, parent: str = ROOT, **more: Any) -> None:
        """A file that is stored as it is: a PDF, if nothing else is said."""
        self.contents[name] = content
        md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
        told = {"called": f"{name}.pdf", "md5Checksum": md5, "size": str(len(content)), **more}
        self.note(name, told.pop("kind", "application/pdf"), parent, **told)

    def document(self, name: str, content: bytes, parent: str = ROOT, *, at: str = "05") -> None:
        """One of Google's own, which has neither a size nor a checksum."""
        self.contents[name] = content
        self.note(name, DOC, parent, modifiedTime=f"2026-05-06T07:08:{at}.000Z")

    def shortcut(self, name: str, target: str, parent: str = ROOT, *, called: str = "") -> None:
        kind = self.files[target]["mimeType"]
        details = {"targetId": target, "targetMimeType": kind}
        self.note(name, SHORTCUT, parent, called=called, shortcutDetails=details)

    def drop(self, name: str) -> None:
        """Deletes a file for good, and all that is in a folder, of which nothing is told."""
        doomed = [name]
        for one in doomed:
            doomed += [below for below, file in self.files.items() if one in file["parents"]]
            del self.files[one]
        self.log.append(name)

    def trash(self, name: str) -> None:
        self.files[name]["trashed"] = True
        self.log.append(name)

    def is_trashed(self, name: str) -> bool:
        """Whether a file is in the trash, by itself or with a folder above it."""
        file = self.files.get(name)
        return file is not None and (file["trashed"] or any(map(self.is_trashed, file["parents"])))

    def _shown(self, name: str) -> dict[str, Any]:
        return {**self.files[name], "trashed": self.is_trashed(name)}

    def __call__(self, asked: Asked) -> Answer:
        url = urlsplit(asked.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        if url.path == "/token":
            return self._token(asked)
        if asked.headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
            return refused(401, "authError")
        for path, scripted in self.answers.items():
            if path in url.path and scripted:
                return scripted.pop(0)
        if url.path.startswith("/export/"):
            name = url.path.removeprefix("/export/")
            self.fetched.append(name)
            return Answer(200, self.contents[name], {"content-type": query["as"]})
        if self.shared and query.get("supportsAllDrives") != "true" and "/export" not in url.path:
            return refused(404, "notFound")
        return self._told(url.path.removeprefix("/drive/v3/").split("/"), query)

    def _token(self, asked: Asked) -> Answer:
        told = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
        if told["grant_type"] != "urn:ietf:params:oauth:grant-type:jwt-bearer":
            return as_json({"error": "unsupported_grant_type"}, 400)
        try:
            claims = jwt.decode(
                told["assertion"],
                _KEY.public_key(),
                algorithms=["RS256"],
                audience=f"{self.origin}/token",
            )
        except jwt.PyJWTError:
            return as_json({"error": "invalid_grant"}, 400)
        self.claims.append(claims)
        self.tokens = {f"token-{len(self.claims)}"}
        return as_json(
            {
                "access_token": f"token-{len(self.claims)}",
                "expires_in": 3599,
                "token_type": "Bearer",
            }
        )

    def _told(self, path: list[str], query: dict[str, str]) -> Answer:
        match path:
            case ["files"]:
                return self._listed(query)
            case ["changes", "startPageToken"]:
                return as_json({"startPageToken": str(len(self.log))})
            case ["changes"]:
                return self._changes(query)
            case ["files", name, "permissions"] if unquote(name) in self.files:
                return self._permissions(unquote(name), query)
            case ["files", name, "export"] if name in self.files:
                return self._export(name, query["mimeType"])
            case ["files", name] if unquote(name) in self.files:
                return self._one(unquote(name), query)
        return refused(404, "notFound")

    def _one(self, name: str, query: dict[str, str]) -> Answer:
        if query.get("alt") == "media":
            if self.files[name]["mimeType"].startswith(GOOGLE):
                return refused(403, "fileNotDownloadable")
            self.fetched.append(name)
            return Answer(200, self.contents[name], {"content-type": "application/octet-stream"})
        told = self._shown(name)
        if self.shared:
            told["driveId"] = ROOT
        host = self.link_host or self.origin
        told["exportLinks"] = {DOCX: f"{host}/export/{name}?as={DOCX}"}
        return as_json(told)

    def _export(self, name: str, kind: str) -> Answer:
        if self.files[name]["mimeType"] != DOC:
            return refused(403, "fileNotExportable")
        if len(self.contents[name]) > self.largest_export:
            return refused(403, "exportSizeLimitExceeded")
        self.fetched.append(name)
        return Answer(200, self.contents[name], {"content-type": kind})

    def _listed(self, query: dict[str, str]) -> Answer:
        if self.shared and (query.get("driveId"), query.get("corpora")) != (ROOT, "drive"):
            return refused(400, "invalid")
        named = re.findall(r"'((?:[^'\\]|\\.)*)' in parents", query["q"])
        parents = [re.sub(r"\\(.)", r"\1", one) for one in named]
        found = [
            self._shown(name)
            for name, file in sorted(self.files.items())
            if not self.is_trashed(name) and set(file["parents"]) & set(parents)
        ]
        start = int(query.get("pageToken", "0"))
        told: dict[str, Any] = {"files": found[start : start + self.page]}
        if start + self.page < len(found):
            told["nextPageToken"] = str(start + self.page)
        self.when_listed()
        return as_json(told)

    def _changes(self, query: dict[str, str]) -> Answer:
        since = int(query["pageToken"])
        if since < self.forgotten:
            return refused(400, "invalid")
        until = min(since + self.page, len(self.log))
        following = "nextPageToken" if until < len(self.log) else "newStartPageToken"
        changes = [self._change(name) for name in dict.fromkeys(self.log[since:until])]
        return as_json({"changes": changes, following: str(until)})

    def _change(self, name: str) -> dict[str, Any]:
        told = {"changeType": "file", "fileId": name, "removed": name not in self.files}
        return {**told, "file": self._shown(name)} if name in self.files else told

    def _permissions(self, name: str, query: dict[str, str]) -> Answer:
        granted = self.permissions.get(name, [])
        start = int(query.get("pageToken", "0"))
        told: dict[str, Any] = {"permissions": granted[start : start + self.page]}
        if start + self.page < len(granted):
            told["nextPageToken"] = str(start + self.page)
        return as_json(told)


def granted(kind: str, to: str = "", **more: Any) -> dict[str, Any]:
    """A permission of a user, a group, a domain or anyone."""
    named = {"user": "emailAddress", "group": "emailAddress", "domain": "domain"}.get(kind)
    who = {named: to} if named else {}
    return {"id": f"id of {to or kind}", "type": kind, "role": "reader", **who, **more}
