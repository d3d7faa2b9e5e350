"""A table's header is found from the whole table; where nothing tells, no row is taken for one."""

from __future__ import annotations

import pytest

from nexus.ingestion.parsing.headers import Looks
from nexus.ingestion.parsing.records import LONGEST_LINE
from nexus.ingestion.parsing.tables import lines_of, render


def table(text: str) -> list[list[str]]:
    return [line.split("|") for line in text.split("\n")]


@pytest.mark.parametrize(
    "text",
    [
        "Law|5000|5200|5400\nNursing|4000|4200|4400",
        "Sari|Library|Medan\nBudi|Clinic|Surabaya",
        "2026-01-05|Rapat|Aula\n2026-02-09|Ujian|Kelas",
        "Monday|closed\nTuesday|open",
    ],
)
def test_rows_that_are_all_alike_have_no_header(text):
    rows = table(text)
    lines = render(rows)
    assert len(lines) == len(rows)
    assert not any(rows[0][-1] in line and rows[1][-1] in line for line in lines)


def test_bold_cells_tell_a_header_that_no_word_tells():
    rows = table("Aa|Bb|Cc\nDd|Ee|Ff\nGg|Hh|Ii")
    bold = Looks(emphasised={(0, column) for column in range(3)})
    assert render(rows) == ["Aa; Bb; Cc", "Dd; Ee; Ff", "Gg; Hh; Ii"]
    assert render(rows, looks=bold) == ["Aa: Dd; Bb: Ee; Cc: Ff", "Aa: Gg; Bb: Hh; Cc: Ii"]


@pytest.mark.parametrize("corner", ["Programme", ""])
@pytest.mark.parametrize("rows", ["Dean|Places|Tuition", "Insight|Reach|Upkeep"])
def test_rows_that_each_say_another_thing_have_the_names_of_the_first(corner, rows):
    first, second, third = rows.split("|")
    lines = render(
        table(
            f"{corner}|Nursing|Law|Physics\n{first}|Wulan|Gita|Tomas\n"
            f"{second}|80|120|45\n{third}|7500000|6200000|5900000"
        )
    )
    assert all("Nursing: " in line and "Physics: " in line for line in lines[-3:])
    assert lines[-2].endswith("Nursing: 80; Law: 120; Physics: 45")


def test_merged_names_stand_over_each_of_their_columns():
    rows = table("Name|Exam||Task|\n|Oral|Written|Oral|Written\nSari|7|8|9|6")
    spans = Looks(spans={(0, 1): (1, 2), (0, 3): (1, 2)})
    wanted = ["Name: Sari; Exam Oral: 7; Exam Written: 8; Task Oral: 9; Task Written: 6"]
    assert render(rows, looks=spans) == wanted
    assert render(rows) == wanted


def test_years_stand_over_each_of_their_columns_beside_an_empty_corner():
    rows = table("|2025||2026|\nUnit|Plan|Actual|Plan|Actual\nSales|12|11|14|13\nCare|20|23|21|25")
    wanted = "Unit: Care; 2025 Plan: 20; 2025 Actual: 23; 2026 Plan: 21; 2026 Actual: 25"
    assert render(rows)[-1] == wanted


def test_a_header_repeated_on_each_page_is_no_record():
    rows = table("Code|Room\nCS1|R1\nCode|Room\nCS2|R2")
    assert render(rows, 1) == ["Code: CS1; Room: R1", "Code: CS2; Room: R2"]


def test_rows_after_a_blank_one_go_on_only_if_they_fit():
    rows = table(
        "Unit|Head|Phone\nLibrary|Sari|12\nClinic|Dewi|15\n||\nHall|Omar|17\n||\nSeen by|Rudi|"
    )
    assert render(rows)[2:] == ["Unit: Hall; Head: Omar; Phone: 17", "Seen by: Rudi"]


def test_rows_that_go_on_with_a_table_have_its_names():
    assert list(lines_of([["Law", "9"]], names=("Programme", "Fee"))) == [
        (0, "Programme: Law; Fee: 9")
    ]


def test_each_line_of_a_long_record_says_whose_it_is():
    story = " ".join(f"Step {step} was done." for step in range(100))
    rows = [
        ["No", "Ticket", "Story", "By"],
        ["1", "T-7", story, "Dewi"],
        ["2", "T-8", "none", "Eko"],
    ]
    lines = render(rows)
    assert len(lines) > 3
    assert all(line.startswith("No: 1; Ticket: T-7; ") for line in lines[:-1])
    assert all(len(line) <= LONGEST_LINE for line in lines)
    assert lines[-2].endswith("; By: Dewi")


def test_a_name_of_a_column_that_no_record_fills_is_said_on_its_own():
    rows = [["Name", "Fee", "Signature"], ["Sari", "500", ""], ["Budi", "700", ""]]
    assert render(rows, 1) == ["Signature", "Name: Sari; Fee: 500", "Name: Budi; Fee: 700"]


def test_a_record_like_the_header_of_one_of_two_tables_beside_each_other_is_said():
    rows = [
        ["Name", "Fee", "", "Kind", "Place"],
        ["Sari", "500", "", "Kind", "Place"],
        ["Name", "Fee", "", "Kind", "Place"],
    ]
    lines = list(lines_of(rows, Looks([0])))
    assert [line for number, line in lines if number == 1] == [
        "Name: Sari; Fee: 500",
        "Kind: Kind; Place: Place",
    ]
    assert not [line for number, line in lines if number == 2]


