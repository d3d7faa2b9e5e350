"""`nexus documents`: what it shows, what it changes, and how it follows a change."""

from __future__ import annotations

import io
import json
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from botocore.config import Config
from moto import mock_aws

from cli import documents as following
from cli import ingestion
from cli import main as command_line
from cli.connection import Connection
from nexus.adapters.s3.document_bucket import S3DocumentBucket
from nexus.adapters.s3.erasure import S3Versions
from nexus.adapters.sqs.queue import SqsQueue
from nexus.documents.curating import Curator
from nexus.documents.erasing import Eraser, Place
from nexus.documents.text_search import TextSearch
from nexus.ingestion.messages import reconcile_message
from nexus.models import DocumentMetadata, DocumentRecord
from nexus.object_keys import document_id, encode_metadata, object_key
from nexus.services import OperatorServices
from nexus.settings import Settings
from nexus.wiring.aws_clients import SIGNING
from tests import assembled
from tests.fakes import (
    FakeCache,
    FakeCatalogue,
    FakeConversations,
    FakeEmbedder,
    FakeIndex,
    FakeQueue,
)
from tests.unit.cli_stage import BUCKET, stage
from tests.unit.documents_made import slides

FEES = "# Fees\n\nThe tuition fee is nine million rupiah.\n"
SETTINGS = Settings(embedding_dimension=256)


class WatchedCatalogue(FakeCatalogue):
    """A catalogue in which something happens when it has been read so many times more."""

    then: Callable[[], object] | None = None
    reads = 0

    def get(self, tenant: str, document_id: str) -> DocumentRecord | None:
        self.reads -= 1
        if self.then and self.reads <= 0:
            then, self.then = self.then, None
            then()
        return super().get(tenant, document_id)

    def after(self, reads: int, then: Callable[[], object]) -> None:
        self.reads, self.then = reads, then


class Desk:
    """A stage with documents in moto's bucket, and the ingestion that follows its events."""

    def __init__(self) -> None:
        self.connection: Connection = stage()
        self.connection.__dict__["settings"] = SETTINGS
        self.s3 = self.connection.client("s3", Config(**SIGNING))
        self.s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        self.catalogue = WatchedCatalogue()
        made: OperatorServices = self.connection.operator
        self.connection.__dict__["operator"] = OperatorServices(
            self.catalogue, made.clients, made.generations
        )
        bucket = S3DocumentBucket(self.s3, BUCKET)
        queue = SqsQueue(self.connection.client("sqs"), self.connection.deployment.ingest_queue_url)
        index = FakeIndex()
        self.texts = TextSearch(index, self.catalogue, SETTINGS.generation.namespace)
        place = Place(self.catalogue, index, SETTINGS.generation.namespace)
        curator = Curator(bucket, self.catalogue, queue, self.texts, lambda: [place])
        self.connection.__dict__["curator"] = curator
        self.indexer = assembled.indexer(bucket, self.catalogue, index, FakeEmbedder(), SETTINGS)
        self.cache = FakeCache()
        self.connection.__dict__["eraser"] = lambda: Eraser(
            [place],
            S3Versions(self.s3, BUCKET),
            self.cache,
            FakeConversations(),
            sleep=lambda _seconds: None,
        )

    def put(self, path: str, text: str | bytes, **said: Any) -> str:
        """Uploads and ingests a document; returns its id."""
        self.s3.put_object(
            Bucket=BUCKET,
            Key=object_key("demo", path),
            Body=text if isinstance(text, bytes) else text.encode(),
            Metadata=encode_metadata(DocumentMetadata(**said)),
        )
        self.ingest(path)
        return document_id("demo", path)

    def drop(self, path: str) -> None:
        self.s3.delete_object(Bucket=BUCKET, Key=object_key("demo", path))
        self.ingest(path)

    def ingest(self, path: str, *, afresh: bool = False) -> None:
        self.indexer.reconcile(object_key("demo", path), afresh=afresh)

    def metadata(self, path: str) -> DocumentMetadata:
        state = S3DocumentBucket(self.s3, BUCKET).head(object_key("demo", path))
        assert state is not None
        return state.metadata

    def queued(self) -> list[str]:
        received = self.connection.client("sqs").receive_message(
            QueueUrl=self.connection.deployment.ingest_queue_url, MaxNumberOfMessages=10
        )
        return [message["Body"] for message in received.get("Messages", [])]


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Desk]:
    monkeypatch.setenv("NEXUS_LOCAL_DIR", str(tmp_path))
    monkeypatch.setattr(following, "POLL_S", 0.0)
    monkeypatch.setattr(following, "PATIENCE_S", 5.0)
    with mock_aws():
        made = Desk()
        for module in ("documents", "document_changes", "document_content", "document_erasure"):
            monkeypatch.setattr(f"cli.commands.{module}.connect", lambda _stage: made.connection)
        yield made


