"""A page's style sheets hide text by rules of any form; what another rule shows again is read."""

from __future__ import annotations

import pytest

from tests.formats import made
from tests.unit.documents_made import lines, read

HIDING = {
    "a descendant": ".note .x{display:none}",
    "a child": "div > .x { visibility: hidden }",
    "an attribute": '[data-state="old"]{display:none}',
    "two classes": "p.x.y{opacity:0}",
    "cut off": ".x{height:0;overflow:hidden}",
    "clipped": ".x{position:absolute;clip:rect(0,0,0,0)}",
    "clipped by dots": ".x{clip: rect(1px, 1px, 1px, 1px)}",
}


@pytest.mark.parametrize("rule", HIDING.values(), ids=HIDING)
def test_a_rule_of_several_parts_hides_what_it_means(rule: str) -> None:
    page = (
        f"<style>{rule}</style><p>Boats moor until noon.</p>"
        '<div class=note><p class="x y" data-state=old>secret 777</p></div>'
    )
    found = read(page.encode(), "a.html")
    assert lines(found) == ["Boats moor until noon."]
    assert [one.what for one in found.warnings] == ["hidden text is left out"]


def test_a_rule_for_some_elements_shows_those_and_no_others() -> None:
    page = (
        "<style>.x{display:none} #harbour .x{display:block}</style>"
        "<p class=x>secret 777</p><div id=harbour><p class=x>Boats moor until noon.</p></div>"
    )
    assert lines(read(page.encode(), "a.html")) == ["Boats moor until noon."]


def test_what_a_state_shows_can_be_unfolded_and_is_read() -> None:
    page = (
        "<style>.x{display:none} .item.open .x{display:block}</style>"
        "<div class=item><p class=x>Boats moor until noon.</p></div>"
    )
    assert lines(read(page.encode(), "a.html")) == ["Boats moor until noon."]


@pytest.mark.parametrize(
    ("none", "again"),
    [("visibility:hidden", "visibility:visible"), ("font-size:0", "font-size:14px")],
)
def test_letters_that_an_element_within_is_given_again_are_read(none: str, again: str) -> None:
    for page in (
        f'<div style="{none}">secret 777<p style="{again}">Boats moor until noon.</p>secret</div>',
        f"<style>.a{{{none}}} .b{{{again}}}</style>"
        "<div class=a>secret 777<section><p class=b>Boats moor until noon.</p></section></div>",
    ):
        found = read(page.encode(), "a.html")
        assert lines(found) == ["Boats moor until noon."]
        assert [one.what for one in found.warnings] == ["hidden text is left out"]


def test_the_style_sheets_that_come_with_a_saved_page_or_a_book_are_heeded() -> None:
    page = (
        b"<html><head><link rel=stylesheet href=cid:c></head><body><p>Boats moor until noon.</p>"
        b"<p class=x>secret 777</p></body></html>"
    )
    message = made.mhtml(page).replace(b"body { color: STYLESHEET }", b".x { display: none }")
    assert b".x { display: none }" in message
    assert "secret" not in " ".join(lines(read(message, "a.mht")))
    book = made.epub(
        {"a.xhtml": '<p>Boats moor until noon.</p><p class="x">secret 777</p>'},
        extra={"OEBPS/style/book.css": ".x { display: none }"},
    )
    found = read(book, "a.epub")
    assert lines(found) == ["Boats moor until noon."]
    assert [one.what for one in found.warnings] == ["hidden text is left out"]
