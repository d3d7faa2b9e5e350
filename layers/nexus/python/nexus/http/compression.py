"""Compresses what is sent as it is sent, where the gateway does not: it compresses no streams.

https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode.html
"""

from __future__ import annotations

import zlib

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_GZIP = 16 + zlib.MAX_WBITS
# Events are short, and each goes out by itself: more effort would find nothing more.
_LEVEL = 6


class Compressed:
    """An ASGI application whose answers are sent with gzip to those who take it.

    Each piece that the application sends is whole on the other side when it arrives there.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not takes_gzip(Headers(scope=scope)):
            await self._app(scope, receive, send)
            return
        packer: zlib._Compress | None = None

        async def send_compressed(message: Message) -> None:
            nonlocal packer
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.add_vary_header("Accept-Encoding")
                if "content-encoding" not in headers and message["status"] not in (204, 304):
                    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
                    headers["Content-Encoding"] = "gzip"
                    del headers["Content-Length"]
            elif packer is not None and message["type"] == "http.response.body":
                more = message.get("more_body", False)
                body = packer.compress(message.get("body", b""))
                body += packer.flush(zlib.Z_SYNC_FLUSH if more else zlib.Z_FINISH)
                message = {**message, "body": body}
            await send(message)

        await self._app(scope, receive, send_compressed)


def takes_gzip(headers: Headers) -> bool:
    """Whether a request says that it takes gzip (RFC 9110, 12.5.3)."""
    for part in ",".join(headers.getlist("accept-encoding")).split(",", 32)[:32]:
        coding, _, weight = part.strip().lower().partition(";")
        if coding.strip() in ("gzip", "x-gzip"):
            return weight.replace(" ", "").rstrip("0").rstrip(".") not in ("q=", "q=0")
    return False
