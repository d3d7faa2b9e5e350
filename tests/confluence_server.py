"""Confluence Cloud as its documentation tells it, for one space; scripted, not tuned.

Pages, spaces, permissions and cursors:
https://developer.atlassian.com/cloud/confluence/rest/v2/intro/#pagination
https://developer.atlassian.com/cloud/confluence/rest/v2/api-group-page/
https://developer.atlassian.com/cloud/confluence/rest/v2/api-group-space-permissions/
https://developer.atlassian.com/cloud/confluence/rest/v2/api-group-attachment/ (of a page)
Contents of attachments: https://developer.atlassian.com/cloud/confluence/rest/v1/
api-group-content---attachments/ (302 to an address that wants no token)
Restrictions: https://developer.atlassian.com/cloud/confluence/rest/v1/api-group-content-restrictions/
Rate limits: https://developer.atlassian.com/cloud/confluence/rate-limiting/ (429 with Retry-After)
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.scripted_site import Answer, Asked


def as_json(value: Any, status: int = 200, **headers: str) -> Answer:
    kind = {"content-type": "application/json", **headers}
    return Answer(status, json.dumps(value).encode(), kind)


@dataclass
class WikiFile:
    name: str
    content: bytes
    version: int = 1
    size: int | None = None


@dataclass
class WikiPage:
    title: str
    body: str
    parent: str = ""
    version: int = 1
    status: str = "current"
    groups: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    files: dict[str, WikiFile] = field(default_factory=dict)


@dataclass
class Wiki:
    """One space, "DOCS", in answers of two pages each; `tokens` are those that are taken."""

    pages: dict[str, WikiPage] = field(default_factory=dict)
    space_readers: list[tuple[str, str]] = field(default_factory=lambda: [("group", "g-1")])
    group_names: dict[str, str] = field(default_factory=lambda: {"g-1": "staff", "g-2": "hr"})
    tokens: set[str] = field(default_factory=lambda: {"token-1"})
    issued: int = 0
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    origin: str = ""
    downloaded: list[str] = field(default_factory=list)

    def __call__(self, asked: Asked) -> Answer:
        url = urlsplit(asked.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        if url.path == "/oauth/token":
            self.issued += 1
            token = f"token-{self.issued}"
            self.tokens = {token}
            return as_json({"access_token": token, "expires_in": 3600, "token_type": "Bearer"})
        if url.path.startswith("/media/"):
            # Signed: a token that came here would be one that leaked.
            if "authorization" in asked.headers:
                return Answer(400)
            _, _, page, file = url.path.split("/")
            self.downloaded.append(file)
            content = self.pages[page].files[file].content
            return Answer(200, content, {"content-type": "application/octet-stream"})
        if asked.headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
            return as_json({"code": 401, "message": "Unauthorized"}, 401)
        for path, scripted in self.answers.items():
            if url.path.startswith(path) and scripted:
                return scripted.pop(0)
        return self._told(url.path.removeprefix("/wiki"), query)

    def _told(self, path: str, query: dict[str, str]) -> Answer:
        parts = path.strip("/").split("/")
        match parts:
            case ["api", "v2", "spaces"]:
                space = {"id": "77", "key": "DOCS", "name": "Documents", "status": "current"}
                found = [space] if query.get("keys") == "DOCS" else []
                return as_json({"results": found, "_links": {}})
            case ["api", "v2", "spaces", "77", "pages"]:
                return self._listed(query)
            case ["api", "v2", "spaces", "77", "permissions"]:
                return as_json({"results": self._permissions(), "_links": {}})
            case ["api", "v2", "pages", page]:
                return self._page(page, query)
            case ["api", "v2", "pages", page, "attachments"]:
                return self._attachments(page, query)
            case ["rest", "api", "content", page, "child", "attachment", file, "download"]:
                if page not in self.pages or file not in self.pages[page].files:
                    return as_json({"statusCode": 404}, 404)
                elsewhere = self.origin.replace("127.0.0.1", "localhost")
                return Answer(302, headers={"location": f"{elsewhere}/media/{page}/{file}"})
            case ["rest", "api", "content", page, "restriction", "byOperation", "read"]:
                return self._restriction(page)
            case ["rest", "api", "group", "by-id"]:
                name = self.group_names.get(query["id"])
                return as_json({"type": "group", "name": name, "id": query["id"]})
        return as_json({"errors": [{"status": 404, "code": "NOT_FOUND"}]}, 404)

    def _listed(self, query: dict[str, str]) -> Answer:
        current = [one for one, page in self.pages.items() if page.status == "current"]
        start = int(query.get("cursor", "0"))
        links: dict[str, str] = {"base": "https://example.atlassian.net/wiki"}
        if start + 2 < len(current):
            links["next"] = f"/wiki/api/v2/spaces/77/pages?limit=250&cursor={start + 2}"
        return as_json(
            {"results": [self._shown(one) for one in current[start : start + 2]], "_links": links}
        )

    def _shown(self, document: str) -> dict[str, Any]:
        page = self.pages[document]
        return {
            "id": document,
            "status": page.status,
            "title": page.title,
            "spaceId": "77",
            "parentId": page.parent or None,
            "parentType": "page" if page.parent else None,
            "authorId": "5b10a2844c20165700ede21g",
            "createdAt": "2026-01-02T03:04:05.678Z",
            "version": {"createdAt": "2026-03-04T05:06:07.890Z", "number": page.version},
            "_links": {"webui": f"/spaces/DOCS/pages/{document}", "tinyui": f"/x/{document}"},
        }

    def _page(self, document: str, query: dict[str, str]) -> Answer:
        if document not in self.pages:
            return as_json({"errors": [{"status": 404, "code": "NOT_FOUND"}]}, 404)
        kind = query["body-format"]
        body = {kind: {"representation": kind, "value": self.pages[document].body}}
        return as_json({**self._shown(document), "body": body})

    def _attachments(self, document: str, query: dict[str, str]) -> Answer:
        page = self.pages.get(document)
        if page is None or page.status != "current":
            return as_json({"errors": [{"status": 404, "code": "NOT_FOUND"}]}, 404)
        start, there = int(query.get("cursor", "0")), list(page.files.items())
        links: dict[str, str] = {"base": "https://example.atlassian.net/wiki"}
        if start + 2 < len(there):
            links["next"] = f"/wiki/api/v2/pages/{document}/attachments?cursor={start + 2}"
        results = [
            {
                "id": name,
                "status": "current",
                "title": file.name,
                "pageId": document,
                "mediaType": "application/octet-stream",
                "fileSize": len(file.content) if file.size is None else file.size,
                "webuiLink": f"/pages/viewpageattachments.action?pageId={document}&preview={name}",
                "downloadLink": f"/download/attachments/{document}/{file.name}?version=1",
                "version": {"createdAt": "2026-03-07T05:06:07.890Z", "number": file.version},
            }
            for name, file in there[start : start + 2]
        ]
        return as_json({"results": results, "_links": links})

    def _permissions(self) -> list[dict[str, Any]]:
        found = []
        for number, (kind, principal) in enumerate(self.space_readers):
            for key in ("read", "create"):
                operation = {"key": key, "targetType": "space" if key == "read" else "page"}
                who = {"type": kind, "id": principal}
                found.append({"id": f"{number}{key}", "principal": who, "operation": operation})
        return found

    def _restriction(self, document: str) -> Answer:
        page = self.pages[document]
        groups = [{"type": "group", "name": name, "id": f"id of {name}"} for name in page.groups]
        users = [{"type": "known", "accountId": account} for account in page.users]
        return as_json(
            {
                "operation": "read",
                "restrictions": {
                    "user": {"results": users, "start": 0, "limit": 200, "size": len(users)},
                    "group": {"results": groups, "start": 0, "limit": 200, "size": len(groups)},
                },
            }
        )
