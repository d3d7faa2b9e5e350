"""Every adapter of a turn ends by the request's deadline, whatever the other side does on the wire.

Real SDKs over real sockets. The deadline is short and the SDKs' own limits are long: what ends a
call is the deadline.
"""

from __future__ import annotations

import sqlite3
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextvars import copy_context
from pathlib import Path
from queue import Queue
from typing import Any, get_args
from urllib.parse import urlsplit

import botocore.session
import httpx2
import pytest
from botocore.config import Config
from botocore.credentials import Credentials

from nexus.adapters.aws.json_client import JsonClient
from nexus.adapters.aws.secrets import SecretsManager
from nexus.adapters.connecting import ConnectingTimedOut
from nexus.adapters.dynamodb.cache import DynamoCache
from nexus.adapters.dynamodb.catalogue import DynamoCatalogue
from nexus.adapters.dynamodb.clients import DynamoClients
from nexus.adapters.dynamodb.conversations import DynamoConversations
from nexus.adapters.dynamodb.generations import DynamoGenerations
from nexus.adapters.dynamodb.turns import DynamoTurns
from nexus.adapters.giving_up import in_time
from nexus.adapters.kept_sockets import KeptSockets
from nexus.adapters.openai.connection import ModelsClient, connect
from nexus.adapters.openai.models import OpenAIChat, OpenAIEmbedder
from nexus.adapters.pinecone.index import PineconeIndex
from nexus.adapters.rerank.endpoint import RerankEndpoint
from nexus.adapters.sqlite.index import SqliteIndex
from nexus.bounded import CarryingExecutor, bounded
from nexus.deadline import within
from nexus.deferred import deferred
from nexus.errors import DeadlineExceeded, UpstreamUnavailable
from nexus.models import Filters, Turn
from nexus.ports import Kept, Message
from nexus.settings import Settings
from tests.hostile_server import Manner, hostile_server

DEADLINE_S = 0.6
LATEST_S = 1.2  # on a busy machine; without the deadline each takes 20 s or for ever
OWN_S = 20.0
PROMPT = [Message("user", "How much is the fee?")]

Call = Callable[[], object]


def aws(service: str, url: str) -> Any:
    return botocore.session.Session().create_client(
        service,
        region_name="us-east-1",
        endpoint_url=url,
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
        config=Config(connect_timeout=OWN_S, read_timeout=OWN_S, max_pool_connections=16),
    )


def ours(service: str, url: str) -> Any:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_ENDPOINT_URL", url)
        return JsonClient(service, "us-east-1", Credentials("testing", "testing"), 16)


class NoThreads(Executor):
    """An executor that has none."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        raise AssertionError(f"{fn} was to have a thread")


def calls(url: str, executor: Executor, aws: Callable[[str, str], Any] = aws) -> dict[str, Call]:
    """A call of each kind that a turn makes, bounded as the chat function's are."""

    def held(thing: Any) -> Any:
        return bounded(thing, "upstream", OWN_S, executor)

    models = connect(f"{url}/v1", "key", OWN_S, 3)
    index = held(PineconeIndex(url, "key", 2, timeout_s=OWN_S, verify=False))
    dynamodb, secrets = aws("dynamodb", url), aws("secretsmanager", url)
    conversations = held(DynamoConversations(dynamodb, "table", 24.0))
    catalogue = held(DynamoCatalogue(dynamodb, "table", "generation"))
    cache = DynamoCache(dynamodb, "table", "register")
    store = DynamoConversations(dynamodb, "table", 24.0)
    turns = held(DynamoTurns(dynamodb, "catalogue", store, "table", cache, "cache"))
    turn = Turn("m-1", "Who pays?", "We do.", False, "2026-01-01T00:00:00Z")
    kept = [Kept("key", b"value", 60, [("acme", "d")])]
    return {
        "embed": lambda: held(OpenAIEmbedder(models, "model", 2)).embed(["text"]),
        "responses": lambda: held(OpenAIChat(models, "model")).complete(PROMPT, 100),
        "chat": lambda: held(OpenAIChat(models, "m", "chat_completions")).complete(PROMPT, 100),
        "rerank": lambda: held(RerankEndpoint(url, "", "", OWN_S)).rerank("q", ["text"]),
        "dense": lambda: index.search_dense("a.b", (1.0, 0.0), 5, Filters()),
        "text": lambda: index.search_text("a.b", "fee", 5, Filters()),
        "clients": lambda: held(DynamoClients(dynamodb, "table")).find("0" * 64),
        "generations": lambda: held(DynamoGenerations(dynamodb, "table")).read(),
        "version": lambda: catalogue.version("acme"),
        "documents": lambda: catalogue.get_many("acme", ["d"]),
        "history": lambda: conversations.history("acme", "web", "c-1", 6),
        "cache": lambda: held(cache).get("key"),
        "cached": lambda: held(cache).get_many(["key", "other"]),
        "standing": lambda: turns.standing(Settings().generation, "acme"),
        "append": lambda: turns.append("acme", "web", "c-1", turn, begins=True, kept=kept),
        "secret": lambda: held(SecretsManager(secrets)).get("models"),
    }


@pytest.fixture
def executor() -> Iterator[CarryingExecutor]:
    made = CarryingExecutor()
    yield made
    made.shutdown(wait=False)


