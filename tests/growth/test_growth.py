"""Whatever is written to hurt, reading it takes time in proportion to its length.

Every pattern of the code that sees outside text is found by itself, and so is how it is used: a new
one is measured without being named here. Functions that read a text as a whole are listed in
`tests.growth.readers`.
"""

from __future__ import annotations

import itertools
import re

import pytest

from tests.growth.attacks import Attack, attacks
from tests.growth.measuring import superlinear
from tests.growth.patterns import Use, uses
from tests.growth.readers import OF_DOCUMENTS, OF_TEXT, Reader

USES = uses()
# What the functions are given, over and over; the patterns make their own.
UNITS = (
    *("a", "1", " ", "\n", ".", "a.", "a. ", "A.\n", "+a@b.c", "x.com ", "[", "[1]", "[[a](b)](c)"),
    *("<", "<!---->", "&amp;", "&#1", "|a|\n|--|\n", "- a\n", "# A\n", "a: b; c\n", "A b 12. Ef! "),
    *("No. 5 ", "million ", "1,000 ", "²", "٣", "中", "\u200b", "“A", "ignore ", "system: a "),
    *("<td>", "http://", "a,b\n", '"a\n', "**", "a\n\n", "not ", "Say: \n\n", "\ud800", "("),
    "```\n",
)  # fmt: skip
# What only a document is marked up with.
MARKUP = (
    *("<!-- ", "a <!-- \n", "`a` <!-- ", "<table>\n", "<div hidden>\n", "<span hidden>a</span> "),
    *("<details><summary>a</summary>\n", "<button>a?</button>", "<aside><a>b</a> c ", "<footer>a "),
    *("<p hidden>a", "<style>/*a</style>", "<style>.a{}.b{color:#fff}</style>", "<math><mfrac>"),
    *("<button></button><div hidden>a</div>", "<table><tr hidden>", "<h1>a<br>", "<sup>1</sup>"),
    *('<a role="doc-noteref" href="#a">1</a><p id=a>', '<li><a role="doc-noteref" href="#a">'),
)  # fmt: skip


def outgrown(use: Use) -> list[str]:
    """What the pattern is slow on, as far as the first."""
    for attack in attacks(use.pattern, at_one_place=use.at_one_place):
        if found := superlinear(use.work, attack):
            return [f"{use.where} on {attack(24)[:60]!r}…: {found}"]
    return []


def test_the_patterns_are_found() -> None:
    places = {use.where for use in USES}
    assert {
        "nexus.text.facts.URL",
        "nexus.text.inert._MARKS",  # in a tuple
        "nexus.retrieval.answer_kinds._SIGNS",  # in a dictionary
        "nexus.answering.citations.MARKER",
        "cli.local.models.sentences._END",
    } <= places
    assert any(":" in place for place in places)  # written where it is used
    assert len(USES) > 100


# In a few lots, so that several processes share the work.
@pytest.mark.parametrize("lot", range(4))
def test_every_pattern_takes_time_in_proportion(lot: int) -> None:
    assert [slow for use in USES[lot::4] for slow in outgrown(use)] == []


@pytest.mark.parametrize(
    ("written", "methods"),
    [
        # The addresses, as they once were found: "a." 2,500 times took five seconds.
        (r"\b(?:[a-z0-9-]+\.)+(?:com|net|org|info)\b(?:/[^\s<>\"'`|]*)?", {"finditer"}),
        (r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", {"sub"}),
        (r"[^\n]+?(?:[.!?…]+[\"'”’)\]]*(?=\s)|$)", {"finditer"}),
        (r"^(?:[\dIVXLC]+[.)]?|[A-Z][.)])(?:\d+[.)]?)*\s+", {"sub"}),  # exponential
        (r"([ \t]*)(\[\d{1,2}\])", {"sub"}),
        (r"[ \t]*\|?[ \t]*-+$", {"match"}),
        (r"<!DOCTYPE[^>\[]*\[.*?\]\s*>", {"sub"}),
    ],
)
def test_a_pattern_that_grows_faster_is_told(written: str, methods: set[str]) -> None:
    assert outgrown(Use("here", re.compile(written), frozenset(methods)))


def slow_texts(
    reader: Reader, sizes: tuple[int, ...], floor_s: float, units: tuple[str, ...] = UNITS
) -> list[str]:
    count = itertools.count()

    def work(text: str) -> None:
        reader(f"{text} {next(count)}")  # no two texts are the same, so that no cache knows one

    def repeated(unit: str) -> Attack:
        return lambda size: unit * (size // len(unit))

    measured = {unit: superlinear(work, repeated(unit), sizes, floor_s) for unit in units}
    return [f"{unit!r}: {slow}" for unit, slow in measured.items() if slow]


@pytest.mark.parametrize("name", OF_TEXT)
def test_reading_a_text_takes_time_in_proportion(name: str) -> None:
    assert slow_texts(OF_TEXT[name], (2_000,), 0.02) == []


@pytest.mark.parametrize("name", OF_DOCUMENTS)
def test_reading_a_document_takes_time_in_proportion(name: str) -> None:
    assert slow_texts(OF_DOCUMENTS[name], (20_000,), 0.1, (*UNITS, *MARKUP)) == []
