"""What scripts, states or sheets that did not come with a page show of it is read, not hidden."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest

from nexus.errors import DocumentRejected
from tests.unit.documents_made import lines, read

LINK = "<link rel=stylesheet href=site.css>"
WHITE = "<section id=a class=hero><h2 style='color:#fff'>It closes at dusk.</h2></section>"
PLAIN = "<div class=x><p>It closes at dusk.</p></div>"
PICTURED = "<div class=x><img src=a.jpg><h2>It closes at dusk.</h2></div>"
SHOWN = {
    "a page that a script shows": "<style>body{visibility:hidden;opacity:0}</style><body>" + PLAIN,
    "a page of white letters": "<style>body{color:#fff}</style><body>" + PLAIN,
    "a page that is hidden without scripts": "<html class=no-js><style>.no-js .x{display:none}"
    "</style><body>" + PLAIN,
    "a page while it is loading": "<style>body.is-loading .x{opacity:0}</style>"
    "<body class=is-loading>" + PLAIN,
    "an attribute that a script takes away": "<style>[v-cloak]{display:none}</style>"
    "<div v-cloak><p>It closes at dusk.</p></div>",
    "a class that a script takes away": "<style>.ng-cloak{display:none!important}</style>"
    "<div class=ng-cloak><p>It closes at dusk.</p></div>",
    "an element that is given a state": "<style>section{opacity:0} section.is-visible{opacity:1}"
    "</style><section><p>It closes at dusk.</p></section>",
    "an attribute with a class to come": "<style>[data-aos]{opacity:0}"
    "[data-aos].aos-animate{opacity:1}</style><p data-aos=in>It closes at dusk.</p>",
    "a change by and by": "<style>.x{opacity:0;transition:opacity .3s}</style>" + PLAIN,
    "a panel that grows": "<style>.x{height:0;overflow:hidden;transition:height 1s}</style>"
    + PLAIN,
    "letters in any case": "<style>.x{display:none} .x[data-k='a' i]{display:block}</style>"
    "<div class=x data-k=A><p>It closes at dusk.</p></div>",
    "a long list in brackets": "<style>.x{display:none} .x:is("
    + ",".join(f".k{number}" for number in range(200))
    + "){display:block}</style><div class='x k7'><p>It closes at dusk.</p></div>",
    "brackets in brackets": "<style>.x{display:none} .x:not(:not(:not(:not(.k)))){display:block}"
    "</style><div class='x k'><p>It closes at dusk.</p></div>",
    "a rule within a list": "<style>.x{display:none} .a,.b{ .x{display:block} }</style>"
    "<div class=a>" + PLAIN + "</div>",
    "white letters of a rule, and a sheet that is not there": LINK
    + "<style>p{color:#fff}</style>"
    + PLAIN,
    "a sheet that counts later": "<link rel=stylesheet href=a.css media=print "
    "onload=\"this.media='all'\">" + WHITE,
    "a sheet that is loaded before": "<link rel=preload as=style href=a.css>" + WHITE,
    "a sheet that is too long": f"<style>/*{'x' * 700_001}*/</style>" + WHITE,
    "a ground that is painted before": "<style>.x{color:#fff} .x::before{background:#000}</style>"
    + PLAIN,
    "a picture beside": "<style>.x h2{color:#fff}</style>" + PICTURED,
    "a ground beside": "<style>.x h2{color:#fff} .g{background:#000;margin-bottom:-9em}</style>"
    "<div class=x><div class=g></div><h2>It closes at dusk.</h2></div>",
    "a class to come in a presentation": "<style>.s>section{display:none}"
    ".s>section.present{display:block}</style><div class=s><section>It closes at dusk.</section>",
    "an attribute that a script changes": "<style>[data-state=closed]{display:none}</style>"
    "<div data-state=closed><p>It closes at dusk.</p></div>",
    "a column that floats": "<style>.x{float:left;margin-left:-100%}</style>" + PLAIN,
    "a box that fills a column": "<style>.x{height:0;overflow:hidden;flex:1}</style>" + PLAIN,
    "white for all of a name": "<style>p{color:#fff}</style>" + PLAIN,
    "a canvas behind": "<style>.x{color:#fff}</style><body><canvas></canvas>" + PLAIN,
    "a picture as an attribute": "<table><tr><td background=a.jpg><p style='color:#fff'>"
    "It closes at dusk.</table>",
    "sizes of a sheet that is not there": LINK
    + "<ul style='font-size:0'><li class=item>It closes at dusk.</ul>",
}


@pytest.mark.parametrize("page", SHOWN.values(), ids=SHOWN)
def test_what_may_be_shown_once_the_whole_page_is_there_is_read(page: str) -> None:
    found = read(("<p>Boats moor until noon.</p>" + page).encode(), "a.html")
    assert "It closes at dusk." in " ".join(lines(found))
    assert found.warnings == ()


@pytest.mark.parametrize("given", ["epub:type=footnote", "role=doc-endnote"])
def test_notes_that_book_readers_show_over_the_page_are_read(given: str) -> None:
    page = (
        "<style>aside{display:none}</style><p>Boats moor until noon.</p>"
        f"<aside {given} id=n><p>It closes at dusk on all other days.</p></aside>"
    )
    found = read(page.encode(), "a.html")
    assert "It closes at dusk on all other days." in lines(found)
    assert found.warnings == ()


@pytest.mark.parametrize(
    "rule",
    [
        ".x{color:#fff} ::selection{background:#000}",
        ".x{opacity:0;transition:color 1s}",
        ".no-js{display:block} .x{display:none}",
        ".x{display:none} p[data-aos].on{display:block}",
        "p.x:not(.y){color:red} body{opacity:1} body .x{visibility:hidden}",
    ],
)
def test_what_bears_on_others_shows_nothing(rule: str) -> None:
    page = f"<style>{rule}</style><body><p>Boats moor until noon.</p><div class=x>secret 777</div>"
    found = read(page.encode(), "a.html")
    assert lines(found) == ["Boats moor until noon."]
    assert [one.what for one in found.warnings] == ["hidden text is left out"]


SLOW = {
    "rules within a rule": "::before," * 2_000 + "b{" + "b{top:0}" * 80_000,
    "rules within damaged ones": "!!," * 6_000 + "b{" + "b{top:0}" * 80_000,
    "a rule around many times": "a" * 19_000 + "{" + "&" * 20_000 + "{color:red}",
}


def test_white_letters_without_pictures_near_do_not_take_long() -> None:
    page = (
        f"<style>.w{{color:#fff}}</style><p>Noon.<section>{'<div class=w>x<b></b></div>' * 20_000}"
    )
    start = time.process_time()
    read(page.encode(), "a.html")
    assert time.process_time() - start < 4


@pytest.mark.parametrize("rules", SLOW.values(), ids=SLOW)
def test_rules_within_rules_take_neither_long_nor_much(rules: str) -> None:
    start = time.process_time()
    with suppress(DocumentRejected):
        read(f"<style>{rules}</style><p>Boats moor until noon.".encode(), "a.html")
    assert time.process_time() - start < 6
