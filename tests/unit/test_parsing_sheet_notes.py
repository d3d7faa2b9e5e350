"""Notes and text boxes over a workbook's cells: shown once, hidden ones never, none unbounded."""

from __future__ import annotations

import io
import time
import zipfile

import pytest
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from nexus.ingestion.parsing import parse
from tests.unit.documents_made import LIMIT, lines, read

_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WHITE = '<a:rPr><a:solidFill><a:srgbClr val="FFFFFF"/></a:solidFill></a:rPr>'
_SMALL = '<a:rPr sz="1100"/>'
_CLEAR = (
    '<a:rPr>{}<a:solidFill><a:srgbClr val="000000"><a:alpha val="0"/></a:srgbClr></a:solidFill>'
    "</a:rPr>"
)
_LINE = '<a:ln><a:solidFill><a:srgbClr val="000000"/></a:solidFill></a:ln>'


def _workbook(notes: dict[str, str], fill: str = "") -> Workbook:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Plan"
    for row in (("Task", "Cost", "City"), ("Roof", 5, "Ulm"), ("Door", 6, "Bonn")):
        sheet.append(row)
    for cell, text in notes.items():
        sheet[cell].comment = Comment(text, "Ann")
    if fill:
        sheet["A1"].fill = PatternFill("solid", fgColor=fill)
    return book


def _saved(
    book: Workbook, drawing: str = "", times: int = 1, parts: dict[str, str] | None = None
) -> bytes:
    """The workbook, with a drawing over its first sheet that is named so many times."""
    old, into = io.BytesIO(), io.BytesIO()
    book.save(old)
    table = "xl/worksheets/_rels/sheet1.xml.rels"
    with zipfile.ZipFile(old) as archive, zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as new:
        held = {name: archive.read(name).decode() for name in archive.namelist()}
        held.setdefault(table, '<Relationships xmlns="x"></Relationships>')
        named = "".join(
            f'<Relationship Id="d{n}" Type="{_RELATIONS}/drawing" Target="/xl/drawings/d.xml"/>'
            for n in range(times if drawing else 0)
        )
        held[table] = held[table].replace("</Relationships>", f"{named}</Relationships>")
        if drawing:
            held["xl/drawings/d.xml"] = (
                '<xdr:wsDr xmlns:xdr="x" xmlns:a="a" xmlns:mc="mc">' + drawing + "</xdr:wsDr>"
            )
        for name, part in {**held, **(parts or {})}.items():
            new.writestr(name, part)
    return into.getvalue()


def _box(text: str, look: str = "", shape: str = "", hidden: bool = False) -> str:
    return (
        f'<xdr:sp><xdr:nvSpPr><xdr:cNvPr id="2" name="T" hidden="{int(hidden)}"/></xdr:nvSpPr>'
        f"<xdr:spPr>{shape}</xdr:spPr><xdr:txBody><a:bodyPr/><a:p><a:r>{look}<a:t>{text}</a:t></a:r>"
        "</a:p></xdr:txBody></xdr:sp>"
    )


def _at(first: int, last: int, inner: str, edit_as: str = "twoCell") -> str:
    def corner(name: str, row: int) -> str:
        return (
            f"<xdr:{name}><xdr:col>0</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>{row}</xdr:row>"
            f"<xdr:rowOff>9</xdr:rowOff></xdr:{name}>"
        )

    anchor = f'<xdr:twoCellAnchor editAs="{edit_as}">{corner("from", first)}{corner("to", last)}'
    return f"{anchor}{inner}</xdr:twoCellAnchor>"


def test_notes_on_hidden_rows_and_columns_are_left_out_and_told():
    book = _workbook({"B2": "Secret one", "A3": "Secret two", "C2": "Shown"})
    book.worksheets[0].column_dimensions["B"].hidden = True
    book.worksheets[0].row_dimensions[3].hidden = True
    found = read(_saved(book), "a.xlsx")
    assert lines(found)[-1] == "Note on C2: Shown"
    assert "Secret" not in " ".join(lines(found))
    assert "2 hidden notes or text boxes are left out" in [one.what for one in found.warnings]
    whole = parse(
        _saved(book), "a.xlsx", "", max_bytes=LIMIT, max_unpacked_bytes=LIMIT, read_hidden=True
    )
    assert {"Note on B2: Secret one", "Note on A3: Secret two"} <= set(lines(whole))


