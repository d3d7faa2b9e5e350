"""Documents written after tables were mended, of kinds that were not thought of: texts."""

from __future__ import annotations

from decimal import Decimal

from tests.office_tables.asking import REFUSED, Document, of, q
from tests.office_tables.files import markdown, page, pdf, slides, word

D = Decimal
# A title over the whole table, blanks in words, amounts with signs behind.
AID = Document(
    "bantuan.docx",
    word(
        "# Bantuan",
        (
            [
                ("Daftar bantuan tahun 2026", "", "", ""),
                ("Nama", "Tanggal", "Besar bantuan", "Ket."),
                ("Rahmat", "02/03/26", "Rp. 2.000.000,-", "lunas"),
                ("Sinta", "15/03/26", "Rp. 750.000,-", ""),
                ("Tono", "28/04/26", "nihil", "ditolak"),
                ("Umar", "30/04/26", "Rp. 1.500.000,-", "lunas"),
                ("Total", "", "Rp. 4.250.000,-", ""),
            ],
            [((0, 0), (0, 3))],
            2,
        ),
    ),
    (
        q("Jumlah bantuan?", of("sum", "Besar bantuan"), 4250000, "left out"),
        q("Berapa orang?", of("count"), 4),
        q("Yang terbesar?", of("max", "Besar bantuan"), 2000000),
        q("Sejak April?", of("count", "", ("Tanggal", "ge", "2026-04-01")), 2),
        q("Yang lunas?", of("sum", "Besar bantuan", ("Ket.", "eq", "lunas")), 3500000),
    ),
)
# Groups named by rows over the whole table; minus signs; spaces between thousands.
TRADE = Document(
    "trade.html",
    page(
        "<h1>Trade</h1><p>Million USD.</p>"
        "<table><tr><th>Country</th><th>Exports</th><th>Balance</th></tr>"
        '<tr><td colspan="3"><b>Asia</b></td></tr>'
        "<tr><td>Japan</td><td>12&nbsp;450,5</td><td>−1&nbsp;020,0</td></tr>"
        "<tr><td>Korea</td><td>8&nbsp;100,25</td><td>340,5</td></tr>"
        '<tr><td colspan="3"><b>Europe</b></td></tr>'
        "<tr><td>Spain</td><td>950,75</td><td>−15,25</td></tr>"
        "<tr><td>Italy</td><td>1&nbsp;310,0</td><td>n.a.</td></tr></table>"
        "<p>Source: customs.</p>"
    ),
    (
        q("All exports?", of("sum", "Exports"), D("22811.5")),
        q("How many countries?", of("count"), 4),
        q("How many with a deficit?", of("count", "", ("Balance", "lt", 0)), 2),
        q("The balance of all?", of("sum", "Balance"), D("-694.75"), "left out"),
    ),
)
_VISITORS = "".join(
    f"<tr><th>{day}</th><td>{one}</td><td>{two}</td></tr>"
    for day, one, two in (
        ("Mon", "1,204", "35"),
        ("Tue", "998", "41"),
        ("Wed", "1,150<sup>a</sup>", "28"),
    )
)
VISITORS = Document(
    "visitors.html",
    page(
        "<table><caption>Visitors of a week</caption>"
        "<tr><td></td><th>Museum</th><th>Tower</th></tr>"
        f"{_VISITORS}<tr><th>Sum</th><td>3,352</td><td>104</td></tr></table>"
    ),
    (
        q("All visitors of the museum?", of("sum", "Museum"), 3352),
        q("The mean of the tower?", of("mean", "Tower"), D("34.666667")),
        q("Days with over a thousand in the museum?", of("count", "", ("Museum", "gt", 1000)), 2),
    ),
)
# Long words that wrap, subtotals, parentheses, and pages that go on.
_ASSETS = [
    (
        f"{at}",
        f"Laboratory bench no. {at} with cabinets, delivered and mounted in hall {at % 7}",
        1250 + at,
        at % 5,
    )
    for at in range(1, 46)
]
ASSETS = Document(
    "assets.pdf",
    pdf(
        "Register of assets",
        [
            ("No", "Asset", "Cost (USD)", "Written off"),
            *((n, a, f"{c:,}.00", f"({w}.50)" if w else "-") for n, a, c, w in _ASSETS),
            ("", "Total", f"{sum(r[2] for r in _ASSETS):,}.00", ""),
        ],
        "Audited in July.",
    ),
    (
        q("What did all cost?", of("sum", "Cost (USD)"), sum(r[2] for r in _ASSETS)),
        q("How many assets?", of("count"), 45),
        q(
            "What is written off?",
            of("sum", "Written off"),
            -sum(D(r[3]) + D("0.5") for r in _ASSETS if r[3]),
            "left out",
        ),
        q(
            "Assets in hall 3?",
            of("count", "", ("Asset", "contains", "hall 3")),
            sum(at % 7 == 3 for at in range(1, 46)),
        ),
    ),
)
TEAMS = Document(
    "teams.pdf",
    pdf(
        "Team North",
        [("Member", "Hours"), ("Ada", "12"), ("Bo", "30"), ("Cy", "25")],
        "Team South",
        [("Member", "Hours"), ("Di", "40"), ("Ed", "8")],
    ),
    (
        q("How many hours? (of whom?)", of("sum", "Hours"), REFUSED),
        q("Of the north?", of("sum", "Hours", table=1), 67),
        q("Of the south?", of("sum", "Hours", table=2), 48),
        q("Of both?", of("sum", "Hours", table="all"), 115),
    ),
)
MENU = Document(
    "menu.md",
    (
        "Prices\n======\n\n"
        "| Dish | Price | Sold \\| week | Remark: taste |\n| :--- | ---: | :-: | --- |\n"
        "| `Soto` | Rp18.000 | 140 | hot; sour |\n| **Rendang** | Rp32.500 | 95 | |\n"
        "| Gado-gado | Rp15.500 | – | note: peanuts |\n| **Sum** | | **235** | |\n\n"
        "Prices with tax.\n"
    ).encode(),
    (
        q("Sold in a week?", of("sum", "Sold | week"), 235),
        q("How many dishes?", of("count"), 3),
        q("The mean price?", of("mean", "Price"), 22000),
        q("The price of rendang?", of("max", "Price", ("Dish", "eq", "rendang")), 32500),
    ),
)
SLIDES = Document(
    "board.pptx",
    slides(
        (
            "Headcount",
            [
                ("Unit", "2025", "2026"),
                ("IT", "24", "31"),
                ("HR", "8", "8"),
                ("Legal", "5", "6"),
                ("∑", "37", "45"),
            ],
        ),
        (
            "Risks",
            [
                ("Risk", "Owner", "Score"),
                ("Fire", "Ops", "12"),
                ("Fraud", "Legal", "9 of 25"),
                ("Flood", "Ops", "15"),
            ],
        ),
    ),
    (
        q("Staff in 2026?", of("sum", "2026"), 45),
        q("How many units?", of("count", "Unit"), 3),
        q("Risks of operations?", of("count", "", ("Owner", "eq", "ops")), 2),
        q("All scores?", of("sum", "Score"), 27, "left out"),
    ),
)
LEASES = Document(
    "leases.md",
    (
        "# Leases\n\n"
        + markdown(
            [
                ("Flat", "Rent", "Until"),
                ("A1", "€950.00", "30 Jun 2027"),
                ("A2", "€1,020.50", "31 Dec 2026"),
                ("B1", "$700.00", "open"),
            ]
        )
    ).encode(),
    (
        q("All rents?", of("sum", "Rent"), REFUSED),
        q("The rents in euros?", of("sum", "Rent", ("Flat", "contains", "A")), D("1970.50")),
        q("The first that ends?", of("min", "Until"), "2026-12-31", "left out"),
        q("Rents above 900 euros?", of("count", "", ("Rent", "gt", "€900")), 2),
    ),
)
TEXTS = (AID, TRADE, VISITORS, ASSETS, TEAMS, MENU, SLIDES, LEASES)
