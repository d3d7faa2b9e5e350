"""A signed URL answers here as S3 would: under the type and disposition that its signer chose."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from cli.local.access.bodies import Message
from cli.local.access.served_as import as_signed
from cli.local.access.signatures import SignedRequest

STORED = [(b"content-type", b"text/html"), (b"etag", b"1")]


def answered(query: str, status: int = 200) -> list[Any]:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    request = SignedRequest("GET", f"/bucket/a.html?{query}", ())
    start = {"type": "http.response.start", "status": status, "headers": STORED}

    async def sending() -> None:
        await as_signed(send, request)(start)

    asyncio.run(sending())
    return sorted(sent[0]["headers"])


def test_a_stored_page_is_saved_where_its_signer_says_so() -> None:
    query = (
        "response-content-disposition=attachment%3B%20filename%3D%22a.html%22&"
        "response-content-type=application%2Foctet-stream"
    )
    assert answered(query) == [
        (b"content-disposition", b'attachment; filename="a.html"'),
        (b"content-type", b"application/octet-stream"),
        (b"etag", b"1"),
    ]


def test_nothing_but_the_headers_that_s3_knows_is_taken_from_a_url() -> None:
    assert answered("response-set-cookie=a&response-location=b&versionId=c") == STORED


def test_no_value_begins_another_header() -> None:
    [(_, value), *_] = answered("response-cache-control=no-store%0D%0Aset-cookie%3A%20a%3D1")
    assert value == b"no-store  set-cookie: a=1"


@pytest.mark.parametrize("status", [304, 403, 404])
def test_an_error_says_what_it_is(status: int) -> None:
    assert answered("response-content-type=application%2Fpdf", status) == STORED
