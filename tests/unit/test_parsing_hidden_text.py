"""What an author hid in a Word file is left out, and said so; what the page shows never is."""

from __future__ import annotations

import io
import zipfile

import pptx
import pytest
from pptx.dml.color import RGBColor

from nexus.ingestion.parsing import parse
from nexus.ingestion.parsing.slide_text import A
from tests.formats import made
from tests.unit.documents_made import LIMIT, lines, read, repacked
from tests.unit.word_made import p, r, word_of

HIDING = {
    "vanish": r("secret 777", "<w:vanish/>"),
    "white": r("secret 777", '<w:color w:val="FFFFFF"/>'),
    "nearly white": r("secret 777", '<w:color w:val="FEFEFD"/>'),
    "white by the theme": r("secret 777", '<w:color w:val="000000" w:themeColor="background1"/>'),
    "as its shading": r(
        "secret 777", '<w:color w:val="222222"/><w:shd w:val="clear" w:fill="222222"/>'
    ),
    "tiny": r("secret 777", '<w:sz w:val="2"/>'),
    "by style": r("secret 777", '<w:rStyle w:val="Ghost"/>'),
    "in a link": f"<w:hyperlink>{r('secret 777', '<w:vanish/>')}</w:hyperlink>",
    "inserted": f'<w:ins w:id="1" w:author="x">{r("secret 777", "<w:vanish/>")}</w:ins>',
}
GHOST = (
    '<w:style w:type="character" w:styleId="Ghost"><w:name w:val="Ghost"/>'
    "<w:rPr><w:vanish/></w:rPr></w:style>"
)


@pytest.mark.parametrize("way", HIDING)
def test_hidden_text_is_left_out_and_said_so(way: str) -> None:
    body = word_of(p("The offer is valid until June. ", raw=HIDING[way]), styles=GHOST)
    found = read(body, "a.docx")
    assert lines(found) == ["The offer is valid until June."]
    assert [one.what for one in found.warnings] == ["hidden text is left out"]
    asked = parse(body, "a.docx", "", max_bytes=LIMIT, max_unpacked_bytes=LIMIT, read_hidden=True)
    assert lines(asked) == ["The offer is valid until June. secret 777"]
    assert asked.warnings == ()


@pytest.mark.parametrize("mark", ["<w:strike/>", "<w:dstrike/>"])
def test_struck_text_is_left_out_and_said_so(mark: str) -> None:
    body = word_of(p("The fee is ", raw=r("900 ", mark) + r("750.", '<w:strike w:val="0"/>')))
    found = read(body, "a.docx")
    assert lines(found) == ["The fee is 750."]
    assert [one.what for one in found.warnings] == ["struck-out text is left out"]
    asked = parse(body, "a.docx", "", max_bytes=LIMIT, max_unpacked_bytes=LIMIT, read_hidden=True)
    assert lines(asked) == ["The fee is 900 750."]


FILLED = '<w:shd w:val="clear" w:fill="1F3864"/>'
WHITE = r("Program", '<w:color w:val="FFFFFF"/>')


@pytest.mark.parametrize(
    "body",
    [
        p("", FILLED, WHITE),
        p("", raw=r("Program", f'<w:color w:val="FFFFFF"/>{FILLED}')),
        p("", raw=r("Program", '<w:color w:val="FFFFFF"/><w:highlight w:val="black"/>')),
        f"<w:tbl><w:tr><w:tc><w:tcPr>{FILLED}</w:tcPr>{p('', raw=WHITE)}</w:tc></w:tr></w:tbl>",
        '<w:tbl><w:tblPr><w:tblStyle w:val="Dark"/></w:tblPr><w:tr><w:tc>'
        + p("", raw=WHITE)
        + "</w:tc></w:tr></w:tbl>",
        p("", raw=r("Program", "<w:vanish w:val='0'/>")),
        p("", "<w:rPr><w:vanish/></w:rPr>", r("Program")),
        p("", raw=r("Program", "<w:webHidden/>")),
    ],
)
def test_what_a_page_shows_is_not_taken_for_hidden(body: str) -> None:
    dark = (
        '<w:style w:type="table" w:styleId="Dark"><w:name w:val="Dark"/><w:tblStylePr w:type='
        f'"firstRow"><w:tcPr>{FILLED}</w:tcPr></w:tblStylePr></w:style>'
    )
    found = read(word_of(body, styles=dark), "a.docx")
    assert lines(found) == ["Program"]
    assert found.warnings == ()


RTF = r"{\rtf1\ansi{\colortbl;\red255\green255\blue255;\red0\green0\blue0;}Open until June. %s}"


@pytest.mark.parametrize("way", [r"{\cf1 secret 777}", r"{\fs2 secret 777}", r"{\v secret 777}"])
def test_rich_text_that_nobody_can_see_is_left_out(way: str) -> None:
    found = read((RTF % way).encode(), "a.rtf")
    assert lines(found) == ["Open until June."]
    assert "hidden text" in found.warnings[0].what


