"""Documents of a fourth round, written when all others were answered right."""

from __future__ import annotations

from decimal import Decimal

from tests.office_tables.asking import REFUSED, Document, Question, of, q
from tests.office_tables.files import delimited, html_table, markdown, page, pdf, word, workbook

D = Decimal
DOCUMENTS: list[Document] = []


def add(name: str, content: bytes, *questions: Question) -> None:
    DOCUMENTS.append(Document(name, content, questions))


# Xlsx: table not at A1, totals column, merged group labels, percent formulas
add(
    "kpi.xlsx",
    workbook(
        (
            "Data",
            [
                ("",),
                ("", "Divisi", "Target", "Realisasi", "Selisih", "%"),
                ("", "Penjualan", 1000, 1200, 200, 1.2),
                ("", "Layanan", 500, 450, -50, 0.9),
                ("", "Riset", 300, 300, 0, 1.0),
                ("", "TOTAL", 1800, 1950, 150, 1.0833),
                (),
                ("", "Disetujui oleh,"),
                ("", "Direktur"),
            ],
            {"bold": [2, 6], "formats": {"F": "0.0%", "E": "#,##0;[Red]-#,##0"}},
        )
    ),
    q("realisasi", of("sum", "Realisasi"), 1950),
    q("selisih", of("sum", "Selisih"), 150),
    q("n", of("count"), 3),
    q("%", of("max", "%"), 120),
    q("min", of("min", "Selisih"), -50),
)
# Csv with units row below header
add(
    "sensors.csv",
    delimited(
        [
            ("Station", "Temp", "Rain", "Wind"),
            ("", "°C", "mm", "km/h"),
            ("A", "21.5", "0.0", "12"),
            ("B", "19.25", "4.5", "30"),
            ("C", "-2.5", "", "8"),
        ]
    ),
    q("rain", of("sum", "Rain"), D("4.5")),
    q("mean temp", of("mean", "Temp"), D("12.75")),
    q("n", of("count"), 3),
    q("cold", of("count", "", ("Temp", "lt", 0)), 1),
)
# Docx no header formatting, words & numbers
add(
    "rooms.docx",
    word(
        ("# Rooms"),
        (
            [
                ("Room", "Seats", "Beamer"),
                ("A1", "40", "yes"),
                ("A2", "25", "no"),
                ("B1", "120", "yes"),
                ("B2", "n/a", "no"),
            ],
            [],
            0,
        ),
    ),
    q("seats", of("sum", "Seats"), 185, "left out"),
    q("n", of("count"), 4),
    q("beamer", of("count", "", ("Beamer", "eq", "yes")), 2),
)
# Html nested in layout with two different tables sharing one column
add(
    "shop.html",
    page(
        "<h2>Orders</h2>"
        + html_table(
            [("1", "Pen", "€2,50", "10"), ("2", "Ink", "€11,00", "3")],
            "<tr><th>No</th><th>Item</th><th>Price</th><th>Qty</th></tr>",
        )
        + "<h2>Returns</h2>"
        + html_table(
            [("1", "Pen", "2"), ("2", "Ink", "1")], "<tr><th>No</th><th>Item</th><th>Qty</th></tr>"
        )
    ),
    q("qty", of("sum", "Qty"), REFUSED),
    q("price", of("sum", "Price"), D("13.5")),
    q("returned", of("sum", "Qty", table=2), 3),
)
# Pdf unruled two-level header, negative, footnote marks
add(
    "fund.pdf",
    pdf(
        "Performance of funds",
        [
            ("Fund", "2024", "2025", "Change"),
            ("Alpha", "1,204.5", "1,350.0", "12.1%"),
            ("Beta*", "980.0", "(45.5)", "-104.6%"),
            ("Gamma", "3,300.0", "3,465.0", "5.0%"),
            ("Total", "5,484.5", "4,769.5", ""),
        ],
        "* closed in June",
        ruled=False,
    ),
    q("2025", of("sum", "2025"), D("4769.5")),
    q("n", of("count"), 3),
    q("lost", of("count", "", ("2025", "lt", 0)), 1),
    q("beta", of("sum", "2024", ("Fund", "eq", "Beta")), 980),
)
# Md with totals row bold + thousand K/M suffix
add(
    "rev.md",
    (
        "# R\n\n"
        + markdown(
            [
                ("Unit", "Revenue", "Growth"),
                ("Web", "$1.2M", "+12%"),
                ("Mobile", "$850K", "-3%"),
                ("Print", "$90K", "n/a"),
                ("**Total**", "**$2.14M**", ""),
            ]
        )
    ).encode(),
    q("rev", of("sum", "Revenue"), 2140000),
    q("growth", of("min", "Growth"), -3),
    q("n", of("count"), 3),
    q("big", of("count", "", ("Revenue", "gt", "$100K")), 2),
)
# Csv Indonesian dates long and duration
add(
    "rapat.csv",
    delimited(
        [
            ("Rapat", "Tanggal", "Durasi", "Peserta"),
            ("Senat", "Senin, 3 Agustus 2026", "90 menit", "24"),
            ("Dekan", "Kamis, 13 Agustus 2026", "120 menit", "9"),
            ("Prodi", "Jumat, 4 September 2026", "45 menit", "12 orang"),
        ],
        ";",
    ),
    q("durasi", of("sum", "Durasi"), 255),
    q("agustus", of("count", "", ("Tanggal", "lt", "2026-09-01")), 2),
    q("peserta", of("sum", "Peserta"), REFUSED),
)
# Xlsx years as rows w/ numeric header 1..4 quarters
add(
    "quarters.xlsx",
    workbook(
        (
            "Q",
            [
                ("Year", 1, 2, 3, 4),
                (2023, 10, 11, 12, 13),
                (2024, 20, 21, 22, 23),
                (2025, 30, 31, 32, 33),
            ],
            {"bold": [1]},
        )
    ),
    q("q1", of("sum", "1"), 60),
    q("2024 on", of("sum", "4", ("Year", "ge", 2024)), 56),
    q("n", of("count"), 3),
)
