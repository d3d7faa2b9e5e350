"""What clients and workers do to a running stack: repeats, spellings, uploads, a killed worker."""

from __future__ import annotations

import json
import os
import secrets
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest

from cli.connection import Connection
from nexus.object_keys import document_id, object_key
from tests.e2e.conftest import Deployed
from tests.e2e.waiting import eventually

TENANT = "demo"


@pytest.fixture(scope="module")
def admin_key(stack: Deployed) -> Iterator[str]:
    """A key of role admin."""
    name = f"requests-{secrets.token_hex(3)}"
    made = stack.nexus("keys", "create", name, "--role", "admin", "--json")
    key = str(json.loads(made.stdout)["key"])
    eventually(
        lambda: stack.call("GET", "/v1/documents", key=key).status_code == 200, "key that is known"
    )
    yield key
    stack.nexus("keys", "revoke", name)


def put(connection: Connection, path: str, content: bytes, **metadata: str) -> str:
    connection.client("s3").put_object(
        Bucket=connection.deployment.documents_bucket,
        Key=object_key(TENANT, path),
        Body=content,
        Metadata=metadata,
    )
    return document_id(TENANT, path)


def status(stack: Deployed, key: str, document: str) -> str:
    response = stack.call("GET", f"/v1/documents/{document}", key=key)
    return str(response.json()["status"]) if response.status_code == 200 else ""


def test_a_repeated_request_is_one_turn(stack: Deployed) -> None:
    key, conversation = secrets.token_hex(8), f"c-{secrets.token_hex(8)}"
    body = {"message": "How much is the late fee for a library book?"}
    more = {"idempotency_key": key, "x_conversation_id": conversation}
    first = stack.call("POST", "/v1/chat", body, **more)
    assert first.status_code == 200, first.text
    assert stack.call("POST", "/v1/chat", body, **more).json() == first.json()
    refused = stack.call("POST", "/v1/chat", {"message": "What is the fine?"}, **more)
    assert refused.status_code == 422
    turns = stack.call("GET", f"/v1/conversations/{conversation}").json()["turns"]
    assert len(turns) == 1


def test_names_are_found_as_others_spell_them(
    stack: Deployed, connection: Connection, admin_key: str
) -> None:
    word = f"quokka{secrets.token_hex(3)}"
    text = f"The canteen serves {word} soup on Mondays.".encode()
    document = put(connection, "requests/menu.md", text, department="Cafe%CC%81", tags="Harga")
    eventually(lambda: status(stack, admin_key, document) == "indexed", "menu")
    for asked in ({"departments": [" CAFÉ "]}, {"tags": ["harga"]}):
        body = {"query": f"When is {word} soup served?", "filters": asked}
        found = stack.call("POST", "/v1/search", body).json()["passages"]
        assert [word in passage["text"] for passage in found][:1] == [True], asked
    told = stack.call(
        "POST", "/v1/chat", {"message": f"When is {word} soup served?", "filters": {"tags": ["x"]}}
    )
    assert "passes the filters" in told.json()["answer"]


def test_the_gateway_passes_what_the_application_is_to_tell(
    stack: Deployed, admin_key: str
) -> None:
    def post(content: bytes, **headers: str) -> Any:
        sent = {"x-api-key": admin_key, **headers}
        return httpx2.post(
            stack.url + "/v1/search", content=content, headers=sent, timeout=60, trust_env=False
        )

    assert post(b'{"query": "late fee"}').status_code == 200
    assert post(b'{"query": "late fee"}', **{"content-type": "text/plain"}).status_code == 415
    verb = stack.call("PATCH", f"/v1/documents/{'a' * 24}:reindex", {}, key=admin_key)
    assert verb.status_code == 405


def worker(stack: Deployed) -> int | None:
    """The process that runs the ingestion function of this stack."""
    port = str(urlsplit(stack.url).port)
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            told = (folder / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        environ = dict(one.partition(b"=")[::2] for one in told)
        name, endpoint = environ.get(b"AWS_LAMBDA_FUNCTION_NAME"), environ.get(b"AWS_ENDPOINT_URL")
        if name and b"ingest" in name and endpoint and port in endpoint.decode():
            return int(folder.name)
    return None


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="finds the worker as Linux lists processes")
def test_an_upload_is_pending_at_once_and_worked_on_within_a_minute_of_a_kill(
    stack: Deployed, connection: Connection, admin_key: str
) -> None:
    sentence = "Rule {}: members of club {} meet in hall {} of the old harbour every week.\n\n"
    text = "".join(sentence.format(n, n * 7, n % 13) for n in range(6_000)).encode()
    document = put(connection, "requests/long.md", text)
    assert status(stack, admin_key, document) in ("pending", "indexing")
    eventually(lambda: status(stack, admin_key, document) == "indexing", "attempt")
    found = worker(stack)
    assert found is not None
    os.kill(found, signal.SIGKILL)
    killed = time.monotonic()
    record = connection.operator.catalogue.get(TENANT, document)
    assert record is not None
    heard = record.updated_at

    def again() -> bool:
        now = connection.operator.catalogue.get(TENANT, document)
        return now is not None and now.updated_at > heard

    eventually(again, "attempt after the kill")
    assert time.monotonic() - killed < 75
    # On a busy machine some calls of the model fail, and are made again after minutes.
    eventually(lambda: status(stack, admin_key, document) == "indexed", "document", 600)
