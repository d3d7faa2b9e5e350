"""Tables that invite a wrong figure: by codes, parts, marks, scripts, and mixed measures."""

from __future__ import annotations

from tests.office_tables.asking import REFUSED, Document, Question, of, q
from tests.office_tables.files import html_table, markdown, page, word, workbook

DOCUMENTS: list[Document] = []


def add(name: str, content: str | bytes, *questions: Question) -> None:
    made = content.encode() if isinstance(content, str) else content
    DOCUMENTS.append(Document(name, made, questions))


# What counts in one row and not in another
add(
    "codes-of-budget.csv",
    "Code,Item,Budget\n1,Staff,300\n1.1,Wages,200\n1.2,Pension,100\n2,Travel,90\n2.1,Trains,50\n"
    "2.2,Hotels,40\n",
    q("whole budget", of("sum", "Budget"), 390, "Rows of totals that were not counted: 2."),
)
add(
    "median-row.csv",
    "Class,Score\nA,70\nB,80\nC,90\nMedian,80\nMaximum,90\nMinimum,70\n",
    q("mean", of("mean", "Score"), 80),
    q("classes", of("count"), 3, "not counted: 3"),
)
add(
    "of-which.csv",
    "Item,Amount\nRevenue,100\nof which: exports,40\nOther,20\n",
    q("revenue", of("sum", "Amount"), 120, "a part of the row above"),
)
add(
    "less-returns.csv",
    "Item,Amount\nSales,100\nLess: returns,10\nNet sales,90\n",
    q("sum", of("sum", "Amount"), 200, "less or minus, added as they stand"),
)
add(
    "net-worth.csv",
    "Asset,Value\nHouse,200000\nCar,20000\nMortgage,(150000)\nNet worth,70000\n",
    q("sum", of("sum", "Value"), 140000, "1 (Net worth)"),
)
add(
    "quarters.csv",
    "Month,Visitors\nJan,100\nFeb,200\nMar,300\nQ1,600\nApr,50\nMay,60\nJun,70\nQ2,180\n",
    q("sum", of("sum", "Visitors"), 1560, "2 (Q1; Q2)"),
)
add(
    "departments.html",
    page(
        html_table(
            [],
            "<tr><th>Dept</th><th>Item</th><th>Cost</th></tr>"
            "<tr><td rowspan=2>IT</td><td>PC</td><td>10</td></tr><tr><td>Net</td><td>20</td></tr>"
            "<tr><td colspan=2>IT all</td><td>30</td></tr>"
            "<tr><td rowspan=2>HR</td><td>Ads</td><td>5</td></tr><tr><td>Fair</td><td>6</td></tr>"
            "<tr><td colspan=2>HR all</td><td>11</td></tr>"
            "<tr><td colspan=2>Grand total</td><td>41</td></tr>",
        )
    ),
    q("sum", of("sum", "Cost"), 82, "own last row says 41", "2 (IT all; HR all)"),
)
add(
    "carried-forward.csv",
    "Date,Text,Debit,Credit\n2026-01-01,Brought forward,,500\n2026-01-02,Shop,30,\n"
    "2026-01-03,Pay,,1000\n2026-01-31,Carried forward,1470,\n",
    q("credit", of("sum", "Credit"), 1500, "Rows without a number in Credit: 2"),
)
add(
    "invoice.csv",
    "Item,Qty,Unit price,Line total\nA,2,5,10\nB,3,4,12\nC,1,7,7\nShipping,,,6\nVAT 10%,,,3.5\n"
    "Total due,,,38.5\n",
    q("due", of("sum", "Line total"), 38.5, "Rows of totals that were not counted: 1."),
)
add(
    "cumulative.csv",
    "Month,Sales,Cumulative\nJan,10,10\nFeb,20,30\nMar,30,60\n",
    q("sales", of("sum", "Sales"), 60),
    q("latest", of("max", "Cumulative"), 60),
)
add(
    "header-again.docx",
    word(
        (
            [
                ["No", "Name", "Qty"],
                ["1", "Pen", "5"],
                ["2", "Ink", "7"],
                ["No", "Name", "Qty"],
                ["3", "Pad", "8"],
                ["4", "Cap", "-"],
            ],
            [],
            1,
        )
    ),
    q("quantity", of("sum", "Qty"), 20, "Rows without a number in Qty: 1"),
    q("entries", of("count"), 4),
)