def test_what_stands_between_tables_beside_each_other_is_said():
    rows = [["Name", "Fee", "", "Kind", "Place"], *[["Sari", "500", "", "Bus", "Hall"]] * 90]
    rows[-1] = ["Budi", "700", "Closed in May", "Tram", "Hall"]
    assert (90, "Closed in May") in list(lines_of(rows, Looks([0])))


def test_a_table_below_a_title_of_its_own_has_its_own_names():
    rows = [
        ["Day", "Opens", "Closes"], ["Monday", "6", "20"], ["Saturday", "8", "18"], ["Prices"],
        ["Ticket", "Adult", "Child"], ["Single", "4.5", "2"], ["Ten visits", "40", "17"],
    ]  # fmt: skip
    assert render(rows)[3:] == [
        "Ticket: Single; Adult: 4.5; Child: 2",
        "Ticket: Ten visits; Adult: 40; Child: 17",
    ]
    days = [
        ["Class", "Mon", "Thu"], ["Spin", "7", "9"], ["Yoga", "6", ""], ["Pool"],
        ["Lane", "Mon", "Thu"], ["Fast", "5", "5"], ["Slow", "8", "10"],
    ]  # fmt: skip
    assert render(days)[-1] == "Lane: Slow; Mon: 8; Thu: 10"
    words = [["Name", "Unit"], ["Sari", "A"], ["Budi", "B"], ["Rooms"], ["Room", "Floor"]]
    shown = {(at, column) for at in (0, 4) for column in (0, 1)}
    named = render([*words, ["Hall", "first"]], looks=Looks(emphasised=shown))
    assert named[-1] == "Room: Hall; Floor: first"


def test_a_group_s_name_within_a_table_begins_no_other():
    rows = [["Tool", "Day", "Week"], ["Tent", "50", "250"], ["Electric"], ["Genset", "12", "60"]]
    assert render(rows)[-1] == "Tool: Genset; Day: 12; Week: 60"


def test_names_that_stand_again_further_down_are_names_all_the_same():
    rows = [
        ["Berth", "Depth", "Crane"], ["N1", "9 m", "yes"], ["N2", "11 m", "no"],
        ["Berth", "Depth", "Crane"], ["S1", "14 m", "yes"],
    ]  # fmt: skip
    assert render(rows)[-1] == "Berth: S1; Depth: 14 m; Crane: yes"


def test_a_row_of_units_below_the_names_is_said_with_them():
    rows = [
        ["Station", "Depth", "Temp"], ["", "m", "°C"], ["B1", "10", "8.4"], ["B2", "25", "7.9"],
    ]  # fmt: skip
    assert render(rows)[-1] == "Station: B2; Depth (m): 25; Temp (°C): 7.9"
    assert render(rows, 1)[-1] == "Station: B2; Depth (m): 25; Temp (°C): 7.9"


def test_a_first_row_of_words_that_are_also_units_is_no_row_of_units():
    rows = [["Size", "Load", "Kind"], ["M", "T", "Days"], ["L", "X", "Hours"], ["S", "T", "Days"]]
    assert "(" not in " ".join(render(rows))


_MISLEADING = [
    [["Size", "Sold"], ["M", ""], ["38", "4"], ["40", "5"], ["42", "6"]],
    [["Sex", "Age"], ["m", ""], ["1", "34"], ["2", "41"], ["1", "52"]],
    [["Score A", "Score B"], ["C", "F"], ["55", "61"], ["70", "81"]],
    [["Response", "Code"], ["no", "x"], ["1", "2"], ["3", "4"], ["5", "6"]],
    [["Room", "Level"], ["A1", "M2"], ["38", "4"], ["40", "5"]],
    [["Duration", "Cost"], ["hours", "EUR"], ["months", "EUR"], ["3", "4"], ["5", "6"]],
    [["Item", "Currency", "Rate"], ["1", "EUR", ""], ["2", "840", "4"], ["3", "978", "5"]],
    [["Unit", "Price"], ["kg", ""], ["17", "4"], ["18", "5"]],
    [["Name", "Weight"], ["", "kg"], ["Ann", "heavy"], ["Bob", "light"]],
]


@pytest.mark.parametrize("rows", _MISLEADING)
@pytest.mark.parametrize("header_rows", [None, 1])
def test_a_row_that_is_not_surely_one_of_units_stays_a_row(rows, header_rows):
    said = render(rows, header_rows)
    assert not any(f"({cell})" in line for line in said for cell in rows[1] if cell)
    assert all(any(cell in line for line in said) for cell in rows[1] if cell)


@pytest.mark.parametrize("unit", ["kg", "km", "%", "IDR", "Rp", "€", "hours", "°C", "m²", "EUR/h"])
def test_one_unit_that_is_nothing_else_tells_of_the_row(unit):
    rows = [["Berth", "Load", "Depth"], ["", unit, "m"], ["S1", "10", "8"], ["S2", "25", "7"]]
    assert render(rows)[-1] == f"Berth: S2; Load ({unit}): 25; Depth (m): 7"


def test_units_that_stand_again_below_the_names_on_a_new_page_are_no_record():
    names, units = ["Berth", "Load"], ["", "kg"]
    rows = [names, units, ["S1", "10"], names, units, ["S2", "25"]]
    assert render(rows, 1) == ["Berth: S1; Load (kg): 10", "Berth: S2; Load (kg): 25"]


@pytest.mark.parametrize("title", ["Timetable 7A||||", "Attendance|of March|||"])
def test_numbers_of_lessons_or_days_under_a_title_are_the_names_of_their_columns(title):
    rows = f"{title}\n|1|2|3|4\nMonday|Maths|English|Art|Music\nFriday|Art|Maths|Music|Sport"
    assert render(table(rows))[-1] == "Friday; 1: Art; 2: Maths; 3: Music; 4: Sport"
