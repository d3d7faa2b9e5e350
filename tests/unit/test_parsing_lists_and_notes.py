"""Numbers that a program shows before items, notes where they are called, and deleted text."""

from __future__ import annotations

import json
import time

import pytest

from tests.formats import made
from tests.unit.documents_made import lines, read

OUTLINE = (
    '<text:list-style style:name="L"><text:list-level-style-number text:level="1" '
    'style:num-format="1" style:num-suffix="."/><text:list-level-style-number text:level="2" '
    'style:num-format="a" style:num-prefix="(" style:num-suffix=")" text:start-value="2"/>'
    '<text:list-level-style-bullet text:level="3" text:bullet-char="•"/></text:list-style>'
    '<text:list-style style:name="D"><text:list-level-style-number text:level="1" '
    'style:num-format="I"/><text:list-level-style-number text:level="2" style:num-format="1" '
    'text:display-levels="2"/></text:list-style>'
    '<text:outline-style style:name="O"><text:outline-level-style text:level="1" '
    'style:num-format="1" style:num-prefix="Pasal "/><text:outline-level-style text:level="2" '
    'style:num-format="1" text:display-levels="2"/></text:outline-style>'
)


def items(*texts: str, **of: str) -> str:
    given = "".join(f' text:{name.replace("_", "-")}="{value}"' for name, value in of.items())
    said = "".join(
        text if text.startswith("<text:list-item") else f"<text:list-item>{text}</text:list-item>"
        for text in (text if "<" in text else f"<text:p>{text}</text:p>" for text in texts)
    )
    return f"<text:list{given}>{said}</text:list>"


def text_of(body: str, styles: str = OUTLINE, named: str = "") -> list[str]:
    document = read(made.open_document(body, styles, named=named), "a.odt")
    return [" › ".join((*one.locator.heading, one.text)) for one in document.texts]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (items("Isi", "Kirim", style_name="L"), ["1. Isi", "2. Kirim"]),
        (
            items("A", "<text:p>B</text:p>" + items("b", "c"), "C", style_name="L"),
            ["1. A", "2. B", "(b) b", "(c) c", "3. C"],
        ),
        (
            items("A", "<text:p>B</text:p>" + items("b", "c"), style_name="D"),
            ["I A", "II B", "II.1 b", "II.2 c"],
        ),
        (items('<text:list-item text:start-value="5"><text:p>A</text:p></text:list-item>', "B",
               style_name="L"), ["5. A", "6. B"]),
        (items("A", style_name="L") + items("B", style_name="L"), ["1. A", "1. B"]),
        (
            items("A", style_name="L") + items("B", style_name="L", continue_numbering="true"),
            ["1. A", "2. B"],
        ),
        (
            items("A", "B", style_name="L").replace("<text:list ", '<text:list xml:id="x" ', 1)
            + items("Z", style_name="D")
            + items("C", style_name="L", continue_list="x"),
            ["1. A", "2. B", "I Z", "3. C"],
        ),
        (items("<text:p>A</text:p><text:p>more</text:p>", "B", style_name="L"),
         ["1. A", "more", "2. B"]),
        (items("A", "B"), ["- A", "- B"]),
        (items("A", style_name="unknown"), ["- A"]),
    ],
)  # fmt: skip
def test_items_of_an_open_text_have_the_numbers_that_the_program_shows(
    body: str, said: list[str]
) -> None:
    assert text_of(body) == said


def test_headings_of_an_open_text_have_their_numbers_where_they_are_shown() -> None:
    body = "".join(
        f'<text:h text:outline-level="{level}"{more}>{name}</text:h><text:p>x</text:p>'
        for level, name, more in [
            (1, "Cuti", ""),
            (2, "Lama", ""),
            (1, "Lampiran", ' text:is-list-header="true"'),
            (1, "Gaji", ""),
            (2, "Waktu", ""),
        ]
    )
    assert text_of(body, styles="", named=OUTLINE) == [
        "Pasal 1 Cuti › x",
        "Pasal 1 Cuti › 1.1 Lama › x",
        "Lampiran › x",
        "Pasal 2 Gaji › x",
        "Pasal 2 Gaji › 2.1 Waktu › x",
    ]


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("<ol type=i><li>a<li>b<li>c<li>d</ol>", ["i. a", "ii. b", "iii. c", "iv. d"]),
        ("<ol type=I start=9><li>a<li>b</ol>", ["IX. a", "X. b"]),
        ("<ol reversed><li>a<li>b<li>c</ol>", ["3. a", "2. b", "1. c"]),
        ("<ol reversed start=9><li>a<li value=4>b<li>c</ol>", ["9. a", "4. b", "3. c"]),
        ("<ol type=a start=26><li>a<li>b</ol>", ["z. a", "b"]),
    ],
)
def test_items_of_a_page_have_the_numbers_that_a_browser_shows(page: str, said: list[str]) -> None:
    assert lines(read(page.encode(), "a.html")) == said


