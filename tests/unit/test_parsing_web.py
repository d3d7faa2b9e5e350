"""Web pages and Markdown: questions that unfold, side boxes, words that markup must not cut."""

from __future__ import annotations

import pytest

from nexus.ingestion.parsing import parse
from nexus.models import ParsedDocument
from tests.unit.documents_made import LIMIT, lines, read


def page(body: str, head: str = "") -> ParsedDocument:
    return read(
        f"<!doctype html><html><head>{head}</head><body>{body}</body></html>".encode(), "a.html"
    )


def said(body: str, head: str = "") -> str:
    """All that a page says, headings too."""
    return "\n".join(" › ".join([*one.locator.heading, one.text]) for one in page(body, head).texts)


QUESTIONS = {
    "bootstrap": '<div class="accordion-item"><h3><button class="accordion-button collapsed" '
    'data-bs-toggle="collapse" data-bs-target="#a">{0}</button></h3><div id="a" '
    'class="accordion-collapse collapse"><div>{1}</div></div></div>',
    "aria": '<div><button aria-expanded="false" aria-controls="b1">{0}</button>'
    '<div id="b1" hidden><p>{1}</p></div></div>',
    "flat": '<div class="faq"><button class="question">{0}</button>'
    '<div style="display:none">{1}</div></div>',
    "wrapped": '<div class="faq"><div class="head"><button aria-expanded=false>{0}</button></div>'
    '<div class="answer" style="display: none"><p>{1}</p></div></div>',
    "details": "<details><summary><h3>{0}</h3></summary><div>{1}</div></details>",
    "link": '<h4><a href="#c" data-toggle="collapse">{0}</a></h4><div id="c" hidden>{1}</div>',
    "terms": "<dl><dt><button>{0}</button></dt><dd hidden>{1}</dd></dl>",
    "tabs": '<div role="tablist"><button role="tab" aria-controls="t">{0}</button></div>'
    '<section id="t" role="tabpanel" hidden>{1}</section>',
    "until found": '<h3><button>{0}</button></h3><div hidden="until-found">{1}</div>',
    "by its own styles": '<button onclick="f()">{0}</button><div class="shut">{1}</div>',
}


@pytest.mark.parametrize("kind", QUESTIONS)
def test_a_question_that_unfolds_is_read_with_its_answer(kind: str) -> None:
    body = "<h1>Bantuan</h1>" + "".join(
        QUESTIONS[kind].format(*pair).replace('"a"', f'"a{at}"').replace("#a", f"#a{at}")
        for at, pair in enumerate([("Bagaimana meminjam laptop?", "Tiga hari di loket."),
                                   ("Kapan buka?", "Pukul delapan.")])
    )  # fmt: skip
    document = page(body, "<style>.shut{display:none}</style>")
    found = said(body, "<style>.shut{display:none}</style>")
    assert "Tiga hari di loket." in found
    assert found.index("meminjam laptop?") < found.index("Tiga hari") < found.index("Kapan buka?")
    assert found.index("Kapan buka?") < found.index("Pukul delapan.")
    assert document.warnings == ()


def test_what_follows_an_unfolded_question_is_not_under_it() -> None:
    body = (
        "<h1>Help</h1><details><summary>Can I?</summary><p>Yes.</p></details><p>Closed Sundays.</p>"
    )
    assert [(one.locator.heading, one.text) for one in page(body).texts] == [
        (("Help", "Can I?"), "Yes."),
        (("Help",), "Closed Sundays."),
    ]


@pytest.mark.parametrize(
    "body",
    [
        "<main><h1>Install</h1><aside><p>Never on Fridays, backups run then.</p></aside></main>",
        "<article><h1>Install</h1><footer>Never on Fridays, backups run then.</footer></article>",
        "<blockquote>We close.<footer>Never on Fridays, backups run then.</footer></blockquote>",
        "<h1>Install</h1><aside><h2>Warning</h2><p>Never on Fridays, backups run then.</p></aside>",
        "<p>x</p><footer><section><p>Never on Fridays, backups run then.</p></section></footer>",
    ],
)
def test_side_boxes_and_feet_that_say_something_are_content(body: str) -> None:
    assert "Never on Fridays, backups run then." in said(body)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("<aside><h3>Night</h3><p>Call 118.</p></aside>", "Night › Call 118."),
        ("<footer><p>Tutup Jumat.</p></footer>", "Tutup Jumat."),
        ("<aside>Follow us</aside>", ""),
        ("<aside>Loading...</aside>", ""),
        ("<footer>Advertisement.</footer>", ""),
    ],
)
def test_a_sentence_at_the_margin_is_content_however_short(body: str, words: str) -> None:
    assert said(f"<main>x</main>{body}") == f"x\n{words}".strip()


