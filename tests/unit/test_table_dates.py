"""Dates in tables compare as dates, however they are written."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from nexus.agents.cell_dates import date_of, is_month_first
from nexus.agents.table_query import Query, QueryFault
from nexus.agents.text_rows import tables_in_text
from tests.table_oracle import rows, where
from tests.table_questions import CALENDAR

LINES = "\n".join(
    "; ".join(f"{name}: {value}" for name, value in row.items()) for row in rows(CALENDAR)
)


def asked(**query: Any) -> tuple[str, ...]:
    [table] = tables_in_text([("", LINES)])
    computed = Query(table, query).compute()
    return computed.figures or tuple(row.cells["Kegiatan"] for row in computed.rows)


COUNT = [{"function": "count"}]


@pytest.mark.parametrize("value", ["2027-01-01", "1 Januari 2027", "1 January 2027", "01/01/2027"])
def test_what_begins_after_a_day_is_counted(value: str) -> None:
    figures = asked(filter=where(("Mulai", "ge", value)), aggregate=COUNT)
    late = sum(1 for row in rows(CALENDAR) if row["Mulai"].endswith("2027"))
    assert figures[0].endswith(f": {late}")


def test_the_first_and_the_last_day_and_the_order() -> None:
    least = [{"function": "min", "column": "Mulai"}, {"function": "max", "column": "Selesai"}]
    assert asked(aggregate=least) == (
        "min of Mulai: 2026-08-31",
        "max of Selesai: 2027-08-20",
    )
    order = [{"column": "Mulai", "descending": True}]
    assert asked(order_by=order, limit=1) == ("Perkuliahan semester pendek",)
    day = where(("Mulai", "eq", "2026-11-21"))
    assert asked(filter=day, limit=5) == ("Wisuda periode I",)


def test_no_sum_of_dates_is_computed() -> None:
    with pytest.raises(QueryFault, match="no sum of dates"):
        asked(aggregate=[{"function": "sum", "column": "Mulai"}])


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2026-08-31", date(2026, 8, 31)),
        ("2026-08-31T10:00:00", date(2026, 8, 31)),
        ("31/08/2026", date(2026, 8, 31)),
        ("31.8.2026", date(2026, 8, 31)),
        ("August 31, 2026", date(2026, 8, 31)),
        ("Senin, 31 Agustus 2026", date(2026, 8, 31)),
        ("31/13/2026", None),
        ("2026", None),
        ("31 Something 2026", None),
    ],
)
def test_a_date_is_read_in_any_usual_form(written: str, day: date | None) -> None:
    assert date_of(written) == day


def test_one_day_over_twelve_tells_the_order_of_all() -> None:
    assert is_month_first(["01/02/2026", "08/31/2026"])
    assert not is_month_first(["01/02/2026", "31/08/2026"])
    assert date_of("08/31/2026", month_first=True) == date(2026, 8, 31)
