"""What runs without a caller is traced, too: each invocation and its steps, sent before it ends."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import botocore.session
import pytest

from nexus.tracing import trace_to
from nexus.wiring.aws_clients import forget_clients
from tests.bench.seeding import asked, event
from tests.collector import Collector, Told, running_collector
from tests.functions.faults import Context, load
from tests.functions.ingest_services import ingest_function, put, run
from tests.openai_server import running_openai_server
from tests.restores.upstreams import Upstreams, running_upstreams


@pytest.fixture(scope="module")
def upstreams() -> Iterator[Upstreams]:
    with running_upstreams() as running:
        yield running


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    with running_collector() as running:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", running.url)
        yield running
    trace_to(None)
    forget_clients()


@pytest.fixture
def ingest(collector: Collector, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Any]:
    forget_clients()
    with (
        running_openai_server(dimension=64) as models,
        ingest_function(models, monkeypatch, tmp_path) as module,
    ):
        yield module


def below(spans: list[Told], parent: Told) -> list[Told]:
    """The spans inside another, at any depth."""
    children = [span for span in spans if span.parent_id == parent.span_id]
    return children + [one for child in children for one in below(spans, child)]


def test_each_document_is_a_step_with_its_reading_embedding_and_writing(
    ingest: ModuleType, collector: Collector
) -> None:
    batch = [put(f"{name}.md", f"# Rule of {name}\n\nIt is {name}.".encode()) for name in "ab"]
    collector.clear()
    assert run(ingest, *batch) == []
    spans = collector.spans()
    [root] = [span for span in spans if not span.parent_id]
    assert (root.name, root.kind) == ("ingest", "consumer")
    assert (
        root.attributes.items()
        >= {
            "faas.trigger": "pubsub",
            "messaging.system": "aws_sqs",
            "messaging.batch.message_count": 2,
        }.items()
    )
    documents = [span for span in spans if span.name == "index document"]
    assert len(documents) == 2
    assert all(one.attributes["nexus.outcome"] == "indexed" for one in documents)
    for one in documents:
        names = [span.name for span in below(spans, one)]
        for step in ("survey", "parse", "chunk", "write", "embeddings embedder", "upsert sqlite"):
            assert step in names, (step, names)
        assert any(name.startswith("UpdateItem") for name in names), names
        assert "s3 GetObject" in names
        [embedding] = [span for span in below(spans, one) if span.name.startswith("embeddings")]
        assert embedding.attributes["gen_ai.usage.input_tokens"] > 0
    held = b"".join(request.SerializeToString() for request in collector.requests)
    assert not [text for text in (b"a.md", b"Rule of", b"sk-test") if text in held]


@pytest.mark.parametrize(("function", "step"), [("reindex", "compare bucket"), ("backup", "copy")])
def test_a_run_on_schedule_is_one_trace_with_its_steps(
    function: str,
    step: str,
    collector: Collector,
    upstreams: Upstreams,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    module = load(function, upstreams, monkeypatch)
    client: Any = botocore.session.Session().create_client
    client("sqs").create_queue(QueueName="queue")
    if function == "backup":
        monkeypatch.setenv("NEXUS_BACKUPS_BUCKET", "backups")
        client("s3").create_bucket(Bucket="backups")
        module = load(function, upstreams, monkeypatch)
    module.handler(event(function), Context())
    spans = collector.spans()
    [root] = [span for span in spans if not span.parent_id]
    assert root.name == function
    assert root.attributes["faas.trigger"] == "timer"
    steps = [span for span in spans if span.name == step]
    assert steps
    assert all(one.attributes["db.system.name"] for one in spans if one.name.startswith("Query"))


def test_the_functions_behind_the_gateway_send_before_they_answer(
    collector: Collector, upstreams: Upstreams, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = load("chat", upstreams, monkeypatch)
    collector.clear()
    chat.handler(asked("What is the fine for an overdue book?", None), Context())
    assert [span.name for span in collector.spans() if not span.parent_id] == ["POST /v1/chat"]
    documents = load("documents", upstreams, monkeypatch)
    collector.clear()
    documents.handler(event("documents"), Context())
    [root] = [span for span in collector.spans() if not span.parent_id]
    assert root.attributes["http.route"] == "/v1/documents"
