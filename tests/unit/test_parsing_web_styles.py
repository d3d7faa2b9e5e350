"""A page's style sheets hide text by rules of any form; what another rule shows again is read."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest

from nexus.errors import DocumentRejected
from tests.unit.documents_made import lines, read

HIDING = {
    "a descendant": ".note .x{display:none}",
    "a child": "div > .x { visibility: hidden }",
    "an attribute": '[data-state="old"]{display:none}',
    "two classes": "p.x.y{opacity:0}",
    "cut off": ".x{height:0;overflow:hidden}",
    "clipped": ".x{position:absolute;clip:rect(0,0,0,0)}",
    "important": ".x{display:none!important} #a .note p.x{display:block}",
    "a sheet for screens": "@media only screen{.x{display:none}}",
    "an escaped name": ".y\\:z, .x{display:none}",
    "a later rule": ".x{display:block} .x{display:none}",
    "a condition that cannot win": ".note .x{display:none} @media (width){.x{display:block}}",
    "white by lightness": ".x{color:hsl(0,0%,100%)}",
    "a clear colour": ".x{color:#0000}",
    "another element's state": ".x{display:none} .open{display:block}",
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


SHOWING = {
    "a class more": ".x{display:none} .x.y{display:block}",
    "a state of another of its kind": ".x{display:none} .x.active{display:block}",
    "a heavier rule before": "#a .x{display:block} .note .x{display:none}",
    "importance": ".note .x{display:none} .x{display:block!important}",
    "a wide screen": ".x{display:none} @media (min-width:600px){.x{display:block}}",
    "a narrow screen": ".x{display:none} @media (max-width:600px){.x{display:block}}",
    "a name with a condition": ".x{display:none} @media (min-width:9px){.md\\:z{display:block}}",
    "paper": "@media print{.x{display:none}} @media not screen{.x{display:none}}",
    "a condition that hides": "@media (max-width:600px){.x{display:none}}",
    "a pointer": ".x{visibility:hidden} .note:hover .x{visibility:visible}",
    "what a selector asks for beyond": ".x:not(.y){display:none} p ~ .x{display:none}",
    "more steps up than are taken": "div.note p.x b{opacity:0} body div div p.x{display:none}",
    "a rule within a rule": ".x{display:none; &.open{display:block}}",
    "a layer": "@layer a{.x{display:none}}",
    "an unknown selector beside it": ".x, ::-moz-y:foo{display:none}",
    "a later size": ".x{font-size:0} .note .x{font:12px/1 serif}",
    "a later place": ".x{position:absolute;left:-9999px} .note .x{left:0}",
    "no place": ".x{left:-9999px}",
    "a padding that a margin takes back": ".x{margin-top:-1000px;padding-top:1000px}",
    "a small step back": ".x{position:relative;top:-100px}",
    "an animation": ".x{opacity:0;animation:in 1s forwards}",
    "a box of a ratio": ".x{height:0;overflow:hidden;padding-bottom:56%}",
    "a least height": ".x{height:0;overflow:hidden;min-height:20px}",
    "a panel that opens": ".x{height:0;overflow:hidden} .x.open{height:auto}",
    "a smaller size": ".x{font-size:.8em}",
    "a size by a variable": ".x{font-size:0} .note .x{font-size:var(--a)}",
    "a part of a large root": "html{font-size:100px} .x{font-size:.14rem}",
    "a multiple of a tiny size": ".note{font-size:1px} .x{font-size:16em}",
    "another colour on a dark ground": ".note{color:#333;background:#333} .x{color:#fff}",
    "a shadow": ".x{color:transparent;text-shadow:0 0 0 #000}",
    "a ground of a wider screen": ".x{color:#fff} @media (min-width:9px){.note{background:navy}}",
    "a part before it": ".x::before{display:none}",
    "a box of one dot for those who are read to": ".x{position:absolute;width:1px;height:1px;"
    "overflow:hidden;clip:rect(1px,1px,1px,1px)}",
}


@pytest.mark.parametrize("rule", SHOWING.values(), ids=SHOWING)
def test_what_wins_or_may_win_over_a_rule_that_hides_is_read_without_a_warning(rule: str) -> None:
    page = (
        f"<style>{rule}</style><p>Boats moor until noon.</p>"
        '<div id=a class="note md:z"><p class="x y md:z">It closes at dusk.</p></div>'
    )
    found = read(page.encode(), "a.html")
    assert lines(found) == ["Boats moor until noon.", "It closes at dusk."]
    assert found.warnings == ()


def test_an_elements_own_style_goes_before_rules_and_an_important_rule_before_it() -> None:
    for rule, style, is_read in (
        ("#a .x{display:none}", "display:block", True),
        ("#a .x{display:none!important}", "display:block", False),
        (".x{display:block}", "display:none", False),
        (".x{display:block!important}", "display:none", True),
    ):
        page = (
            f"<style>{rule}</style><p>Noon.</p><div id=a><p class=x style='{style}'>Dusk.</p></div>"
        )
        assert ("Dusk." in lines(read(page.encode(), "a.html"))) is is_read, (rule, style)


def test_letters_that_are_coloured_again_within_white_ones_are_read() -> None:
    page = (
        "<style>.w{color:#fff} .b{background:navy} .k{color:#000}</style><p>Noon.</p>"
        "<div class=w>secret 777<p class=b>On navy.</p><p class=k>In black.</p>"
        "<a href=x>A link.</a></div>"
    )
    found = read(page.encode(), "a.html")
    assert lines(found) == ["Noon.", "On navy.", "In black.", "A link."]
    assert [one.what for one in found.warnings] == ["hidden text is left out"]


@pytest.mark.parametrize(
    "sheet",
    [
        "<style media=print>.x{display:none}</style>",
        "<style type=text/less>.x{display:none}</style>",
        "<template><style>.x{display:none}</style></template>",
        "<style title=a></style><style title=b>.x{display:none}</style>",
        "<noscript><style>.x{display:none}</style></noscript>",
        f"<style>.x{{display:none}}{'.a{color:red}' * 90_000}</style>",
    ],
    ids=["print", "type", "template", "title", "noscript", "length"],
)
def test_a_sheet_that_does_not_count_hides_nothing(sheet: str) -> None:
    page = f"<body>{sheet}<p>Noon.</p><p class=x>Dusk.</p>"
    assert lines(read(page.encode(), "a.html")) == ["Noon.", "Dusk."]


def test_an_element_with_the_attribute_hidden_is_read_where_a_rule_displays_it() -> None:
    page = (
        "<style>.x{display:block}</style><p>Noon.</p><p hidden class=x>Dusk.</p><p hidden>No.</p>"
    )
    assert lines(read(page.encode(), "a.html")) == ["Noon.", "Dusk."]


SLOW = {
    "siblings": "<style>.zz~p~p~p~p~p~p~p~p{display:none}</style>" + "<p>a" * 5_000,
    "nested": "<style>div div .q div{display:none} .z > div div .q{opacity:0}</style>"
    + "<div class=q>" * 3_000
    + "a",
    "rules": "<style>"
    + ".a div .b{display:none}" * 20_000
    + "</style><p>a</p>"
    + "<p class=b id=a>a" * 5_000,
    "braces": "<style>" + "{" * 690_000 + "</style>a",
    "blocks": "<style>" + ".a{" * 230_000 + "</style>a",
    "lists": "<style>" + ".a," * 230_000 + "{display:none}</style>a",
    "classes": "<style>.a{opacity:0}</style>" + f"<p class='{'a b ' * 9_000}'>a" * 50,
    "white": "<div style=color:#fff>" * 2_000 + "<p>a" * 2_000 + "<b style=color:red>b",
    "by turns": "<i style=color:#fff>a<i style=color:red>b" * 1_500,
    "sheets": "<style>.a .b{color:red}</style>" * 3_000 + "<p class=b>a" * 3_000,
}


@pytest.mark.parametrize("page", SLOW.values(), ids=SLOW)
def test_no_page_takes_long_to_be_styled(page: str) -> None:
    start = time.process_time()
    with suppress(DocumentRejected):
        read(page.encode(), "a.html")
    assert time.process_time() - start < 6
