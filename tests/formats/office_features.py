"""The features of office files, pages and plain formats."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

import docx
import openpyxl
import pptx
from docx.oxml import parse_xml
from openpyxl.styles import Font
from pptx.util import Inches

from tests.formats.feature import GOLDEN, Feature
from tests.unit import documents_made as office

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_TEXT_BOX = (
    f'<w:r {_W} xmlns:v="urn:schemas-microsoft-com:vml"><w:pict><v:shape><v:textbox>'
    "<w:txbxContent><w:p><w:r><w:t>Kotak teks.</w:t></w:r></w:p></w:txbxContent></v:textbox>"
    "</v:shape></w:pict></w:r>"
)


def office_features() -> Iterator[Feature]:
    """All of them, format by format."""
    yield from _pdfs()
    yield from _words()
    yield from _slides()
    yield from _workbooks()
    yield from _pages()
    yield from _plain()


def _saved(file: Any) -> bytes:
    buffer = io.BytesIO()
    file.save(buffer)
    return buffer.getvalue()


def _pdfs() -> Iterator[Feature]:
    def pdf(name: str, make: Callable[[], bytes], *wanted: str, **more: Any) -> Feature:
        return Feature("PDF", name, "a.pdf", make, wanted, **more)

    two = [[(700, "Denda dibayar di kasir."), (60, "Halaman 1")], [(700, "Biaya.")]]
    yield pdf("paragraphs", lambda: office.pdf(two), "Denda dibayar di kasir.")
    yield pdf(
        "headings of the file's bookmarks",
        lambda: office.pdf([[(700, "Biaya"), (660, "Rp 900.")]], bookmarks=[(1, 0, "Biaya")]),
        "Biaya › Rp 900.",
    )
    yield pdf(
        "sentences over a page break",
        lambda: office.pdf([[(100, "Biaya dibayar oleh")], [(760, "mahasiswa baru saja.")]]),
        "Biaya dibayar oleh mahasiswa baru saja.",
    )
    yield pdf("passwords, refused", lambda: office.pdf(two, password="x"), refused="password")
    yield pdf("scanned pages, refused or told", lambda: office.pdf([[]]), refused="OCR")


def _words() -> Iterator[Feature]:
    def word(name: str, build: Callable[[Any], object], *wanted: str, **more: Any) -> Feature:
        def make() -> bytes:
            document = docx.Document()
            build(document)
            return _saved(document)

        return Feature("DOCX", name, "a.docx", make, wanted, **more)

    def headed(document: Any) -> None:
        document.add_heading("Biaya", 1)
        document.add_heading("Denda", 2)
        document.add_paragraph("Denda Rp 1.000.")

    def table(document: Any) -> None:
        made = document.add_table(2, 2)
        for at, value in enumerate(("Prodi", "Biaya", "Hukum", "900")):
            made.cell(at // 2, at % 2).text = value

    def hidden(document: Any) -> None:
        paragraph = document.add_paragraph("Umum ")
        paragraph.add_run("RAHASIA").font.hidden = True

    def struck(document: Any) -> None:
        document.add_paragraph("750 ").add_run("900").font.strike = True

    def boxed(document: Any) -> None:
        document.add_paragraph("Isi.")._p.append(parse_xml(_TEXT_BOX))

    yield word("headings and paragraphs", headed, "Biaya › Denda › Denda Rp 1.000.")
    yield word("tables", table, "Prodi: Hukum; Biaya: 900")
    yield word("list marks", lambda d: d.add_paragraph("Ijazah", "List Bullet"), "• Ijazah")
    yield word("automatic numbers", lambda d: d.add_paragraph("Pasal", "List Number"), "1. Pasal")
    yield word("text boxes", boxed, "Kotak teks.")
    yield word("struck-out text, left out", struck, "750", unwanted=("900",), warned="struck")
    yield word("hidden text, left out", hidden, "Umum", unwanted=("RAHASIA",), warned="hidden")


def _slides() -> Iterator[Feature]:
    def deck(name: str, *wanted: str, **more: Any) -> Feature:
        return Feature("PPTX", name, "a.pptx", office.slides, wanted, **more)

    def boxed() -> bytes:
        made = pptx.Presentation()
        slide = made.slides.add_slide(made.slide_layouts[6])
        slide.shapes.add_textbox(0, 0, Inches(2), Inches(1)).text_frame.text = "Kotak teks."
        return _saved(made)

    yield deck("slides under their titles", "Perpustakaan › Jam buka 08.00")
    yield deck("tables", "Hari: Senin; Jam: 8")
    yield deck("speakers' notes", "Catatan pembicara")
    yield deck("hidden slides, left out", "Terima kasih", unwanted=("HIDDEN",))
    yield Feature("PPTX", "text boxes", "a.pptx", boxed, ("Kotak teks.",))


def _workbooks() -> Iterator[Feature]:
    def book(name: str, rows: list[list[object]], *wanted: str, **more: Any) -> Feature:
        return Feature("XLSX", name, "a.xlsx", lambda: office.workbook(rows), wanted, **more)

    def shown(value: object, form: str) -> Callable[[], bytes]:
        def make() -> bytes:
            made = openpyxl.Workbook()
            sheet: Any = made.active
            sheet.append(["Prodi", "Nilai"])
            sheet.append(["Hukum", value])
            sheet["B2"].number_format = form
            return _saved(made)

        return make

    def two_headers() -> bytes:
        made = openpyxl.Workbook()
        sheet: Any = made.active
        for row in (["Prodi", "Biaya", None], [None, "Lokal", "Asing"], ["Hukum", 900, 1800]):
            sheet.append(row)
        sheet.merge_cells("B1:C1")
        for cell in (*sheet[1], *sheet[2]):
            cell.font = Font(bold=True)
        return _saved(made)

    def hidden() -> bytes:
        made = openpyxl.Workbook()
        sheet: Any = made.active
        for row in (["Nama", "Gaji", "Unit"], ["Sari", 9000, "A"], ["Budi", 8000, "B"]):
            sheet.append(row)
        sheet.column_dimensions["B"].hidden = True
        return _saved(made)

    plain: list[list[object]] = [["Prodi", "Biaya"], ["Hukum", 900], ["Gizi", 800]]
    yield book("rows with the names of their columns", plain, "Prodi: Hukum; Biaya: 900")
    yield book("hidden sheets, left out", plain, "Prodi: Gizi", unwanted=("HIDDEN",))
    yield book("lines above the table", [["Tarif 2026", None], *plain], "Prodi: Hukum; Biaya: 900")
    years: list[list[object]] = [["Prodi", "2025/26", "2026/27"], ["Hukum", 900, 950]]
    yield book("column names like years", years, "2025/26: 900; 2026/27: 950")
    yield Feature("XLSX", "two header rows", "a.xlsx", two_headers, ("Biaya Lokal: 900",))
    yield Feature("XLSX", "percentages as shown", "a.xlsx", shown(0.25, "0%"), ("Nilai: 25%",))
    yield Feature("XLSX", "leading zeros as shown", "a.xlsx", shown(7, "000"), ("Nilai: 007",))
    yield Feature(
        "XLSX", "hidden columns, left out", "a.xlsx", hidden, ("Nama: Sari; Unit: A",), ("9000",),
        warned="hidden",
    )  # fmt: skip
    yield Feature(
        "XLSX", "formulas without a stored result, told", "a.xlsx", shown("=1+1", "0"),
        ("Prodi: Hukum",), warned="formula",
    )  # fmt: skip
    old = GOLDEN / "workbooks" / "fees.xls"
    yield Feature(
        "XLS", "rows with the names of their columns", "fees.xls", old.read_bytes,
        ("Prodi: Hukum; Biaya: 900",), ("RAHASIA",),
    )  # fmt: skip
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    typed = f"<table:table-row>{cell}{cell}</table:table-row>"
    yield Feature(
        "ODS", "rows with the names of their columns", "a.ods",
        lambda: office.ods(typed.format("Prodi", "Biaya") + typed.format("Hukum", "murah")),
        ("Prodi: Hukum; Biaya: murah",),
    )  # fmt: skip
    shares = (
        '<table:table-cell office:value-type="percentage" office:value="0.075"><text:p>7,5%'
        "</text:p></table:table-cell>"
    )
    yield Feature(
        "ODS", "percentages as shown", "a.ods",
        lambda: office.ods(
            typed.format("Prodi", "Diskon")
            + f"<table:table-row>{cell.format('Hukum')}{shares}</table:table-row>"
        ),
        ("Prodi: Hukum; Diskon: 7,5%",),
    )  # fmt: skip


def _pages() -> Iterator[Feature]:
    def page(name: str, html: str, *wanted: str, **more: Any) -> Feature:
        return Feature("HTML", name, "a.html", f"<html>{html}</html>".encode, wanted, **more)

    yield page("headings and paragraphs", "<h1>Biaya</h1><p>Rp 900.</p>", "Biaya › Rp 900.")
    yield page(
        "tables",
        "<table><tr><th>Prodi<th>Biaya</tr><tr><td>Hukum<td>900</tr></table>",
        "Prodi: Hukum; Biaya: 900",
    )
    yield page("collapsed panels", "<details><summary>Kapan?</summary>Senin.</details>", "Senin.")
    yield page("questions on buttons", "<p>x</p><button>Bagaimana?</button>", "Bagaimana?")
    yield page("asides that are content", "<p>x</p><aside>Tutup Jumat.</aside>", "Tutup Jumat.")
    yield page(
        "struck-out text, left out", "<p>Biaya <del>900</del> 750</p>", "Biaya 750",
        unwanted=("900",), warned="struck",
    )  # fmt: skip
    yield page(
        "hidden text, left out", '<p>x</p><p style="display:none">RAHASIA</p>', "x",
        unwanted=("RAHASIA",),
    )  # fmt: skip


def _plain() -> Iterator[Feature]:
    rows = "Prodi;Biaya\nHukum;900\nGizi;800\n"
    yield Feature(
        "CSV", "rows with the names of their columns", "a.csv", rows.encode,
        ("Prodi: Hukum; Biaya: 900",),
    )  # fmt: skip
    yield Feature("CSV", "tabs, other encodings", "a.tsv",
                  lambda: rows.replace(";", "\t").replace("Gizi", "Kafé").encode("utf-16"),
                  ("Prodi: Kafé; Biaya: 800",))  # fmt: skip
    markdown = "---\ntitle: Buku\ndepartment: Keuangan\n---\n# Biaya\n\n- Rp 900\n"
    yield Feature("Markdown", "headings and lists", "a.md", markdown.encode, ("Biaya › - Rp 900",))
    yield Feature("Markdown", "front matter", "a.md", markdown.encode, ("Keuangan",))
    code = "# A\n\n```\n# no heading\n```\n\nDone.\n"
    yield Feature("Markdown", "code", "a.md", code.encode, ("A › # no heading",))
    yield Feature("plain text", "any encoding", "a.txt", lambda: "Kafé".encode("utf-16"), ("Kafé",))
