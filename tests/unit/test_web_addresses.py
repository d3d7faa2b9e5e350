"""Only what a browser opens as a page of the web is a document's web address."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nexus.errors import InvalidRequest
from nexus.models import DocumentMetadata
from nexus.object_keys import decode_metadata, encode_metadata, web_address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (
            "https://www.example.org/fees?year=2026#due",
            "https://www.example.org/fees?year=2026#due",
        ),
        (" http://example.org ", "http://example.org"),
        ("HTTPS://Example.ORG:8443/A%20b", "https://example.org:8443/A%20b"),
        ("https://bücher.example/übung", "https://xn--bcher-kva.example/%C3%BCbung"),
        ("http://[2001:db8::1]/x", "http://[2001:db8::1]/x"),
    ],
)
def test_an_address_is_kept_in_ascii(text: str, address: str) -> None:
    assert web_address(text) == address
    said = DocumentMetadata(url=text)
    assert decode_metadata(encode_metadata(said)) == DocumentMetadata(url=address)


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)", "JavaScript://x.org/%0aalert(1)", "data:text/html,x", "ftp://x.org/a",
        "//x.org/a", "/a", "x.org", "https:x.org", "https://", "https:///a", "https://a b/",
        "https://x.org/a b", 'https://x.org/"onload=', "https://x.org/<b>", "https://x.org\\@y.org",
        "https://bank.com@evil.org/", "https://u:p@x.org/", "https://x.org:99999/", "https://[::1",
        "https://x.org/\nfoo", "https://x\u202e.org/", "https://x.org/" + "a" * 1000,
        "https://x_%41.org/", "\ud800https://x.org", "https://x.org/\ud800",
    ],
)  # fmt: skip
def test_everything_else_is_none(text: str) -> None:
    assert web_address(text) is None
    assert decode_metadata({"url": text}).url is None
    with pytest.raises(InvalidRequest) as caught:
        encode_metadata(DocumentMetadata(url=text))
    assert caught.value.field == "url"


@given(st.text(max_size=80), st.sampled_from(["", "https://", "http://x.org/", "https://x"]))
def test_an_address_is_its_own_and_safe_to_write_anywhere(text: str, before: str) -> None:
    address = web_address(before + text)
    if address is None:
        return
    assert web_address(address) == address
    assert address.startswith(("http://", "https://"))
    assert address.isascii()
    assert not set(address) & set(" \t\r\n\"'<>\\" if "'" not in text else ' \t\r\n"<>\\')
