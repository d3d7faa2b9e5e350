"""Reads MCP's messages and writes its answers, in the stateless form and the one before it.

The forms are those of the specification's revisions 2026-07-28 (one self-contained POST, its
version and its client's capabilities in `_meta`, mirrored in headers) and 2025-11-25 and earlier
(an `initialize` first, here without a session). Nothing is kept between two requests.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nexus import __version__

MODERN = "2026-07-28"
# Of those before, all that are spoken over HTTP without a session alike.
EARLIER = ("2025-11-25", "2025-06-18", "2025-03-26")
SERVER = {"name": "nexus", "title": "Nexus", "version": __version__}
INSTRUCTIONS = (
    "Nexus holds an organisation's own documents. Use ask for an answer with its sources, search "
    "for passages, list_documents to see what there is, and fetch to read a document."
)
PARSE_ERROR, INVALID_REQUEST, METHOD_NOT_FOUND, INVALID_PARAMS = -32700, -32600, -32601, -32602
HEADER_MISMATCH, UNSUPPORTED_VERSION = -32020, -32022
_STATUS = {METHOD_NOT_FOUND: 404}
_META = "io.modelcontextprotocol/"
# Which parameter the header Mcp-Name repeats.
_NAMED = {"tools/call": "name", "prompts/get": "name", "resources/read": "uri"}
# Lists and descriptions change with a release only.
_TTL_MS = 300_000


class McpError(Exception):
    """A message that cannot be answered; its text says what is wrong with it."""

    def __init__(self, code: int, message: str, data: object = None) -> None:
        super().__init__(message)
        self.code = code
        self.data = data

    @property
    def status(self) -> int:
        """The HTTP status that goes with it."""
        return _STATUS.get(self.code, 400)


@dataclass(frozen=True, slots=True)
class Call:
    """One request: `id` is None for a notification, which wants no answer."""

    id: str | int | None
    method: str
    params: Mapping[str, Any]
    is_modern: bool


def read(body: object, headers: Mapping[str, str]) -> Call:
    """The request in a body; `headers` by names in small letters. Raises McpError."""
    if not isinstance(body, dict) or body.get("jsonrpc") != "2.0":
        raise McpError(INVALID_REQUEST, "Send one JSON-RPC 2.0 message as an object.")
    method, params = body.get("method"), body.get("params", {})
    if not isinstance(method, str) or not isinstance(params, dict):
        raise McpError(INVALID_REQUEST, "A request has a method and, as an object, params.")
    name = body.get("id")
    if "id" in body and (isinstance(name, bool) or not isinstance(name, (str, int))):
        raise McpError(INVALID_REQUEST, "A request's id is a string or a whole number.")
    told = headers.get("mcp-protocol-version")
    meta = params.get("_meta")
    has_version = isinstance(meta, dict) and f"{_META}protocolVersion" in meta
    if told not in EARLIER and (has_version or told is not None) and method != "initialize":
        if "id" not in body:
            _check_version(told)
        else:
            _check_envelope(method, params, headers)
        return Call(name, method, params, is_modern=True)
    return Call(name, method, params, is_modern=False)


def _check_envelope(method: str, params: Mapping[str, Any], headers: Mapping[str, str]) -> None:
    meta = params.get("_meta")
    missing = [
        f"{_META}{key}"
        for key in ("protocolVersion", "clientCapabilities")
        if not isinstance(meta, dict) or f"{_META}{key}" not in meta
    ]
    if missing or not isinstance(meta, dict):
        raise McpError(INVALID_PARAMS, f"params._meta lacks {', '.join(missing)}.")
    version = meta[f"{_META}protocolVersion"]
    if headers.get("mcp-protocol-version") != version:
        raise McpError(
            HEADER_MISMATCH, "The header MCP-Protocol-Version is not the version in params._meta."
        )
    if headers.get("mcp-method") != method:
        raise McpError(HEADER_MISMATCH, "The header Mcp-Method is not the request's method.")
    named = params.get(_NAMED.get(method, ""))
    if isinstance(named, str) and _decoded(headers.get("mcp-name", "")) != named:
        raise McpError(HEADER_MISMATCH, f"The header Mcp-Name is not params.{_NAMED[method]}.")
    _check_version(version)


def _check_version(version: object) -> None:
    if version != MODERN:
        raise McpError(
            UNSUPPORTED_VERSION,
            "Unsupported protocol version",
            {"supported": [MODERN], "requested": version if isinstance(version, str) else ""},
        )


def _decoded(value: str) -> str:
    # What is no ASCII travels as =?base64?…?=.
    if value.startswith("=?base64?") and value.endswith("?="):
        try:
            return base64.b64decode(value[9:-2], validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return value
    return value


def answered(call: Call, result: dict[str, Any], *, keeps: bool = False) -> dict[str, Any]:
    """The body that answers a request; `keeps` says that the client may keep it for a while."""
    if call.is_modern:
        result = {"resultType": "complete", **result, "_meta": {f"{_META}serverInfo": SERVER}}
        if keeps:
            result |= {"ttlMs": _TTL_MS, "cacheScope": "private"}
    return {"jsonrpc": "2.0", "id": call.id, "result": result}


def refused(name: str | int | None, error: McpError) -> dict[str, Any]:
    """The body that tells an error."""
    told: dict[str, Any] = {"code": error.code, "message": str(error)}
    if error.data is not None:
        told["data"] = error.data
    return {"jsonrpc": "2.0", "id": name, "error": told}


def discovered() -> dict[str, Any]:
    """What `server/discover` tells."""
    return {
        "supportedVersions": [MODERN],
        "capabilities": {"tools": {}},
        "instructions": INSTRUCTIONS,
    }


def initialized(params: Mapping[str, Any]) -> dict[str, Any]:
    """What `initialize` tells: the version asked for, or the newest that knows it."""
    asked = params.get("protocolVersion")
    return {
        "protocolVersion": asked if asked in EARLIER else EARLIER[0],
        "capabilities": {"tools": {}},
        "serverInfo": SERVER,
        "instructions": INSTRUCTIONS,
    }
