"""Documents that nobody looked at while tables were mended: workbooks and CSV files."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.office_tables.asking import REFUSED, Document, of, q
from tests.office_tables.files import delimited, grouped, workbook

D = Decimal
# A bill of quantities: headings of groups among the rows, subtotals, a total.
_WORKS = {
    "A. PEKERJAAN PERSIAPAN": [
        ("Pembersihan lahan", 120, "m2", 15000),
        ("Pagar sementara", 60, "m", 85000),
    ],
    "B. PEKERJAAN STRUKTUR": [
        ("Pondasi", 24, "m3", 950000),
        ("Kolom", 18, "m3", 1250000),
        ("Plat", 90, "m2", 310000),
    ],
}
_ALL = [row for rows in _WORKS.values() for row in rows]
_lines: list[tuple[object, ...]] = []
for _name, _rows in _WORKS.items():
    _lines.append(("", _name))
    _lines += [(at, n, v, u, p, v * p) for at, (n, v, u, p) in enumerate(_rows, start=1)]
    _lines.append(("", f"Sub Jumlah {_name[0]}", "", "", "", sum(v * p for _, v, _, p in _rows)))
_GRAND = sum(v * p for _, v, _, p in _ALL)
WORKS = Document(
    "rab-gedung.xlsx",
    workbook(
        (
            "RAB",
            [
                ("RENCANA ANGGARAN BIAYA",),
                ("Kegiatan: Pembangunan gedung C",),
                (),
                (
                    "No",
                    "Uraian Pekerjaan",
                    "Volume",
                    "Satuan",
                    "Harga Satuan (Rp)",
                    "Jumlah Harga (Rp)",
                ),
                *_lines,
                ("", "Jumlah Total", "", "", "", _GRAND),
            ],
            {"bold": [1, 4], "formats": {"E": "#,##0", "F": "#,##0"}},
        )
    ),
    (
        q("Berapa pekerjaan?", of("count"), 5, "totals"),
        q("Berapa biaya semuanya?", of("sum", "Jumlah Harga (Rp)"), _GRAND),
        q("Harga satuan tertinggi?", of("max", "Harga Satuan (Rp)"), 1250000),
        q("Volume yang diukur m3?", of("sum", "Volume", ("Satuan", "eq", "m3")), 42),
        q(
            "Berapa di atas 20 juta?",
            of("count", "", ("Jumlah Harga (Rp)", "gt", "Rp 20.000.000")),
            3,
        ),
    ),
)

_TRIPS = [
    ("01.07.2026", "Bahn", D("89.90")),
    ("03.07.2026", "Hotel", D("1250.50")),
    ("12.08.2026", "Taxi", None),
    ("28.08.2026", "Bahn", D("45")),
    ("30.09.2026", "Storno", D("-45")),
]
TRIPS = Document(
    "reisekosten.csv",
    delimited(
        [
            ("Datum", "Art", "Betrag", "Beleg"),
            *(
                (
                    d,
                    a,
                    "n. a." if b is None else grouped(b, places=2) + " €",
                    "ja" if a == "Hotel" else "",
                )
                for d, a, b in _TRIPS
            ),
            ("", "Summe", "1.340,40 €", ""),
        ],
        ";",
    ),
    (
        q("Alles zusammen?", of("sum", "Betrag", ("Art", "ne", "Summe")), D("1340.40"), "left out"),
        q("Mit der Bahn?", of("sum", "Betrag", ("Art", "eq", "bahn")), D("134.90")),
        q("Ab August?", of("count", "", ("Datum", "ge", "2026-08-01")), 3),
        q("Das teuerste?", of("max", "Betrag", ("Art", "ne", "Summe")), D("1250.50")),
        q("Wie viele mit Beleg?", of("count", "Beleg"), 1),
    ),
)

# Of two years the students of two sexes: names of columns that stand twice.
_ENROL: list[tuple[Any, ...]] = [
    ("Law", 120, 140, 131, 150),
    ("Engineering", 310, 90, 295, 120),
    ("Nursing", 22, 180, 30, 175),
    ("Arts", 64, 71, 58, 90),
]
ENROLMENT = Document(
    "enrolment.xlsx",
    workbook(
        (
            "Sheet1",
            [
                ("Faculty", 2024, "", 2025, "", "All"),
                ("", "M", "F", "M", "F", ""),
                *((*row, sum(row[1:])) for row in _ENROL),
                (
                    "All faculties",
                    *(sum(r[at] for r in _ENROL) for at in range(1, 5)),
                    sum(sum(r[1:]) for r in _ENROL),
                ),
            ],
            {"merged": ["A1:A2", "B1:C1", "D1:E1", "F1:F2"], "bold": [1, 2]},
        )
    ),
    (
        q("Women in 2025?", of("sum", "2025 F"), 535),
        q("Men in 2024?", of("sum", "2024 M"), 516),
        q("How many faculties?", of("count"), 4),
        q("The mean number of women in 2024?", of("mean", "2024 F"), D("120.25")),
        q("Faculties with more than 100 men in 2025?", of("count", "", ("2025 M", "gt", 100)), 2),
    ),
)

# Hours with colons, and an excuse that one row has.
_DAYS = [
    ("Ayu", 20, D("160.5"), "", "08:00"),
    ("Bagus", 18, D("144.25"), "sick; doctor: yes", "08:15"),
    ("Citra", 21, D("168"), "", "07:45"),
    ("Dian", 15, D("98.75"), "", "09:00"),
]
ATTENDANCE = Document(
    "attendance.csv",
    delimited(
        [
            ("Name", "Days", "Excuse", "Hours: total", "Shift: start"),
            *((n, d, excuse, h, start) for n, d, h, excuse, start in _DAYS),
        ]
    ),
    (
        q("All hours?", of("sum", "Hours: total"), D("571.5")),
        q("All days?", of("sum", "Days"), 74),
        q("Who came under 150 hours?", of("count", "", ("Hours: total", "lt", 150)), 2),
        q("How many excuses?", of("count", "Excuse"), 1),
        q("How many begin at eight?", of("count", "", ("Shift: start", "eq", "08:00")), 1),
    ),
)

# Negative in parentheses by the format of the cells; a hidden row; percents.
_PLAN = [
    ("Salaries", 52000, 54500.5, 0.048),
    ("Rent", 12000, 11800, -0.0167),
    ("Travel", 8000, 3250.25, -0.594),
    ("Grants", -15000, -14000, -0.067),
]
_MONEY = "#,##0.00;(#,##0.00)"
PLAN = Document(
    "plan-vs-actual.xlsx",
    workbook(
        (
            "FY26",
            [
                ("Plan and actual, FY26 (in USD)",),
                ("Line", "Plan", "Actual", "Change"),
                *_PLAN,
                ("Net", 57000, 55550.75, -0.025),
                ("Source: ledger of 30 June",),
            ],
            {"bold": [2], "formats": {"B": _MONEY, "C": _MONEY, "D": "0.0%"}},
        )
    ),
    (
        q("The actual lines together?", of("sum", "Actual", ("Line", "ne", "Net")), D("55550.75")),
        q(
            "The plan of what is spent?",
            of("sum", "Plan", ("Plan", "gt", 0), ("Line", "ne", "Net")),
            72000,
        ),
        q("The greatest change?", of("max", "Change"), D("4.8")),
        q("Which lines fell by more than 5 %?", of("count", "", ("Change", "lt", -5)), 2),
        q("The least plan?", of("min", "Plan"), -15000),
    ),
)
PRICES = Document(
    "price-list.csv",
    delimited(
        [
            ("Article", "List price", "Pack", "Since"),
            ("Paper", "$4.50", "500 sheets", "2026-01-01"),
            ("Toner", "€89.00", "1 piece", "2026-02-15"),
            ("Clips", "$1.25", "100 pieces", "2025-11-30"),
            ("Folder", "$0.95", "10 pieces", "2026-03-01"),
        ]
    ),
    (
        q("All list prices?", of("sum", "List price"), REFUSED),
        q("Those in dollars?", of("sum", "List price", ("List price", "contains", "$")), D("6.70")),
        q("What is new in 2026?", of("count", "", ("Since", "ge", "2026-01-01")), 3),
        q("How many articles?", of("count"), 4),
    ),
)
SHEETS = (WORKS, TRIPS, ENROLMENT, ATTENDANCE, PLAN, PRICES)
