"""Features that several formats share: what is struck out, times as shown, tables without marks."""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable, Iterator
from typing import Any

import openpyxl
import pptx
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font
from pptx.util import Inches

from tests.formats import made
from tests.formats.feature import GOLDEN, Feature
from tests.unit import documents_made as office

_STRUCK = "struck-out text, left out"
_LINE = '<style:text-properties style:text-line-through-style="solid"/>'


def shown_features() -> Iterator[Feature]:
    """All of them, kind by kind."""
    yield from _struck()
    yield from _times()
    yield from _old_workbook()
    yield from _others()


def _saved(file: Any) -> bytes:
    buffer = io.BytesIO()
    file.save(buffer)
    return buffer.getvalue()


def _book(build: Callable[[Any], None]) -> Callable[[], bytes]:
    def make() -> bytes:
        book = openpyxl.Workbook()
        sheet: Any = book.active
        for row in (["Prodi", "Biaya", "Ruang"], ["Hukum", 750, "A1"], ["Gizi", 900, "A2"]):
            sheet.append(row)
        build(sheet)
        return _saved(book)

    return make


def _slide(build: Callable[[Any], None]) -> Callable[[], bytes]:
    def make() -> bytes:
        deck = pptx.Presentation()
        build(deck.slides.add_slide(deck.slide_layouts[6]))
        return _saved(deck)

    return make


