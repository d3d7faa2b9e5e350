"""Tools of an MCP server, by the official SDK's own server, and Python functions as tools."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from mcp.server.mcpserver import MCPServer

from nexus.adapters.web_tools.addresses import Addresses
from nexus.adapters.web_tools.client import GuardedWebClient
from nexus.agents.configuration import McpTools, PythonTools
from nexus.agents.credentials import Credentials
from nexus.agents.mcp_tools import McpServers
from nexus.agents.python_tools import python_tools
from nexus.agents.schemas import fault_of
from nexus.agents.tools import Asking
from nexus.errors import ConfigurationError, UpstreamError
from nexus.models import Principal
from tests.fakes import FakeClock, FakeSecrets

ASKING = Asking(Principal("acme", "web", "user", "standard"))


@contextmanager
def running(server: MCPServer, *, stateless: bool, as_json: bool) -> Iterator[str]:
    """The address at which an MCP server of the official SDK answers."""
    listening = socket.create_server(("127.0.0.1", 0))
    app = server.streamable_http_app(stateless_http=stateless, json_response=as_json)
    running_server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
    thread = threading.Thread(target=running_server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield f"127.0.0.1:{listening.getsockname()[1]}"
    finally:
        running_server.should_exit = True
        thread.join()
        listening.close()


@pytest.fixture(params=[(True, True), (False, True), (True, False), (False, False)])
def host(request: pytest.FixtureRequest) -> Iterator[str]:
    server = MCPServer("campus")

    @server.tool()
    def rooms(building: str, seats: int = 1) -> str:
        """Rooms that are free in a building."""
        return f"Room {building}-101 has {seats} seats."

    @server.tool()
    def book(room: str) -> dict[str, Any]:
        """Books a room."""
        if room == "none":
            raise ValueError("no such room")
        return {"room": room, "booked": True}

    stateless, as_json = request.param
    with running(server, stateless=stateless, as_json=as_json) as at:
        yield at


def servers(host: str, clock: FakeClock | None = None) -> McpServers:
    web = GuardedWebClient(Addresses([host], [host]))
    return McpServers(web, Credentials(FakeSecrets(), web), clock or FakeClock())


def test_the_tools_of_an_mcp_server_are_called_and_all_but_named_ones_change_things(
    host: str,
) -> None:
    source = McpTools(mcp=f"http://{host}/mcp", tools=("rooms", "book"), reads=("rooms",))
    rooms, book = servers(host).of("campus", source)
    assert (rooms.name, rooms.changes, rooms.foreign) == ("campus_rooms", False, True)
    assert book.changes
    assert rooms.form.description == "Rooms that are free in a building."
    assert fault_of({}, rooms.form.parameters) == "building is missing."
    given = rooms.call({"building": "A", "seats": 3}, ASKING)
    assert "Room A-101 has 3 seats." in given.passages[0].text
    assert given.passages[0].kind == "tool"
    assert "booked: yes" in book.call({"room": "A-101"}, ASKING).passages[0].text
    assert book.call({"room": "none"}, ASKING).outcome == "failed"


def test_what_a_server_lacks_is_told_and_what_it_has_is_believed_for_a_while(host: str) -> None:
    lacking = McpTools(mcp=f"http://{host}/mcp", tools=("rooms", "weather"))
    with pytest.raises(UpstreamError, match="lacks a tool"):
        servers(host).of("campus", lacking)
    clock = FakeClock()
    kept = servers(host, clock)
    source = McpTools(mcp=f"http://{host}/mcp", tools=("rooms",))
    first = kept.of("campus", source)
    assert kept.of("campus", source) is first
    clock.advance(301)
    assert kept.of("campus", source) is not first


def test_a_python_function_with_the_decorator_is_a_tool(tmp_path: Path) -> None:
    (tmp_path / "fees.py").write_text(
        """
from nexus.agents.python_tools import tool

@tool("The fee for a number of days.", title="Fee")
def fee(days: int, kind: str = "book") -> dict[str, int]:
    return {"fee": days * 1000}

@tool("Books a seat.", changes=True)
def book(seat: str) -> None:
    raise RuntimeError("the words of a failure")

def not_one(x: int) -> int:
    return x
"""
    )
    fee, book = python_tools("own", PythonTools(python="fees.py"), tmp_path)
    assert (fee.name, fee.title, fee.changes, book.changes) == ("fee", "Fee", False, True)
    assert fee.form.parameters["required"] == ["days"]
    assert fee.call({"days": 3}, ASKING).passages[0].text == "fee: 3000"
    assert fee.call({"days": "three"}, ASKING).outcome == "failed"
    assert fee.call({"days": 3, "more": 1}, ASKING).outcome == "failed"
    with pytest.raises(RuntimeError):
        book.call({"seat": "1"}, ASKING)


def test_a_bare_decorator_takes_the_docstring_as_the_description(tmp_path: Path) -> None:
    (tmp_path / "fees.py").write_text(
        """
from nexus.agents.python_tools import tool

@tool
def fee(days: int) -> int:
    'The fee for a number of days.'
    return days * 1000

@tool(changes=True)
def book(seat: str) -> None:
    'Books a seat.'
"""
    )
    fee, book = python_tools("own", PythonTools(python="fees.py"), tmp_path)
    assert (fee.form.description, fee.changes) == ("The fee for a number of days.", False)
    assert (book.form.description, book.changes) == ("Books a seat.", True)


def test_a_tool_that_nothing_describes_is_named(tmp_path: Path) -> None:
    (tmp_path / "fees.py").write_text(
        "from nexus.agents.python_tools import tool\n@tool\ndef fee(days: int): return days\n"
    )
    with pytest.raises(ConfigurationError, match=r"fees\.py.*fee has no description"):
        python_tools("own", PythonTools(python="fees.py"), tmp_path)


def test_a_file_that_cannot_be_loaded_or_has_no_tool_is_the_configurations_fault(
    tmp_path: Path,
) -> None:
    for text in ("x = 1", "this is no Python"):
        (tmp_path / "bad.py").write_text(text)
        with pytest.raises(ConfigurationError, match=r"tools\.own: bad\.py"):
            python_tools("own", PythonTools(python="bad.py"), tmp_path)
