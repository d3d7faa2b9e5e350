import json
import threading
import time
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from cli.failure import Failure
from cli.local.sync import Changes, follow, sync

BUCKET = "documents-bucket"


class Store:
    """A bucket, and a folder that is synced to it."""

    def __init__(self, folder: Path, record: Path) -> None:
        self.s3: Any = boto3.client(
            "s3", region_name="us-east-1", aws_access_key_id="t", aws_secret_access_key="t"
        )
        self.s3.create_bucket(Bucket=BUCKET)
        self.folder = folder
        self.record = record

    def write(self, name: str, text: str = "text") -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def sync(self) -> Changes:
        return sync(self.s3, BUCKET, "demo", self.folder, self.record)

    def keys(self) -> list[str]:
        found = self.s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])
        return [entry["Key"] for entry in found]

    def metadata(self, key: str) -> dict[str, str]:
        metadata: dict[str, str] = self.s3.head_object(Bucket=BUCKET, Key=key)["Metadata"]
        return metadata


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with mock_aws():
        folder = tmp_path / "docs"
        folder.mkdir()
        yield Store(folder, tmp_path / "synced.json")


def test_only_what_differs_is_uploaded(store: Store) -> None:
    store.write("a.md", "one")
    store.write("deep/er/b.md", "two")
    assert store.sync().uploaded == ("a.md", "deep/er/b.md")
    assert store.keys() == ["documents/demo/a.md", "documents/demo/deep/er/b.md"]

    again = store.sync()
    assert (again.uploaded, again.unchanged, bool(again)) == ((), 2, False)

    store.write("a.md", "eno")  # of the same size
    assert store.sync().uploaded == ("a.md",)


def test_only_what_it_uploaded_is_removed(store: Store) -> None:
    store.write("mine.md")
    store.write("other.md")
    store.sync()
    store.s3.put_object(Bucket=BUCKET, Key="documents/demo/by-hand.md", Body=b"kept")
    (store.folder / "mine.md").unlink()
    assert store.sync().removed == ("mine.md",)
    assert store.keys() == ["documents/demo/by-hand.md", "documents/demo/other.md"]


def test_another_folder_replaces_the_one_before(store: Store, tmp_path: Path) -> None:
    store.write("sample.md")
    store.sync()
    store.folder = tmp_path / "own"
    store.write("own.md")
    changes = store.sync()
    assert (changes.uploaded, changes.removed) == (("own.md",), ("sample.md",))


def test_hidden_temporary_and_outside_files_are_passed_over(store: Store, tmp_path: Path) -> None:
    outside = tmp_path / "secret.md"
    outside.write_text("not ours")
    (store.folder / "link.md").symlink_to(outside)
    (store.folder / "gone.md").symlink_to(tmp_path / "nowhere")
    for name in (".DS_Store", "~$draft.docx", "a.swp", ".git/b.md", "x.pdf.part", "Thumbs.db"):
        store.write(name)
    inside = store.write("real.md")
    (store.folder / "alias.md").symlink_to(inside)
    assert store.sync().uploaded == ("alias.md", "real.md")


def test_names_have_one_spelling(store: Store) -> None:
    store.write(unicodedata.normalize("NFD", "café.md"))
    store.sync()
    assert store.keys() == [f"documents/demo/{unicodedata.normalize('NFC', 'café.md')}"]


def test_metadata_beside_a_file_goes_with_it(store: Store) -> None:
    store.write("sub/a.pdf")
    store.write(
        "sub/metadata.json", json.dumps({"a.pdf": {"title": "Biaya – 2026", "tags": ["x"]}})
    )
    store.sync()
    assert store.keys() == ["documents/demo/sub/a.pdf"]
    assert store.metadata("documents/demo/sub/a.pdf") == {
        "title": "Biaya %E2%80%93 2026",
        "tags": "x",
    }
    store.write("sub/metadata.json", json.dumps({"a.pdf": {"title": "Fees"}}))
    assert store.sync().uploaded == ("sub/a.pdf",)
    assert store.metadata("documents/demo/sub/a.pdf") == {"title": "Fees", "tags": "x"}


def test_a_file_that_cannot_be_a_document_does_not_stop_the_others(store: Store) -> None:
    store.write("a.md")
    store.write("b.md")
    store.write("metadata.json", json.dumps({"b.md": {"date": "yesterday"}}))
    changes = store.sync()
    assert changes.uploaded == ("a.md",)
    assert len(changes.left_out) == 1
    assert changes.left_out[0].startswith("b.md: ")


@pytest.mark.parametrize("text", ["{", "[]", '{"a.md": "title"}'])
def test_unreadable_metadata_is_named(store: Store, text: str) -> None:
    path = store.write("metadata.json", text)
    with pytest.raises(Failure, match=str(path)):
        store.sync()


def test_a_missing_folder_is_named(store: Store) -> None:
    store.folder = store.folder / "nowhere"
    with pytest.raises(Failure, match=r"There is no folder .*nowhere"):
        store.sync()


def test_changes_are_followed_while_it_runs(store: Store) -> None:
    store.write("first.md")
    store.sync()
    stop = threading.Event()
    seen: list[Changes] = []

    def run() -> None:
        seen.extend(follow(store.s3, BUCKET, "demo", store.folder, store.record, stop))

    follower = threading.Thread(target=run)
    follower.start()
    try:
        deadline = time.monotonic() + 15
        store.write("new.md")
        while not any("new.md" in changes.uploaded for changes in seen):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        (store.folder / "new.md").unlink()
        while not any("new.md" in changes.removed for changes in seen):
            assert time.monotonic() < deadline
            time.sleep(0.01)
    finally:
        stop.set()
        follower.join(10)
    assert store.keys() == ["documents/demo/first.md"]


FEES = "documents/demo/fees.md"


def test_metadata_that_was_set_before_outlives_a_sync(store: Store) -> None:
    store.write("fees.md", "one")
    store.sync()
    said = {"department": "Finance", "tags": "term", "origin": "scanner"}
    store.s3.put_object(Bucket=BUCKET, Key=FEES, Body=b"one", Metadata=said)
    assert not store.sync()
    store.write("fees.md", "two")
    assert store.sync().uploaded == ("fees.md",)
    assert store.metadata(FEES) == said


def test_what_the_folder_says_replaces_field_by_field(store: Store) -> None:
    store.write("fees.md")
    told = {"title": "Fees", "department": "Finance", "tags": ["a", "b"]}
    store.write("metadata.json", json.dumps({"fees.md": told}))
    store.sync()
    store.write("metadata.json", json.dumps({"fees.md": {"department": "Board"}}))
    assert store.sync().uploaded == ("fees.md",)
    assert store.metadata(FEES) == {"title": "Fees", "department": "Board", "tags": "a,b"}
    assert not store.sync()


def test_null_in_the_folder_takes_away_what_was_set(store: Store) -> None:
    store.write("fees.md")
    store.s3.put_object(
        Bucket=BUCKET, Key=FEES, Body=b"text", Metadata={"department": "Finance", "tags": "term"}
    )
    store.write("metadata.json", json.dumps({"fees.md": {"department": None, "tags": []}}))
    assert store.sync().uploaded == ("fees.md",)
    assert store.metadata(FEES) == {}
    assert not store.sync()
