"""Makes tools of an MCP server's: by its Streamable HTTP transport, revision 2025-06-18.

https://modelcontextprotocol.io/specification/2025-06-18/basic/transports. Only what the deployment
lists is used; what the server says of its tools is described by others, and its hints that a tool
only reads are not believed.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from nexus import __version__
from nexus.agents.configuration import McpTools
from nexus.agents.credentials import Credentials
from nexus.agents.results import clipped, passage_of, text_of_value
from nexus.agents.tools import Asking, Given, Tool
from nexus.errors import UpstreamUnavailable
from nexus.ports.tool_chats import ToolForm, WebClient, WebRequest, WebResponse
from nexus.text.sanitising import visible

SERVICE = "tools"
REVISION = "2025-06-18"
# What a server's tools are is believed for so long.
KEPT_S = 300.0
_SESSION = "mcp-session-id"
_NAME = re.compile(r"[^A-Za-z0-9_-]")


class McpServers:
    """Speaks to MCP servers, and keeps what their tools are for five minutes."""

    def __init__(
        self, web: WebClient, credentials: Credentials, now: Callable[[], float] = time.time
    ) -> None:
        self._web = web
        self._credentials = credentials
        self._now = now
        self._listed: dict[str, tuple[float, list[Tool]]] = {}
        self._lock = threading.Lock()

    def of(self, name: str, source: McpTools) -> list[Tool]:
        """The tools that the configuration lists, as the server describes them now.

        Raises UpstreamError where it does not answer, or lacks one.
        """
        with self._lock:
            at, known = self._listed.get(name, (0.0, []))
            if known and self._now() - at < KEPT_S:
                return known
            found = self._asked(name, source)
            self._listed[name] = self._now(), found
            return found

    def _asked(self, name: str, source: McpTools) -> list[Tool]:
        session = self._begun(source)
        listed = self._call(source, session, "tools/list", {})
        described = {str(one.get("name")): one for one in listed.get("tools", ())}
        tools = []
        for wanted in source.tools:
            if wanted not in described:
                raise UpstreamUnavailable(SERVICE, f"The MCP server of {name} lacks a tool.")
            tools.append(self._tool(name, source, wanted, described[wanted]))
        return tools

    def _tool(self, name: str, source: McpTools, wanted: str, described: Mapping[str, Any]) -> Tool:
        called = _NAME.sub("_", f"{name}_{wanted}")[:64]
        title = " ".join(visible(str(described.get("title") or wanted)).split())[:100]
        schema = described.get("inputSchema")
        form = ToolForm(
            called,
            visible(str(described.get("description") or wanted))[:1_000],
            schema if isinstance(schema, dict) else {"type": "object"},
        )

        def made(arguments: Mapping[str, Any], asking: Asking) -> Given:
            del asking
            session = self._begun(source)
            asked = {"name": wanted, "arguments": dict(arguments)}
            given = self._call(source, session, "tools/call", asked)
            return _given(called, title, given)

        return Tool(
            form,
            title,
            made,
            changes=wanted not in source.reads,
            confirm=source.confirm,
            foreign=True,
            timeout_s=source.timeout_s,
        )

    def _begun(self, source: McpTools) -> str:
        """The id of a new session; "" where the server keeps none."""
        asked = {
            "protocolVersion": REVISION,
            "capabilities": {},
            "clientInfo": {"name": "nexus", "version": __version__},
        }
        response = self._sent(source, "", _request("initialize", asked))
        _result_of(response)
        session = response.headers.get(_SESSION, "")
        self._sent(source, session, {"jsonrpc": "2.0", "method": "notifications/initialized"})
        return session

    def _call(
        self, source: McpTools, session: str, method: str, params: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        return _result_of(self._sent(source, session, _request(method, params)))

    def _sent(self, source: McpTools, session: str, body: Mapping[str, Any]) -> WebResponse:
        headers = {
            **self._credentials.headers(source.auth),
            "accept": "application/json, text/event-stream",
            "mcp-protocol-version": REVISION,
        }
        if session:
            headers[_SESSION] = session
        request = WebRequest(
            "POST",
            source.mcp,
            headers,
            body=body,
            timeout_s=source.timeout_s,
            max_bytes=source.max_bytes,
        )
        return self._web.send(request)


def _request(method: str, params: Mapping[str, Any]) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": dict(params)}


def _result_of(response: WebResponse) -> Mapping[str, Any]:
    """The result in an answer, of one piece or of events. Raises UpstreamUnavailable."""
    if not 200 <= response.status < 300:
        raise UpstreamUnavailable(SERVICE, f"The MCP server answered HTTP {response.status}.")
    texts = [response.body.decode("utf-8", "replace")]
    if response.content_type == "text/event-stream":
        lines = texts[0].splitlines()
        texts = [line.removeprefix("data:") for line in lines if line.startswith("data:")]
    for text in texts:
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict) and isinstance(found.get("result"), dict):
            result: Mapping[str, Any] = found["result"]
            return result
    raise UpstreamUnavailable(SERVICE, "The MCP server answered with an error.")


def _given(name: str, title: str, result: Mapping[str, Any]) -> Given:
    if result.get("isError"):
        return Given(said="It failed: do not count on it.", outcome="failed", detail="isError")
    if isinstance(result.get("structuredContent"), dict):
        text = text_of_value(result["structuredContent"])
    else:
        parts = [one.get("text", "") for one in result.get("content", ()) if isinstance(one, dict)]
        text = clipped(visible("\n".join(map(str, parts))))
    if not text.strip():
        return Given(said="It has done it, and gave nothing back.")
    return Given((passage_of(name, title, text),))
