"""Documents written after tables were mended, of kinds that were not thought of: data files."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from tests.office_tables.asking import REFUSED, Document, of, q
from tests.office_tables.files import delimited, workbook

D = Decimal
# Real numbers of three decimals, beside numbers that somebody typed as text.
_SAMPLES = [
    ("S1", 1.125, 1250000),
    ("S2", 2.375, "1.300.000"),
    ("S3", 4.25, "975.500"),
    ("S4", 10.5, 450000),
]
SAMPLES = Document(
    "samples.xlsx",
    workbook(
        (
            "Lab",
            [("Sample", "Mass (g)", "Cost (Rp)"), *_SAMPLES],
            {"formats": {"B": "0.000"}},
        )
    ),
    (
        q("The whole mass?", of("sum", "Mass"), D("18.25")),
        q("The heaviest?", of("max", "Mass"), D("10.5")),
        q("The whole cost?", of("sum", "Cost (Rp)"), 3975500),
        q("How many over 2 g?", of("count", "", ("Mass (g)", "gt", 2)), 3),
    ),
)
# A group named in its first row only; a total that nothing names.
_DEPOTS = [
    ("East", "Depot 1", 12),
    ("", "Depot 2", 7),
    ("", "Depot 3", 21),
    ("West", "Depot 4", 30),
    ("", "Depot 5", 4),
]
DEPOTS = Document(
    "depots.csv",
    delimited([("Region", "Depot", "Trucks"), *_DEPOTS, ("", "", 74)]),
    (
        q("How many trucks?", of("sum", "Trucks"), 74),
        q("How many depots?", of("count", "Depot"), 5),
        q("How many rows?", of("count"), 5),
        q("The most trucks of a depot?", of("max", "Trucks"), 30),
        q(
            "How many rows name the East?",
            of("count", "", ("Region", "ne", "West")),
            1,
            "without Region",
        ),
    ),
)
# Two lines above, the total first, notes below after a blank row, years for names.
_POWER: list[tuple[Any, ...]] = [
    ("Hydro", 120, 131, 128),
    ("Solar", 15, 44, 97),
    ("Wind", 8, 8, 10),
    ("Gas", 310, 290, 251),
]
POWER = Document(
    "power.csv",
    delimited(
        [
            ("Power by source", "", "", ""),
            ("in GWh", "", "", ""),
            ("Source", "2023", "2024", "2025"),
            ("All sources", *(sum(r[at] for r in _POWER) for at in (1, 2, 3))),
            *_POWER,
            ("", "", "", ""),
            ("Note: 2025 is an estimate.", "", "", ""),
        ]
    ),
    (
        q("All power in 2025?", of("sum", "2025", ("Source", "ne", "All sources")), 486),
        q("The least in 2024?", of("min", "2024"), 8),
        q("The mean of 2023?", of("mean", "2023", ("Source", "ne", "All sources")), D("113.25")),
        q(
            "Sources that made more than 100 in 2025?",
            of("count", "", ("2025", "gt", 100), ("Source", "ne", "All sources")),
            2,
        ),
    ),
)
# A hidden row, a formula's result, and a sheet that is nothing but a remark.
BILLS = Document(
    "bills.xlsx",
    workbook(
        ("Read me", [("These are the bills of June.",), ("Ask finance.",)], {}),
        (
            "Bills",
            [
                ("Bill", "Paid on", "Sum (EUR)"),
                ("A-1", "2026-06-02", 1250.5),
                ("A-2", "2026-06-11", 80),
                ("A-3", "", 310.25),
            ],
            {"bold": [1], "formats": {"C": "#,##0.00 €"}},
        ),
    ),
    (
        q("All bills?", of("sum", "Sum (EUR)"), D("1640.75")),
        q("How many bills?", of("count"), 3),
        q("How many are paid?", of("count", "Paid on"), 2),
        q("The first paid?", of("min", "Paid on"), "2026-06-02", "left out"),
    ),
)
# Spaces, apostrophes and Swiss francs; a minus sign that is none of the keyboard's.
SWISS = Document(
    "konten.csv",
    delimited(
        [
            ("Konto", "Stand", "Differenz"),
            ("1000", "CHF 1'250.50", "−12.25"),
            ("1020", "CHF 12'980.00", "+340.00"),
            ("1100", "CHF -75.25", "0.00"),
            ("1200", "CHF 0.00", "–"),
        ],
        ";",
    ),
    (
        q("Alle zusammen?", of("sum", "Stand"), D("14155.25")),
        q("Wie viele im Minus?", of("count", "", ("Stand", "lt", 0)), 1),
        q("Differenz insgesamt?", of("sum", "Differenz"), D("327.75"), "left out"),
        q("Die grösste?", of("max", "Differenz"), 340),
    ),
)
# Days that may be months.
VISITS = Document(
    "visits.csv",
    delimited(
        [
            ("Visit", "Day", "Guests"),
            ("Embassy", "03/04/2026", "4"),
            ("Ministry", "05/04/2026", "12"),
            ("School", "11/06/2026", "60"),
        ]
    ),
    (
        q("How many guests?", of("sum", "Guests"), 76),
        q("The first day?", of("min", "Day"), "2026-04-03", "was read as"),
        q(
            "How many visits after May?",
            of("count", "", ("Day", "ge", "2026-06-01")),
            1,
            "was read as",
        ),
    ),
)
# Records of JSON, of which not all have every field.
PEOPLE = Document(
    "people.json",
    json.dumps(
        [
            {"name": "Ani", "age": 31, "team": {"name": "Blue", "floor": 2}},
            {"name": "Ben", "age": 44},
            {"name": "Cia", "team": {"name": "Red", "floor": 3}, "age": 27},
            {
                "name": "Dod",
                "age": 52,
                "team": {"name": "Blue", "floor": 2},
                "note": "part: time; remote",
            },
        ]
    ).encode(),
    (
        q("How many people?", of("count"), 4),
        q("How old are they on average?", of("mean", "age"), D("38.5")),
        q("How many are in the blue team?", of("count", "", ("team name", "eq", "blue")), 2),
        q("How many have a note?", of("count", "note"), 1),
    ),
)
# Ranges, approximations, scales in words, and what only looks like a number.
PROJECTS = Document(
    "projects.csv",
    delimited(
        [
            ("Project", "Budget", "Staff", "Phase"),
            ("Harbour", "Rp 1,2 miliar", "10-12", "1"),
            ("Bridge", "Rp 850 juta", "8", "2a"),
            ("School", "Rp 2,75 miliar", "approx. 20", "2b"),
            ("Park", "Rp 400 juta", "5", "3"),
        ]
    ),
    (
        q("All budgets?", of("sum", "Budget"), 5_200_000_000),
        q("How many over a billion?", of("count", "", ("Budget", "gt", "Rp 1 miliar")), 2),
        q("Staff whose number is known?", of("sum", "Staff"), 13, "left out"),
        q("How many are in phase 2a?", of("count", "", ("Phase", "eq", "2a")), 1),
    ),
)
# The same names in two sheets, but for one; and one more sheet.
CLASSES = Document(
    "classes.xlsx",
    workbook(
        ("7A", [("Pupil", "Maths", "Art"), ("Ika", 80, 75), ("Jon", 65, 90)], {"bold": [1]}),
        ("7B", [("Pupil", "Maths"), ("Kim", 70), ("Lea", 95), ("Mo", 88)], {"bold": [1]}),
        ("Rooms", [("Room", "Seats"), ("R1", 30), ("R2", 28)], {"bold": [1]}),
    ),
    (
        q("The best in maths?", of("max", "Maths"), REFUSED),
        q("The best in maths of all?", of("max", "Maths", table="all"), 95),
        q("The mean in art?", of("mean", "Art"), D("82.5")),
        q("How many seats?", of("sum", "Seats"), 58),
        q("How many pupils?", of("count", "Pupil", table="all"), 5),
    ),
)
SHEETS = (SAMPLES, DEPOTS, POWER, BILLS, SWISS, VISITS, PEOPLE, PROJECTS, CLASSES)