def test_the_furniture_of_a_page_stays_out() -> None:
    body = """<nav><a href=/>Home</a></nav><main><p>The fee is 500.</p></main>
    <aside><h3>Related</h3><ul><li><a href=a>How our campus grew to nine buildings</a></ul></aside>
    <footer><ul><li><a href=p>Privacy policy of this university and its partners</a></ul>
    <p>© 2026 The University of Somewhere. All rights reserved by the owner.</p>
    <p>Call 021-555-0133 or write to desk@example.org.</p><button>Subscribe</button></footer>
    <div role=navigation>Menu</div><button>Share</button>"""
    assert said(body) == "The fee is 500.\nCall 021-555-0133 or write to desk@example.org."


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("<h1>Jam<br>buka</h1><p>x", "Jam buka"),
        ("<h2>Jam<br/><span>buka</span></h2><p>x", "Jam buka"),
        ("<h2><div>Jam</div><div>buka</div></h2><p>x", "Jam buka"),
        ("<h2>Uni<b>form</b></h2><p>x", "Uniform"),
        ("<table><caption>Fees<br>2026</caption><tr><td>a<td>b</table>", "Fees 2026"),
        ("<table><tr><td>Law<td>4<b>,500</b>,000</table>", "Law: 4,500,000"),
        ("<table><tr><td>Law<td>one<br>two</table>", "Law: one two"),
        ("<summary>Jam<br>buka</summary>x", "Jam buka"),
        ("<p>Uni<!-- draft -->form costs 10<sup>3</sup></p>", "Uniform costs 10³"),
        ("<ul><li>Uni<i>form</i></ul>", "Uniform"),
        ("<p>x = <math><mfrac><mi>a</mi><mn>2</mn></mfrac></math> kg</p>", "x = a/2 kg"),
        ("<label><input type=checkbox checked> Approved</label>", "☒ Approved"),
        ("<label>Unit<input value=A7></label>Term", "Unit A7 Term"),
        ("Unit<select><option>Law</select>Term", "Unit Term"),
    ],
)
def test_only_breaks_and_blocks_end_a_word(body: str, words: str) -> None:
    assert words in said(body)


HIDING = {
    "attribute": "<p hidden>{}</p>",
    "style": '<p style="color:red; display : none">{}</p>',
    "visibility": '<span style="visibility:hidden">{}</span>',
    "white": '<p style="color:#fff">{}</p>',
    "white in words": '<font style="color: white">{}</font>',
    "white by number": '<p style="color: rgb(255, 255, 255)">{}</p>',
    "tiny": '<p style="font-size:1px">{}</p>',
    "nothing": '<p style="font-size:0">{}</p>',
    "off the page": '<div style="position:absolute;left:-9999px">{}</div>',
    "see-through": '<p style="opacity:0">{}</p>',
    "no letters": '<p style="color:rgba(0, 0, 0, 0)">{}</p>',
    "cut away": '<p style="clip-path: inset(100%)">{}</p>',
    "shrunk": '<p style="transform:scale(0)">{}</p>',
    "filtered": '<p style="filter:opacity(0)">{}</p>',
    "class": '<p class="x gone">{}</p>',
    "class in white": '<p class="ghost">{}</p>',
    "id": '<div id="away">{}</div>',
    "closed dialog": "<dialog>{}</dialog>",
    "in a table": "<table><tr><td>Fee<td>9<tr hidden><td>Secret<td>{}</table>",
}
STYLES = (
    "<style>.gone{display:none}.ghost{color:#FFFFFF} #away{visibility:hidden} p{margin:0}</style>"
)


