"""What the commands say when something is not as it should be."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from cli import deployment_checks
from cli import main as command_line
from cli.commands import invoke, status, up
from cli.connection import Connection
from cli.failure import Failure
from cli.local.access import credentials
from cli.local.layout import Layout
from cli.local.run_record import Running
from cli.stacks import local_session
from nexus.adapters.sqs.dead_letters import SqsDeadLetters
from nexus.adapters.sqs.queue import SqsQueue
from nexus.generations.lifecycle import PerGeneration, SingleGeneration
from nexus.ingestion.messages import reconcile_message
from nexus.operations.dead_letter_reasons import Explainer
from nexus.operations.dead_letters import DeadLetters
from nexus.settings import Settings
from tests.fakes import FakeCatalogue, FakeDocuments
from tests.unit.cli_stage import aws_session, deployment, stage


class Api:
    """An HTTP server on this machine that gives one answer to every request."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        self.requests = 0
        content = json.dumps(body).encode()

        class Handler(BaseHTTPRequestHandler):
            def answer(handler) -> None:  # noqa: N805  (`self` is the API)
                self.requests += 1
                handler.rfile.read(int(handler.headers.get("content-length", 0)))
                handler.send_response(status)
                handler.send_header("content-length", str(len(content)))
                handler.end_headers()
                handler.wfile.write(content)

            do_GET = do_POST = answer  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self) -> Api:
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture(autouse=True)
def local_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NEXUS_LOCAL_DIR", str(tmp_path))
    return tmp_path


@pytest.fixture
def aws() -> Iterator[None]:
    with mock_aws():
        yield