@pytest.mark.parametrize("start", ["0", "99999999999", "x", ""])
def test_odd_counts_of_an_open_text_harm_nothing(start: str) -> None:
    item = f'<text:list-item text:start-value="{start}"><text:p>A</text:p></text:list-item>'
    assert text_of(items(item, style_name="L")) == ["1. A"]


CALL = '<a role="doc-noteref" href="#n1">1</a>'


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            f"<p>Open to 22:00{CALL}.</p><aside role=doc-footnote id=n1>1. Not on Fridays.</aside>",
            ["Open to 22:00 [Not on Fridays.]."],
        ),
        (
            f"<p>Open to 22:00<sup>{CALL}</sup>, daily{CALL}.</p>"
            '<section role=doc-endnotes><ol><li id="n1"><p>Not on Fridays. <a href=#r>↩︎</a></p>'
            "</section>",
            ["Open to 22:00 [Not on Fridays.], daily."],
        ),
        (
            f'<p>A{CALL} B<a role="doc-noteref" href="#n2">2</a></p>'
            "<div id=n1>One <span id=n2>two</span></div>",
            ["A [One two] B [two]"],
        ),
        (f"<p id=n1>Open{CALL} to 22:00.</p>", ["Open to 22:00."]),
        (
            f"<p>Open to 22:00{CALL}.</p><div id=n1>{'A long note. ' * 100}</div>",
            ["Open to 22:00.", ("A long note. " * 100).strip()],
        ),
        ('<p>See 22<a href="#n1">1</a>.</p><p id=n1>Not a note.</p>', ["See 221.", "Not a note."]),
        ("<p>x</p><aside role=doc-footnote>Kecuali libur</aside>", ["x", "Kecuali libur"]),
    ],
)
def test_a_note_stands_where_the_page_calls_it(body: str, said: list[str]) -> None:
    assert lines(read(body.encode(), "a.html")) == said


def test_a_book_s_notes_stand_where_they_are_called() -> None:
    chapter = (
        '<p>Open to 22:00<a epub:type="noteref" href="#n">1</a>.</p>'
        '<aside epub:type="footnote" id="n"><p>Not on Fridays.</p></aside>'
    )
    book = made.epub({"a.xhtml": chapter})
    assert lines(read(book, "a.epub")) == ["Open to 22:00 [Not on Fridays.]."]


@pytest.mark.parametrize("read_hidden", [False, True])
@pytest.mark.parametrize("word", ["deleted", "mvf"])
def test_what_somebody_deleted_from_a_rich_text_is_never_read(word: str, read_hidden: bool) -> None:
    from nexus.ingestion.parsing.rich_text import read as rich

    body = rf"Within {{\{word} 30}}\{word} 21\{word}0 14 days, {{\{word} x\plain net}}.\par"
    document = rich(made.rtf(body), read_hidden=read_hidden)
    assert lines(document) == ["RUNNING HEADER", "Within 14 days, net."]
    assert document.warnings == ()


def test_a_short_value_of_html_is_read_within_its_record() -> None:
    rows = [{"name": "Ward", "note": "<p>Open <b>24 hours</b>.</p>", "size": "1 < 2"}]
    assert lines(read(json.dumps(rows).encode(), "a.json")) == [
        "name: Ward; note: Open 24 hours.; size: 1 < 2"
    ]
    plain = json.dumps({"note": "<p>Open <b>24 hours</b>.</p>", "rule": "a <b c"})
    assert lines(read(plain.encode(), "a.json")) == ["note: Open 24 hours.\nrule: a <b c"]


