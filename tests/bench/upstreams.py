"""Everything the functions call, on loopback in a process of its own, with a latency to set.

OpenAI's and Pinecone's wire servers of the tests and moto's AWS answer each kind of call once; then
`replay` repeats their answers. The sample documents are indexed through the real indexer first,
all but the one that the ingestion event names.
"""

from __future__ import annotations

import http.client
import json
import multiprocessing
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from typing import Any
from urllib.parse import urlsplit

from cli.local.layout import PROJECT
from tests.bench.replay import Call, Replay, Reply

SAMPLES = PROJECT / "cli" / "local" / "sample_documents"
INDEXED = (".md", ".txt", ".html")
BUCKET = "nexus-dev-documents"
TENANT = "demo"
LEFT_FOR_INGESTION = "admissions.md"  # what events/ingest_created.json names
ANSWER = "Applications for the Entrance Test Track open in March and close on 29 May 2026. [1]"
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
NEXUS = {
    "NEXUS_STAGE": "bench",
    "NEXUS_DOCUMENTS_BUCKET": BUCKET,
    "NEXUS_CATALOGUE_TABLE": "catalogue",
    "NEXUS_CONVERSATIONS_TABLE": "conversations",
    "NEXUS_CLIENTS_TABLE": "clients",
    "NEXUS_MODELS_SECRET": "models",
    "NEXUS_PINECONE_SECRET": "pinecone",
    "NEXUS_EMBEDDING_DIMENSION": str(DIMENSION),
    "NEXUS_REINDEX_FUNCTION": "nexus-bench-reindex",
    # Hashed bags of words are not as near to a question as a real model's vectors.
    "NEXUS_REFUSE_BELOW": "0",
}
DYNAMODB, SECRETS, SQS = "DynamoDB", "secretsmanager", "AmazonSQS"


@dataclass(frozen=True)
class Upstreams:
    """The running upstreams: the functions' environment, and what a benchmark asks of them."""

    environ: dict[str, str]
    _pipe: Connection

    def delay(self, seconds: float) -> None:
        """Sets how long each answer takes."""
        self._pipe.send(("delay", seconds))
        self._pipe.recv()

    def calls(self) -> list[tuple[str, Call]]:
        """The calls since the last time, each with its server's URL, in the order they came."""
        self._pipe.send(("calls", None))
        calls: list[tuple[str, Call]] = self._pipe.recv()
        return calls


@contextmanager
def running_upstreams() -> Iterator[Upstreams]:
    """Runs the upstreams in a process of their own until the block ends."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    try:
        if not ours.poll(120):
            raise RuntimeError("The upstreams did not start within two minutes.")
        yield Upstreams(ours.recv(), ours)
    finally:
        ours.close()
        process.join(5)
        process.terminate()


def _serve(pipe: Connection) -> None:
    import requests
    from moto import mock_aws

    from nexus.adapters.pinecone_provisioning import index_schema
    from tests.openai_server import running_openai_server
    from tests.pinecone_server import PineconeServer

    os.environ.update(AWS)
    pinecone = PineconeServer(index_schema(DIMENSION))

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

    with running_openai_server(DIMENSION) as models, mock_aws():
        models.answer_with(lambda _messages: ANSWER)
        direct = {
            **NEXUS,
            "NEXUS_MODELS_URL": models.base_url,
            "NEXUS_PINECONE_HOST": pinecone.url,
        }
        direct["NEXUS_INGEST_QUEUE_URL"] = _seed(direct)
        replays = {
            "models": Replay(_forwarded(models.base_url)),
            "index": Replay(_forwarded(pinecone.url)),
            "aws": Replay(aws),
        }
        urls = {name: server.url for name, server in replays.items()}
        queue = urlsplit(direct["NEXUS_INGEST_QUEUE_URL"]).path
        pipe.send(
            {
                **AWS,
                **direct,
                "NEXUS_MODELS_URL": f"{urls['models']}/v1",
                "NEXUS_PINECONE_HOST": urls["index"],
                "AWS_ENDPOINT_URL": urls["aws"],
                "NEXUS_INGEST_QUEUE_URL": f"{urls['aws']}{queue}",
            }
        )
        _obey(pipe, list(replays.values()))
    pinecone.close()


def _obey(pipe: Connection, replays: list[Replay]) -> None:
    while True:
        try:
            command, value = pipe.recv()
        except EOFError:
            return
        if command == "delay":
            for server in replays:
                server.delay_s = value
            pipe.send(None)
        else:
            pipe.send([(server.url, call) for server in replays for call in server.calls])
            for server in replays:
                server.calls.clear()


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


def _seed(environ: dict[str, str]) -> str:
    """Makes the AWS resources and indexes the documents; returns the queue's URL."""
    from nexus.adapters.dynamodb_clients import DynamoClients
    from nexus.clients import hash_key
    from nexus.models import ApiClient, Filters, Principal
    from nexus.settings import Settings
    from nexus.wiring.functions import ingest_services
    from nexus.wiring.parts import aws_clients
    from tests.pinecone_server import API_KEY

    dynamodb, s3 = aws_clients("dynamodb"), aws_clients("s3")
    tables = {"catalogue": ("pk", "sk"), "conversations": ("pk", "sk"), "clients": ("pk",)}
    for table, keys in tables.items():
        dynamodb.create_table(
            TableName=table,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
            KeySchema=[
                {"AttributeName": key, "KeyType": kind}
                for key, kind in zip(keys, ("HASH", "RANGE"), strict=False)
            ],
        )
    for name, value in (("models", "any"), ("pinecone", API_KEY)):
        aws_clients("secretsmanager").create_secret(Name=name, SecretString=value)
    queue: str = aws_clients("sqs").create_queue(QueueName="ingest")["QueueUrl"]
    s3.create_bucket(Bucket=BUCKET)
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    settings = replace(Settings.from_environ(environ), ingest_queue_url=queue)
    indexer = ingest_services(settings).indexers.live()
    for path in sorted(SAMPLES.iterdir()):
        if path.suffix in INDEXED:
            key = f"documents/{TENANT}/{path.name}"
            s3.put_object(Bucket=BUCKET, Key=key, Body=path.read_bytes())
            if path.name != LEFT_FOR_INGESTION:
                indexer.reconcile(key)
    api_key = event("chat")["headers"]["x-api-key"]
    principal = Principal(TENANT, "bench", "user", "standard", Filters())
    DynamoClients(dynamodb, "clients").put(
        ApiClient(hash_key(api_key), "gateway", principal, "2026-01-01T00:00:00Z")
    )
    return queue


def event(name: str) -> dict[str, Any]:
    """A sample event of `events/`."""
    content: dict[str, Any] = json.loads((PROJECT / "events" / f"{name}.json").read_text())
    return content
