"""MCP's own SDK, and requests by hand, against /mcp over a socket."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx2
import pytest
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client

from functions.chat.mcp.protocol import EARLIER, MODERN
from tests.functions.chat_services import ACME_KEY, World
from tests.functions.serving import served

FEE = "The tuition fee is nine million rupiah. [1]"
ASKED = "How much is the tuition fee?"
META = {
    "io.modelcontextprotocol/protocolVersion": MODERN,
    "io.modelcontextprotocol/clientCapabilities": {},
}


def with_client(world: World, mode: str, use: Callable[[Client], Awaitable[Any]]) -> Any:
    """What `use` makes of the SDK's client, connected in a mode: auto, or legacy."""

    async def run() -> Any:
        with served(world) as url:
            async with (
                httpx2.AsyncClient(headers={"x-api-key": ACME_KEY}) as http,
                Client(streamable_http_client(f"{url}/mcp", http_client=http), mode=mode) as client,
            ):
                return await use(client)

    return asyncio.run(run())


MODES = pytest.mark.parametrize("mode", ["auto", "legacy"])


@MODES
def test_the_tools_are_listed_with_what_they_take(mode: str) -> None:
    async def use(client: Client) -> Any:
        return await client.list_tools()

    tools = {tool.name: tool for tool in with_client(World(), mode, use).tools}
    assert set(tools) == {"search", "ask", "list_documents", "fetch"}
    assert tools["ask"].input_schema["required"] == ["question"]


@MODES
def test_an_agent_lists_finds_reads_and_asks(mode: str) -> None:
    async def use(client: Client) -> Any:
        listed = await client.call_tool("list_documents", {})
        document = listed.structured_content["documents"][0]["document_id"]
        return (
            listed,
            await client.call_tool("fetch", {"document_id": document}),
            await client.call_tool("search", {"query": ASKED}),
            await client.call_tool("ask", {"question": ASKED}),
        )

    listed, fetched, found, answered = with_client(World(FEE), mode, use)
    assert [one["path"] for one in listed.structured_content["documents"]] == ["fees.md"]
    assert fetched.content[0].text == "The tuition fee is nine million rupiah."
    assert fetched.structured_content["next_offset"] is None
    assert found.structured_content["passages"][0]["text"].startswith("The tuition fee")
    assert answered.content[0].text.startswith(FEE)
    assert answered.structured_content["sources"][0]["quote"]


@MODES
def test_what_a_tool_cannot_do_is_told_to_the_agent_that_asked(mode: str) -> None:
    async def use(client: Client) -> Any:
        return (
            await client.call_tool("fetch", {"document_id": "0" * 24}),
            await client.call_tool("ask", {"question": ""}),
            await client.call_tool("search", {"query": "fee", "surprise": 1}),
        )

    for result in with_client(World(), mode, use):
        assert result.is_error
        assert result.content[0].text


def post(world: World, body: Any, **headers: str) -> httpx2.Response:
    with served(world) as url:
        return httpx2.post(
            f"{url}/mcp", json=body, headers={"x-api-key": ACME_KEY, **headers}, timeout=30
        )


def modern(method: str, **params: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": {"_meta": META, **params}}


def headers_of(method: str, name: str = "") -> dict[str, str]:
    named = {"mcp-name": name} if name else {}
    return {"mcp-protocol-version": MODERN, "mcp-method": method, **named}


def test_one_post_discovers_the_server_without_a_handshake() -> None:
    response = post(World(), modern("server/discover"), **headers_of("server/discover"))
    result = response.json()["result"]
    assert response.status_code == 200
    assert result["supportedVersions"] == [MODERN]
    assert result["resultType"] == "complete"
    assert "mcp-session-id" not in response.headers


@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        ([], {}, 400, -32600),
        ({"jsonrpc": "2.0", "id": True, "method": "ping"}, {}, 400, -32600),
        (modern("tools/list"), headers_of("tools/call"), 400, -32020),
        (modern("tools/list"), {"mcp-method": "tools/list"}, 400, -32020),
        (modern("tools/call", name="ask"), headers_of("tools/call", "search"), 400, -32020),
        (modern("tools/call", name="rm"), headers_of("tools/call", "rm"), 400, -32602),
        (modern("resources/list"), headers_of("resources/list"), 404, -32601),
        (
            {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}},
            headers_of("tools/list"),
            400,
            -32602,
        ),
        (
            {
                "jsonrpc": "2.0",
                "id": 1,
                "method": "tools/list",
                "params": {
                    "_meta": META | {"io.modelcontextprotocol/protocolVersion": "2030-01-01"}
                },
            },
            {"mcp-protocol-version": "2030-01-01", "mcp-method": "tools/list"},
            400,
            -32022,
        ),
    ],
)
def test_a_message_that_is_wrong_is_told_what_is_wrong(body, headers, status, code) -> None:
    response = post(World(), body, **headers)
    assert response.status_code == status
    assert response.json()["error"]["code"] == code


def test_earlier_versions_are_spoken_as_asked_for_and_notifications_are_taken() -> None:
    for version in (*EARLIER, "1999-01-01"):
        sent = {"protocolVersion": version, "capabilities": {}, "clientInfo": {"name": "t"}}
        body = {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": sent}
        told = post(World(), body).json()["result"]["protocolVersion"]
        assert told == (version if version in EARLIER else EARLIER[0])
    noted = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    assert post(World(), noted).status_code == 202


def test_a_stream_is_not_offered_and_a_key_is_needed() -> None:
    with served(World()) as url:
        assert httpx2.get(f"{url}/mcp", headers={"x-api-key": ACME_KEY}).status_code == 405
        assert httpx2.post(f"{url}/mcp", json=modern("tools/list")).status_code == 403
