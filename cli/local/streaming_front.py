"""Stands before the emulator: serves the routes that stream, and passes everything else through.

The emulator's gateway cannot stream. A request to a route whose integration streams is admitted by
it as any other is (authorizer, key, throttle, quota, body); then this does what the Lambda Web
Adapter does on AWS, which hands it to the server that the function's start script starts, with the
event's contexts in two headers (https://aws.github.io/aws-lambda-web-adapter/). It runs within the
emulator, so that an address, a signature and a stop mean the same for all that it answers.
"""

from __future__ import annotations

import asyncio
import json
import time
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import h11
from ministack.services import apigateway_v1, lambda_svc  # type: ignore[import-not-found]

from cli.local.access.bodies import Application, Message, Receive, Scope, Send
from cli.local.access.emulator import respond
from cli.local.stream_servers import StreamServers

_STREAMS = "/response-streaming-invocations"
_REQUEST_CONTEXT, _LAMBDA_CONTEXT = b"x-amzn-request-context", b"x-amzn-lambda-context"
# Of one connection, or set by who hands a request on (RFC 9110, 7.6.1).
_OWN = {
    *(b"connection", b"keep-alive", b"proxy-connection", b"te", b"trailer", b"upgrade"),
    *(b"transfer-encoding", b"content-length", b"host", b"expect"),
    *(_REQUEST_CONTEXT, _LAMBDA_CONTEXT),
}
_NOT_STARTED = b'{"message": "The streaming function did not start: see .local/logs/emulator.log."}'


@dataclass(frozen=True)
class _Admitted:
    """A request that the gateway let through to a function that streams."""

    function: dict[str, Any]  # as the emulator keeps it
    event: dict[str, Any]


# Where a request's admission is noted; the gateway may do its work in a task of its own.
_admissions: ContextVar[list[_Admitted] | None] = ContextVar("admissions", default=None)
_invoke = apigateway_v1._invoke_lambda_proxy_v1


async def _invoked(integration: Any, *given: Any, **named: Any) -> Any:
    uri = str(integration.get("uri") or "")
    admissions = _admissions.get()
    if not uri.endswith(_STREAMS) or admissions is None:
        return await _invoke(integration, *given, **named)
    called = apigateway_v1._extract_lambda_ref_from_integration_uri(
        uri.replace(_STREAMS, "/invocations")
    )
    function, config, _ = lambda_svc._get_func_record_for_ref_in_scope(
        called, account_id=named.get("owner_account_id"), region=named.get("owner_region")
    )
    if function is None or config is None:
        return 500, {"Content-Type": "application/json"}, b'{"message": "No such function"}'
    told = ("binary_media_types", "authorizer_context", "caller_identity")
    event = apigateway_v1._build_lambda_event_v1(
        *given, **{name: named[name] for name in told if name in named}
    )
    admissions.append(_Admitted(lambda_svc._execution_record_for_config(function, config), event))
    return 200, {}, b""


def mend() -> None:
    """Has the emulator's gateway leave streaming routes to this front."""
    apigateway_v1._invoke_lambda_proxy_v1 = _invoked


class StreamingFront:
    """The emulator's ASGI application, with the streaming functions' servers beside it."""

    def __init__(self, app: Application, servers: StreamServers, account: str) -> None:
        self._app = app
        self._servers = servers
        self._account = account
        self._starting: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or "/_aws/execute-api/" not in scope["path"]:
            await self._app(scope, receive, send)
            return
        admissions: list[_Admitted] = []
        held = bytearray()

        async def receive_and_keep() -> Message:
            message = await receive()
            held.extend(message.get("body", b""))
            return message

        async def send_unless_admitted(message: Message) -> None:
            if not admissions:
                await send(message)

        token = _admissions.set(admissions)
        try:
            await self._app(scope, receive_and_keep, send_unless_admitted)
        finally:
            _admissions.reset(token)
        if self._starting is None and "/v1/" in scope["path"]:
            # Behind the first answer, which a start beside it would delay.
            starting = asyncio.to_thread(self._servers.start_all, self._account)
            self._starting = asyncio.create_task(starting)
        if admissions:
            await self._serve(admissions[0], scope, bytes(held), receive, send)

    async def _serve(
        self, admitted: _Admitted, scope: Scope, body: bytes, receive: Receive, send: Send
    ) -> None:
        try:
            port = await asyncio.to_thread(self._servers.port, admitted.function)
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await respond(send, 503, {"content-type": "application/json"}, _NOT_STARTED)
            return
        try:
            http = h11.Connection(h11.CLIENT)
            for part in (_request(admitted, scope, len(body)), h11.Data(body), h11.EndOfMessage()):
                writer.write(http.send(part) or b"")
            copying = asyncio.create_task(_copy(http, reader, send))
            leaving = asyncio.create_task(_gone(receive))
            await asyncio.wait({copying, leaving}, return_when=asyncio.FIRST_COMPLETED)
            leaving.cancel()
            if not copying.done():
                copying.cancel()  # nobody reads on: closing tells the server
            else:
                copying.result()
        finally:
            writer.close()


def _request(admitted: _Admitted, scope: Scope, length: int) -> h11.Request:
    query = scope.get("query_string", b"")
    target = admitted.event["path"].encode() + (b"?" + query if query else b"")
    timeout_s = admitted.function["config"].get("Timeout", 3)
    context = {
        "request_id": admitted.event["requestContext"]["requestId"],
        "deadline": round((time.time() + timeout_s) * 1000),
        "invoked_function_arn": admitted.function["config"].get("FunctionArn", ""),
    }
    headers = [(name, value) for name, value in scope["headers"] if name.lower() not in _OWN]
    headers += [
        (b"host", b"127.0.0.1"),
        (b"content-length", str(length).encode()),
        (_REQUEST_CONTEXT, json.dumps(admitted.event["requestContext"]).encode()),
        (_LAMBDA_CONTEXT, json.dumps(context).encode()),
    ]
    return h11.Request(method=scope["method"], target=target, headers=headers)


async def _copy(http: h11.Connection, reader: asyncio.StreamReader, send: Send) -> None:
    """Sends on what the server answers, as it comes. Raises ConnectionError if it breaks off."""
    while True:
        event = http.next_event()
        if event is h11.NEED_DATA:
            http.receive_data(await reader.read(65536))
        elif isinstance(event, h11.Response):
            headers = [(name, value) for name, value in event.headers if name not in _OWN]
            await send(
                {"type": "http.response.start", "status": event.status_code, "headers": headers}
            )
        elif isinstance(event, h11.Data):
            await send({"type": "http.response.body", "body": bytes(event.data), "more_body": True})
        elif isinstance(event, h11.EndOfMessage):
            await send({"type": "http.response.body", "body": b""})
            return
        elif not isinstance(event, h11.InformationalResponse):
            raise ConnectionError("The streaming function broke off its answer.")


async def _gone(receive: Receive) -> None:
    """Waits until the caller has closed the connection."""
    while (await receive())["type"] != "http.disconnect":
        pass