@pytest.mark.parametrize("way", HIDING)
def test_hidden_parts_of_a_page_are_left_out_and_said_so(way: str) -> None:
    body = "<h1>Offer</h1><p>Valid until June.</p>" + HIDING[way].format("secret 777")
    found = page(body, STYLES)
    assert not any("777" in text for text in lines(found))
    assert [one.what for one in found.warnings] == ["hidden text is left out"]
    content = f"<html><head>{STYLES}</head><body>{body}</body></html>".encode()
    asked = parse(
        content, "a.html", "", max_bytes=LIMIT, max_unpacked_bytes=LIMIT, read_hidden=True
    )
    assert any("777" in text for text in lines(asked))
    assert asked.warnings == ()


@pytest.mark.parametrize("tag", ["del", "s", "strike"])
def test_struck_text_of_a_page_is_left_out_and_said_so(tag: str) -> None:
    body = f"<p>Price: <{tag}>Rp 90,000</{tag}> <ins>Rp 75,000</ins></p>"
    found = page(body)
    assert lines(found) == ["Price: Rp 75,000"]
    assert [one.what for one in found.warnings] == ["struck-out text is left out"]
    asked = parse(
        body.encode(), "a.html", "", max_bytes=LIMIT, max_unpacked_bytes=LIMIT, read_hidden=True
    )
    assert lines(asked) == ["Price: Rp 90,000 Rp 75,000"]


@pytest.mark.parametrize(
    ("body", "head"),
    [
        ('<div style="background:#036"><p style="color:#fff">{}</p></div>', ""),
        ('<p style="color:white;background-color:black">{}</p>', ""),
        ('<table bgcolor="navy"><tr><td><p style="color:#fff">{}</p></table>', ""),
        (
            '<div class="hero"><p style="color:#fff">{}</p></div>',
            "<style>.hero{background:red}</style>",
        ),
        (
            '<div class="hero"><p style="color:#fff">{}</p></div>',
            '<link rel="stylesheet" href="a.css">',
        ),
        ('<p class="b">{}</p>', "<style>@media print{.b{display:none}}</style>"),
        ('<p class="b">{}</p>', "<style>.b{display:none} .b.open{display:block}</style>"),
        ('<p class="b">{}</p>', "<style>.js .b{display:none}</style>"),
        ('<p style="font-size:1em; margin-left:-10px">{}</p>', ""),
        ('<p style="opacity:0.9; font-size:12px">{}</p>', ""),
    ],
)
def test_what_a_page_may_well_show_is_read(body: str, head: str) -> None:
    found = page(body.format("The fee is 900."), head)
    assert any("The fee is 900." in text for text in lines(found))
    assert found.warnings == ()


def markdown(text: str) -> ParsedDocument:
    return read(text.encode(), "a.md")


@pytest.mark.parametrize(
    "text",
    [
        "---\n\n# Selamat\n\nBuka pukul sembilan.\n\n---\n\nTelepon 4410.\n",
        "---\nSelamat datang.\n\nBuka pukul sembilan.\n\n---\n\nTelepon 4410.\n",
        "---\n# Note: hours\nBuka pukul sembilan.\n---\nTelepon 4410.\n",
        "+++\n\nBuka pukul sembilan.\n\n+++\n\nTelepon 4410.\n",
        "A mark is `<!--` here. Buka pukul sembilan.\n\nTelepon 4410.\n",
        "A mark is <!-- here.\n\nBuka pukul sembilan.\n\nTelepon 4410. <!-- x -->\n",
        "<!-- never closed\n\nBuka pukul sembilan.\n\nTelepon 4410.\n",
        "``a <!-- ` b`` Buka pukul sembilan. <!-- out --> Telepon 4410.\n",
    ],
)
def test_markdown_swallows_nothing(text: str) -> None:
    texts = markdown(text).texts
    found = "\n".join(" ".join([*one.locator.heading, one.text]) for one in texts)
    assert "Buka pukul sembilan." in found
    assert "Telepon 4410." in found
    assert "out" not in found


