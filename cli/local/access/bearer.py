"""Who may call the local model server: programs of this machine that hold the key of this run."""

from __future__ import annotations

import secrets

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from cli.local.access.origins import foreign_host, foreign_page, values
from cli.local.models.wire import WireError

HEALTH = "/health"


class KeyedServer:
    """An ASGI application behind `Authorization: Bearer`, with OpenAI's errors.

    A `page`, by its path, is for a person's browser: who knows the path needs no key.
    """

    def __init__(
        self, app: ASGIApp, port: int, key: str, page: tuple[str, ASGIApp] | None = None
    ) -> None:
        self._app = app
        self._page = page
        self._port = port
        self._key = f"Bearer {key}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers = scope["headers"]
        if reason := foreign_host(headers, self._port) or foreign_page(headers):
            await _refusal(WireError(403, reason, code="foreign_origin"))(scope, receive, send)
            return
        if self._page and secrets.compare_digest(scope["path"].encode(), self._page[0].encode()):
            await self._page[1](scope, receive, send)
            return
        given = [value.encode("latin-1") for value in values(headers, b"authorization")]
        right = len(given) == 1 and secrets.compare_digest(given[0], self._key)
        if right or scope["path"] == HEALTH:
            await self._app(scope, receive, send)
            return
        reason = "This is not the key of this run: it is in .local/credentials.json."
        await _refusal(WireError(401, reason, code="invalid_api_key"))(scope, receive, send)


def _refusal(error: WireError) -> JSONResponse:
    return JSONResponse(error.body, error.status)
