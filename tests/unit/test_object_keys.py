"""How documents and their metadata are spelled in the bucket."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nexus.errors import InvalidRequest, NotFound
from nexus.models import DocumentMetadata
from nexus.object_keys import (
    compared,
    decode_metadata,
    document_id,
    encode_metadata,
    object_key,
    parse_key,
    spelled,
)

words = st.lists(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Z"]), min_size=1, max_size=12),
    min_size=1,
    max_size=3,
).map(lambda found: unicodedata.normalize("NFC", " ".join(found)))
maybe = st.none() | words


@given(
    maybe, maybe, maybe, st.none() | st.dates().map(str), st.lists(words, unique=True, max_size=4)
)
def test_metadata_comes_back_as_it_was_said(title, author, department, date, tags):
    said = DocumentMetadata(title, author, department, date, tuple(tags))
    encoded = encode_metadata(said)
    assert decode_metadata(encoded) == said
    assert all(value.isascii() and value.isprintable() for value in encoded.values())


def test_plain_ascii_stays_as_it_was_typed():
    said = DocumentMetadata("Fees (2025), part 1: what it costs", tags=("fees", "a b"))
    assert encode_metadata(said) == {
        "title": "Fees (2025), part 1: what it costs",
        "tags": "fees,a b",
    }


def test_what_others_uploaded_is_read_without_an_error():
    values = {"Title": " 100%\nfree\x00 ", "date": "2025-02-30", "tags": ",a,,a, b ", "pages": "9"}
    assert decode_metadata(values) == DocumentMetadata("100% free", tags=("a", "b"))
    assert decode_metadata({"date": "20250230", "title": " "}) == DocumentMetadata()
    assert decode_metadata({"date": "20250228"}) == DocumentMetadata()


@pytest.mark.parametrize(
    ("said", "field"),
    [(DocumentMetadata(date="1 May"), "date"), (DocumentMetadata(title="é" * 400), "metadata")],
)
def test_metadata_that_s3_would_refuse_is_refused_first(said, field):
    with pytest.raises(InvalidRequest) as caught:
        encode_metadata(said)
    assert caught.value.field == field


@pytest.mark.parametrize("path", ["a.txt", "dir/é ü+%.pdf", "/odd", "a//b", "documents/x/y"])
def test_a_key_names_one_tenant_and_path(path):
    assert object_key("acme-1", path) == f"documents/acme-1/{path}"
    assert parse_key(object_key("acme-1", path)) == ("acme-1", path)


@pytest.mark.parametrize(
    ("tenant", "path", "field"),
    [
        ("Acme", "a", "tenant"),
        ("a/b", "a", "tenant"),
        ("", "a", "tenant"),
        ("a" * 65, "a", "tenant"),
        ("a", "", "path"),
        ("a", "folder/", "path"),
        ("a", "x\ny", "path"),
        ("a", "é" * 507, "path"),
    ],
)
def test_what_cannot_be_a_key_is_refused_by_field(tenant, path, field):
    with pytest.raises(InvalidRequest) as caught:
        object_key(tenant, path)
    assert caught.value.field == field
    with pytest.raises(NotFound):
        parse_key(f"documents/{tenant}/{path}" if tenant != "a/b" else "documents/Q/b")


def test_a_document_keeps_its_id():
    assert document_id("acme", "a.txt") == "eb184a5ddceb5fd1a81f546d"
    assert document_id("acme", "a.txt") != document_id("acme-a", "txt")


@given(st.text(max_size=40), st.sampled_from(("NFC", "NFD")))
def test_names_compare_whatever_their_case_and_composition(name: str, form: Any) -> None:
    written = unicodedata.normalize(form, name)
    assert compared(f" {written}\n") == compared(name) == compared(compared(name))
    assert compared(written.casefold()) == compared(name)
    assert spelled(written) == spelled(name) == unicodedata.normalize("NFC", spelled(name))


def test_metadata_that_macos_decomposed_is_kept_composed() -> None:
    sent = encode_metadata(DocumentMetadata(department="Cafe\u0301 ", tags=("menu\u0301 ",)))
    assert decode_metadata(sent) == DocumentMetadata(department="Café", tags=("menú",))
    assert decode_metadata({"department": "Cafe%CC%81"}).department == "Café"