@pytest.fixture
def nexus(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., str]:
    """Runs the command line as a terminal does; returns what it printed."""

    def run(*arguments: str, code: int = 0) -> str:
        monkeypatch.setattr(sys, "argv", ["nexus", "documents", *arguments])
        with pytest.raises(SystemExit) as ended:
            command_line.main()
        printed = capsys.readouterr()
        assert ended.value.code == code, printed.err
        return printed.out + printed.err

    return run


def test_documents_are_listed_with_and_without_the_subcommand(
    desk: Desk, nexus: Callable[..., str]
) -> None:
    desk.put("fees.md", FEES, title="Biaya", department="Finance", tags=("money",))
    desk.put("broken.pdf", "%PDF-1.7 and no more")
    desk.put("gone.md", FEES)
    desk.drop("gone.md")

    def paths(*arguments: str) -> list[str]:
        return [found["path"] for found in json.loads(nexus(*arguments, "--json"))]

    assert paths() == paths("list") == ["broken.pdf", "fees.md"]
    assert paths("--status", "failed") == paths("list", "--status", "failed") == ["broken.pdf"]
    assert paths("--status", "deleted") == ["gone.md"]
    assert paths("list", "--department", "Finance") == ["fees.md"]
    assert paths("list", "--tag", "money", "--text", "BIAYA") == ["fees.md"]
    assert paths("list", "--text", "rupiah") == ["fees.md"]
    assert paths("list", "--text", "rupiah", "--tag", "other") == []
    assert paths("list", "--text", "submarine") == []
    [found] = json.loads(nexus("list", "--text", "tuition", "--json"))
    [match] = found["matches"]
    [[begin, end]] = match["positions"]
    assert match["text"][begin:end].lower() == "tuition"
    assert match["text"][:20] in nexus("list", "--text", "tuition")
    shown = nexus()
    assert "fees.md" in shown
    assert "failed" in shown


def test_options_before_a_subcommand_are_refused_and_not_ignored(
    desk: Desk, nexus: Callable[..., str]
) -> None:
    desk.put("fees.md", FEES)
    said = nexus("--tenant", "other", "set", "fees.md", "--title", "New", code=1)
    assert said == "nexus: Put the options after `set`.\n"
    assert desk.metadata("fees.md").title is None


def test_a_document_is_shown_by_id_and_by_path(desk: Desk, nexus: Callable[..., str]) -> None:
    name = desk.put("finance/fees.md", FEES, title="Fees 2026", date="2026-01-31")
    for named in (name, "finance/fees.md"):
        found = json.loads(nexus("show", named, "--json"))
        assert (found["document_id"], found["title"]) == (name, "Fees 2026")
        assert (found["date"], found["status"], found["percent"]) == ("2026-01-31", "indexed", 100)
        assert "Fees 2026" in nexus("show", named)
    assert nexus("show", "nothing.md", code=1).startswith("nexus: There is no document nothing.md")


def test_what_was_not_read_is_shown_and_printed_when_it_is_ingested(
    desk: Desk, nexus: Callable[..., str]
) -> None:
    name = desk.put("deck.pptx", slides())
    (told,) = json.loads(nexus("show", name, "--json"))["warnings"]
    assert told["where"] == "slide 3"
    shown = nexus("show", name)
    assert "not read" in shown
    assert "slide 3: a hidden slide is left out" in " ".join(shown.split())
    record = desk.catalogue.records["demo", name]
    assert "slide 3: a hidden slide is left out" in ingestion.describe(record)


def test_versions_say_which_is_newest_and_which_is_read(
    desk: Desk, nexus: Callable[..., str]
) -> None:
    desk.put("fees.md", FEES)
    desk.put("fees.md", FEES + "More.")
    desk.s3.delete_object(Bucket=BUCKET, Key=object_key("demo", "fees.md"))
    marker, new, old = json.loads(nexus("versions", "fees.md", "--json"))
    assert (marker["deleted"], marker["is_latest"]) == (True, True)
    assert {new["size"], old["size"]} == {len(FEES), len(FEES) + 5}
    assert sum(found["is_live"] for found in (new, old)) == 1
    shown = nexus("versions", "fees.md")
    assert "what readers see" in shown
    assert "deletion" in shown


def test_a_restored_version_is_followed_into_the_index(
    desk: Desk, nexus: Callable[..., str]
) -> None:
    name = desk.put("fees.md", FEES)
    old = desk.catalogue.records["demo", name].version
    desk.put("fees.md", "The tuition fee is ten million rupiah.")

    desk.catalogue.after(6, lambda: desk.ingest("fees.md"))  # while the command waits
    said = nexus("restore", "fees.md", old)
    assert "✓" in said
    assert desk.catalogue.records["demo", name].size == len(FEES)
    assert "no such version" in nexus("restore", "fees.md", "unknown", code=1)