def assert_each_ends(
    made: Callable[[str], dict[str, Call]], manner: Manner
) -> dict[str, UpstreamUnavailable]:
    """What each call ended with: by the deadline, and as one that the upstream failed."""

    def timed(call: Call) -> tuple[float, Exception | None]:
        began, error = time.perf_counter(), None
        try:
            with within(DEADLINE_S):
                call()
        except Exception as raised:  # noqa: BLE001 - looked at below
            error = raised
        return time.perf_counter() - began, error

    with hostile_server(manner) as url, ThreadPoolExecutor(16) as pool:
        begun = {name: pool.submit(timed, call) for name, call in made(url).items()}
        ended = {name: future.result() for name, future in begun.items()}
    errors = {}
    for name, (took_s, error) in ended.items():
        assert isinstance(error, UpstreamUnavailable), (name, error)
        assert took_s < LATEST_S, (name, took_s)
        errors[name] = error
    return errors


@pytest.mark.parametrize("manner", get_args(Manner))
def test_each_call_of_a_turn_ends_by_the_deadline(
    manner: Manner, executor: CarryingExecutor
) -> None:
    assert_each_ends(lambda url: calls(url, executor), manner)


# Those that are made by what only AWS's own clients do, or that nobody asks in each turn.
IN_A_THREAD = {"rerank", "secret"}


@pytest.mark.parametrize("manner", get_args(Manner))
def test_a_call_that_ends_by_itself_takes_no_thread(manner: Manner) -> None:
    def made(url: str) -> dict[str, Call]:
        found = calls(url, NoThreads(), ours)
        return {name: call for name, call in found.items() if name not in IN_A_THREAD}

    errors = assert_each_ends(made, manner)
    if manner == "silent":
        for name, error in errors.items():
            assert isinstance(error, DeadlineExceeded), (name, error)
            assert error.service == "upstream"


def test_what_has_to_be_made_first_is_made_in_a_thread(executor: CarryingExecutor) -> None:
    making = threading.Event()

    def made() -> DynamoCache:
        making.wait(30)
        return DynamoCache(ours("dynamodb", "http://127.0.0.1:9"), "table", "register")

    cache = bounded(deferred(made), "cache", OWN_S, executor)
    with within(0.05), pytest.raises(DeadlineExceeded) as late:
        cache.get("key")
    assert late.value.service == "cache"
    making.set()


def test_a_handshake_that_hangs_is_left_behind() -> None:
    with hostile_server("silent") as url:
        sockets = KeptSockets(urlsplit(url), ssl.create_default_context(), 2)
        began = time.perf_counter()
        with pytest.raises(ConnectingTimedOut):
            sockets.post("/", {"host": "h"}, b"", connect_s=OWN_S, step_s=OWN_S, whole_s=0.1)
        assert time.perf_counter() - began < 0.7


def test_what_comes_too_late_is_given_back() -> None:
    going, given_back = threading.Event(), Queue[str]()

    def late() -> str:
        going.wait(30)
        return "a connection"

    with pytest.raises(TimeoutError):
        in_time(late, 0.01, given_back.put)
    going.set()
    assert given_back.get(timeout=10) == "a connection"


def test_a_pause_that_outlasts_the_deadline_is_not_slept(executor: CarryingExecutor) -> None:
    pauses: list[float] = []
    with hostile_server("resets") as url:
        http = httpx2.Client(base_url=url)
        client = ModelsClient(http, 3, pauses.append)
        chat = bounded(OpenAIChat(client, "model"), "models", OWN_S, executor)
        with within(0.3), pytest.raises(UpstreamUnavailable):
            chat.complete(PROMPT, 9)
    assert pauses == []


@pytest.mark.parametrize("manner", ["silent", "drips"])
def test_a_call_to_a_model_ends_by_itself_and_frees_its_thread(manner: Manner) -> None:
    with hostile_server(manner) as url:
        chat = OpenAIChat(connect(f"{url}/v1", "key", OWN_S, 0), "model", "chat_completions")
        reranker = RerankEndpoint(url, "", "", OWN_S)
        for call in (lambda: chat.complete(PROMPT, 9), lambda: reranker.rerank("q", ["text"])):
            began = time.perf_counter()
            with within(0.3), pytest.raises(UpstreamUnavailable):
                call()
            assert time.perf_counter() - began < 0.9


def test_a_call_to_pinecone_that_is_given_up_ends_soon_after(executor: CarryingExecutor) -> None:
    with hostile_server("silent") as url:
        index = PineconeIndex(url, "key", 2, timeout_s=OWN_S, retries=0, verify=False)
        began = time.perf_counter()
        with within(0.3), pytest.raises(UpstreamUnavailable):
            index.search_text("a.b", "fee", 5, Filters())
        assert time.perf_counter() - began < 0.9


def test_a_locked_file_is_not_waited_for_past_the_deadline(tmp_path: Path) -> None:
    index = SqliteIndex(tmp_path / "index.sqlite")
    index.ping()
    holder = sqlite3.connect(tmp_path / "index.sqlite", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    began = time.perf_counter()
    with within(0.3), pytest.raises(UpstreamUnavailable):
        index.delete_namespace("a.b")
    assert time.perf_counter() - began < 0.9
    holder.close()
    index.close()


def test_calls_that_hang_never_take_the_last_thread() -> None:
    class Hanging:
        def __init__(self) -> None:
            self.released = threading.Event()

        def hang(self) -> None:
            self.released.wait(30)

        def answer(self) -> str:
            return "here"

    thing, executor = Hanging(), CarryingExecutor(2)
    upstream = bounded(thing, "index", OWN_S, executor)
    for _ in range(9):
        with within(0.01), pytest.raises(DeadlineExceeded) as late:
            upstream.hang()
        assert late.value.service == "index"
    with within(5):
        assert upstream.answer() == "here"
    thing.released.set()


def test_a_deadline_goes_with_the_work_into_its_thread(executor: CarryingExecutor) -> None:
    from nexus.deadline import current

    with within(5):
        there = executor.submit(lambda: current().remaining()).result()
    assert 4 < there <= 5
    assert copy_context().run(current).remaining() == float("inf")