@pytest.mark.parametrize(
    ("drawing", "is_read"),
    [
        (_at(1, 2, _box("Call Jo")), False),
        (_at(1, 3, _box("Call Jo")), True),
        (_at(1, 2, _box("Call Jo"), "absolute"), True),
        (_at(5, 9, _box("Call Jo", hidden=True)), False),
        (
            '<xdr:grpSp><xdr:nvGrpSpPr><xdr:cNvPr id="1" name="G" hidden="1"/></xdr:nvGrpSpPr>'
            + _box("Call Jo")
            + "</xdr:grpSp>",
            False,
        ),
        (_box("Call Jo", _WHITE), False),
        (_box("Call Jo", _WHITE, '<a:solidFill><a:schemeClr val="lt1"/></a:solidFill>'), False),
        (_box("Call Jo", _WHITE, '<a:solidFill><a:srgbClr val="112233"/></a:solidFill>'), True),
        ("<xdr:pic><xdr:spPr/></xdr:pic>" + _box("Call Jo", _WHITE), True),
        (_box("Call Jo", '<a:rPr strike="sngStrike"/>'), False),
        (_box("Call Jo", '<a:rPr sz="100"/>'), False),
        (_box("Call Jo", _SMALL), True),
        (_box("Call Jo", _CLEAR.format("")), False),
        (_box("Call Jo", _CLEAR.format(_LINE)), True),
    ],
)
def test_a_text_box_is_read_where_the_sheet_shows_it(drawing: str, is_read: bool):
    book = _workbook({})
    for row in (2, 3):
        book.worksheets[0].row_dimensions[row].hidden = True
    found = read(_saved(book, drawing), "a.xlsx")
    assert ("Call Jo" in lines(found)) is is_read
    told = [one.what for one in found.warnings if "rows" not in one.what]
    assert bool(told) is not is_read


def test_white_letters_over_a_coloured_cell_are_read():
    content = _saved(_workbook({}, fill="224466"), _box("Call Jo", _WHITE))
    assert "Call Jo" in lines(read(content, "a.xlsx"))


def test_what_a_drawing_holds_for_several_programs_is_read_once():
    both = (
        f'<mc:AlternateContent><mc:Choice Requires="a14">{_box("Call Jo")}</mc:Choice>'
        f"<mc:Fallback>{_box('Call Jo')}</mc:Fallback></mc:AlternateContent>"
    )
    assert lines(read(_saved(_workbook({}), both), "a.xlsx")).count("Call Jo") == 1


def test_a_part_that_is_named_two_thousand_times_is_read_once_and_in_time():
    drawing = "".join(_box(f"Box {n}") for n in range(3_000))
    begin = time.process_time()
    found = read(_saved(_workbook({}), drawing, times=2_000), "a.xlsx")
    assert time.process_time() - begin < 10
    assert sum(line.startswith("Box") for line in lines(found)) == 3_000


def test_notes_beyond_what_is_kept_are_told():
    many = "".join(_box(f"Box {n}") for n in range(10_400))
    found = read(_saved(_workbook({}), many), "a.xlsx")
    assert sum(line.startswith("Box") for line in lines(found)) == 10_000
    assert "notes and text boxes beyond the workbook's first 10,000" in found.warnings[-1].what


def test_letters_that_are_struck_out_in_a_note_are_left_out_and_its_words_stay_whole():
    notes = (
        '<comments><commentList><comment ref="C2"><text><r><rPr><b/></rPr><t>Post</t></r>'
        "<r><t>poned to the </t></r><r><rPr><strike/></rPr><t>15th</t></r><r><t>16th</t></r>"
        "<rPh><t>x</t></rPh></text></comment></commentList></comments>"
    )
    content = _saved(_workbook({"C2": "x"}), parts={"xl/comments/comment1.xml": notes})
    found = read(content, "a.xlsx")
    assert lines(found)[-1] == "Note on C2: Postponed to the 16th"
    assert [one.what for one in found.warnings] == ["struck-out text is left out"]


def test_notes_are_read_up_to_where_elements_are_too_deep_in_one_another():
    notes = (
        '<comments><comment ref="C2"><text><t>Early.</t></text></comment>'
        + "<x>" * 30_000
        + '<comment ref="C3"><text><t>Late.</t></text></comment>'
        + "</x>" * 30_000
        + "</comments>"
    )
    content = _saved(_workbook({"C2": "x"}), parts={"xl/comments/comment1.xml": notes})
    found = read(content, "a.xlsx")
    assert lines(found)[-1] == "Note on C2: Early."
    assert "damaged notes" in found.warnings[-1].what
