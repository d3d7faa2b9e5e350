"""`nexus backups` and `nexus restore`, from a bucket into a SQLite index and a table by moto."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

from cli.commands import backup, restore
from cli.commands.restore import Index
from cli.connection import Connection
from cli.failure import Failure
from nexus.adapters.dynamodb.catalogue import DynamoCatalogue
from nexus.adapters.dynamodb.generations import DynamoGenerations
from nexus.adapters.sqlite.index import SqliteIndex
from nexus.generations.lifecycle import existing, rolled_back
from nexus.ingestion.indexer import Indexer
from nexus.models import Generation, Generations
from nexus.object_keys import object_key
from nexus.settings import Settings
from nexus.wiring.backup import backup_services
from tests import assembled
from tests.fakes import FakeDocuments, FakeEmbedder, FakeSnapshots
from tests.unit.cli_stage import BUCKET, stage


class Site:
    """A stage with three documents in the bucket and in the index, and one snapshot of them."""

    def __init__(self, made: Connection, folder: Path) -> None:
        self.connection = made
        self.s3 = made.client("s3")
        self.dynamodb = made.client("dynamodb")
        self.s3.create_bucket(Bucket="backups")
        self.dynamodb.create_table(
            TableName="catalogue",
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
        self.settings = Settings(
            catalogue_table="catalogue",
            backups_bucket="backups",
            vector_index="sqlite",
            sqlite_path=str(folder / "index.sqlite"),
            embedding_dimension=32,
            removal_grace_s=0,
        )
        made.__dict__["settings"] = self.settings
        self.generations = DynamoGenerations(self.dynamodb, "catalogue")
        self.configured = self.settings.generation
        existing(self.generations, self.configured)
        self.documents, self.embedder = FakeDocuments(), FakeEmbedder(32)
        for name in ("a", "b", "c"):
            self.put(f"{name}.md", f"The rule of {name}.")
        services = backup_services(self.settings, made.client)
        run = services.backups.live()
        self.snapshot = run.run(run.begin(), lambda: True).snapshot_id

    def put(self, path: str, text: str) -> None:
        key = object_key("acme", path)
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=text.encode())
        self.documents.put("acme", path, text.encode())
        self.indexer(self.configured).reconcile(key)

    def indexer(self, generation: Generation) -> Indexer:
        return assembled.indexer(
            self.documents,
            self.catalogue(generation),
            SqliteIndex(self.settings.sqlite_path),
            self.embedder,
            self.settings,
            generation=generation,
        )

    def catalogue(self, generation: Generation) -> DynamoCatalogue:
        return DynamoCatalogue(self.dynamodb, "catalogue", generation.generation_id)

    def now(self) -> Generations:
        found = self.generations.read()
        assert found is not None
        return found

    def queued(self) -> list[str]:
        queue = self.connection.deployment.ingest_queue_url
        found = self.connection.client("sqs").receive_message(
            QueueUrl=queue, MaxNumberOfMessages=10
        )
        return [message["Body"] for message in found.get("Messages", [])]


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    with mock_aws():
        made = stage(backups_bucket="backups", backup_function="backup")
        monkeypatch.setattr("cli.commands.backup.connect", lambda _stage: made)
        monkeypatch.setattr("cli.commands.restore.connect", lambda _stage: made)
        yield Site(made, tmp_path)


def restored(site: Site, capsys: pytest.CaptureFixture[str], **options: Any) -> dict[str, Any]:
    capsys.readouterr()
    given = {"source": None, "index": None, "generation_suffix": "r1", "activate": False}
    restore.restore(
        site.snapshot,
        pinecone_host="",
        pinecone_secret="",
        sqlite_path=options.pop("sqlite_path", ""),
        as_json=True,
        **{**given, **options},
    )
    return dict(json.loads(capsys.readouterr().out))


def test_a_restored_generation_answers_once_it_is_activated_and_can_be_rolled_back(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    paid = len(site.embedder.texts)
    name = f"{site.configured.generation_id}-r1"
    report = restored(site, capsys)
    assert report == {"generation": name, "documents": 3, "chunks": 3, "live": False}
    assert (site.now().live, site.now().building) == (site.configured.generation_id, name)

    assert restored(site, capsys, activate=True)["live"]
    assert (site.now().live, site.now().previous) == (name, site.configured.generation_id)
    assert restored(site, capsys, activate=True)["live"]
    assert len(site.embedder.texts) == paid
    assert site.queued() == []
    assert rolled_back(site.now()).live == site.configured.generation_id


def test_what_has_changed_since_is_caught_up_before_it_answers(
    site: Site, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    site.put("b.md", "Another rule of b.")
    site.put("d.md", "The rule of d.")
    looks = []

    def ingest(_seconds: float) -> None:
        looks.append(site.now().live)
        restored_one = site.now().get(f"{site.configured.generation_id}-r1")
        assert restored_one
        for body in site.queued():
            [record] = json.loads(body)["Records"]
            assert record["s3"]["object"]["generation"] == restored_one.generation_id
            site.indexer(restored_one).reconcile(record["s3"]["object"]["key"])

    monkeypatch.setattr(restore, "_catch_up", waiting(ingest))
    assert restored(site, capsys, activate=True)["live"]
    assert looks == [site.configured.generation_id]
    found = {one.path: one for one in site.catalogue(site.now().answering).list_documents(None)}
    assert sorted(found) == ["a.md", "b.md", "c.md", "d.md"]
    assert found["b.md"].live_revision > found["a.md"].live_revision


def waiting(sleep: Any) -> Any:
    real = restore._catch_up
    return lambda services, generation: real(services, generation, sleep=sleep)


def test_a_generation_that_does_not_catch_up_never_answers(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    site.put("d.md", "The rule of d.")
    restored(site, capsys)
    services = backup.snapshots_of(site.connection)
    generation = site.now().known[-1]
    clock = iter(range(0, 100_000, 1_000))
    with pytest.raises(Failure, match="1 document "):
        restore._catch_up(services, generation, sleep=lambda _s: None, now=lambda: next(clock))


def test_without_documents_in_the_bucket_nothing_is_taken_out(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("a", "b", "c"):
        site.s3.delete_object(Bucket=BUCKET, Key=object_key("acme", f"{name}.md"))
    assert restored(site, capsys, activate=True)["live"]
    assert site.queued() == []


def test_another_index_than_the_stage_s_is_filled_but_not_registered(
    site: Site, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = str(tmp_path / "other.sqlite")
    report = restored(site, capsys, index=Index.SQLITE, sqlite_path=path)
    space = f"acme.{report['generation']}"
    assert SqliteIndex(path).count(space) == 3
    assert SqliteIndex(site.settings.sqlite_path).count(space) == 0
    assert site.now().building == ""
    with pytest.raises(Failure, match=r"configure that index in cdk\.json"):
        restored(site, capsys, sqlite_path=path, activate=True)
    site.connection.__dict__["settings"] = replace(site.settings, sqlite_path=path)
    assert restored(site, capsys, activate=True)["live"]


def test_a_damaged_snapshot_leaves_no_generation(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    key = f"backups/{site.snapshot}/chunks-00001.parquet"
    body = site.s3.get_object(Bucket="backups", Key=key)["Body"].read()
    site.s3.put_object(Bucket="backups", Key=key, Body=body[:-1])
    with pytest.raises(Exception, match=r"chunks-00001\.parquet is not as it was written"):
        restored(site, capsys)
    assert site.now().building == ""


def test_a_snapshot_elsewhere_is_restored_from_there(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    site.s3.create_bucket(Bucket="elsewhere")
    for found in site.s3.list_objects_v2(Bucket="backups")["Contents"]:
        source = {"Bucket": "backups", "Key": found["Key"]}
        key = found["Key"].replace("backups/", "copies/eu/")
        site.s3.copy_object(Bucket="elsewhere", Key=key, CopySource=source)
        site.s3.delete_object(**source)
    assert restored(site, capsys, source="s3://elsewhere/copies/eu")["documents"] == 3
    with pytest.raises(Failure, match="s3://bucket/prefix"):
        restored(site, capsys, source="elsewhere/copies")


def test_backups_lists_the_newest_first_and_unfinished_ones_as_such(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    site.s3.put_object(Bucket="backups", Key="backups/20990101T000000Z-x/progress.json", Body=b"")
    backup.backups(source=None, as_json=True)
    newest, finished = json.loads(capsys.readouterr().out)
    assert newest == {"snapshot_id": "20990101T000000Z-x", "state": "unfinished"}
    assert (finished["snapshot_id"], finished["state"]) == (site.snapshot, "finished")
    assert (finished["documents"], finished["chunks"]) == (3, 3)
    backup.backups(source=None)
    assert "unfinished" in capsys.readouterr().out


def test_a_backup_that_says_nothing_more_is_given_up() -> None:
    clock = iter(range(0, 100_000, 100))
    with pytest.raises(Failure, match="see its log"):
        backup.followed(FakeSnapshots(), "s", sleep=lambda _s: None, now=lambda: next(clock))
