"""The backup function over real adapters: it continues itself until the snapshot is finished."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import botocore.session
import pytest
from moto import mock_aws

from nexus.adapters.dynamodb.catalogue import DynamoCatalogue
from nexus.adapters.s3.snapshots import S3Snapshots
from nexus.adapters.sqlite.index import SqliteIndex
from nexus.errors import InvalidRequest, NotFound
from nexus.generations.lifecycle import existing
from nexus.object_keys import object_key
from nexus.settings import Settings
from nexus.snapshots.layout import SUMMARY, from_json
from nexus.wiring.aws_clients import aws_clients
from nexus.wiring.operating import operator_services
from tests import assembled
from tests.fakes import FakeContinuation, FakeDocuments, FakeEmbedder
from tests.functions.ingest_services import Context
from tests.in_process_aws import heard_by_moto

PLENTY_MS, LITTLE_MS = 900_000, 50_000
TABLE, BUCKET = "catalogue", "backups"


@pytest.fixture
def backup(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[ModuleType]:
    """The handler's module, in an account with a bucket and three indexed documents."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "NEXUS_CATALOGUE_TABLE": TABLE,
        "NEXUS_BACKUPS_BUCKET": BUCKET,
        "NEXUS_BACKUP_FUNCTION": "nexus-local-backup:live",
        "NEXUS_VECTOR_INDEX": "sqlite",
        "NEXUS_SQLITE_PATH": str(tmp_path / "index.sqlite"),
        "NEXUS_EMBEDDING_DIMENSION": "64",
    }.items():
        monkeypatch.setenv(name, value)
    with mock_aws(), heard_by_moto():
        client: Any = botocore.session.Session().create_client
        client("s3").create_bucket(Bucket=BUCKET)
        client("dynamodb").create_table(
            TableName=TABLE,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "sk", "AttributeType": "S"},
            ],
        )
        config = Settings(catalogue_table=TABLE, embedding_dimension=64)
        documents = FakeDocuments()
        indexer = assembled.indexer(
            documents,
            DynamoCatalogue(client("dynamodb"), TABLE, config.generation.generation_id),
            SqliteIndex(tmp_path / "index.sqlite"),
            FakeEmbedder(64),
            config,
        )
        for name in ("a", "b", "c"):
            documents.put("acme", f"{name}.md", f"The rule of {name}.".encode())
            indexer.reconcile(object_key("acme", f"{name}.md"))
        existing(operator_services(config, aws_clients).generations, config.generation)
        sys.modules.pop("functions.backup.handler", None)
        module = importlib.import_module("functions.backup.handler")
        continuation = FakeContinuation()
        given = replace(module.services(), continuation=continuation)
        monkeypatch.setattr(module, "services", lambda: given)
        yield module


def test_a_run_without_time_sends_its_progress_to_itself_until_it_is_done(
    backup: ModuleType,
) -> None:
    store = S3Snapshots(aws_clients("s3"), BUCKET)
    event: dict[str, Any] = {"snapshot": "20260101T000000Z-x"}
    invocations = 0
    while True:
        state = backup.handler(event, Context(LITTLE_MS))
        invocations += 1
        payloads = backup.services().continuation.payloads
        if state["phase"] == "done":
            break
        with pytest.raises(NotFound):
            store.get("20260101T000000Z-x", SUMMARY)
        event = json.loads(payloads[-1])
    assert (invocations, len(payloads)) == (4, 3)
    snapshot = from_json(store.get("20260101T000000Z-x", SUMMARY))
    assert (snapshot.documents, snapshot.chunks) == (3, 3)
    assert len(snapshot.named("chunks")) == 3


def test_a_scheduled_run_copies_the_live_generation_under_a_name_of_its_own(
    backup: ModuleType,
) -> None:
    state = backup.handler({}, Context(PLENTY_MS))
    assert (state["phase"], state["documents"]) == ("done", 3)
    [name] = S3Snapshots(aws_clients("s3"), BUCKET).list_snapshots()
    assert name == state["snapshot_id"]
    assert name.endswith(f"Z-{state['generation']}")


def test_a_generation_that_is_dropped_meanwhile_ends_its_snapshot(backup: ModuleType) -> None:
    state = backup.handler({}, Context(LITTLE_MS))
    with pytest.raises(InvalidRequest, match="dropped"):
        backup.handler({"progress": {**state, "generation": "gone"}}, Context(PLENTY_MS))
