"""What the benches write into their README: their own table, and nothing beside it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench import cold_start, overhead
from tests.bench.reporting import END, README, Row, table_of, with_block

COMMAND = "python -m bench --write"
BEGIN = "<!-- {}: written by `python -m bench --write` -->\n"
PROSE = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="<>\r"))


@given(PROSE, PROSE, PROSE, PROSE)
def test_a_table_is_replaced_and_everything_around_it_stays(
    before: str, between: str, after: str, old: str
) -> None:
    other = f"{BEGIN.format('two')}{old}{END}"
    doc = f"{before}{BEGIN.format('one')}{old}{END}{between}{other}{after}"
    written = with_block(doc, "one", COMMAND, "| new |\n")
    assert written == (f"{before}{BEGIN.format('one')}\n| new |\n\n{END}{between}{other}{after}")
    assert with_block(written, "one", COMMAND, "| new |\n") == written


@pytest.mark.parametrize(
    "doc",
    ["no markers", BEGIN.format("one"), 2 * f"{BEGIN.format('one')}{END}\n"],
    ids=["none", "no end", "twice"],
)
def test_a_document_without_its_markers_is_not_written(doc: str) -> None:
    with pytest.raises(ValueError, match="lacks the one line"):
        with_block(doc, "one", COMMAND, "| new |\n")


def test_the_readme_has_a_table_of_each_bench_for_both_versions_of_python() -> None:
    doc = README.read_text(encoding="utf-8")
    for bench, command in (("cold_start", cold_start.COMMAND), ("overhead", overhead.COMMAND)):
        for python in ("3.11", "3.13"):
            assert with_block(doc, f"{bench} on Python {python}", command, "") != doc


def test_a_table_has_a_column_for_each_key_and_a_line_for_each_row() -> None:
    rows: list[Row] = [
        {"arm": "ours", "ms": 12.34, "x": ""},
        {"arm": "theirs", "ms": 1234.5, "x": 2.0},
    ]
    assert (
        table_of(rows)
        == "| arm | ms | x |\n|---|---|---|\n| ours | 12.3 |  |\n| theirs | 1,234 | 2 |\n"
    )
