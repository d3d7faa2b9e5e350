"""Files as programs export them: workbooks as XML, mailboxes, data with the names apart."""

from __future__ import annotations

import json
from time import process_time

import pytest

from nexus.errors import DocumentTooLarge, EmptyDocument
from nexus.ingestion.parsing import parse
from nexus.models import ParsedDocument

_NAMES = (
    'xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
    'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"'
)


def read(text: str, name: str) -> ParsedDocument:
    return parse(text.encode(), name, "", max_bytes=10**8, max_unpacked_bytes=10**8)


def lines(document: ParsedDocument) -> list[str]:
    return [one.text for one in document.texts]


def workbook(rows: str, styles: str = "") -> str:
    return (
        f'<?xml version="1.0"?><Workbook {_NAMES}><Styles>{styles}</Styles>'
        f'<Worksheet ss:Name="A"><Table>{rows}</Table></Worksheet></Workbook>'
    )


def cell(text: str, kind: str = "String", **given: str) -> str:
    said = " ".join(f'ss:{name}="{value}"' for name, value in given.items())
    return f'<Cell {said}><Data ss:Type="{kind}">{text}</Data></Cell>'


def test_hidden_columns_of_a_workbook_in_xml_are_left_out_and_merged_cells_are_said_in_each_row():
    rows = (
        '<Column/><Column ss:Hidden="1"/><Column/>'
        f"<Row>{cell('Unit')}{cell('Cost')}{cell('Share')}</Row>"
        f"<Row>{cell('North', MergeDown='1')}{cell('61', 'Number')}"
        f"{cell('0.5', 'Number', StyleID='p')}</Row>"
        f"<Row>{cell('62', 'Number')}{cell('0.25', 'Number', StyleID='p')}</Row>"
    )
    style = '<Style ss:ID="p"><NumberFormat ss:Format="0%"/></Style>'
    document = read(workbook(rows, style), "a.xls")
    assert lines(document) == ["Unit: North; Share: 50%", "Unit: North; Share: 25%"]
    assert [one.where for one in document.warnings] == ["sheet A, columns B"]


def test_a_workbook_in_xml_with_cells_far_to_the_right_of_many_rows_is_refused():
    with pytest.raises(DocumentTooLarge):
        read(workbook(f"<Row>{cell('x', Index='16000')}</Row>" * 300), "a.xml")


def test_each_message_of_a_mailbox_is_read_and_lines_that_only_look_like_its_borders_are_text():
    text = (
        "From a@x Mon Mar  2 08:00:00 2026\nSubject: One\n\n>From now on we open at one.\n\n"
        "From b@x Mon Mar  2 09:00:00 2026\nSubject: Two\n\nWe ask\nFrom Bo since 2026 only.\n"
    )
    document = read(text, "all.mbox")
    assert [(one.locator.heading[0], one.text) for one in document.texts] == [
        ("One", "Subject: One"),
        ("One", "From now on we open at one."),
        ("Two", "Subject: Two"),
        ("Two", "We ask\nFrom Bo since 2026 only."),
    ]


def test_rows_of_data_are_said_with_the_names_that_stand_beside_them_only_where_they_fit():
    data = {"columns": [{"title": "City"}, {"title": "Rain"}], "rows": [["Oslo", 4], ["Rome", 2]]}
    assert lines(read(json.dumps(data), "a.json"))[0] == "City: Oslo; Rain: 4"
    data["rows"] = [["Oslo", 4, 1], ["Rome", 2, 3]]
    assert not any("City:" in line for line in lines(read(json.dumps(data), "a.json")))


@pytest.mark.parametrize("name", ["rules.txt", "rules.md"])
def test_a_text_that_begins_with_from_and_a_year_is_not_taken_for_a_mailbox(name: str):
    text = "From Monday 4 March 2024 on we open early\nMonday: 9 to 5\n\nFrom 2025 on we close.\n"
    assert "we open early" in "\n".join(lines(read(text, name)))
    assert "From 2025 on we close." in "\n".join(lines(read(text, name)))


def test_a_paragraph_of_a_message_that_begins_with_from_and_a_year_does_not_end_it():
    text = (
        "From - Mon Mar  2 08:00:00 2026\nSubject: One\n\nHello.\n\n"
        "From 1 January 2027 new rules apply.\nBring: shoes\n\n"
        "From 17@xxx Mon Mar 02 08:00:00 +0000 2026\nSubject: Two\n\nBye.\n\n"
        "From b@x Mon, 2 Mar 2026 09:00:00 +0700\nSubject: Three\n\nEnd.\n"
    )
    texts = lines(read(text, "all.mbox"))
    assert "From 1 January 2027 new rules apply.\nBring: shoes" in texts
    assert [text for text in texts if "Subject" in text] == [
        "Subject: One", "Subject: Two", "Subject: Three",
    ]  # fmt: skip


