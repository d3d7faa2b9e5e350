"""What a browser is told of a document's content: its table's type, shown or saved, a safe name."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import botocore.session
import pytest

from nexus.adapters.s3.document_bucket import S3DocumentBucket
from nexus.wiring.aws_clients import SIGNING

SHOWN = {
    "fees.pdf": "application/pdf",
    "FEES.PDF": "application/pdf",
    "notes.txt": "text/plain; charset=utf-8",
    "notes.md": "text/plain; charset=utf-8",
    "plan.PNG": "image/png",
    "plan.jpeg": "image/jpeg",
}
BYTES = "application/octet-stream"
SAVED = ("page.html", "page.xhtml", "a.svg", "a.xml", "a.js", "a.pdf.html", "pdf", ".pdf", "a.mht")


@pytest.fixture
def documents() -> S3DocumentBucket:
    client: Any = botocore.session.Session().create_client(
        "s3",
        region_name="eu-west-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
        config=botocore.config.Config(**SIGNING),
    )
    return S3DocumentBucket(client, "bucket")


def told(documents: S3DocumentBucket, path: str) -> tuple[str, str]:
    """The disposition and the type that S3 is asked to answer with."""
    asked = parse_qs(urlsplit(documents.sign_download(f"documents/acme/{path}", "v1", 60)).query)
    return asked["response-content-disposition"][0], asked["response-content-type"][0]


@pytest.mark.parametrize(("path", "media_type"), SHOWN.items())
def test_what_is_safe_is_shown(documents: S3DocumentBucket, path: str, media_type: str) -> None:
    disposition, kind = told(documents, f"folder/{path}")
    assert disposition.startswith(f'inline; filename="{path}"')
    assert kind == media_type


@pytest.mark.parametrize("path", SAVED)
def test_what_could_run_in_a_browser_is_saved_as_bytes(
    documents: S3DocumentBucket, path: str
) -> None:
    disposition, kind = told(documents, path)
    assert disposition.startswith("attachment; ")
    assert kind == BYTES


def test_office_files_are_saved_under_their_type(documents: S3DocumentBucket) -> None:
    disposition, kind = told(documents, "fees.docx")
    assert disposition.startswith("attachment; ")
    assert kind.endswith("wordprocessingml.document")


@pytest.mark.parametrize(
    "name", ['a"; filename="b.exe', "über\u202egpj.exe", "a%22.pdf", "\u200b.txt", "费用; x=y.pdf"]
)
def test_no_name_says_anything_else_or_reads_as_another(
    documents: S3DocumentBucket, name: str
) -> None:
    disposition, _ = told(documents, name)
    _, plain, encoded = disposition.split('"')
    assert plain.isascii()
    assert not set(plain) & set('"\\%')
    kept = name.replace("\u202e", "").replace("\u200b", "")
    assert encoded == f"; filename*=UTF-8''{encoded.rpartition(chr(39))[2]}"
    assert unquote(encoded.rpartition("''")[2]) == kept