@pytest.mark.parametrize(
    "text",
    [
        'title: "Aturan"\nowner: Bagian Keuangan\ntags: [cuti, gaji]\nberlaku: 2026-03-01',
        "judul: Aturan\nowner: Bagian Keuangan\ntags:\n  - cuti\n  - gaji\nberlaku: 2026-03-01",
        "title: Aturan\n# note\nowner: >\n  Bagian\n  Keuangan\ntags:\n- cuti\n- gaji\n"
        "berlaku: '2026-03-01'",
    ],
)
def test_front_matter_can_be_asked_for(text: str) -> None:
    found = markdown(f"---\n{text}\n---\n# Perjalanan\n\nHotel sampai 900.\n")
    assert found.title == "Aturan"
    first = found.texts[0].text.replace(", Keuangan", " Keuangan")
    assert first == "owner: Bagian Keuangan\ntags: cuti, gaji\nberlaku: 2026-03-01"
    assert found.texts[1].locator.heading == ("Perjalanan",)


def test_toml_front_matter_is_read_too() -> None:
    found = markdown('+++\ntitle = "Aturan"\ndate = 2026-03-01\n+++\nHotel sampai 900.\n')
    assert (found.title, lines(found)) == ("Aturan", ["date: 2026-03-01", "Hotel sampai 900."])


def test_html_in_markdown_is_read_as_a_page_shows_it() -> None:
    text = """<h1 align="center">Panduan <br> Kampus</h1>

<p align="center">Versi <b>dua</b></p>

<details><summary>Bagaimana meminjam?</summary>

Tiga hari di **loket**.

</details>

Penutup m<sup>2</sup>, `<b>` is bold.

<table>
<tr><th>Program</th><th>Biaya</th></tr>

<tr><td>Hukum</td><td>9</td></tr>
</table>

Run:
```
<b>code</b>
```
"""
    found = markdown(text)
    assert [(one.locator.heading, one.text) for one in found.texts] == [
        (("Panduan Kampus",), "Versi dua"),
        (("Panduan Kampus", "Bagaimana meminjam?"), "Tiga hari di **loket**."),
        (("Panduan Kampus",), "Penutup m², `<b>` is bold."),
        (("Panduan Kampus",), "Program: Hukum; Biaya: 9"),
        (("Panduan Kampus",), "Run:\n```\n<b>code</b>\n```"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "The fee is ~~900~~ 750.",
        "The fee is <del>900</del> 750.",
        "| Item | Fee |\n|---|---|\n| The fee is | ~~900~~ 750. |",
        "<table><tr><td>The fee is<td><s>900</s> 750.</table>",
    ],
)
def test_struck_text_of_markdown_is_left_out_and_said_so(text: str) -> None:
    found = markdown(text)
    said = " ".join(lines(found))
    assert "900" not in said
    assert "750." in said
    assert [one.what for one in found.warnings] == ["struck-out text is left out"]


@pytest.mark.parametrize(
    "text", ["Use `~~900~~` here.", "From ~5 to ~~ 900 ~~.", "~~~\n~~900~~\n~~~"]
)
def test_tildes_that_strike_nothing_out_stay(text: str) -> None:
    assert lines(markdown(text)) == [text]


def test_hidden_html_in_markdown_is_left_out_and_said_so() -> None:
    text = """Valid until June.<span style="display:none"> secret 777</span>

<div hidden>

secret 888

</div>

Code: `<span hidden>shown</span>`
"""
    found = markdown(text)
    assert lines(found) == ["Valid until June.", "Code: `<span hidden>shown</span>`"]
    assert [one.what for one in found.warnings] == ["hidden text in 2 places is left out"]


def test_items_of_numbered_lists_have_the_numbers_that_a_browser_shows() -> None:
    body = (
        "<ol start=5><li>Boil<li value=9><p>Stir</p><p>Taste</p><li><ul><li>Salt</ul></ol>"
        "<ol type=a><li>Pay</ol><ol type=i><li>Go</ol><ol style='list-style:none'><li>Home</ol>"
    )
    assert lines(page(body)) == [
        "5. Boil", "9. Stir", "Taste", "Salt", "a. Pay", "i. Go", "Home",
    ]  # fmt: skip