def test_metadata_is_set_and_removed(desk: Desk, nexus: Callable[..., str]) -> None:
    desk.put("fees.md", FEES, title="Old", author="Ani", tags=("a",))
    arguments = ("--title", "New", "--author", "", "--tags", "b, c", "--date", "2026-01-31")
    nexus("set", "fees.md", *arguments, "--no-wait")
    assert desk.metadata("fees.md") == DocumentMetadata("New", None, None, "2026-01-31", ("b", "c"))
    nexus("set", "fees.md", "--tags", "", "--no-wait")
    assert desk.metadata("fees.md").tags == ()
    assert "YYYY-MM-DD" in nexus("set", "fees.md", "--date", "tomorrow", code=1)
    assert "Say what to change" in nexus("set", "fees.md", code=1)


def test_reindexing_is_followed_until_a_new_attempt_is_through(
    desk: Desk, nexus: Callable[..., str]
) -> None:
    name = desk.put("fees.md", FEES)
    before = desk.catalogue.records["demo", name].revision
    desk.catalogue.after(6, lambda: desk.ingest("fees.md", afresh=True))
    assert "✓" in nexus("reindex", "fees.md")
    assert desk.catalogue.records["demo", name].revision > before
    assert desk.queued() == [reconcile_message("documents/demo/fees.md", afresh=True)]


def test_a_change_that_cannot_be_ingested_is_told(desk: Desk, nexus: Callable[..., str]) -> None:
    desk.put("broken.pdf", "%PDF-1.7 and no more")
    desk.catalogue.after(6, lambda: desk.ingest("broken.pdf", afresh=True))
    assert "✗" in nexus("reindex", "broken.pdf", code=1)


@pytest.fixture
def served() -> Iterator[dict[str, bytes]]:
    """What a server on this machine gives, by path; under "url", its own address."""
    contents: dict[str, bytes] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = contents.get(self.path)
            self.send_response(403 if content is None else 200)
            self.send_header("content-length", str(len(content or b"")))
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    contents["url"] = f"http://127.0.0.1:{server.server_port}".encode()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield contents
    server.shutdown()
    server.server_close()


class ServedBucket(S3DocumentBucket):
    """A bucket whose signed URLs lead to a server on this machine."""

    url = ""

    def sign_download(self, key: str, version: str, seconds: int) -> str:
        return f"{self.url}/{version}"


def test_content_is_a_url_for_15_minutes(desk: Desk, nexus: Callable[..., str]) -> None:
    name = desk.put("finance/fees.md", FEES)
    old = desk.catalogue.records["demo", name].version
    desk.put("finance/fees.md", "Newer.")
    url = nexus("content", "finance/fees.md").strip()
    assert "/documents/demo/finance/fees.md?" in url
    assert "X-Amz-Expires=900" in url
    assert f"versionId={old}" not in url
    assert f"versionId={old}" in nexus("content", name, "--version", old)


def test_content_is_downloaded_whole_or_not_at_all(
    desk: Desk, nexus: Callable[..., str], served: dict[str, bytes], tmp_path: Path
) -> None:
    name = desk.put("fees.md", FEES)
    bucket = ServedBucket(desk.s3, BUCKET)
    bucket.url = served["url"].decode()
    curator = Curator(bucket, desk.catalogue, FakeQueue(), desk.texts, list)
    desk.connection.__dict__["curator"] = curator
    output = tmp_path / "out.md"
    output.write_text("before")
    assert "403" in nexus("content", name, "--output", str(output), code=1)
    assert output.read_text() == "before"
    served["/" + desk.catalogue.records["demo", name].version] = FEES.encode()
    nexus("content", name, "--output", str(output))
    assert output.read_text() == FEES
    assert [path.name for path in tmp_path.iterdir()] == ["out.md"]


def test_deleting_asks_and_prints_the_receipt(
    desk: Desk, nexus: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.put("fees.md", FEES)
    desk.put("fees.md", FEES + "More.")
    monkeypatch.setattr(sys, "stdin", io.StringIO("n\n"))
    nexus("delete", "fees.md", code=1)
    assert desk.metadata("fees.md") is not None
    receipt = json.loads(nexus("delete", "fees.md", "--yes", "--json"))
    assert receipt["complete"] is True
    items = {item["what"]: item for item in receipt["items"]}
    assert items["object_versions"]["removed"] == 2
    assert set(items["vectors"]) == {"what", "found", "removed", "remaining", "verified_at"}
    assert "deleted" in nexus("delete", "fees.md", "--yes", code=1)


def test_a_deletion_that_left_something_is_a_failure(desk: Desk, nexus: Callable[..., str]) -> None:
    name = desk.put("fees.md", FEES)
    desk.cache.put("answer", b"Nine million.", 60, [("demo", name)])
    desk.cache.forget = lambda *_names: 0  # type: ignore[method-assign]
    said = nexus("delete", "fees.md", "--yes", code=1)
    assert "cached answers" in said
    assert "delete the document again" in said
