"""What is made from secrets is made when they are there, and made anew in time."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import boto3
import pytest
from botocore.config import Config

from nexus.adapters.aws.secrets import SecretsManager
from nexus.deferred import RENEWED_S, deferred, make_ready
from nexus.errors import ConfigurationError
from nexus.settings import Settings
from nexus.wiring.chat import chat_services
from tests.fakes import FakeClock


class Thing:
    def __init__(self, number: int) -> None:
        self.number = number

    def count(self) -> int:
        return self.number


class Factory:
    """Makes things, numbered from 1, unless it is told to fail."""

    def __init__(self) -> None:
        self.made = 0
        self.failing = False

    def __call__(self) -> Thing:
        if self.failing:
            raise ConfigurationError("The secret is not set.")
        self.made += 1
        return Thing(self.made)


def test_a_thing_that_cannot_be_made_yet_is_made_when_it_can() -> None:
    factory = Factory()
    factory.failing = True
    thing = deferred(factory, FakeClock())
    with pytest.raises(ConfigurationError):
        thing.count()
    factory.failing = False
    assert thing.count() == thing.count() == 1


def test_a_thing_is_made_when_it_is_used_or_made_ready() -> None:
    factory = Factory()
    used, prepared = deferred(factory), deferred(factory)
    assert factory.made == 0
    make_ready(prepared)
    assert factory.made == 1
    assert used.count() == 2
    assert prepared.count() == 1
    factory.failing = True
    make_ready(deferred(factory))  # told where it is used


def test_a_thing_is_made_anew_when_its_secret_may_have_changed() -> None:
    factory, clock = Factory(), FakeClock()
    thing = deferred(factory, clock)
    assert thing.count() == 1
    clock.advance(RENEWED_S - 1)
    assert thing.count() == 1
    clock.advance(2)
    assert thing.count() == 2


class SecretsClient:
    """Secrets Manager's client: the value of every secret, and which were read."""

    class exceptions:  # noqa: N801 - botocore's name
        ResourceNotFoundException = KeyError

    def __init__(self) -> None:
        self.value = "one"
        self.read: list[str] = []
        self.meeting: threading.Barrier | None = None

    def get_secret_value(self, **asked: str) -> dict[str, str]:
        self.read.append(asked["SecretId"])
        if self.meeting:
            self.meeting.wait(10)
        return {"SecretString": self.value}


def test_what_is_made_anew_reads_its_secret_anew_and_once_for_all() -> None:
    client, clock = SecretsClient(), FakeClock()
    secrets = SecretsManager(client, clock)  # type: ignore[arg-type]
    keys = [deferred(lambda: secrets.get("models"), clock) for _ in range(2)]
    assert [key.upper() for key in keys] == ["ONE", "ONE"]
    client.value = "two"
    clock.advance(RENEWED_S + 1)
    assert [key.upper() for key in keys] == ["TWO", "TWO"]
    assert client.read == ["models"] * 2


def test_the_chat_function_reads_each_secret_once_and_all_at_the_same_time() -> None:
    client = SecretsClient()
    client.meeting = threading.Barrier(2)  # a reading alone would wait for the other in vain

    def aws(service: str) -> Any:
        if service == "secretsmanager":
            return client
        return boto3.client(
            "dynamodb",
            region_name="us-east-1",
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
            endpoint_url="http://127.0.0.1:9",
            config=Config(retries={"total_max_attempts": 1}, connect_timeout=1),
        )

    settings = Settings(
        models_secret="models",
        models_url="http://127.0.0.1:9/v1",
        pinecone_secret="pinecone",
        pinecone_host="",  # refused at once, where an address would be tried again
        vector_index="pinecone",
    )
    chat_services(settings, aws).prepare()
    assert sorted(client.read) == ["models", "pinecone"]


class _OneModel(BaseHTTPRequestHandler):
    """An endpoint of models that has only the one that embeds."""

    def do_GET(self) -> None:
        well = self.path == "/v1/models/embedder"
        body = b"{}" if well else b'{"error": {"message": "no", "code": "model_not_found"}}'
        self.send_response(200 if well else 404)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None: ...


def test_health_tells_the_embeddings_and_the_language_model_apart() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _OneModel)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings = Settings(
        models_secret="models",
        models_url=f"http://127.0.0.1:{server.server_port}/v1",
        embedding_model="embedder",
        chat_model="writer",
        vector_index="sqlite",
        sqlite_path="/nonexistent/index.sqlite",
    )

    def aws(service: str) -> Any:
        return SecretsClient() if service == "secretsmanager" else _Silent()

    try:
        checks = {check.name: check for check in chat_services(settings, aws).health.checks()}
    finally:
        server.shutdown()
        server.server_close()
    assert "models" not in checks
    assert checks["embeddings"].ok
    assert not checks["language_model"].ok
    assert checks["embeddings"].required
    assert checks["language_model"].required


class _Silent:
    """An AWS client that answers nothing of use."""

    def __getattr__(self, name: str) -> Any:
        return lambda **_: {}
