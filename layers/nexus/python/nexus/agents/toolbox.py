"""Puts an agent's tools together: built-in ones, and those that the deployment describes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from nexus.agents.configuration import (
    Agent,
    Configuration,
    HttpTool,
    McpTools,
    OpenApiTools,
)
from nexus.agents.http_tool import HttpTools
from nexus.agents.mcp_tools import McpServers
from nexus.agents.openapi import openapi_tools
from nexus.agents.python_tools import python_tools
from nexus.agents.tools import Tool
from nexus.errors import UpstreamError
from nexus.observability import logger


class ConfiguredTools:
    """Implements `Toolbox`; an MCP server that does not answer is missing, and told in the log."""

    def __init__(
        self,
        configuration: Configuration,
        folder: Path,
        built_in: Sequence[Tool],
        http: HttpTools,
        mcp: McpServers,
    ) -> None:
        self._configuration = configuration
        self._folder = folder
        self._built_in = {tool.name: tool for tool in built_in}
        self._http = http
        self._mcp = mcp
        self._made: dict[str, list[Tool]] = {}

    def of(self, agent: Agent) -> Mapping[str, Tool]:
        """The agent's tools by name, in the order in which it lists their sources."""
        found: dict[str, Tool] = {}
        for name in agent.tools:
            for tool in self._from(name):
                found.setdefault(tool.name, tool)
        return found

    def _from(self, name: str) -> Sequence[Tool]:
        if name in self._built_in:
            return [self._built_in[name]]
        source = self._configuration.tools[name]
        if isinstance(source, McpTools):
            try:
                return self._mcp.of(name, source)
            except UpstreamError as error:
                about = {"tools": name, "error": type(error).__name__}
                logger.warning("agent_tools_unreachable", extra=about)
                return []
        if name not in self._made:
            if isinstance(source, HttpTool):
                make = partial(_listed, self._http, name, source)
            elif isinstance(source, OpenApiTools):
                make = partial(openapi_tools, name, source, self._folder, self._http)
            else:
                make = partial(python_tools, name, source, self._folder)
            self._made[name] = make()
        return self._made[name]


def _listed(http: HttpTools, name: str, source: HttpTool) -> list[Tool]:
    return [http.of(name, source)]
