"""The page is published by what CloudFormation calls, and an open page goes on working."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import boto3
import pytest
from moto import mock_aws

from functions.page import handler as entry
from functions.page.publishing import LISTED, NoPage, page_files, publish

BUCKET, ASSETS = "page", "assets"
POLICY = "default-src 'none'; connect-src 'self' https://api.example"
CONFIG = '{"api": "https://api.example/live"}'


def archive(**files: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as packed:
        for name, text in {"index.html": "<html><head><title>a</title>", **files}.items():
            packed.writestr(name, text)
    return held.getvalue()


@pytest.fixture
def s3() -> Iterator[Any]:
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        for bucket in (BUCKET, ASSETS):
            client.create_bucket(Bucket=bucket)
        yield client


def keys(s3: Any) -> set[str]:
    return {one["Key"] for one in s3.list_objects_v2(Bucket=BUCKET).get("Contents", ())}


def test_each_file_is_stored_with_its_type_and_how_long_it_is_kept(s3: Any) -> None:
    publish(s3, BUCKET, archive(**{"assets/a-1.js": "1"}), CONFIG, POLICY)
    script = s3.head_object(Bucket=BUCKET, Key="assets/a-1.js")
    assert script["ContentType"] == "text/javascript; charset=utf-8"
    assert "immutable" in script["CacheControl"]
    document = s3.get_object(Bucket=BUCKET, Key="index.html")
    assert (document["ContentType"], document["CacheControl"]) == (
        "text/html; charset=utf-8",
        "no-cache",
    )
    config = s3.get_object(Bucket=BUCKET, Key="config.json")
    assert (config["ContentType"], config["Body"].read().decode()) == ("application/json", CONFIG)


def test_each_document_begins_with_the_policy_of_this_deployment() -> None:
    files = page_files(archive(**{"embed.html": "<head></head>"}), CONFIG, POLICY)
    meta = (
        '<head><meta http-equiv="Content-Security-Policy" content="default-src &#x27;none&#x27;; '
        'connect-src &#x27;self&#x27; https://api.example">'
    )
    assert files["index.html"].decode().startswith("<html>" + meta)
    assert files["embed.html"].decode() == f"{meta}</head>"


def test_what_the_release_before_had_stays_until_the_next(s3: Any) -> None:
    for release in ("1", "2", "3"):
        publish(s3, BUCKET, archive(**{f"assets/a-{release}.js": release}), CONFIG, POLICY)
    assert keys(s3) == {"index.html", "config.json", LISTED, "assets/a-2.js", "assets/a-3.js"}


def test_an_archive_that_is_no_page_changes_nothing(s3: Any) -> None:
    publish(s3, BUCKET, archive(), CONFIG, POLICY)
    before = keys(s3)
    with zipfile.ZipFile(empty := io.BytesIO(), "w") as packed:
        packed.writestr("readme.txt", "x")
    for wrong in (empty.getvalue(), archive(**{"embed.html": "no head"})):
        with pytest.raises(NoPage):
            publish(s3, BUCKET, wrong, CONFIG, POLICY)
    assert keys(s3) == before


class Told:
    """Stands for CloudFormation's URL: keeps what is put there."""

    def __init__(self) -> None:
        kept: list[dict[str, Any]] = []

        class Keeping(BaseHTTPRequestHandler):
            def do_PUT(self) -> None:
                length = int(self.headers["content-length"])
                kept.append(
                    {"type": self.headers["content-type"], **json.loads(self.rfile.read(length))}
                )
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                return

        self.kept = kept
        self.server = HTTPServer(("127.0.0.1", 0), Keeping)
        Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/"


@pytest.fixture
def told(s3: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Told]:
    monkeypatch.setattr(entry, "_s3", lambda: s3)
    made = Told()
    yield made
    made.server.shutdown()
    made.server.server_close()


def event(told: Told, kind: str, key: str = "page.zip") -> dict[str, Any]:
    return {
        "RequestType": kind,
        "ResponseURL": told.url,
        "StackId": "stack",
        "RequestId": "request",
        "LogicalResourceId": "Files",
        "ResourceProperties": {
            "Archive": {"Bucket": ASSETS, "Key": key},
            "Bucket": BUCKET,
            "Config": CONFIG,
            "Policy": POLICY,
        },
    }


def test_cloudformation_is_told_that_it_is_published_and_that_it_is_gone(
    s3: Any, told: Told
) -> None:
    s3.put_object(Bucket=ASSETS, Key="page.zip", Body=archive())
    entry.handler(event(told, "Create"), None)
    assert keys(s3) == {"index.html", "config.json", LISTED}
    entry.handler(event(told, "Delete"), None)
    assert keys(s3) == set()
    assert [one["Status"] for one in told.kept] == ["SUCCESS", "SUCCESS"]
    # One resource, whatever it holds: another name would have CloudFormation delete it.
    assert len({one["PhysicalResourceId"] for one in told.kept}) == 1
    assert not told.kept[0]["type"]


def test_a_failure_is_told_at_once_with_its_reason(told: Told) -> None:
    entry.handler(event(told, "Update", key="missing.zip"), None)
    [answer] = told.kept
    assert answer["Status"] == "FAILED"
    assert "NoSuchKey" in answer["Reason"]
