"""PDF pages become paragraphs: joined lines, whole words, no running headers, right pages."""

from __future__ import annotations

import gc
import io
import linecache
import sys
import threading
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress

import pytest
from reportlab.pdfgen import canvas

from nexus.errors import EmptyDocument, EncryptedDocument
from nexus.ingestion.parsing import outline, parse_part, pdf_documents
from nexus.ingestion.parsing.outlines import Outline
from tests.unit import documents_made as made
from tests.unit.documents_made import lines, read


def _paragraph(top: float, *words: str) -> list[tuple[float, str]]:
    return [(top - 14 * at, line) for at, line in enumerate(words)]


def test_lines_become_paragraphs_with_their_page():
    first = _paragraph(700, "Mahasiswa baru wajib mendaftar ulang pada tanggal", "yang tertera.")
    second = _paragraph(600, "1. Bawa ijazah asli", "2. Bawa kartu keluarga")
    document = read(made.pdf([first + second, _paragraph(700, "Halaman dua")]), "a.pdf")
    assert [(text.locator.page, text.text) for text in document.texts] == [
        (1, "Mahasiswa baru wajib mendaftar ulang pada tanggal yang tertera."),
        (1, "1. Bawa ijazah asli\n2. Bawa kartu keluarga"),
        (2, "Halaman dua"),
    ]
    assert document.pages == 2


def test_lines_of_cells_far_apart_stay_rows():
    buffer = io.BytesIO()
    sheet = canvas.Canvas(buffer, pagesize=(595, 842), invariant=1)
    for y, name, fee in [(700, "Bachelor", "4.500.000"), (686, "Master", "7.250.000")]:
        sheet.drawString(72, y, name)
        sheet.drawString(300, y, fee)
    sheet.save()
    assert lines(read(buffer.getvalue())) == ["Bachelor 4.500.000\nMaster 7.250.000"]


def test_words_cut_at_line_ends_are_whole_and_reduplication_keeps_its_hyphen():
    page = _paragraph(700, "They all belong to the univer-", "sity where the anak-", "anak study")
    assert lines(read(made.pdf([page]))) == [
        "They all belong to the university where the anak-anak study"
    ]


@pytest.mark.parametrize("word", ["sekurang-kurangnya", "sebaik-baiknya", "berhari-hari"])
def test_a_stem_doubled_behind_its_prefix_keeps_its_hyphen_at_a_line_end(word):
    first, second = word.split("-")
    page = _paragraph(700, f"Setiap karyawan wajib bekerja {first}-", f"{second} dua tahun")
    assert lines(read(made.pdf([page]))) == [f"Setiap karyawan wajib bekerja {word} dua tahun"]


@pytest.mark.parametrize(
    ("elsewhere", "cut", "whole"),
    [
        ("The Anakanak Foundation pays", ("anak-", "anak"), "anakanak"),  # not taken for a plural
        ("Many an anakanak pays", ("Anak-", "anak"), "Anakanak"),
        ("Part-Time staff work less", ("part-", "time"), "part-time"),
        ("A full stop ends this", ("fol-", "lowing"), "following"),  # "lo" twice doubles no stem
    ],
)
def test_a_word_cut_at_a_line_end_is_spelt_as_elsewhere_in_any_case(elsewhere, cut, whole):
    first, second = cut
    page = [*_paragraph(700, elsewhere), *_paragraph(600, f"What the {first}", f"{second} did")]
    assert lines(read(made.pdf([page]))) == [elsewhere, f"What the {whole} did"]


def test_repeated_headers_stay_once_and_page_numbers_go():
    pages = [
        [(820, "Universitas Nusantara"), (700, f"Fact number {n * n}"), (30, f"Page {n} of 5")]
        for n in range(1, 6)
    ]
    found = lines(read(made.pdf(pages)))
    assert found == ["Universitas Nusantara", *(f"Fact number {n * n}" for n in range(1, 6))]


def test_lines_in_the_margin_that_differ_are_kept():
    pages = [[(820, f"Certificate {n * n * 7}"), (400, "Given to")] for n in range(1, 6)]
    assert sum("Certificate" in line for line in lines(read(made.pdf(pages)))) == 5


