"""Uploads: what becomes a document, what is said of it, and when it counts as indexed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws
from rich.console import Console

from cli.commands.upload import gathered, upload
from cli.connection import Connection
from cli.deployment_checks import generation
from cli.failure import Failure
from cli.ingestion import fingerprints, finished, wait
from cli.local.layout import Layout
from cli.local.opening import ingest
from cli.local.run_record import Running
from nexus.ingestion.tasks import ChangedObject, tasks_of
from nexus.models import DocumentRecord, Generations
from nexus.object_keys import decode_metadata, document_id
from nexus.settings import Settings
from tests.unit.cli_stage import BUCKET, stage


@pytest.fixture
def connection(monkeypatch: pytest.MonkeyPatch) -> Iterator[Connection]:
    with mock_aws():
        made = stage()
        monkeypatch.setattr("cli.commands.upload.connect", lambda _stage: made)
        yield made


def index(connection: Connection, path: str) -> None:
    """Does what the ingestion function would."""
    (mark,) = fingerprints(connection, "demo", [path]).values()
    record = DocumentRecord("demo", document_id("demo", path), path, "", "", "pending")
    begun = connection.operator.catalogue.begin(record)
    connection.operator.catalogue.settle(replace(begun, status="indexed", fingerprint=mark))


def send(*paths: Path, **options: Any) -> None:
    upload(list(paths), wait_for_it=False, **options)


def test_new_metadata_of_the_same_content_has_to_be_indexed(
    connection: Connection, tmp_path: Path
) -> None:
    file = tmp_path / "fees.md"
    file.write_text("Fees are due in May.")
    send(file, title="Old")
    index(connection, "fees.md")
    assert finished(connection, "demo", fingerprints(connection, "demo", ["fees.md"]))

    send(file, title="New")
    assert not finished(connection, "demo", fingerprints(connection, "demo", ["fees.md"]))
    index(connection, "fees.md")
    assert finished(connection, "demo", fingerprints(connection, "demo", ["fees.md", "gone.md"]))


def test_who_waits_asks_only_for_what_is_unfinished(
    connection: Connection, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    names = ["a.md", "b.md", "c.md"]
    for name in names:
        (tmp_path / name).write_text(name)
        send(tmp_path / name)
    index(connection, "a.md")
    asked: list[list[str]] = []

    def noted(of: Connection, tenant: str, expected: Mapping[str, str]) -> dict[str, Any]:
        asked.append(sorted(expected))
        if len(asked) == 3:
            index(of, "b.md")
            index(of, "c.md")
        return finished(of, tenant, expected)

    monkeypatch.setattr("cli.ingestion.finished", noted)
    monkeypatch.setattr("cli.ingestion.POLL_S", 0)
    monkeypatch.setattr("cli.ingestion.ASKED", 2)
    expected = fingerprints(connection, "demo", names)
    quiet = Console(quiet=True)
    done = wait(connection, "demo", expected, quiet, alive=lambda: len(asked) < 9)
    assert done.keys() == set(names)
    assert asked == [["a.md", "b.md"], ["b.md", "c.md"], ["b.md", "c.md"]]


def test_up_queues_what_the_index_has_with_other_metadata(
    connection: Connection, tmp_path: Path
) -> None:
    folder, layout = tmp_path / "docs", Layout(tmp_path / "local")
    folder.mkdir()
    for name in ("fees.md", "rules.md"):
        (folder / name).write_text(name)
        send(folder / name)
        index(connection, name)
    send(folder / "fees.md", department="Finance")
    ended = Running(1, 2, ())
    with pytest.raises(Failure, match=r"1 documents were not indexed, fees\.md among them"):
        ingest(connection, layout, ended, folder)
    messages = connection.client("sqs").receive_message(
        QueueUrl=connection.deployment.ingest_queue_url, MaxNumberOfMessages=10
    )["Messages"]
    (asked,) = [changed for message in messages for changed in tasks_of(message["Body"])]
    assert isinstance(asked, ChangedObject)
    assert asked.key == "documents/demo/fees.md"


@pytest.mark.parametrize("model", [Settings().embedding_model, "former-model"])
def test_up_warns_of_documents_that_are_indexed_by_another_model(
    connection: Connection, tmp_path: Path, capsys: pytest.CaptureFixture[str], model: str
) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    configured = connection.settings.embedding_model
    former = replace(connection.settings, embedding_model=model).generation
    connection.operator.generations.write(Generations(former.generation_id, (former,)))
    ingest(connection, Layout(tmp_path / "local"), Running(1, 2, ()), folder)
    said = capsys.readouterr().out
    assert ("The documents are indexed by former-model (1536)" in said) is (model != configured)
    assert (f"and {configured} (1536) is configured" in said) is (model != configured)
    assert ("`nexus reindex --run --stage local`" in said) is (model != configured)


def test_doctor_tells_of_other_chunks_of_the_same_model(connection: Connection) -> None:
    former = replace(connection.settings, chunk_chars=700).generation
    connection.operator.generations.write(Generations(former.generation_id, (former,)))
    (finding,) = generation(connection)
    assert not finding.well
    assert "chunks of 700 characters is live" in finding.detail
    assert "searches by meaning" not in finding.detail


def test_two_files_that_would_be_one_document_are_refused(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.md").write_text(name)
    first, second = tmp_path / "a" / "x.md", tmp_path / "b" / "x.md"
    for paths in ([first, second], [first, tmp_path / "b"], [tmp_path / "a", tmp_path / "b"]):
        with pytest.raises(Failure, match=r"a/x\.md.*b/x\.md"):
            gathered(paths, "demo", {})
    assert len(gathered([first, first, tmp_path / "a"], "demo", {})) == 1
    assert len(gathered([tmp_path], "demo", {})) == 2


def test_what_a_folder_says_of_its_files_goes_with_them_under_the_options(
    connection: Connection, tmp_path: Path
) -> None:
    (tmp_path / "fees.md").write_text("Fees")
    (tmp_path / "metadata.json").write_text(
        json.dumps({"fees.md": {"title": "Gebühren", "department": "Finance", "tags": ["a,b"]}})
    )
    send(tmp_path, department="Bursary", author="Ms. Ott")
    found = connection.client("s3").head_object(Bucket=BUCKET, Key="documents/demo/fees.md")
    said = decode_metadata(found["Metadata"])
    assert (said.title, said.department, said.author) == ("Gebühren", "Bursary", "Ms. Ott")
    assert said.tags == ("a,b",)


def test_a_wait_ends_at_once_for_what_is_indexed_as_it_is(
    connection: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = Console(record=True, width=200)
    monkeypatch.setattr("cli.commands.upload.console", shown)
    file = tmp_path / "fees.md"
    file.write_text("Fees")
    send(file, department="Finance")
    index(connection, "fees.md")
    upload([file], department="Finance")
    assert "✓ fees.md" in shown.export_text()


def metadata(connection: Connection, path: str) -> dict[str, str]:
    key = f"documents/demo/{path}"
    found: dict[str, str] = connection.client("s3").head_object(Bucket=BUCKET, Key=key)["Metadata"]
    return found


def test_a_folder_that_is_uploaded_again_keeps_what_was_said_of_its_files(
    connection: Connection, tmp_path: Path
) -> None:
    for name in ("fees.md", "rules.md"):
        (tmp_path / name).write_text(name)
    send(tmp_path / "fees.md", title="Fees", department="Finance", tags="term, 2026")
    (tmp_path / "fees.md").write_text("Fees are due in June.")
    send(tmp_path)
    assert metadata(connection, "fees.md") == {
        "title": "Fees",
        "department": "Finance",
        "tags": "term,2026",
    }
    assert metadata(connection, "rules.md") == {}


def test_an_upload_says_otherwise_field_by_field(connection: Connection, tmp_path: Path) -> None:
    file = tmp_path / "fees.md"
    file.write_text("Fees are due in May.")
    send(file, title="Fees", department="Finance", tags="term", date="2026-01-01")
    send(file, department="Board", tags="", date="")
    assert metadata(connection, "fees.md") == {"title": "Fees", "department": "Board"}
    (tmp_path / "metadata.json").write_text(json.dumps({"fees.md": {"title": None}}))
    send(tmp_path)
    assert metadata(connection, "fees.md") == {"department": "Board"}


def test_metadata_that_does_not_fit_together_is_told_with_its_file(
    connection: Connection, tmp_path: Path
) -> None:
    file = tmp_path / "fees.md"
    file.write_text("Fees are due in May.")
    send(file, title="x" * 1500)
    with pytest.raises(Failure, match=r"fees\.md: A document's metadata is at most 2048 bytes"):
        send(file, author="y" * 1000)