def test_cells_that_go_on_downwards_are_said_in_each_row_of_a_rich_text() -> None:
    def row(flag: str, *cells: str) -> str:
        said = "".join(rf"{cell}\cell" + " " for cell in cells)
        return rf"\trowd{flag}\cellx1\cellx2\cellx3 {said}\row" + "\n"

    table = (
        row("", "Day", "Open", "Close")
        + row(r"\clvmgf", "Mon", "08", "12")
        + row(r"\clvmrg", "", "13", "17")
        + row(r"\clvmrg", "", "18", "20")
        + row("", "Tue", "", "12")
    )
    assert lines(read(made.rtf(table + r"\pard End.\par"), "a.rtf")) == [
        "RUNNING HEADER",
        "Day: Mon; Open: 08; Close: 12",
        "Day: Mon; Open: 13; Close: 17",
        "Day: Mon; Open: 18; Close: 20",
        "Day: Tue; Close: 12",
        "End.",
    ]
    alone = made.rtf(row(r"\clvmrg", "", "Open", "Close") + row("", "Tue", "09", "12"))
    assert all(letter < "\ue000" for line in lines(read(alone, "a.rtf")) for letter in line)


def test_xml_that_defines_entities_is_read_as_the_records_that_it_holds() -> None:
    content = (
        '<!DOCTYPE k [<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY y "lol">]>'
        "<k><c nr='A1'><t>Pots &x;</t></c><c nr='B&y;2'><t>Sewing &amp; more</t></c></k>"
    )
    assert lines(read(content.encode(), "a.xml")) == [
        "nr: A1; t: Pots &x;",
        "nr: B&y;2; t: Sewing & more",
    ]


def test_a_footnote_of_markdown_stands_below_the_text_that_refers_to_it():
    text = (
        "# Backups\n\nBackups run at two.[^1]\n\n```\n[^1]: not a note\n```\n\n"
        "| Host | Role |\n|---|---|\n| db1 | main[^two] |\n\n# Restore\n\nStop the app.\n\n"
        "[^1]: Except on leap days,\n    and on holidays.\n[^two]: Since May.\n[^x]: Unused.\n"
    )
    found = read(text.encode(), "a.md")
    assert [(one.locator.heading[-1], one.text) for one in found.texts] == [
        ("Backups", "Backups run at two.[^1]\n[^1]: Except on leap days, and on holidays."),
        ("Backups", "```\n[^1]: not a note\n```"),
        ("Backups", "Host: db1; Role: main[^two]\n[^two]: Since May."),
        ("Restore", "Stop the app."),
        ("Restore", "[^x]: Unused."),
    ]


def test_what_is_hidden_or_struck_out_in_a_footnote_of_markdown_is_left_out():
    text = (
        "# Fees\n\nFees rise.[^1] Soon.[^2]\n\n<div style='display:none'>\n\n[^2]: Secret one\n\n"
        "</div>\n\n<ul hidden>\n<li>x\n[^3]: Secret two\n</li></ul>\n\n"
        "[^1]: From ~~100~~ 200 <span hidden>secret\n    three</span> <b>at</b> once, `~~k~~`.\n"
    )
    found = read(text.encode(), "a.md")
    said = " ".join(lines(found))
    assert "[^1]: From 200 at once, `~~k~~`." in " ".join(said.split())
    assert "ecret" not in said
    assert "100" not in said
    assert {one.what for one in found.warnings} == {
        "hidden text in 3 places is left out", "struck-out text is left out",
    }  # fmt: skip


def test_a_footnote_of_markdown_that_holds_a_table_or_code_stays_where_it_stands():
    text = (
        "See.[^1]\n\n[^1]:\n    Rates:\n\n    | a | b |\n    |---|---|\n    | 1 | 2 |\n\n"
        "End.[^2]\n\n[^2]: Run:\n\n    ```\n    make all\n    ```\n"
    )
    said = lines(read(text.encode(), "a.md"))
    assert "a: 1; b: 2" in said
    assert "make all" in " ".join(said)


def test_many_footnotes_of_markdown_take_time_that_grows_with_them_alone():
    notes = "".join(f"[^n{n}]: x\n" for n in range(40_000))
    begin = time.process_time()
    found = read(f"# T\n{notes}{'a [^n1] ' * 40_000}".encode(), "b.md")
    assert time.process_time() - begin < 10
    assert sum(line.count("[^n39999]: x") for line in lines(found)) == 1
