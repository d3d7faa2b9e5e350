"""Documents that nobody looked at while tables were mended: Word, slides, PDF, pages."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.office_tables.asking import REFUSED, Document, of, q
from tests.office_tables.files import grouped, html_table, markdown, page, pdf, slides, word

D = Decimal
_PAY: list[tuple[Any, ...]] = [
    ("Siti Rahma", "III/a", 4500000, 750000, 225000),
    ("Agus Salim", "II/c", 3250000, 500000, 162500),
    ("Maria Goreti", "III/d", 5125000, 900000, 256250),
    ("Yohanes", "IV/a", 6780000, 1250000, 0),
]


def _rp(amount: int) -> str:
    return f"Rp {grouped(amount)},-" if amount else "-"


PAY = Document(
    "daftar-gaji.docx",
    word(
        "# Daftar gaji Juli 2026",
        (
            [
                ("No.", "Nama", "Gol.", "Penghasilan", "", "Potongan"),
                ("", "", "", "Gaji pokok", "Tunjangan", ""),
                *(
                    (at, n, g, _rp(a), _rp(b), _rp(c))
                    for at, (n, g, a, b, c) in enumerate(_PAY, start=1)
                ),
                ("", "Jumlah", "", *(_rp(sum(r[at] for r in _PAY)) for at in (2, 3, 4))),
            ],
            [
                ((0, 0), (1, 0)),
                ((0, 1), (1, 1)),
                ((0, 2), (1, 2)),
                ((0, 3), (0, 4)),
                ((0, 5), (1, 5)),
            ],
            2,
        ),
        "Keterangan: belum termasuk honor.",
    ),
    (
        q("Berapa pegawai?", of("count"), 4, "totals"),
        q("Jumlah gaji pokok?", of("sum", "Penghasilan Gaji pokok"), 19655000),
        q("Rata-rata tunjangan?", of("mean", "Penghasilan Tunjangan"), 850000),
        q("Jumlah potongan?", of("sum", "Potongan"), 643750, "left out"),
        q(
            "Gaji pokok golongan III?",
            of("sum", "Gaji pokok", ("Gol.", "contains", "III")),
            9625000,
        ),
    ),
)

BRANCHES = Document(
    "cabang.docx",
    word(
        "# Laporan cabang",
        "Tabel 1. Cabang Surabaya",
        (
            [
                ("Bulan", "Pendapatan", "Biaya"),
                ("Januari", "1.250,5", "980,25"),
                ("Februari", "1.310,75", "1.002"),
                ("Maret", "995", "870,5"),
            ],
            [],
            1,
        ),
        "Tabel 2. Cabang Makassar",
        (
            [
                ("Bulan", "Pendapatan", "Biaya"),
                ("Januari", "640,25", "700"),
                ("Februari", "702,5", "655,75"),
            ],
            [],
            1,
        ),
    ),
    (
        q("Pendapatan? (cabang mana?)", of("sum", "Pendapatan"), REFUSED),
        q("Pendapatan Surabaya?", of("sum", "Pendapatan", table=1), D("3556.25")),
        q("Biaya Makassar?", of("sum", "Biaya", table=2), D("1355.75")),
        q("Pendapatan kedua cabang?", of("sum", "Pendapatan", table="all"), D("4899")),
        q(
            "Bulan di atas 1.000 di Surabaya?",
            of("count", "", ("Pendapatan", "gt", 1000), table=1),
            2,
        ),
    ),
)

_TOWNS = [
    ("Bogor", "1,043,070", "95.2%"),
    ("Depok†", "2,056,335", "97.1%"),
    ("Bekasi", "2,543,676", "n/a"),
    ("Cimahi", "568,400‡", "88.4%"),
    ("Sukabumi", "346,325", "91.0%"),
]
TOWNS = Document(
    "towns.html",
    page(
        "<h1>Towns</h1><p>Census, rounded.</p>"
        + html_table(
            [(f"<b>{n}</b>", p, s) for n, p, s in _TOWNS],
            "<tr><th>Town</th><th>People</th><th>With water</th></tr>",
            "<tr><th>All towns</th><td>6,557,806</td><td></td></tr>",
        )
        + "<p>† with its villages. ‡ estimate.</p>"
    ),
    (
        q("All people?", of("sum", "People"), 6557806),
        q("How many towns?", of("count"), 5),
        q("The mean share with water?", of("mean", "With water"), D("92.925"), "left out"),
        q("Towns over a million?", of("count", "", ("People", "gt", "1 million")), 3),
        q("The people of Depok?", of("sum", "People", ("Town", "eq", "Depok")), 2056335),
    ),
)

KPI = Document(
    "kpi.pptx",
    slides(
        (
            "Kinerja semester I",
            [
                ("Indikator", "Target", "Capaian", "Unit"),
                ("Lulusan tepat waktu", "80%", "76,5%", "Akademik"),
                ("Kepuasan mahasiswa", "85%", "88,25%", "Kemahasiswaan"),
                ("Publikasi terindeks", "60%", "–", "LPPM"),
                ("Serapan anggaran", "50%", "42%", "Keuangan"),
            ],
        ),
        (
            "Biaya (Rp juta)",
            [
                ("Pos", "Rencana", "Nyata"),
                ("Gaji", "1.250", "1.180"),
                ("Barang", "420", "(15)"),
                ("Jumlah", "1.670", "1.165"),
            ],
        ),
    ),
    (
        q("Rata-rata capaian?", of("mean", "Capaian"), D("68.916667"), "left out"),
        q("Berapa indikator?", of("count", table=1), 4),
        q("Target tertinggi?", of("max", "Target"), 85),
        q("Berapa capaian di atas 75?", of("count", "", ("Capaian", "gt", "75%")), 2),
        q("Jumlah biaya nyata?", of("sum", "Nyata"), 1165),
    ),
)

_ORDERS = [
    ("2026-04-02", "Server", 2, D("1899.00")),
    ("2026-04-02", "Switch", 5, D("249.50")),
    ("2026-04-19", "Cable, 5 m", 40, D("6.25")),
    ("2026-05-07", "Support", 1, D("480.00")),
]
INVOICE = Document(
    "invoice.pdf",
    pdf(
        "Invoice 2026-117 to Teluk Kencana University",
        [
            ("Date", "Item", "Quantity", "Unit price", "Amount"),
            *(
                (d, i, n, f"${grouped(p, ',', 2)}", f"${grouped(n * p, ',', 2)}")
                for d, i, n, p in _ORDERS
            ),
            ("", "Subtotal", "", "", "$5,775.50"),
            ("", "Total", "", "", "$5,775.50"),
        ],
        "Payable within 30 days.",
        ruled=False,
    ),
    (
        q("The amount of all items?", of("sum", "Amount"), D("5775.50"), "totals"),
        q("How many items?", of("count"), 4),
        q("How many pieces?", of("sum", "Quantity"), 48),
        q(
            "What was ordered in April?",
            of("sum", "Amount", ("Date", "lt", "2026-05-01")),
            D("5295.50"),
        ),
        q("The dearest unit?", of("max", "Unit price"), 1899),
    ),
)

MINUTES = Document(
    "minutes.md",
    (
        "# Minutes\n\n## Hall A\n\nCosts of the event:\n\n"
        + markdown(
            [
                ("Task", "Cost (IDR)", "Done"),
                ("Chairs", "1.500.000", "yes"),
                ("Sound", "2.750.000", "no"),
                ("**Total**", "4.250.000", ""),
            ]
        )
        + "\n## Hall B\n\n"
        + markdown(
            [
                ("Task", "Cost (IDR)", "Done"),
                ("Chairs", "900.000", "no"),
                ("Food", "3.100.000", "no"),
            ]
        )
        + "\nAll by Friday.\n"
    ).encode(),
    (
        q("What does it cost? (in which hall?)", of("sum", "Cost (IDR)"), REFUSED),
        q("Hall A?", of("sum", "Cost (IDR)", table=1), 4250000),
        q("What is open in both halls?", of("count", "", ("Done", "eq", "no"), table="all"), 3),
        q(
            "What is open in hall B costs?",
            of("sum", "Cost (IDR)", ("Done", "eq", "no"), table=2),
            4000000,
        ),
        q("Chairs in both?", of("sum", "Cost", ("Task", "eq", "chairs"), table="all"), 2400000),
    ),
)
TEXTS = (PAY, BRANCHES, TOWNS, KPI, INVOICE, MINUTES)