def test_bookmarks_head_the_lines_below_their_titles():
    pages = [
        [(700, "Cover")],
        [(700, "end of cover"), (600, "1 Admission"), (500, "Apply early."), (400, "1.1 Fees")],
        [(700, "Nine million.")],
    ]
    marks = [(2, 0, "Admission"), (2, 1, "Fees")]
    document = read(made.pdf(pages, bookmarks=marks))
    assert [(text.locator.heading, text.text) for text in document.texts] == [
        ((), "Cover"),
        ((), "end of cover"),
        (("Admission",), "1 Admission"),
        (("Admission",), "Apply early."),
        (("Admission", "Fees"), "1.1 Fees"),
        (("Admission", "Fees"), "Nine million."),
    ]


def test_a_title_named_again_begins_nothing_anew():
    page = [(700, "1 Admission"), (600, "1.1 Fees"), (500, "Admission"), (400, "1.2 Dates")]
    marks = [(1, 0, "Admission"), (1, 1, "Fees"), (1, 1, "Dates")]
    document = read(made.pdf([page], bookmarks=marks))
    assert [(text.locator.heading, text.text) for text in document.texts] == [
        (("Admission",), "1 Admission"),
        (("Admission", "Fees"), "1.1 Fees"),
        (("Admission", "Fees"), "Admission"),
        (("Admission", "Dates"), "1.2 Dates"),
    ]


@pytest.mark.parametrize(
    ("stored", "title"),
    [
        ("Tuition fees", "Tuition fees"),
        ("Microsoft Word - Tuition fees", "Tuition fees"),
        ("Microsoft Word - fees_final2.docx", None),
        ("untitled", None),
    ],
)
def test_only_a_sensible_title_is_taken(stored, title):
    assert read(made.pdf([[(700, "x")]], title=stored)).title == title


def test_scans_and_protected_files_say_what_to_do():
    with pytest.raises(EmptyDocument, match="OCR"):
        read(made.pdf([[], []]))
    with pytest.raises(EncryptedDocument, match="remove the protection"):
        read(made.pdf([[(700, "secret")]], password="pw"))


def test_readers_take_turns_because_pdfium_is_not_thread_safe():
    content = made.pdf([[(700, f"page {n}")] for n in range(20)])
    with ThreadPoolExecutor(4) as pool:
        with pdf_documents.PDFIUM:
            readers = [pool.submit(read, content) for _ in range(8)]
            assert not wait(readers, timeout=0.2).done
        assert all(len(reader.result(timeout=20).texts) == 20 for reader in readers)


def test_the_search_for_cycles_rests_while_a_part_is_read_and_goes_on_after_it():
    searched: list[bool] = []

    class Watching(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            searched.append(gc.isenabled())
            return super().read(size)

    for content in (made.pdf([[(700, "Open all day.")]]), made.pdf([[]])):
        source = Watching(content)
        plan = _plan(source, len(content))
        searched.clear()
        with suppress(EmptyDocument):
            parse_part(source, plan, plan.parts[0])
        assert searched == [False]
        assert gc.isenabled()


def test_a_reader_that_comes_as_another_ends_leaves_the_search_for_cycles_on():
    content = made.pdf([[(700, "Open all day.")]])
    plan = _plan(io.BytesIO(content), len(content))
    is_reading, comes = threading.Event(), threading.Event()

    class Waiting(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            is_reading.set()
            comes.wait(0.3)
            return super().read(size)

    def held_up(frame, event, _):
        """Stops the second reader right before it turns the search off, until the first ends."""
        if "gc.disable()" in linecache.getline(frame.f_code.co_filename, frame.f_lineno):
            comes.set()
            first.result(timeout=20)
        return held_up

    def come() -> None:
        is_reading.wait(20)
        sys.settrace(held_up)
        try:
            parse_part(io.BytesIO(content), plan, plan.parts[0])
        finally:
            sys.settrace(None)

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(parse_part, Waiting(content), plan, plan.parts[0])
        pool.submit(come).result(timeout=20)
    assert gc.isenabled()


def _plan(source: io.BytesIO, size: int) -> Outline:
    most = made.LIMIT
    return outline(
        source,
        size,
        "a.pdf",
        "",
        max_bytes=most,
        max_streamed_bytes=most,
        max_unpacked_bytes=most,
    )