def test_what_stands_beside_named_rows_is_read_with_them():
    names, rows = ["item", "price"], [["Pen", 3], ["Ink", 4]]
    for data in (
        {"header": "Prices of 2024", "columns": names, "data": rows},
        {"columns": names, "names": "Prices of 2024", "data": rows},
    ):
        texts = "\n".join(lines(read(json.dumps(data), "a.json")))
        assert "Prices of 2024" in texts
        assert "item: Pen; price: 3" in texts
        assert "columns" not in texts
    fields = [{"id": "item", "description": "What is sold"}, {"id": "price", "type": "int"}]
    texts = "\n".join(lines(read(json.dumps({"fields": fields, "rows": rows}), "a.json")))
    assert "What is sold" in texts
    assert "item: Pen; price: 3" in texts


def test_many_hidden_columns_of_a_workbook_in_xml_are_read_in_time_that_grows_with_them():
    rows = '<Column ss:Span="16383" ss:Hidden="1"/>' * 50_000 + f"<Row>{cell('x')}</Row>"
    begun = process_time()
    with pytest.raises(EmptyDocument):
        read(workbook(rows), "a.xml")
    assert process_time() - begun < 5


def test_a_number_beyond_all_of_a_workbook_in_xml_is_said_as_it_is_written():
    style = '<Style ss:ID="n"><NumberFormat ss:Format="0.00"/></Style>'
    numbers = "".join(cell(one, "Number", StyleID="n") for one in ("1e999", "nan", "2"))
    assert lines(read(workbook(f"<Row>{numbers}</Row>", style), "a.xml")) == ["1e999; nan; 2.00"]


def test_a_report_on_a_delivery_with_very_many_fields_is_read_in_time_that_grows_with_them():
    report = "".join(f"X-{number}: v\n" for number in range(60_000))
    text = (
        "From: a@b\nContent-Type: multipart/report; boundary=B\n\n--B\n"
        f"Content-Type: message/delivery-status\n\n{report}X-1: again\n--B--\n"
    )
    begun = process_time()
    assert lines(read(text, "a.eml"))[-1].count("X-1:") == 1
    assert process_time() - begun < 6


def test_a_table_in_the_head_of_a_page_of_rtf_leaves_no_marks_and_does_not_take_in_the_text():
    text = (
        r"{\rtf1{\header\trowd\cellx1\cellx2\intbl Acme\cell school\cell\row\pard\par\pict 01}"
        r"\pard One\par\trowd\cellx1\clmrg\cellx2\intbl A\cell B\cell\row\pard Two\par}"
    )
    assert lines(read(text, "a.rtf")) == ["Acme school", "One", "A: B", "Two"]


def test_hidden_lines_in_the_head_of_a_page_of_an_open_document_are_not_read():
    spaces = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for short, name in (("office", "office"), ("text", "text"), ("style", "style"))
    )
    text = (
        f'<office:document {spaces} office:mimetype="application/vnd.oasis.opendocument.text">'
        '<office:automatic-styles><style:style style:name="H" style:family="paragraph">'
        '<style:text-properties text:display="none"/></style:style></office:automatic-styles>'
        "<office:master-styles><style:master-page><style:header><text:p>Acme</text:p>"
        '<text:p text:style-name="H">Secret</text:p></style:header></style:master-page>'
        "</office:master-styles><office:body><office:text><text:p>One</text:p></office:text>"
        "</office:body></office:document>"
    )
    document = read(text, "a.fodt")
    assert lines(document) == ["Acme", "One"]
    assert len(document.warnings) == 1


def test_a_calendar_of_journals_is_read_as_the_text_that_it_is():
    text = "BEGIN:VCALENDAR\nBEGIN:VJOURNAL\nSUMMARY:Minutes\nEND:VJOURNAL\nEND:VCALENDAR\n"
    assert "SUMMARY:Minutes" in lines(read(text, "a.ics"))[0]


@pytest.mark.parametrize(
    "style",
    [
        "max-width:0;overflow:hidden;text-overflow:ellipsis;white-space:nowrap",
        "width:0;overflow:hidden;white-space:nowrap",
        "width:0;min-width:100%;overflow:hidden",
    ],
)
def test_cells_of_pages_that_are_fitted_into_the_width_there_is_are_read(style: str):
    table = "<table><tr><th>Name</th></tr><tr><td style='{}'>Ana Lee</td></tr></table>"
    page = f"<html><body><p>x</p>{table.format(style)}</body></html>"
    assert "Ana Lee" in "\n".join(lines(read(page, "a.html")))
    hidden = page.replace(style, "width:0;height:0;overflow:hidden;white-space:nowrap")
    assert "Ana Lee" not in "\n".join(lines(read(hidden, "a.html")))


def test_the_number_to_call_in_the_head_of_a_page_is_read():
    head = "<header><a href='tel:1'>Call 0123 456789</a></header>"
    page = f"<html><body>{head}<p>Words that are here.</p></body></html>"
    assert "0123 456789" in "\n".join(lines(read(page, "a.html")))
