"""Who may call the local AWS: the API and signed URLs are for browsers, all else for programs.

The emulator answers every AWS call of anybody, and with `Access-Control-Allow-Origin: *`. Here
stands what AWS and its users' networks would do for it. It runs within the emulator.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Protocol

from cli.local.access.bodies import Application, Message, Receive, Scope, Send, again, whole
from cli.local.access.health import HEALTH
from cli.local.access.origins import foreign_host, foreign_page, target, values
from cli.local.access.served_as import as_signed
from cli.local.access.sign_in import SignInRules
from cli.local.access.signatures import SignedRequest, is_signed

# Where functions of CloudFormation's own resources report; the token in the path is the secret.
_CALLBACKS = "/_ministack/cfn-response/"
# An API's own routes, as the emulator reads them: what looks alike but names no stage goes to AWS.
_API = re.compile(r"/_aws/execute-api/[a-z0-9]+/[A-Za-z0-9_-]+(?:/(?!@connections).*)?", re.DOTALL)
_STAGE = re.compile(r"/_aws/execute-api/[a-z0-9]+/[A-Za-z0-9_-]+")
_UNSIGNED = (
    "This call is not signed with the credentials of this run: use `nexus`, or an AWS client with "
    "AWS_CONFIG_FILE=.local/aws-config."
)
_NO_SOCKETS = "Nothing here speaks WebSocket: call the API over HTTP."


class BucketRules(Protocol):
    """What a bucket's CORS configuration says to a browser."""

    def preflight(self, path: str, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        """The answer to a browser that asks whether it may send a request."""

    def allowed(self, path: str, method: str, headers: dict[str, str]) -> dict[str, str]:
        """The headers that let a page read the answer to its request; none if it may not."""


class Guarded:
    """The emulator's ASGI application behind the checks."""

    def __init__(
        self,
        app: Application,
        buckets: BucketRules,
        port: int,
        secret_of: Callable[[str], str | None],
        sign_in: SignInRules = SignInRules(),
    ) -> None:
        self._app = app
        self._buckets = buckets
        self._port = port
        self._secret_of = secret_of  # of an access key, if the emulator knows it
        self._sign_in = sign_in

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await _refuse(send, _NO_SOCKETS, socket=True)
        elif reason := foreign_host(scope["headers"], self._port):
            await _refuse(send, reason)
        elif _STAGE.fullmatch(scope["path"]) and scope["method"] == "GET":
            # The emulator does not tell a function whether the slash was there; links need it.
            there = scope["path"].rpartition("/")[2] + "/"
            await respond(send, 308, {"location": there}, b"")
        elif _API.fullmatch(scope["path"]):
            if scope["method"] == "OPTIONS" and (origin := self._sign_in.page(scope["headers"])):
                send = _with_origin(send, origin)
            await self._app(scope, receive, send)  # which asks for the API's key itself
        elif self._sign_in.concern(scope["method"], scope["path"]):
            await self._signing_in(scope, receive, send)
        else:
            await self._aws(scope, receive, send)

    async def _signing_in(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = scope["headers"]
        if reason := self._sign_in.refusal(scope["method"], scope["path"], headers):
            await _refuse(send, reason)
        elif scope["method"] == "OPTIONS":
            await respond(send, 204, self._sign_in.allowed(headers), b"")
        else:
            await self._app(scope, receive, _with_cors(send, self._sign_in.allowed(headers)))

    async def _aws(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = SignedRequest(scope["method"], target(scope), tuple(scope["headers"]))
        headers = {key.decode("latin-1").lower(): v.decode("latin-1") for key, v in request.headers}
        if request.is_presigned:
            if request.method == "OPTIONS":
                status, said, body = self._buckets.preflight(scope["path"], headers)
                await respond(send, status, said, body)
            elif is_signed(request, self._secret_of):
                allowed = self._buckets.allowed(scope["path"], request.method, headers)
                await self._app(scope, receive, _with_cors(as_signed(send, request), allowed))
            else:
                await _refuse(send, "This signed URL is wrong or has expired: ask for another.")
            return
        if reason := foreign_page(request.headers):
            await _refuse(send, reason)
            return
        if not _is_open(request.method, scope["path"]):
            if not values(request.headers, b"x-amz-content-sha256"):
                body = await whole(receive)
                receive = again(body, receive)
                request = SignedRequest(request.method, request.target, request.headers, body)
            if not is_signed(request, self._secret_of):
                await _refuse(send, _UNSIGNED)
                return
        await self._app(scope, receive, _with_cors(send, {}))


def _is_open(method: str, path: str) -> bool:
    return (method == "GET" and path == HEALTH) or (method == "PUT" and path.startswith(_CALLBACKS))


def _with_cors(send: Send, allowed: dict[str, str]) -> Send:
    """Sends an answer with these CORS headers instead of those that the emulator gives to all."""
    added = [(key.lower().encode(), value.encode()) for key, value in allowed.items()]

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [
                (key, value)
                for key, value in message.get("headers", [])
                if not key.lower().startswith(b"access-control-")
            ]
            message = {**message, "headers": [*kept, *added]}
        await send(message)

    return sending


def _with_origin(send: Send, origin: str) -> Send:
    """Names the allowed page that asks, as the template of the gateway's preflights does.

    The emulator runs no template, and names the first of them to all.
    """

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            told = [
                (key, origin.encode() if key.lower() == b"access-control-allow-origin" else value)
                for key, value in message.get("headers", [])
            ]
            message = {**message, "headers": told}
        await send(message)

    return sending


async def _refuse(send: Send, reason: str, *, socket: bool = False) -> None:
    body = json.dumps({"message": reason}).encode()
    await respond(send, 403, {"content-type": "application/json"}, body, socket=socket)


async def respond(
    send: Send, status: int, headers: dict[str, str], body: bytes, *, socket: bool = False
) -> None:
    """Sends a whole answer; to a request for a WebSocket, when it is refused, with `socket`."""
    kind = "websocket.http.response" if socket else "http.response"
    sent = {key.lower(): value for key, value in headers.items()}
    sent["content-length"] = str(len(body))
    pairs = [(key.encode(), value.encode()) for key, value in sent.items()]
    await send({"type": f"{kind}.start", "status": status, "headers": pairs})
    await send({"type": f"{kind}.body", "body": body})
