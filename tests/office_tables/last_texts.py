"""More documents of a fourth round, written when all others were answered right."""

from __future__ import annotations

import json
from decimal import Decimal

from tests.office_tables.asking import REFUSED, Document, Question, of, q
from tests.office_tables.files import delimited, slides, word, workbook

D = Decimal
DOCUMENTS: list[Document] = []


def add(name: str, content: bytes, *questions: Question) -> None:
    DOCUMENTS.append(Document(name, content, questions))


# Pptx with header, footers, empty cells and "Rp juta"
add(
    "apbd.pptx",
    slides(
        (
            "APBD (Rp juta)",
            [
                ("Urusan", "Pagu", "Serapan (%)"),
                ("Pendidikan", "12.500", "45,2"),
                ("Kesehatan", "8.750", "61,75"),
                ("Jalan", "", ""),
                ("Jumlah", "21.250", ""),
            ],
        )
    ),
    q("pagu", of("sum", "Pagu"), 21250),
    q("serapan", of("mean", "Serapan (%)"), D("53.475"), "left out"),
    q("n", of("count"), 3),
)
# Csv long text cells
add(
    "log.csv",
    delimited(
        [("Ticket", "Minutes", "Text")]
        + [(f"T{i}", i * 5, ("Cause: power; fixed: yes. " * (i * 6)).strip()) for i in range(1, 12)]
    ),
    q("min", of("sum", "Minutes"), 330),
    q("n", of("count"), 11),
    q("fixed", of("count", "", ("Text", "contains", "fixed")), 11),
)
# Xlsx multi-line header cells & wrapped text newlines
add(
    "wrap.xlsx",
    workbook(
        (
            "W",
            [
                ("Nama\nPegawai", "Gaji\n(Rp)", "Masuk"),
                ("Ani", 5000000, "2020-01-02"),
                ("Budi", 6000000, "2021-03-04"),
                ("Cici", 7500000, "2019-05-06"),
            ],
            {"bold": [1], "formats": {"B": '"Rp" #,##0'}},
        )
    ),
    q("gaji", of("sum", "Gaji"), 18500000),
    q("first", of("min", "Masuk"), "2019-05-06"),
    q(">5.5", of("count", "", ("Gaji (Rp)", "gt", "Rp 5.500.000")), 2),
)
# Docx two tables diff; second continues first after paragraph
add(
    "lists.docx",
    word(
        "# A",
        ([("Name", "Points"), ("x", "5"), ("y", "7"), ("z", "9")], [], 1),
        "# B",
        ([("Name", "Points", "Rank"), ("p", "50", "1"), ("q", "40", "2"), ("r", "30", "3")], [], 1),
    ),
    q("points", of("sum", "Points"), REFUSED),
    q("rank", of("max", "Rank"), 3),
    q("A", of("sum", "Points", table=1), 21),
    q("all", of("sum", "Points", table="all"), 141),
)
# CSV: zero-only, totals with "TOTAL :" and colon
add(
    "kas.csv",
    delimited(
        [
            ("Tanggal", "Uraian", "Masuk", "Keluar"),
            ("01/07/2026", "Saldo awal", "5.000.000", ""),
            ("05/07/2026", "Beli ATK", "", "350.000"),
            ("20/07/2026", "Iuran", "1.250.000", ""),
            ("", "TOTAL :", "6.250.000", "350.000"),
        ],
        ";",
    ),
    q("masuk", of("sum", "Masuk"), 6250000),
    q("keluar", of("sum", "Keluar"), 350000),
    q("n", of("count"), 3),
    q("sesudah", of("count", "", ("Tanggal", "gt", "2026-07-04")), 2),
)
# Json nested list
add(
    "orders.json",
    json.dumps(
        {
            "orders": [
                {
                    "id": 1,
                    "total": 12.125,
                    "items": [{"sku": "a", "qty": 2}, {"sku": "b", "qty": 3}],
                },
                {"id": 2, "total": 7.25, "items": [{"sku": "a", "qty": 5}]},
                {"id": 3, "total": 1.5, "items": []},
            ]
        }
    ).encode(),
    q("totals", of("sum", "total"), D("20.875")),
    q("n", of("count"), REFUSED),
    q("n", of("count", table=1), 3),
    q("sold", of("sum", "items qty"), 10),
)
# Ranking list with ties, plus text numbers "1st"
add(
    "race.csv",
    delimited(
        [
            ("Runner", "Place", "Time"),
            ("A", "1st", "00:31:05"),
            ("B", "2nd", "00:32:11"),
            ("C", "3rd", "00:33:00"),
        ]
    ),
    q("best", of("min", "Place"), REFUSED),
    q("n", of("count"), 3),
    q("time", of("sum", "Time"), "none"),
)
# Xlsx with totals both row and column plus blank column spacer
add(
    "spacer.xlsx",
    workbook(
        (
            "S",
            [
                ("Dept", "", "Jan", "Feb", "", "Total"),
                ("A", "", 1, 2, "", 3),
                ("B", "", 4, 5, "", 9),
                ("C", "", 6, 7, "", 13),
                ("Sum", "", 11, 14, "", 25),
            ],
            {"bold": [1]},
        )
    ),
    q("jan", of("sum", "Jan"), 11),
    q("tot", of("sum", "Total"), 25),
    q("n", of("count"), 3),
)
