"""The features of data and archives."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.formats import made
from tests.formats.feature import Feature
from tests.unit import documents_made as office


def data_features() -> Iterator[Feature]:
    """All of them, format by format."""
    yield from _data()
    yield from _archives()


def _data() -> Iterator[Feature]:
    def data(form: str, name: str, text: str, *wanted: str, **more: Any) -> Feature:
        return Feature(
            form, name, f"a.{form.lower()}", text.encode, wanted, **more
        )  # fmt: skip

    yield data(
        "JSON", "records of a list, with the names of their fields",
        json.dumps([{"name": "Law", "fee": 5200}, {"name": "Nursing", "fee": 4800}]),
        "name: Law; fee: 5200",
    )  # fmt: skip
    yield data(
        "JSON", "records within records, with what they belong to",
        json.dumps({"programmes": [{"name": "Law", "dean": {"name": "Sari"}, "courses": [
            {"code": "L1", "credits": 3}]}]}),
        "dean name: Sari", "name: Law; courses code: L1; courses credits: 3",
    )  # fmt: skip
    yield data(
        "JSON", "records by their names",
        json.dumps({"law": {"fee": 5200, "seats": 3}, "nursing": {"fee": 4800, "seats": 4}}),
        "law; fee: 5200; seats: 3",
    )  # fmt: skip
    yield data(
        "JSON", "numbers as they are written",
        '[{"code": "007", "price": 1250000.50, "big": 12345678901234567890123}]',
        "code: 007; price: 1250000.50; big: 12345678901234567890123",
    )  # fmt: skip
    yield data(
        "JSON", "long texts and HTML in a field",
        json.dumps([{"title": "Cuti", "body": "<p>Cuti <b>12 hari</b>.</p><p>" + "Lain. " * 60}]),
        "title: Cuti; body: Cuti 12 hari.", unwanted=("<b>",),
    )  # fmt: skip
    yield data(
        "JSON", "short HTML in a field",
        json.dumps([{"title": "Cuti", "body": "<p>Cuti <b>12 hari</b>.</p>", "page": 3}]),
        "title: Cuti; body: Cuti 12 hari.; page: 3", unwanted=("<b>",),
    )  # fmt: skip
    yield data(
        "JSON", "tables of lists", '[["Prodi", "Biaya"], ["Hukum", 900], ["Gizi", 800]]',
        "Prodi: Hukum; Biaya: 900",
    )  # fmt: skip
    yield data(
        "JSON", "encoded values, left out", json.dumps({"a": "b", "photo": "QUJD" * 100}), "a: b",
        unwanted=("QUJDQUJD",), warned="encoded",
    )  # fmt: skip
    yield data(
        "JSON", "what is not valid JSON, read as text", "{not: json", "{not: json", warned="JSON"
    )
    yield data(
        "JSONL", "a record a line; broken lines told",
        '{"nim": "2026-1", "nama": "Sari"}\n{broken\n{"nim": "2026-2", "nama": "Budi"}\n',
        "nim: 2026-2; nama: Budi", warned="not JSON",
    )  # fmt: skip
    yield data(
        "XML", "records with attributes and elements",
        '<?xml version="1.0"?><catalogue><course code="L1"><name>Hukum</name><sks>3</sks></course>'
        '<course code="L2"><name>Gizi</name><sks>2</sks></course></catalogue>',
        "code: L1; name: Hukum; sks: 3",
    )  # fmt: skip
    yield data(
        "XML",
        "text with marks, read as a page",
        "<doc><p>The fee is <b>900</b> a year.</p><p>It is due <i>in May</i>.</p></doc>",
        "The fee is 900 a year.",
    )
    yield data(
        "XML", "entities that the file defines, never expanded",
        '<!DOCTYPE a [<!ENTITY x "EXPANDED">]><a><b>1 &x;</b><b>Two words</b></a>', "Two words",
        unwanted=("EXPANDED",),
    )  # fmt: skip


def _archives() -> Iterator[Feature]:
    def archive(name: str, parts: dict[str, str | bytes], *wanted: str, **more: Any) -> Feature:
        return Feature(
            "ZIP", name, "a.zip", lambda: made.zipped(parts), wanted,
            **more,
        )  # fmt: skip

    csv = b"Prodi,Biaya\nHukum,900\nGizi,800\n"
    yield archive(
        "files by their own parsers, under their names",
        {"2026/biaya.csv": csv, "a.docx": office.word(), "__MACOSX/._a": b"x"},
        "2026/biaya.csv › Prodi: Hukum; Biaya: 900", "Syarat masuk: ijazah SMA.",
    )  # fmt: skip
    yield archive("archives within it", {"b.zip": made.zipped({"c.csv": csv})}, "Biaya: 800")
    yield archive(
        "files that are not read, told",
        {"a.txt": "Halo.", "b.docx": b"broken", "c.bin": b"\x7fELF" + b"\0" * 60},
        "Halo.", warned="a program",
    )  # fmt: skip
