"""A damaged workbook never tells a cell's text, its format or its place as another cell's."""

from __future__ import annotations

import io
import zipfile

import pytest
import xlsxwriter  # type: ignore[import-untyped]

from nexus.errors import CorruptDocument
from tests.unit.documents_made import lines, read

_STRINGS, _SHEET = "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"


def _damaged(part: str, old: bytes, new: bytes) -> bytes:
    """Fruits and their prices, and a hidden sheet whose texts are the last; one part is changed."""
    whole, into = io.BytesIO(), io.BytesIO()
    book = xlsxwriter.Workbook(whole)
    sheet, hidden = book.add_worksheet(), book.add_worksheet()
    for at, row in enumerate([("Name", "Price"), ("Fig", 1), ("Pear", 2), ("Plum", 3)]):
        sheet.write_row(at, 0, row)
    hidden.write_row(0, 0, ["secret", "other"])
    hidden.hide()
    book.close()
    with zipfile.ZipFile(whole) as archive, zipfile.ZipFile(into, "w") as changed:
        for name in archive.namelist():
            held = archive.read(name)
            assert name != part or old in held
            changed.writestr(name, held.replace(old, new, 1) if name == part else held)
    return into.getvalue()


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        (_STRINGS, b"Pear</t></si>", b"Pear</t>"),
        (_STRINGS, b"Pear</t>", b"Pear<t>"),
        (_STRINGS, b"<si><t>Pear</t>", b"<si & <t>Pear</t>"),
        ("xl/styles.xml", b"<cellXfs", b"<cellXfs &"),
    ],
)
def test_texts_and_formats_that_are_counted_are_not_read_past_a_fault(part, old, new):
    with pytest.raises(CorruptDocument):
        read(_damaged(part, old, new), "a.xlsx")


def test_a_lone_sign_within_a_text_loses_no_other_text():
    found = read(_damaged(_STRINGS, b"Pear", b"Pear & Co"), "a.xlsx")
    assert lines(found) == [
        "Name: Fig; Price: 1",
        "Name: Pear Co; Price: 2",
        "Name: Plum; Price: 3",
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [(b'r="A3" t="s"', b'r="A3" t=s"'), (b'r="B3"', b'r=B3"'), (b'<c r="B3">', b'<c r="B3"><')],
)
def test_a_sheet_is_read_up_to_the_row_of_its_first_fault(old: bytes, new: bytes):
    found = read(_damaged(_SHEET, old, new), "a.xlsx")
    assert lines(found) == ["Name: Fig; Price: 1"]
    assert found.warnings[0].what == "a damaged part is read as far as it goes"
