"""Serves the built page from a folder: an origin of its own, which is not the API's.

What is not a file of the folder is not there: no listing, no way out of it, no hidden file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cdk.page_policy import EMBEDDING, headers, origins_of
from cli.local.access.bodies import Receive, Scope, Send
from cli.local.access.origins import foreign_host, foreign_page, values
from functions.page.files import CHECKED, cache_control, content_type

CONFIG = "config.json"
_START = "index.html"
_MOST_PATH = 300  # characters; the build's own are a fifth of that
_NOT_BUILT = "The page is not built: run `make page`."
_STARTING = "The stage is still being deployed: load this again in a moment."


class Page:
    """The ASGI application; `config` is the file that `nexus up` writes once the stage is there."""

    def __init__(
        self, folder: Path, config: Path, port: int, embedders: Iterable[str] = ()
    ) -> None:
        self._folder = folder
        self._config = config
        self._port = port
        self._embedders = tuple(embedders)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del receive  # nothing that is sent here is read
        if scope["type"] != "http":
            return
        asked = list(scope["headers"])
        if reason := foreign_host(asked, self._port) or self._foreign(scope, asked):
            await self._say(send, 403, reason)
        elif values(asked, b"host") != [f"127.0.0.1:{self._port}"]:
            # The page's own name, which the API and the sign-in know it by.
            there = {"Location": f"http://127.0.0.1:{self._port}/"}
            await self._say(send, 308, "The page is at 127.0.0.1.", there)
        elif scope["method"] not in ("GET", "HEAD"):
            await self._say(send, 405, "Only GET and HEAD.", {"Allow": "GET, HEAD"})
        else:
            await self._answer(scope["path"], asked, scope["method"] == "HEAD", send)

    def _foreign(self, scope: Scope, asked: list[tuple[bytes, bytes]]) -> str | None:
        # Anybody may lead here; what is shown in a frame, the document's policy says.
        if scope["method"] == "GET" and values(asked, b"sec-fetch-mode") == ["navigate"]:
            return None
        if self._embedders and scope["path"] == f"/{EMBEDDING}":
            return None
        return foreign_page(asked)

    async def _answer(
        self, path: str, asked: list[tuple[bytes, bytes]], head: bool, send: Send
    ) -> None:
        name = path.removeprefix("/") or _START
        content = self._told() if name == CONFIG else self._file(name)
        if content is None:
            missing = {CONFIG: (503, _STARTING), _START: (503, _NOT_BUILT)}
            await self._say(send, *missing.get(name, (404, "There is no such file.")))
            return
        tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
        said = {
            **self._security(name),
            "Cache-Control": cache_control(name),
            "Content-Type": content_type(name),
            "ETag": tag,
        }
        if any(tag in one or one == "*" for one in values(asked, b"if-none-match")):
            await _send(send, 304, said, b"")
            return
        said["Content-Length"] = str(len(content))
        await _send(send, 200, said, b"" if head else content)

    def _file(self, name: str) -> bytes | None:
        parts = name.split("/")
        if len(name) > _MOST_PATH or any(part.startswith(".") or not part for part in parts):
            return None
        if "\\" in name or "\0" in name:
            return None
        top = self._folder.resolve()
        file = top.joinpath(*parts).resolve()
        if not file.is_relative_to(top) or not file.is_file():
            return None
        return file.read_bytes()

    def _told(self) -> bytes | None:
        try:
            return self._config.read_bytes()
        except OSError:
            return None

    def _security(self, name: str) -> dict[str, str]:
        try:
            config: Any = json.loads(self._told() or b"{}")
        except ValueError:
            config = {}
        called = origins_of(config) if isinstance(config, dict) else []
        return headers(name, called, self._embedders)

    async def _say(
        self, send: Send, status: int, sentence: str, more: dict[str, str] | None = None
    ) -> None:
        said = {
            **self._security(""),
            **(more or {}),
            "Cache-Control": CHECKED,
            "Content-Type": "text/plain; charset=utf-8",
        }
        body = f"{sentence}\n".encode()
        await _send(send, status, {**said, "Content-Length": str(len(body))}, body)


async def _send(send: Send, status: int, said: dict[str, str], body: bytes) -> None:
    pairs = [(name.lower().encode(), value.encode("latin-1")) for name, value in said.items()]
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": body})
