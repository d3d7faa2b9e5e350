"""Everything the functions call, on loopback in a process of its own, with a latency to set.

OpenAI's and Pinecone's wire servers of the tests and moto's AWS, each behind a `Replay`, through
which everything goes: the index is noted under that address, so no search goes past it.
"""

from __future__ import annotations

import http.client
import multiprocessing
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from urllib.parse import urlsplit

from tests.bench.replay import Call, Replay, Reply
from tests.bench.seeding import BUCKET, answer, index_documents, make_resources

DIMENSION = 1536
AWS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}
# The benchmarks' own names and credentials, in place of what a stage's stacks make.
NAMES = {
    "NEXUS_DOCUMENTS_BUCKET": BUCKET,
    "NEXUS_CATALOGUE_TABLE": "catalogue",
    "NEXUS_CONVERSATIONS_TABLE": "conversations",
    "NEXUS_CLIENTS_TABLE": "clients",
    "NEXUS_CACHE_TABLE": "cache",
    "NEXUS_CORS_ORIGINS": "https://page.example",
    "NEXUS_INSIGHTS_TABLE": "insights",
    "NEXUS_KEEP_QUESTIONS": "true",
    "NEXUS_MODELS_SECRET": "models",
    "NEXUS_PINECONE_SECRET": "pinecone",
}
DYNAMODB, SECRETS, SQS = "DynamoDB", "secretsmanager", "AmazonSQS"


@dataclass(frozen=True)
class Upstreams:
    """The running upstreams: their addresses and names, and what a benchmark asks of them.

    `own` are the variables of nexus.settings that name something of the upstreams.
    """

    own: dict[str, str]
    _pipe: Connection

    @property
    def aws(self) -> dict[str, str]:
        """What an AWS SDK needs in its environment."""
        return {**AWS, "AWS_ENDPOINT_URL": self.own["AWS_ENDPOINT_URL"]}

    def delay(self, seconds: float) -> None:
        """Sets how long each answer takes."""
        self._told("delay", seconds)

    def replay(self) -> None:
        """From now on, each kind of call is answered as it is the first time from now on."""
        self._told("replay")

    def calls(self) -> list[tuple[str, Call]]:
        """The calls since the last time, each with its server's URL, in the order they came."""
        self._pipe.send(("calls", None))
        calls: list[tuple[str, Call]] = self._pipe.recv()
        return sorted(calls, key=lambda made: made[1].begun)

    def _told(self, command: str, value: float | None = None) -> None:
        self._pipe.send((command, value))
        self._pipe.recv()


@contextmanager
def running_upstreams() -> Iterator[Upstreams]:
    """Runs the upstreams in a process of their own until the block ends."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    theirs.close()
    try:
        if not ours.poll(120):
            raise RuntimeError("The upstreams did not start within two minutes.")
        yield Upstreams(ours.recv(), ours)
    finally:
        ours.close()
        process.terminate()  # there is nothing in it that is kept
        process.join()


def _serve(pipe: Connection) -> None:
    import requests
    from moto import mock_aws

    from nexus.adapters.pinecone.provisioning import index_schema
    from tests.bench.vector_api import query
    from tests.in_process_aws import heard_by_moto
    from tests.openai_server import running_openai_server
    from tests.pinecone_server import PineconeServer

    os.environ.update(AWS)
    pinecone = PineconeServer(index_schema(DIMENSION))
    documents = _forwarded(pinecone.url)

    def index(call: Call) -> Reply:
        return query(pinecone, call) if call.path == "/query" else documents(call)

    def aws(call: Call) -> Reply:
        target = call.headers.get("x-amz-target", "")
        hosts = {DYNAMODB: "dynamodb", SECRETS: "secretsmanager", SQS: "sqs"}
        host = next((name for mark, name in hosts.items() if target.startswith(mark)), "s3")
        # moto answers this inside the process: `requests` is patched while `mock_aws` holds.
        response = requests.request(
            call.method,
            f"https://{host}.us-east-1.amazonaws.com{call.path}",
            headers={**call.headers, "host": f"{host}.us-east-1.amazonaws.com"},
            data=call.body,
            timeout=30,
            stream=True,  # what answers HEAD says a length and has no content
        )
        content = b"" if call.method == "HEAD" else response.content
        return Reply(response.status_code, tuple(response.headers.items()), content)

    with running_openai_server(DIMENSION) as models, mock_aws(), heard_by_moto():
        models.answer_with(answer)
        replays = {
            "models": Replay(_forwarded(models.base_url)),
            "index": Replay(index),
            "aws": Replay(aws),
        }
        urls = {name: server.url for name, server in replays.items()}
        queue = make_resources()
        own = {
            **NAMES,
            "NEXUS_MODELS_URL": f"{urls['models']}/v1",
            "NEXUS_PINECONE_HOST": urls["index"],
            "NEXUS_INGEST_QUEUE_URL": f"{urls['aws']}{urlsplit(queue).path}",
            "AWS_ENDPOINT_URL": urls["aws"],
        }
        index_documents(own, queue)
        pipe.send(own)
        _obey(pipe, list(replays.values()))
    pinecone.close()


def _obey(pipe: Connection, replays: list[Replay]) -> None:
    for server in replays:
        server.calls.clear()  # the seeding's
    while True:
        try:
            command, value = pipe.recv()
        except EOFError:
            return
        if command == "calls":
            pipe.send([(server.url, call) for server in replays for call in server.calls])
            for server in replays:
                server.calls.clear()
            continue
        for server in replays:
            if command == "delay":
                server.delay_s = value
            else:
                server.replay()
        pipe.send(None)


def _forwarded(base_url: str) -> Callable[[Call], Reply]:
    host = urlsplit(base_url).netloc

    def answer(call: Call) -> Reply:
        connection = http.client.HTTPConnection(host, timeout=30)
        connection.request(call.method, call.path, call.body, call.headers)
        response = connection.getresponse()
        reply = Reply(response.status, tuple(response.getheaders()), response.read())
        connection.close()
        return reply

    return answer
