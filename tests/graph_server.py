"""Microsoft Graph as its documentation tells it, for one drive; scripted, not tuned.

https://learn.microsoft.com/graph/api/driveitem-delta (nextLink, deltaLink, deleted items, folders
whose children are not told again, 410 Gone), https://learn.microsoft.com/graph/delta-query-overview,
https://learn.microsoft.com/graph/api/driveitem-get-content (302 to a pre-authenticated address),
https://learn.microsoft.com/graph/api/driveitem-list-permissions and
https://learn.microsoft.com/graph/throttling (429 with Retry-After).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.confluence_server import as_json
from tests.scripted_site import Answer, Asked

ROOT = "root!0"


@dataclass
class Drive:
    """One drive, in answers of `page` items; `origin` is the server's own address."""

    origin: str = ""
    page: int = 2
    items: dict[str, dict[str, Any]] = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)
    permissions: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    log: list[dict[str, Any]] = field(default_factory=list)
    forgotten: int = 0
    tokens: set[str] = field(default_factory=set)
    issued: int = 0
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    fetched: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._note({"id": ROOT, "name": "root", "root": {}, "folder": {"childCount": 0}})

    def folder(self, name: str, parent: str = ROOT, *, called: str = "") -> None:
        self._note(
            {
                "id": name,
                "name": called or name,
                "folder": {"childCount": 0},
                "parentReference": {"driveId": "d", "id": parent},
            }
        )

    def file(self, name: str, content: bytes, parent: str = ROOT, *, called: str = "") -> None:
        self.contents[name] = content
        self._note(
            {
                "id": name,
                "name": called or f"{name}.docx",
                "webUrl": f"https://contoso.sharepoint.com/Shared%20Documents/{name}.docx",
                "cTag": f'"c:{{{name}}},{hash(content)}"',
                "size": len(content),
                "file": {"mimeType": "application/octet-stream"},
                "parentReference": {"driveId": "d", "id": parent},
                "lastModifiedDateTime": "2026-05-06T07:08:09Z",
            }
        )

    def drop(self, name: str) -> None:
        """Deletes an item; of what is in a folder nothing is told."""
        self.items.pop(name)
        self.log.append({"id": name, "deleted": {"state": "deleted"}})

    def _note(self, item: dict[str, Any]) -> None:
        self.items[item["id"]] = item
        self.log.append(item)

    def __call__(self, asked: Asked) -> Answer:
        url = urlsplit(asked.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        if url.path.endswith("/oauth2/v2.0/token"):
            self.issued += 1
            self.tokens = {f"token-{self.issued}"}
            return as_json({"access_token": f"token-{self.issued}", "expires_in": 3599})
        if url.path.startswith("/download/"):
            # Pre-authenticated: a token that came here would be one that leaked.
            if "authorization" in asked.headers:
                return Answer(400)
            name = url.path.removeprefix("/download/")
            self.fetched.append(name)
            return Answer(200, self.contents[name], {"content-type": "application/octet-stream"})
        if asked.headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
            return as_json({"error": {"code": "InvalidAuthenticationToken"}}, 401)
        for path, scripted in self.answers.items():
            if path in url.path and scripted:
                return scripted.pop(0)
        return self._told(url.path.removeprefix("/v1.0/drives/d/"), query)

    def _told(self, path: str, query: dict[str, str]) -> Answer:
        elsewhere = self.origin.replace("127.0.0.1", "localhost")
        match path.split("/"):
            case ["root", "delta"]:
                return self._changes(query)
            case ["items", name, "content"] if name in self.contents and name in self.items:
                return Answer(302, headers={"location": f"{elsewhere}/download/{name}"})
            case ["items", name, "permissions"] if name in self.items:
                return as_json({"value": self.permissions.get(name, [])})
        return as_json({"error": {"code": "itemNotFound"}}, 404)

    def _changes(self, query: dict[str, str]) -> Answer:
        kind, _, numbers = query.get("token", "all-0-0").partition("-")
        since, start = (int(number) for number in numbers.split("-"))
        if kind == "new" and since < self.forgotten:
            return as_json({"error": {"code": "resyncChangesApplyDifferences"}}, 410)
        if kind == "all":
            until = since or len(self.log)
            changed = list({one["id"]: one for one in self.log[:until] if one["id"] in self.items})
            shown = [self.items[name] for name in changed if name in self.items]
        else:
            until = len(self.log)
            latest = {one["id"]: one for one in self.log[since:]}
            shown = list(latest.values())
        part = shown[start : start + self.page]
        delta = f"{self.origin}/v1.0/drives/d/root/delta?token="
        told: dict[str, Any] = {"value": part}
        if start + self.page < len(shown):
            position = until if kind == "all" else since
            told["@odata.nextLink"] = f"{delta}{kind}-{position}-{start + self.page}"
        else:
            told["@odata.deltaLink"] = f"{delta}new-{until}-0"
        return as_json(told)


def group(name: str, role: str = "read") -> dict[str, Any]:
    """A permission of a group."""
    granted = {"group": {"id": f"id of {name}", "displayName": name}}
    return {"id": name, "roles": [role], "grantedToV2": granted}