def nexus(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """Runs the command line as a terminal does; returns its exit code."""
    monkeypatch.setattr(sys, "argv", ["nexus", *arguments])
    with pytest.raises(SystemExit) as ended:
        command_line.main()
    assert isinstance(ended.value.code, int)
    return ended.value.code


@pytest.mark.usefixtures("aws")
def test_an_upload_that_fails_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = stage(documents_bucket="there-is-no-such-bucket")
    monkeypatch.setattr("cli.commands.upload.connect", lambda _stage: made)
    (tmp_path / "fees.md").write_text("Fees")
    assert nexus(monkeypatch, "upload", str(tmp_path / "fees.md")) == 1
    said = capsys.readouterr().err
    assert said.startswith("nexus: ")
    assert "NoSuchBucket" in said
    assert said.count("\n") == 1


def test_a_file_that_cannot_be_read_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def unreadable(*_: object) -> None:
        raise PermissionError(13, "Permission denied", str(tmp_path / "fees.md"))

    monkeypatch.setattr("cli.commands.upload.connect", unreadable)
    assert nexus(monkeypatch, "upload", str(tmp_path)) == 1
    assert capsys.readouterr().err == f"nexus: {tmp_path / 'fees.md'}: Permission denied.\n"


@pytest.mark.usefixtures("aws")
def test_a_question_that_the_api_refuses_is_answered_with_what_it_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    detail = "message: String should have at most 5000 characters."
    with Api(422, {"detail": detail, "request_id": "r-1"}) as api:
        made = stage(api_url=f"http://127.0.0.1:{api.port}")
        monkeypatch.setattr("cli.commands.ask.connect", lambda _stage: made)
        assert nexus(monkeypatch, "ask", "x" * 5001, "--key", "k") == 1
    assert capsys.readouterr().err == f"nexus: 422: {detail} (request r-1)\n"


def test_a_function_is_waited_for_and_never_started_twice(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    event = tmp_path / "event.json"
    event.write_text("{}")
    made: list[Any] = []

    class Watched(Connection):
        def client(self, *arguments: Any) -> Any:
            made.append(super().client(*arguments))
            return made[-1]

    with Api(500, {"message": "Out of order."}) as api:
        layout = Layout(tmp_path)
        credentials.renew(layout, api.port)
        watched = Watched("local", local_session(layout), deployment(ingest_function="ingest"))
        monkeypatch.setattr("cli.commands.invoke.connect", lambda _stage: watched)
        with pytest.raises(ClientError, match="500"):
            invoke.invoke(invoke.Function.INGEST, event)
        assert api.requests == 1
    assert made[0].meta.config.read_timeout > 900


def test_while_it_starts_up_and_status_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.local.stack.running", lambda _layout: Running(4566, 4567, ()))
    for command in (up.up, status.status):
        with pytest.raises(Failure, match="starting"):
            command()


@pytest.mark.usefixtures("aws")
def test_doctor_looks_at_every_secret_and_every_check() -> None:
    checks = {
        "embeddings": {"status": "failing", "latency_ms": 3, "detail": "not configured"},
        "news": {"status": "failing", "latency_ms": 3, "detail": "refused"},
    }
    with Api(200, {"checks": checks}) as api:
        made = stage(
            models_secret="models", rerank_secret="rerank", api_url=f"http://127.0.0.1:{api.port}"
        )
        secrets = made.client("secretsmanager")
        secrets.create_secret(Name="models", SecretString="key")
        secrets.create_secret(Name="rerank", SecretString="unset")
        checked = deployment_checks.deployment_findings(made, date(2026, 11, 28))
        findings = {found.subject: found for found in checked}
    assert findings["secret models"].well
    assert not findings["secret rerank"].well
    assert "`nexus up`" in findings["secret rerank"].advice
    # This stage has no dead-letter queue: that is a finding, and the rest is made all the same.
    assert not findings["dead-letter queue"].well
    assert findings["embeddings"].detail == "not configured"
    assert "secret" in findings["embeddings"].advice
    assert findings["news"].serious
    assert findings["news"].advice


class Outbox:
    """A stage on moto with dead letters, for the commands that show and redrive them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        session = aws_session()
        self.sqs = session.client("sqs")
        self.dead = self.sqs.create_queue(QueueName="dead")["QueueUrl"]
        self.stage = stage(dead_letter_queue_url=self.dead)
        self.ingest = self.stage.deployment.ingest_queue_url
        documents, generation = FakeDocuments(), Settings().generation
        documents.put("acme", "fees.md", b"Fees.")
        self.stage.__dict__["dead_letters"] = DeadLetters(
            SqsDeadLetters(self.sqs, self.dead, self.ingest, wait_s=0),
            SqsQueue(self.sqs, self.ingest),
            Explainer(
                PerGeneration(
                    SingleGeneration(generation), generation, lambda _generation: FakeCatalogue()
                ),
                documents,
                ThreadPoolExecutor(1),
            ),
        )
        monkeypatch.setattr("cli.commands.dead_letters.connect", lambda _stage: self.stage)

    def arrive(self, path: str) -> str:
        body = reconcile_message(f"documents/acme/{path}")
        sent = self.sqs.send_message(QueueUrl=self.dead, MessageBody=body)
        return str(sent["MessageId"])

    def waiting(self, queue: str) -> int:
        found = self.sqs.get_queue_attributes(
            QueueUrl=queue, AttributeNames=["ApproximateNumberOfMessages"]
        )
        return int(found["Attributes"]["ApproximateNumberOfMessages"])


@pytest.fixture
def outbox(aws: None, monkeypatch: pytest.MonkeyPatch) -> Outbox:
    return Outbox(monkeypatch)


def test_dead_letters_are_listed_with_their_reasons_and_stay(
    outbox: Outbox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert nexus(monkeypatch, "dead-letters", "list") == 0
    assert capsys.readouterr().out == "There are no dead letters.\n"
    ids = [outbox.arrive("fees.md"), outbox.arrive("gone.md")]
    assert nexus(monkeypatch, "dead-letters", "list") == 0
    said = capsys.readouterr().out
    assert "acme/fees.md" in said
    assert "No attempt at the document began" in said
    assert all(message_id in said for message_id in ids)
    assert nexus(monkeypatch, "dead-letters", "list", "--limit", "1") == 0
    assert "1 of about 2" in capsys.readouterr().out
    assert nexus(monkeypatch, "dead-letters", "list", "--json") == 0
    listed = json.loads(capsys.readouterr().out)
    assert {(one["path"], one["obsolete"]) for one in listed["dead_letters"]} == {
        ("fees.md", False),
        ("gone.md", True),
    }
    assert not listed["more"]
    assert outbox.waiting(outbox.dead) == 2


def test_one_dead_letter_is_shown_with_its_message(
    outbox: Outbox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    message_id = outbox.arrive("fees.md")
    assert nexus(monkeypatch, "dead-letters", "show", message_id) == 0
    said = capsys.readouterr().out
    assert "documents/acme/fees.md" in said
    assert "nexus:reindex" in said
    assert nexus(monkeypatch, "dead-letters", "show", "nothing") == 1
    assert capsys.readouterr().err == "nexus: There is no dead letter nothing.\n"


def test_dead_letters_are_redriven_by_id_or_all(
    outbox: Outbox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ids = [outbox.arrive(path) for path in ("fees.md", "gone.md", "more.md")]
    for arguments in ([], [ids[0], "--all"]):
        assert nexus(monkeypatch, "dead-letters", "redrive", *arguments) == 1
        assert "say --all" in capsys.readouterr().err
    assert nexus(monkeypatch, "dead-letters", "redrive", ids[0], "nothing") == 1
    told = capsys.readouterr()
    assert "Sent 1 message to ingestion again" in told.out
    assert told.err == "nexus: There is no dead letter nothing.\n"
    assert (outbox.waiting(outbox.dead), outbox.waiting(outbox.ingest)) == (2, 1)
    assert nexus(monkeypatch, "dead-letters", "redrive", "--all") == 0
    said = capsys.readouterr().out
    assert "documents/acme/gone.md had nothing left to do" in said
    assert (outbox.waiting(outbox.dead), outbox.waiting(outbox.ingest)) == (0, 3)


def test_redriving_prints_json_that_a_program_can_read(
    outbox: Outbox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    message_id = outbox.arrive("fees.md")
    assert nexus(monkeypatch, "dead-letters", "redrive", "--all", "--json") == 0
    done = json.loads(capsys.readouterr().out)
    assert [one["message_id"] for one in done["redriven"]] == [message_id]
    assert done["unknown"] == []


def test_a_stage_s_dead_letters_are_those_of_its_own_queue(outbox: Outbox) -> None:
    outbox.arrive("fees.md")
    del outbox.stage.__dict__["dead_letters"]
    assert outbox.stage.dead_letters.count() == 1


def test_doctor_names_the_command_that_tells_of_dead_letters(outbox: Outbox) -> None:
    [well] = deployment_checks.queue(outbox.stage)
    assert well.well
    outbox.arrive("fees.md")
    [finding] = deployment_checks.queue(outbox.stage)
    assert (finding.well, finding.detail) == (False, "1 message")
    assert "nexus dead-letters list --stage local" in finding.advice