def _struck() -> Iterator[Feature]:
    def left_out(form: str, make: Callable[[], bytes], *wanted: str, name: str = "") -> Feature:
        path = f"a.{form.lower()}"
        return Feature(form, name or _STRUCK, path, make, wanted, ("900",), warned="struck")

    def cell(sheet: Any) -> None:
        sheet["B3"].font = Font(strike=True)

    def part(sheet: Any) -> None:
        sheet["B3"] = CellRichText(TextBlock(InlineFont(strike=True), "900 "), "800 baru")

    def box(slide: Any) -> None:
        shape = slide.shapes.add_textbox(0, 0, Inches(2), Inches(1))
        line = shape.text_frame.paragraphs[0]
        for words, strike in (("Biaya ", "noStrike"), ("900", "sngStrike"), ("750", "noStrike")):
            run = line.add_run()
            run.text = words
            run.font._element.set("strike", strike)

    def table(slide: Any) -> None:
        found = slide.shapes.add_table(2, 2, 0, 0, Inches(4), Inches(1)).table
        for at, words in enumerate(("Prodi", "Biaya", "Gizi", "900")):
            found.cell(at // 2, at % 2).text = words
        found.cell(1, 1).text_frame.paragraphs[0].runs[0].font._element.set("strike", "dblStrike")

    yield left_out("XLSX", _book(cell), "Prodi: Gizi; Ruang: A2")
    yield left_out("XLSX", _book(part), "Biaya: 800 baru", name="struck-out parts of a cell")
    yield left_out("PPTX", _slide(box), "Biaya 750")
    yield left_out("PPTX", _slide(table), "Gizi", name="struck-out cells of a table")
    yield left_out("RTF", lambda: made.rtf(r"Biaya {\strike 900}{\striked1 900} 750\par"), "Biaya")
    cut = f'<style:style style:name="T1" style:family="text">{_LINE}</style:style>'
    words = '<text:p>Biaya <text:span text:style-name="T1">900 </text:span>750</text:p>'
    yield left_out("ODT", lambda: made.open_document(words, cut), "Biaya 750")
    deck = f"<draw:page><draw:frame><draw:text-box>{words}</draw:text-box></draw:frame></draw:page>"
    yield left_out("ODP", lambda: made.open_document(deck, cut, "presentation"), "Biaya 750")
    whole = f'<style:style style:name="C1" style:family="table-cell">{_LINE}</style:style>'
    yield left_out("ODS", lambda: _ods(f"{cut}{whole}", words), "Harga: Biaya 750; Kode: K1")
    by_style = '<p>Biaya <span style="text-decoration: line-through">900</span> 750</p>'
    yield left_out("HTML", by_style.encode, "Biaya 750", name="what a style strikes out, left out")


def _ods(styles: str, words: str, kind: str = "string", given: str = "") -> bytes:
    """A sheet of one row, of which a cell is struck out as a whole."""
    cells = [
        f'<table:table-cell office:value-type="string"{style}><text:p>{text}</text:p>'
        "</table:table-cell>"
        for text, style in (
            ("Harga", ""), ("Lama", ""), ("Kode", ""), ("900", ' table:style-name="C1"'),
            ("K1", ""),
        )
    ]  # fmt: skip
    own = f'<table:table-cell office:value-type="{kind}"{given}>{words}</table:table-cell>'
    rows = "".join(
        f"<table:table-row>{row}</table:table-row>"
        for row in ("".join(cells[:3]), own + "".join(cells[3:]))
    )
    return office.ods(rows, styles)


def _times() -> Iterator[Feature]:
    def timed(name: str, value: object, form: str, wanted: str) -> Feature:
        def build(sheet: Any) -> None:
            sheet["B2"] = value
            sheet["B2"].number_format = form

        return Feature("XLSX", name, "a.xlsx", _book(build), (wanted,))

    half = datetime.time(14, 30)
    yield timed("times as shown", half, "h:mm AM/PM", "Biaya: 2:30 PM")
    moment = datetime.datetime(2026, 3, 5, 0, 20)  # noqa: DTZ001 - sheets know no zones
    yield timed("times beside dates", moment, "dd/mm/yyyy h:mm AM/PM", "Biaya: 2026-03-05 12:20 AM")
    hours = datetime.timedelta(hours=27, minutes=3)
    yield timed("durations as shown", hours, '[h]" jam "mm', "Biaya: 27 jam 03")
    yield timed("exponents as shown", 0.00012, "0.0E+00", "Biaya: 1.2E-04")
    said = "<text:p>02:30 PM</text:p>"
    given = ' office:time-value="PT14H30M00S"'
    yield Feature(
        "ODS", "times as shown", "a.ods", lambda: _ods("", said, "time", given),
        ("Harga: 02:30 PM",),
    )  # fmt: skip
    day = "<text:p>05/03/26 02:30 PM</text:p>"
    dated = ' office:date-value="2026-03-05T14:30:00"'
    yield Feature(
        "ODS", "times beside dates", "a.ods", lambda: _ods("", day, "date", dated),
        ("Harga: 2026-03-05 02:30 PM",),
    )  # fmt: skip


def _old_workbook() -> Iterator[Feature]:
    old = (GOLDEN / "workbooks" / "stock.xls").read_bytes

    def xls(name: str, *wanted: str, **more: Any) -> Feature:
        return Feature("XLS", name, "stock.xls", old, wanted, **more)

    yield xls("percentages and times as shown", "Diskon: 7.50%; Buka: 7:30 AM")
    yield xls("hidden rows and columns, left out", "Barang: Semen", unwanted=("18250", "Rahasia"))
    yield xls(_STRUCK, "Semen", unwanted=("Kapur",), warned="struck")


def _others() -> Iterator[Feature]:
    row = '<div role="row">{}</div>'.format
    heads = '<b role="columnheader">Prodi</b><b role="columnheader">Biaya</b>'
    cells = '<i role="rowheader">Hukum</i><i role="cell">900</i>'
    roles = f'<div role="table">{row(heads)}<div>{row(cells)}</div></div>'
    yield Feature(
        "HTML", "tables that roles make", "a.html", roles.encode, ("Prodi: Hukum; Biaya: 900",)
    )  # fmt: skip
    alike = '<p>x</p><p style="color:#0a0a0a;background:rgb(10, 10, 10)">RAHASIA</p>'
    yield Feature(
        "HTML", "letters as their ground, left out", "a.html", alike.encode, ("x",), ("RAHASIA",),
        warned="hidden",
    )  # fmt: skip
    numbered = r"{\pntext 2.\tab}Bayar.\par"
    yield Feature("RTF", "automatic numbers", "a.rtf", lambda: made.rtf(numbered), ("2.\tBayar.",))
    marked = r"{\listtext\pard\plain \u61623\'3f\tab}Bayar.\par"
    yield Feature("RTF", "list marks", "a.rtf", lambda: made.rtf(marked), ("•\tBayar.",))
    noted = r"Biaya {\super \chftn{\*\footnote \chftn\pard\plain Separuh untuk malam.}} ini.\par"
    yield Feature(
        "RTF", "LibreOffice's footnotes", "a.rtf", lambda: made.rtf(noted),
        ("[Separuh untuk malam.] ini.",),
    )  # fmt: skip

    def broken(slide: Any) -> None:
        shape = slide.shapes.add_textbox(0, 0, Inches(2), Inches(1))
        shape.text_frame.text = "Ketua:\tSari"
        run = shape.text_frame.paragraphs[0].add_run()
        run.text = "\vLantai 3"

    yield Feature(
        "PPTX", "tabs and line ends", "a.pptx", _slide(broken), ("Ketua:\tSari", "Lantai 3"),
        ("_x000B_",),
    )  # fmt: skip
    stray = ("Kafé “Élan” buka – Élodie dan Zoë menjaga. ").encode() + b"Ren\xe9 \x96 tutup."
    yield Feature(
        "plain text", "UTF-8 with stray bytes", "a.txt", lambda: stray,
        ("Kafé “Élan” buka – Élodie", "René – tutup."),
    )  # fmt: skip
