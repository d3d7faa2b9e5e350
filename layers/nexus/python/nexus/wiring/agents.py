"""Puts the agents of a deployment together; nothing here is imported before one is asked."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import Executor
from functools import cache
from pathlib import Path

from nexus.adapters.dynamodb.confirmations import DynamoConfirmations
from nexus.adapters.web_tools.addresses import Addresses
from nexus.adapters.web_tools.client import GuardedWebClient
from nexus.agents.configuration import Configuration
from nexus.agents.confirmed import Confirmed
from nexus.agents.confirming import Confirming
from nexus.agents.credentials import Credentials
from nexus.agents.http_tool import HttpTools
from nexus.agents.loop import Loop
from nexus.agents.mcp_tools import McpServers
from nexus.agents.multi_search import ModelPlanner, MultiSearch
from nexus.agents.performing import Performing
from nexus.agents.reading import read_agents
from nexus.agents.search_tool import search_tool
from nexus.agents.table_tool import table_tool
from nexus.agents.toolbox import ConfiguredTools
from nexus.agents.turn import AgentParts, Agents
from nexus.answering.generator import Generator
from nexus.answering.remembering import Memory
from nexus.bounded import bounded
from nexus.budgets.charging import Budgets
from nexus.errors import ConfigurationError
from nexus.generations.lifecycle import PerGeneration
from nexus.ports import Secrets
from nexus.ports.tool_chats import Confirmations, ToolChat
from nexus.retrieval.reader import Reader
from nexus.settings import Settings
from nexus.wiring.aws_clients import ClientFactory

CONFIRMATIONS_S = 4.0


def make_agents(
    *,
    settings: Settings,
    aws: ClientFactory,
    secrets: Secrets,
    chat_of: Callable[[str], ToolChat],
    readers: PerGeneration[Reader],
    generator: Generator,
    memory: Memory,
    budgets: Budgets,
    executor: Executor,
) -> Agents:
    """The agents that the settings' folder describes. Raises ConfigurationError."""
    if not settings.cache_table:
        raise ConfigurationError("NEXUS_CACHE_TABLE must name the table in which actions wait.")
    folder = folder_of(settings)
    return agents_of(
        read_agents(folder),
        folder,
        DynamoConfirmations(aws("dynamodb"), settings.cache_table),
        settings=settings,
        secrets=secrets,
        chat_of=chat_of,
        readers=readers,
        generator=generator,
        memory=memory,
        budgets=budgets,
        executor=executor,
    )


def agents_of(
    configuration: Configuration,
    folder: Path,
    confirmations: Confirmations,
    *,
    settings: Settings,
    secrets: Secrets,
    chat_of: Callable[[str], ToolChat],
    readers: PerGeneration[Reader],
    generator: Generator,
    memory: Memory,
    budgets: Budgets,
    executor: Executor,
    now: Callable[[], float] = time.time,
) -> Agents:
    """The agents of a configuration."""
    network = configuration.network
    web = GuardedWebClient(Addresses(network.hosts, network.private))
    credentials = Credentials(secrets, web, now)
    built_in = [search_tool(readers, executor), table_tool(readers, executor)]
    http, mcp = HttpTools(web, credentials), McpServers(web, credentials, now)
    toolbox = ConfiguredTools(configuration, folder, built_in, http, mcp)
    waiting = bounded(confirmations, "cache", CONFIRMATIONS_S, executor)
    confirming = Confirming(waiting, configuration.confirm_within_s, now)
    performing = Performing(executor, confirming)
    chat_of = cache(chat_of)
    router = chat_of(settings.rewrite_model or settings.chat_model)
    planner = ModelPlanner(router)
    searching = MultiSearch(performing, planner)
    loop = Loop(configuration, toolbox, chat_of, performing, searching, settings)
    return Agents(
        AgentParts(
            configuration=configuration,
            readers=readers,
            loop=loop,
            confirming=confirming,
            confirmed=Confirmed(configuration, toolbox, performing),
            router=router,
            generator=generator,
            memory=memory,
            budgets=budgets,
            settings=settings,
            executor=executor,
        )
    )


def folder_of(settings: Settings) -> Path:
    """The folder with `agents.toml`: within a function's own code, unless its path is whole."""
    return Path(os.environ.get("LAMBDA_TASK_ROOT", "."), settings.agents_folder)
