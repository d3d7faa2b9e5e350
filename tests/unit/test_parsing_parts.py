"""A document read part by part says what it says as a whole, whatever size it has."""

from __future__ import annotations

import csv
import io
import json
import random
from dataclasses import asdict, replace
from typing import Any, BinaryIO, cast

import pytest
from pydantic import TypeAdapter

from nexus.errors import DocumentTooLarge, EmptyDocument, NotFound, UpstreamUnavailable
from nexus.ingestion.parsing import (
    Outline,
    Part,
    cutting,
    join,
    no_text,
    outline,
    parse,
    parse_part,
    pdf,
    pdf_documents,
)
from nexus.models import ParsedDocument
from tests.fakes import FakeDocuments
from tests.unit import documents_made as made
from tests.unit.documents_made import LIMIT

MIB = 1024 * 1024


def outlined(content: bytes, path: str = "file", limit: int = LIMIT) -> Outline:
    return outline(
        io.BytesIO(content),
        len(content),
        path,
        "",
        max_bytes=limit,
        max_streamed_bytes=10 * LIMIT,
        max_unpacked_bytes=LIMIT,
    )


def in_parts(content: bytes, found: Outline) -> list[ParsedDocument]:
    """Each part as a process of its own reads it, that has only the JSON and the bytes."""
    sent = [json.dumps(asdict(part)) for part in found.parts]
    facts = TypeAdapter(Outline).validate_json(json.dumps(asdict(replace(found, parts=()))))
    parts = [TypeAdapter(Part).validate_json(text) for text in sent]
    assert tuple(parts) == found.parts
    return [parse_part(io.BytesIO(content), facts, part) for part in parts]


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of 4 KiB, so that small files are long ones."""
    monkeypatch.setattr(cutting, "PART_BYTES", 4096)
    monkeypatch.setattr(cutting, "WINDOW_BYTES", 1024)
    monkeypatch.setattr(cutting, "_BLOCK", 700)


def book(pages: int) -> bytes:
    texts = [
        [(820, "The running header"), (500, f"Fact {n * n} of page {n}."), (30, f"{n} of {pages}")]
        for n in range(1, pages + 1)
    ]
    marks = [(1, 0, "Book"), *((n, 1, f"Chapter {n}") for n in range(30, pages, 40))]
    return made.pdf(texts, title="A book", bookmarks=marks)


def test_the_parts_of_a_long_pdf_say_what_its_pages_say(monkeypatch: pytest.MonkeyPatch) -> None:
    content = book(250)
    found = outlined(content)
    assert [(part.start, part.end) for part in found.parts] == [(0, 100), (100, 200), (200, 250)]
    assert (found.title, found.pages) == ("A book", 250)
    parts = in_parts(content, found)
    assert [part.pages for part in parts] == [100, 100, 50]
    monkeypatch.setattr(pdf, "PART_PAGES", 1000)
    whole = parse(content, "", "", max_bytes=LIMIT, max_unpacked_bytes=LIMIT)
    # A running header stays where it first stands: a part sees the last pages of the one before.
    headers = [text for part in parts for text in part.texts if "running" in text.text]
    assert [text.locator.page for text in headers] == [1]
    joined = join(found, parts)
    assert joined.texts == whole.texts
    assert (joined.title, joined.pages) == (whole.title, whole.pages)
    assert {text.locator.heading for text in whole.texts} >= {("Book", "Chapter 230"), ("Book",)}


def test_a_few_pages_more_than_a_part_are_no_part_of_their_own() -> None:
    assert [part.end for part in outlined(book(209)).parts] == [100, 209]
    assert [part.end for part in outlined(book(210)).parts] == [100, 200, 210]
    assert [part.end for part in outlined(book(109)).parts] == [109]


def test_a_very_long_pdf_has_longer_parts_instead_of_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "PART_PAGES", 10)
    monkeypatch.setattr(pdf, "_MOST_PARTS", 3)
    assert [part.end for part in outlined(book(90)).parts] == [30, 60, 90]


def test_a_large_pdf_is_read_only_where_its_structure_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_documents, "_SMALL", 0)
    noise = random.Random(1).randbytes(3 * MIB)
    content = made.pdf([[(700, f"Page {n}")] for n in range(3)])
    head, rest = content[:9], content[9:]
    # Bytes after the header that no object holds: the file's offsets are kept by moving it all.
    padded = head + b"\n%" + noise.translate(None, b"\r\n%") + b"\n" + rest
    offsets = len(padded) - len(content)
    padded = _shifted(padded, offsets)
    source = CountingSource(padded)
    found = outline(
        cast(BinaryIO, source), len(padded), "a.pdf", "",
        max_bytes=9, max_streamed_bytes=LIMIT, max_unpacked_bytes=9,
    )  # fmt: skip
    texts = parse_part(cast(BinaryIO, source), found, found.parts[0]).texts
    assert [text.text for text in texts] == ["Page 0", "Page 1", "Page 2"]
    assert source.given < MIB + 100_000  # the head, and the structure


def _shifted(content: bytes, by: int) -> bytes:
    """A PDF whose cross-references count from so many bytes further on."""
    start = content.rindex(b"xref\n", 0, content.rindex(b"startxref"))
    table, _, trailer = content[start:].partition(b"trailer")
    lines = [
        b"%010d" % (int(line[:10]) + by) + line[10:] if line.rstrip().endswith(b"n") else line
        for line in table.splitlines(keepends=True)
    ]
    trailer, _, _ = trailer.partition(b"startxref")
    return (
        content[:start] + b"".join(lines) + b"trailer" + trailer + b"startxref\n%d\n%%%%EOF" % start
    )


class CountingSource(io.BytesIO):
    """Counts the reads, and the bytes that they gave."""

    given = reads = 0

    def read(self, size: int | None = -1) -> bytes:
        content = super().read(size)
        self.given += len(content)
        self.reads += 1
        return content

    def readinto(self, buffer: Any) -> int:
        count = super().readinto(buffer)
        self.given += count
        self.reads += 1
        return count


def table(rows: int, seed: int = 0) -> list[list[str]]:
    chance = random.Random(seed)
    body = []
    for n in range(1, rows):
        words = [
            chance.choice(["a\r\nb", 'say "x"', "c, d", "", "é", "plain words"]) for _ in range(4)
        ]
        body.append([str(n), *words])
    return [["Nomor", "Satu", "Dua", "Tiga", "Empat"], *body]


def as_csv(rows: list[list[str]], delimiter: str = ",", newline: str = "\r\n") -> str:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=delimiter, lineterminator=newline).writerows(rows)
    return buffer.getvalue()


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_rows_are_whole_headed_and_numbered_in_every_part(
    newline: str, encoding: str, delimiter: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = as_csv(table(1500), delimiter, newline).encode(encoding)
    found = outlined(content, "a.csv")
    assert len(found.parts) > 8
    joined = join(found, in_parts(content, found))
    monkeypatch.setattr(cutting, "PART_BYTES", LIMIT)
    whole = parse(content, "a.csv", "", max_bytes=LIMIT, max_unpacked_bytes=LIMIT)
    assert joined == whole
    assert [text.locator.row for text in joined.texts] == list(range(2, 1501))


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize(
    "lines",
    [
        ["sep=;", "Nama;Kota", *(f"Ani {n};x {n}" for n in range(3000))],
        ["Nama,Kota", *(f'Ani {n},5" pipe' for n in range(3000))],
        ["Nama,Kota", 'Ani,"lost', *(f"Budi {n},x" for n in range(20_000))],
    ],
    ids=["declared", "inches", "lone quote"],
)
def test_odd_tables_are_cut_as_they_are_read(
    lines: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    content = "\n".join(lines).encode()
    found = outlined(content, "a.csv")
    assert len(found.parts) > 5
    joined = join(found, in_parts(content, found))
    monkeypatch.setattr(cutting, "PART_BYTES", LIMIT)
    assert joined == parse(content, "a.csv", "", max_bytes=LIMIT, max_unpacked_bytes=LIMIT)


@pytest.mark.usefixtures("small_parts")
def test_an_inserted_row_moves_few_borders() -> None:
    rows = [f"{n},{n * n * 7919}" for n in range(20_000)]

    def starts(rows: list[str]) -> set[str]:
        content = "\n".join(rows).encode()
        parts = outlined(content, "a.csv").parts
        return {
            content[part.start : part.start + 30].partition(b"\n")[0].decode() for part in parts
        }

    before = starts(rows)
    after = starts([*rows[:3000], "inserted,1", *rows[3000:]])
    assert len(before) > 40
    assert len(before - after) <= 3


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "cp1251"])
def test_long_texts_are_cut_between_paragraphs(
    encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = "Библиотека открыта" if encoding == "cp1251" else "Café près de l'université"
    paragraphs = [f"Paragraph {n} in plain ASCII." for n in range(900)]
    paragraphs += [f"{words} {n}\r\nsecond line." for n in range(900)]
    content = "\r\n\r\n".join(paragraphs).encode(encoding)
    found = outlined(content, "a.txt")
    assert len(found.parts) > 8
    joined = join(found, in_parts(content, found))
    assert [text.text for text in joined.texts] == [
        paragraph.replace("\r\n", "\n") for paragraph in paragraphs
    ]


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("gap", ["\n", " ", ""])
def test_a_text_without_paragraphs_is_cut_at_less_and_loses_nothing(gap: str) -> None:
    content = gap.join(["kata", "é", "panjang"] * 3000).encode()
    found = outlined(content, "a.txt")
    assert len(found.parts) > 5
    texts = [text.text for part in in_parts(content, found) for text in part.texts]
    assert gap.join(texts) == content.decode()


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "shift_jis"])
def test_what_cannot_be_cut_safely_is_one_part_under_the_limit(encoding: str) -> None:
    text = "図書館の開館時間は午前九時から午後八時までです。 Open 9-20.\n\n" * 300
    content = text.encode(encoding)
    found = outlined(content, "a.txt")
    assert len(found.parts) == 1
    assert len(in_parts(content, found)[0].texts) == 300
    with pytest.raises(DocumentTooLarge, match="UTF-8"):
        outlined(content, "a.txt", limit=9000)


def test_only_what_is_read_as_a_whole_has_the_lower_limit() -> None:
    rows = as_csv(table(50)).encode()
    assert outlined(rows, "a.csv", limit=100).parts
    for content, path in [(made.word(), "a.docx"), (rows, "a.md"), (b"<html>" + rows, "a.html")]:
        with pytest.raises(DocumentTooLarge, match="larger than"):
            outlined(content, path, limit=100)


def test_a_part_without_text_is_no_fault_but_a_document_without_is() -> None:
    pages: list[list[tuple[float, str]]] = [[] for _ in range(250)]
    content = made.pdf(pages)
    found = outlined(content)
    parts = in_parts(content, found)
    assert [part.texts for part in parts] == [(), (), ()]
    with pytest.raises(EmptyDocument, match="OCR"):
        raise no_text(found)
    with pytest.raises(EmptyDocument, match="OCR"):
        join(found, parts)


class FailingSource(io.BytesIO):
    """Fails for ever after so many reads."""

    def __init__(self, content: bytes, reads: int, failure: Exception) -> None:
        super().__init__(content)
        self._left, self._failure = reads, failure

    def _spend(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise self._failure

    def read(self, size: int | None = -1) -> bytes:
        self._spend()
        return super().read(size)

    def readinto(self, buffer: Any) -> int:
        self._spend()
        return super().readinto(buffer)


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("reads", [0, 1, 2, 5, 20])
@pytest.mark.parametrize("path", ["a.pdf", "a.csv", "a.docx"])
def test_a_source_that_fails_is_not_taken_for_a_damaged_document(
    path: str, reads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf_documents, "_SMALL", 0)
    makers = {"a.pdf": lambda: book(120), "a.docx": made.word}
    content = makers.get(path, lambda: as_csv(table(1500)).encode())()
    failure = UpstreamUnavailable("documents", "S3 is busy.")
    source = FailingSource(content, reads, failure)

    def everything() -> None:
        found = outline(
            source,
            len(content),
            path,
            "",
            max_bytes=LIMIT,
            max_streamed_bytes=LIMIT,
            max_unpacked_bytes=LIMIT,
        )
        for _ in range(30):
            for part in found.parts:
                parse_part(source, found, part)

    with pytest.raises(UpstreamUnavailable) as caught:
        everything()
    assert caught.value is failure


def test_no_page_is_lost_to_a_read_that_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    """PDFium takes a page that it cannot read for an empty one."""
    monkeypatch.setattr(pdf_documents, "_SMALL", 0)
    content = book(9)
    found = outlined(content)
    source = CountingSource(content)
    parse_part(source, found, found.parts[0])
    failure = UpstreamUnavailable("documents", "S3 is busy.")
    assert source.reads > 20
    for reads in range(source.reads):
        with pytest.raises(UpstreamUnavailable):
            parse_part(FailingSource(content, reads, failure), found, found.parts[0])


def test_an_object_that_is_gone_midway_is_not_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_documents, "_SMALL", 0)
    documents = FakeDocuments()
    state = documents.put("acme", "a.pdf", book(120))
    found = outlined(book(120))
    with documents.open(state) as source:
        parse_part(source, found, found.parts[0])
        documents.purge(state)
        with pytest.raises(NotFound):
            parse_part(source, found, found.parts[0])
    with pytest.raises(NotFound):
        documents.open(state)
