"""The ingestion function: what it does with good, hopeless and passing messages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from functions.ingest.holding import HELD_S
from nexus.adapters.sqlite.index import SqliteIndex
from nexus.object_keys import document_id
from nexus.wiring.aws_clients import aws_clients
from nexus.wiring.operating import operator_services
from tests.functions.ingest_services import Context, ingest_function, message, put, record, run
from tests.openai_server import Fault, OpenAIServer, running_openai_server


@pytest.fixture
def models() -> Iterator[OpenAIServer]:
    with running_openai_server(dimension=64) as server:
        yield server


@pytest.fixture
def ingest(
    models: OpenAIServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[ModuleType]:
    with ingest_function(models, monkeypatch, tmp_path) as module:
        yield module


def status(ingest: ModuleType, path: str) -> str | None:
    found = record(ingest, path)
    return found.status if found else None


def test_a_batch_indexes_the_good_and_fails_the_hopeless_without_a_retry(
    ingest: ModuleType,
) -> None:
    good, bad = put("a.md", b"# Hours\n\nOpen at nine."), put("b.pdf", b"%PDF-1.4 no more")
    assert run(ingest, good, bad) == []
    assert (status(ingest, "a.md"), status(ingest, "b.pdf")) == ("indexed", "failed")


def test_only_the_message_that_failed_for_a_passing_reason_comes_again(
    ingest: ModuleType, models: OpenAIServer
) -> None:
    first = put("a.md", b"# Hours\n\nOpen at nine.")
    assert run(ingest, first) == []
    models.fail(Fault(status=503))
    hard, easy = put("c.md", b"Closed at ten."), put("a.md", b"# Hours\n\nOpen at nine.")
    assert run(ingest, hard, easy) == [hard["messageId"]]
    assert status(ingest, "c.md") == "pending"
    assert run(ingest, hard) == []
    assert status(ingest, "c.md") == "indexed"


def test_a_message_that_comes_again_sweeps_up_after_whoever_had_it_before(
    ingest: ModuleType, tmp_path: Path
) -> None:
    told = put("a.md", b"Open at nine.")
    assert run(ingest, told) == []
    identity, settings = document_id("acme", "a.md"), ingest.services().settings
    index = SqliteIndex(str(tmp_path / "index.sqlite"))
    space = settings.generation.namespace("acme")
    manifest = operator_services(settings, aws_clients).catalogue.manifest("acme", identity)
    assert manifest is not None
    [ours] = index.fetch(space, manifest.chunk_ids).values()
    # What an overtaken worker wrote at the very moment at which it died.
    late = replace(ours, chunk=replace(ours.chunk, chunk_id="f" * 32), added_in=ours.added_in - 1)
    index.upsert(space, [late])
    assert run(ingest, told) == []
    assert index.count(space, identity) == 2
    told["attributes"]["ApproximateReceiveCount"] = "2"
    assert run(ingest, told) == []
    assert index.count(space, identity) == 1
    assert index.fetch(space, [ours.chunk.chunk_id])


def test_without_time_a_batch_is_handed_back_unbegun(ingest: ModuleType) -> None:
    message = put("a.md", b"Open at nine.")
    result = ingest.handler({"Records": [message]}, Context(remaining_ms=1_000))
    assert result == {"batchItemFailures": [{"itemIdentifier": message["messageId"]}]}
    assert status(ingest, "a.md") is None


def test_a_message_that_is_no_s3_event_is_kept(ingest: ModuleType) -> None:
    odd = message("documents/acme/x") | {"body": "not json"}
    assert run(ingest, odd) == [odd["messageId"]]


def test_a_batch_is_held_shorter_than_by_the_queue_while_it_is_worked_on(
    ingest: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[int] = []
    hold = ingest.services().queue.hold

    def noted(receipts: list[str], seconds: int) -> None:
        held.append(seconds)
        hold(receipts, seconds)

    monkeypatch.setattr(ingest.services().queue, "hold", noted)
    assert run(ingest, put("a.md", b"Open at nine.")) == []
    assert held == [HELD_S]
