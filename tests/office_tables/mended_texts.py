"""Documents that the reading of tables was mended with: Word, slides, PDF, pages and Markdown."""

from __future__ import annotations

from decimal import Decimal

from tests.office_tables.asking import REFUSED, Document, of, q
from tests.office_tables.files import grouped, html_table, markdown, page, pdf, slides, word

D = Decimal
# Departments merged over their rows, dates in words, marks of footnotes.
_STAFF = [
    ("Finance", "Sari", "31 Agt 2026", "12*"),
    ("Finance", "Budi", "5 Sep 2026", "8"),
    ("Finance", "Dewi", "17 Okt 2026", "n/a"),
    ("Library", "Andi", "1 Juli 2026", "15"),
    ("Library", "Rina", "–", "4"),
    ("Security", "Joko", "9 Des 2026", "21 ¹)"),
]
STAFF = Document(
    "leave-days.docx",
    word(
        "# Leave days 2026",
        "Days of leave that are left, as of June.",
        (
            [("Unit", "Name", "Leave from", "Days left"), *_STAFF, ("Total", "", "", "60")],
            [((1, 0), (3, 0)), ((4, 0), (5, 0))],
            1,
        ),
        "* including two days of 2025. ¹) by decree.",
    ),
    (
        q("How many people?", of("count"), 6, "totals"),
        q("How many in finance?", of("count", "", ("Unit", "eq", "Finance")), 3),
        q("Days left in all?", of("sum", "Days left"), 60, "left out"),
        q("The latest leave?", of("max", "Leave from"), "2026-12-09"),
        q("Who goes after September?", of("count", "", ("Leave from", "gt", "2026-09-30")), 2),
        q("The mean of the library?", of("mean", "Days left", ("Unit", "eq", "Library")), D("9.5")),
    ),
)

_HEAD = (
    '<tr><th rowspan="2">Fund</th><th colspan="2">Value</th><th rowspan="2">Change</th></tr>'
    "<tr><th>2024</th><th>2025</th></tr>"
)
FUNDS = Document(
    "funds.html",
    page(
        "<h1>Funds</h1>"
        + html_table(
            [
                ("Growth", "€1.250,50", "€1.400,75", "12,0%"),
                ("Income<sup>1</sup>", "€2.000,00", "€1.850,00", "(7,5%)"),
                ("Bond", "€980,25<sup>2</sup>", "€1.005,00", "2,5%"),
                ("Green", "n/a", "€310,40", "–"),
            ],
            _HEAD,
            "<tr><td>Total</td><td>€4.230,75</td><td>€4.566,15</td><td></td></tr>",
        )
        + "<p><sup>1</sup> closed in May. <sup>2</sup> revised.</p>"
    ),
    (
        q("All funds in 2025?", of("sum", "Value 2025"), D("4566.15")),
        q("And in 2024?", of("sum", "Value 2024"), D("4230.75"), "left out"),
        q("How many funds?", of("count"), 4),
        q("The worst change?", of("min", "Change"), D("-7.5")),
        q("How many fell?", of("count", "", ("Change", "lt", 0)), 1),
    ),
)

_REGIONS = [
    ("North", "Jakarta", D("12.5"), D("-1.2")),
    ("North", "Medan", D("4.75"), D("0.3")),
    ("South", "Bandung", D("7.25"), D("-0.4")),
    ("South", "Malang", D("3.1"), D("0.8")),
    ("South", "Solo", D("1.9"), D("0")),
]


def _m(number: Decimal) -> str:
    return f"({-number})" if number < 0 else str(number)


def _sub(name: str) -> tuple[str, str, str, str]:
    own = [row for row in _REGIONS if row[0] == name]
    return (
        f"{name} subtotal",
        "",
        _m(sum((r[2] for r in own), D(0))),
        _m(sum((r[3] for r in own), D(0))),
    )


_cells = [(r, c, _m(a), _m(b)) for r, c, a, b in _REGIONS]
REVIEW = Document(
    "quarterly-review.pptx",
    slides(
        (
            "Results by region",
            [
                ("Region", "City", "Revenue (USD m)", "Margin (USD m)"),
                *_cells[:2],
                _sub("North"),
                *_cells[2:],
                _sub("South"),
                ("Grand total", "", "29.5", "(0.5)"),
            ],
        ),
    ),
    (
        q("All revenue?", of("sum", "Revenue (USD m)"), D("29.5"), "totals"),
        q("The margin?", of("sum", "Margin"), D("-0.5")),
        q("How many cities?", of("count"), 5),
        q("How many cities lose?", of("count", "", ("Margin", "lt", 0)), 2),
        q(
            "The South's mean revenue?",
            of("mean", "Revenue", ("Region", "eq", "South")),
            D("4.083333"),
        ),
    ),
)

_STOCK = [(f"B-{at:03}", f"Barang {at}", 125 * at, 7 * at % 40) for at in range(1, 61)]
STOCK = Document(
    "persediaan.pdf",
    pdf(
        "Daftar persediaan gudang per 30 Juni 2026",
        [
            ("Kode", "Nama barang", "Harga (Rp)", "Stok"),
            *((c, n, grouped(p * 1000), s if s else "-") for c, n, p, s in _STOCK),
            ("Jumlah", "", grouped(sum(r[2] for r in _STOCK) * 1000), sum(r[3] for r in _STOCK)),
        ],
    ),
    (
        q("Berapa barang?", of("count"), 60, "totals"),
        q("Jumlah stok?", of("sum", "Stok"), sum(r[3] for r in _STOCK)),
        q("Harga tertinggi?", of("max", "Harga (Rp)"), 7500000),
        q("Di atas 5 juta?", of("count", "", ("Harga", "gt", 5_000_000)), 20),
        q("Jumlah semua harga?", of("sum", "Harga (Rp)"), sum(r[2] for r in _STOCK) * 1000),
    ),
)

# Two columns of one name.
_GRANTS = [
    ("Alam", 1200, "2026-01-15", 300, "2026-03-01"),
    ("Bumi", 900, "2026-02-10", 450, ""),
    ("Cahya", 2000, "2026-02-28", 800, "2026-05-20"),
]
GRANTS = Document(
    "grants.md",
    (
        "# Grants\n\nPaid in two steps.\n\n"
        + markdown([("Project", "Amount", "Date", "Amount", "Date"), *_GRANTS])
        + "\nAmounts in thousand rupiah.\n"
    ).encode(),
    (
        q("The sum of the amounts? (which?)", of("sum", "Amount"), REFUSED),
        q("The first amounts together?", of("sum", "Amount (column 2)"), 4100),
        q("The second amounts together?", of("sum", "Amount (column 4)"), 1550),
        q("The last date of the second?", of("max", "Date (column 5)"), "2026-05-20"),
    ),
)
_A = [("Good", 14), ("Fair", 5), ("Poor", 1)]
_B = [("Good", 9), ("Fair", 12), ("Poor", 4)]
SURVEY = Document(
    "survey.html",
    page(
        "".join(
            f"<h2>{name}</h2>" + html_table(rows, "<tr><th>Answer</th><th>People</th></tr>")
            for name, rows in (("Library", _A), ("Canteen", _B))
        )
    ),
    (
        q("How many answered? (about what?)", of("sum", "People"), REFUSED),
        q("About the library?", of("sum", "People", table=1), 20),
        q("About the canteen?", of("sum", "People", table=2), 25),
        q(
            "How many said poor in all?",
            of("sum", "People", ("Answer", "eq", "poor"), table="all"),
            5,
        ),
    ),
)
TEXTS = (STAFF, FUNDS, REVIEW, STOCK, GRANTS, SURVEY)