# How numbers are written
add(
    "arabic-digits.csv",
    "Item,Price\nA,\u0661\u0662\u0663\nB,\u0664\u0665\u0666\n",
    q("sum", of("sum", "Price"), 579),
)
add("swiss.csv", "Item,CHF\nA,1'250.50\nB,12'000.00\n", q("sum", of("sum", "CHF"), 13250.5))
add(
    "lakh.csv",
    'Item,Amount\nA,"1,25,000"\nB,"12,50,000"\n',
    q("sum", of("sum", "Amount"), 1375000),
)
add("umsatz.csv", "Name;Umsatz\nA;1.234\nB;2.345\nC;987\n", q("sum", of("sum", "Umsatz"), 4566))
add(
    "euro.csv",
    'Product,Price\nA,"€ 1.234,50"\nB,"€ 99,00"\n',
    q("sum", of("sum", "Price"), 1333.5),
)
add(
    "nilai.csv",
    'Nama,Nilai\nAli,"88,5"\nBudi,90\nCici,"77,25"\n',
    q("m", of("mean", "Nilai"), 85.25),
)
add("minus.csv", "Item,Delta\nA,\u22125\nB,(3)\nC,10\n", q("sum", of("sum", "Delta"), 2))
add(
    "minus-behind.csv",
    "Acct,Sum\nCash,1000-\nBank,500\nLoan,200-\n",
    q("s", of("sum", "Sum"), -700),
)
add(
    "spaces.html",
    page(html_table([["Q1", "1 234"], ["Q2", "2&nbsp;500"]], "<tr><th>Q</th><th>Rev</th></tr>")),
    q("sum", of("sum", "Rev"), 3734),
)
add(
    "decimals.csv",
    'Ref,Amount\nINV-1,"1.000"\nINV-2,"2.5"\nINV-3,"10.25"\n',
    q("sum", of("sum", "Amount"), 13.75),
)
add(
    "thousands.md",
    "# X\n\n" + markdown([["Item", "Rp thousand"], ["A", "1.250"], ["B", "750"], ["C", "12.500"]]),
    q("sum", of("sum", "Rp thousand"), 14500, "1.250 was read as 1250"),
)

# What is no number, or several
add(
    "approximate.csv",
    "Site,Visitors\nA,~500\nB,<10\nC,1200+\nD,300\n",
    q("sum", of("sum", "Visitors"), 300, "Rows without a number in Visitors: 3"),
)
add(
    "estimates.csv",
    "Site,Count\nA,12 (est.)\nB,20\nC,30 *\n",
    q("sum", of("sum", "Count"), 50, "Rows without a number in Count: 1"),
)
add(
    "tolerances.csv",
    "Item,Price\nA,10 ± 1\nB,20\nC,5\n",
    q("sum", of("sum", "Price"), 25, "Rows without a number in Price: 1"),
)
add(
    "two-prices.xlsx",
    workbook(
        ("S", [["Item", "Price"], ["A", "USD 10 / IDR 160.000"], ["B", "5 / 8"], ["C", 7]], {})
    ),
    q("sum", of("sum", "Price"), 7, "Rows without a number in Price: 2"),
)
add(
    "no-such-day.csv",
    "Event,Day\nA,2026-13-01\nB,2026-02-01\nC,2026-03-01\n",
    q("first", of("min", "Day"), "2026-02-01", "Rows without a number in Day: 1"),
)
add(
    "absent.csv",
    "Student,Maths,Physics\nAnn,90,\nBob,absent,70\nCy,0,80\n",
    q("mean", of("mean", "Maths"), 45, "Rows without a number in Maths: 1"),
)
add(
    "debits.csv",
    'Date,Entry,Amount\n2026-01-02,Opening,"1,200.00 DR"\n2026-01-03,Fee,200.00 CR\n',
    q("balance", of("sum", "Amount"), REFUSED),
)
add("kilos.csv", "Item,Weight\nA,2 kg\nB,500 g\nC,1 kg\n", q("sum", of("sum", "Weight"), REFUSED))
add("areas.csv", "Room,Area\nA,12 m2\nB,20 m²\nC,30 sqm\n", q("sum", of("sum", "Area"), REFUSED))
add("money.csv", "Item,Price\nA,10 USD\nB,20 EUR\nC,5\n", q("sum", of("sum", "Price"), REFUSED))
add("shares.csv", "Item,Change\nA,+5%\nB,-3%\nC,2\n", q("sum", of("sum", "Change"), REFUSED))
add(
    "plans.md",
    "# R\n\n"
    + markdown([["Feature", "Plan A"], ["Storage", "10 GB"], ["Users", "5"], ["Price", "$1"]]),
    q("sum", of("sum", "Plan A"), REFUSED),
)
add(
    "codes.csv",
    "Id,Name\n007,Bond\n07,Ann\n7,Cy\n",
    q("ids", of("count_distinct", "Id"), 3),
    q("one", of("count", "", ("Id", "eq", "007")), 1),
)
add(
    "ticks.csv",
    "Name,Mon,Tue\nA,✓,✗\nB,✓,✓\nC,,✓\n",
    q("on Monday", of("count", "", ("Mon", "eq", "✓")), 2, "Rows without Mon: 1"),
)
