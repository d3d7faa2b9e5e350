"""`nexus doctor --verbose` shows each call and what a search finds, in sizes, ids and times."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from cli import api, probing
from cli.calls_made import Call, telling, watched
from cli.connection import Connection
from tests.unit.cli_stage import deployment

FOUND = {
    "passages": [
        {
            "document_id": "d-1",
            "title": "A secret title",
            "uri": "secret/place.md",
            "version": "v1",
            "locator": {},
            "score": 0.8231,
            "text": "Confidential " * 100,
        }
    ],
    "timings": {"search": 12.4},
}


@pytest.fixture
def url() -> Iterator[str]:
    """An API that finds one passage, for whoever has the key, and nothing for others."""

    class Api(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            known = self.headers["x-api-key"] == "nx_known"
            body = json.dumps(FOUND if known else {"detail": "not valid"}).encode()
            self.send_response(200 if known else 403)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_calls_of_aws_are_told_with_their_sizes_and_how_they_ended() -> None:
    told: list[Call] = []
    with mock_aws(), telling(told.append):
        client = watched(boto3.Session(region_name="us-east-1")).client("secretsmanager")
        client.create_secret(Name="models", SecretString="sk-of-nobody")
        with pytest.raises(ClientError):
            client.get_secret_value(SecretId="absent")
    assert [(call.name, call.outcome) for call in told] == [
        ("secrets-manager CreateSecret", "200"),
        ("secrets-manager GetSecretValue", "404"),  # as moto answers it
    ]
    assert all(call.sent > 0 and call.received > 0 and call.took_ms > 0 for call in told)
    assert "sk-of-nobody" not in repr(told)


def test_where_nobody_is_told_a_session_stays_as_it_is() -> None:
    told: list[Call] = []
    with mock_aws():
        session = watched(boto3.Session(region_name="us-east-1"))
        with telling(told.append):
            session.client("sqs").list_queues()
    assert told == []


def test_a_search_is_shown_in_ids_scores_and_sizes_and_never_in_text(
    url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stage = Connection("dev", boto3.Session(), deployment(api_url=url))
    monkeypatch.setattr(probing, "connect", lambda _stage: stage)
    with telling(probing.show_call):
        probing.show_search("dev", "nx_known")
    shown = " ".join(capsys.readouterr().out.split())
    assert "POST /v1/search 200, 3" in shown
    assert "document d-1, version v1: score 0.82, 1,300 characters" in shown
    assert "1 passage of a search" in shown
    assert "search 12 ms" in shown
    for text in ("Confidential", "secret", "nx_known"):
        assert text not in shown


def test_without_a_key_or_with_a_wrong_one_it_says_so(
    url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stage = Connection("dev", boto3.Session(), deployment(api_url=url))
    monkeypatch.setattr(probing, "connect", lambda _stage: stage)
    probing.show_search("dev", None)
    assert "NEXUS_API_KEY" in capsys.readouterr().out
    probing.show_search("dev", "nx_wrong")
    assert "403: not valid" in capsys.readouterr().out


def test_an_api_that_cannot_be_reached_is_told_as_a_call() -> None:
    told: list[Call] = []
    with telling(told.append), pytest.raises(Exception, match="cannot be reached"):
        api.call("http://127.0.0.1:9", "/health")
    assert [(call.name, call.outcome) for call in told] == [("GET /health", "ConnectError")]
