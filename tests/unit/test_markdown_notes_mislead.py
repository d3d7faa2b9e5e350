"""A footnote of Markdown stays whole, and is never told under a heading that it is not about."""

from __future__ import annotations

import pytest

from tests.unit.documents_made import lines, read


def _places(text: str) -> list[tuple[str, str]]:
    found = read(text.encode(), "a.md").texts
    return [(one.locator.heading[-1] if one.locator.heading else "", one.text) for one in found]


def _read(text: str) -> list[str]:
    return lines(read(text.encode(), "a.md"))


@pytest.mark.parametrize("end", ["", "\n", "\n\nMore.\n"])
def test_a_note_goes_on_in_the_lines_right_below_it(end: str):
    said = _read(f"Berth.[^a]\n\n[^a]: The price is 5\nEUR per day.{end}")
    assert said[0] == "Berth.[^a]\n[^a]: The price is 5 EUR per day."


@pytest.mark.parametrize("below", ["- a list", "| a | b |\n|---|---|\n| 1 | 2 |", "# Next\n\nEnd."])
def test_a_note_ends_where_another_block_begins(below: str):
    assert _read(f"Berth.[^a]\n\n[^a]: Five.\n{below}\n")[0] == "Berth.[^a]\n[^a]: Five."


@pytest.mark.parametrize(
    "prices",
    [
        "## Prices[^1]\n\nApple 3",
        "Prices[^1]\n------\n\nApple 3",
        "## Prices\n\nApple 3",
        "## Prices\n\n<table><tr><th>a</th><th>b</th></tr><tr><td>x[^1]</td><td>3</table>",
    ],
)
def test_a_note_that_no_paragraph_refers_to_stays_under_its_heading(prices: str):
    said = _places(f"{prices}\n\n[^1]: In EUR.\n\n## Staff\n\nBob 5\n")
    assert said[-2][0].startswith("Prices")
    assert said[-2][1] == "[^1]: In EUR."
    assert said[-1] == ("Staff", "Bob 5")


def test_a_mark_in_code_refers_to_no_note():
    said = _places("Write `[^1]` for a note.\n\n## Fees\n\nFive.[^1]\n\n[^1]: In EUR.\n")
    assert said == [("", "Write `[^1]` for a note."), ("Fees", "Five.[^1]\n[^1]: In EUR.")]