@pytest.mark.parametrize("way", [r"{\cf2 shown}", r"{\cf1\cb2 shown}", r"{\fs20\cf1\cf2 shown}"])
def test_rich_text_that_may_be_seen_is_read(way: str) -> None:
    assert lines(read((RTF % way).encode(), "a.rtf")) == ["Open until June. shown"]


@pytest.mark.parametrize("colour", ["bg1", "tx1"])
def test_white_of_a_slide_s_theme_is_left_out(colour: str) -> None:
    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    box = slide.shapes.add_textbox(0, 0, 3_000_000, 900_000)
    run = box.text_frame.paragraphs[0].add_run()
    run.text = "secret 777"
    run.font.color.theme_color = {"bg1": 14, "tx1": 13}[colour]
    box.text_frame.add_paragraph().text = "Open until June."
    file = io.BytesIO()
    deck.save(file)
    said = "\n".join(lines(read(file.getvalue(), "a.pptx")))
    assert ("secret" in said) == (colour == "tx1")
    assert "Open until June." in said


@pytest.mark.parametrize(("opacity", "is_read"), [(0, False), (60_000, True)])
def test_letters_of_a_slide_that_are_transparent_are_left_out(opacity: int, is_read: bool) -> None:
    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    box = slide.shapes.add_textbox(0, 0, 3_000_000, 900_000)
    run = box.text_frame.paragraphs[0].add_run()
    run.text = "secret 777"
    run.font.color.rgb = RGBColor(0, 0, 0)
    colour = run._r.find(f".//{A}srgbClr")
    colour.append(colour.makeelement(f"{A}alpha", {"val": str(opacity)}))
    box.text_frame.add_paragraph().text = "Open until June."
    file = io.BytesIO()
    deck.save(file)
    found = read(file.getvalue(), "a.pptx")
    assert ("secret" in "\n".join(lines(found))) == is_read
    assert bool(found.warnings) != is_read


WHITE = '<style:text-properties fo:color="#ffffff"/>'


@pytest.mark.parametrize(
    "properties",
    [
        '<style:text-properties text:display="none"/>',
        WHITE,
        '<style:text-properties fo:font-size="1pt"/>',
    ],
)
@pytest.mark.parametrize("body", ["span", "paragraph", "heading", "cell"])
@pytest.mark.parametrize("based", [False, True])
def test_open_text_that_nobody_can_see_is_left_out(
    properties: str, body: str, *, based: bool
) -> None:
    family = "text" if body == "span" else "paragraph"
    name = "Secret" if based else "A1"
    said = f'<style:style style:name="{name}" style:family="{family}">{properties}</style:style>'
    own = f'<style:style style:name="A1" style:family="{family}" style:parent-style-name="Secret"/>'
    bodies = {
        "span": '<text:p>Shown <text:span text:style-name="A1">SECRET 9</text:span></text:p>',
        "paragraph": '<text:p>Shown</text:p><text:p text:style-name="A1">SECRET 9</text:p>',
        "heading": '<text:p>Shown</text:p><text:h text:style-name="A1">SECRET 9</text:h>',
        "cell": "<text:p>Shown</text:p><table:table><table:table-row><table:table-cell>"
        '<text:p text:style-name="A1">SECRET 9</text:p></table:table-cell></table:table-row>'
        "</table:table>",
    }
    content = made.open_document(bodies[body], own if based else said, named=said if based else "")
    found = read(content, "a.odt")
    assert lines(found) == ["Shown"]
    assert [one.what for one in found.warnings] == ["hidden text is left out"]


@pytest.mark.parametrize(
    "styles",
    [
        f'<style:style style:name="A1" style:family="paragraph">{WHITE}</style:style><style:style '
        'style:name="c" style:family="table-cell"><style:table-cell-properties '
        'fo:background-color="#1f3864"/></style:style>',
        '<style:style style:name="A1" style:family="paragraph"><style:text-properties '
        'fo:color="#fefe00"/></style:style>',
        f'<style:style style:name="A1" style:family="text">{WHITE}</style:style>',
    ],
)
def test_open_text_that_may_be_seen_is_read(styles: str) -> None:
    body = '<text:p text:style-name="A1">Shown</text:p>'
    assert lines(read(made.open_document(body, styles), "a.odt")) == ["Shown"]


def test_the_styles_of_a_head_are_not_those_of_the_text() -> None:
    head = f'<style:style style:name="P1" style:family="paragraph">{WHITE}</style:style>'
    content = made.open_document('<text:p text:style-name="P1">Shown</text:p>', named="NAMED")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        styles = archive.read("styles.xml").decode()
    automatic = f"<office:automatic-styles>{head}</office:automatic-styles>"
    with_head = styles.replace("NAMED</office:styles>", f"</office:styles>{automatic}")
    assert with_head != styles
    found = read(repacked(content, "styles.xml", with_head.encode()), "a.odt")
    assert lines(found) == ["Shown"]
