"""Documents that the reading of tables was mended with: workbooks and CSV files."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.office_tables.asking import REFUSED, Document, of, q
from tests.office_tables.files import delimited, grouped, workbook

D = Decimal
# A budget with two rows of names, a row that numbers the columns, a total and a note.
_BUDGET: list[tuple[Any, ...]] = [
    ("Belanja pegawai", 1250000, 1300000, 1287500, 99.04),
    ("Belanja barang", 845500, 845500, 700250, 82.82),
    ("Belanja modal", 2100000, 1900000, 1900000, 100.0),
    ("Belanja perjalanan", 320000, 180000, 95750, 53.19),
    ("Belanja hibah", 150000, 0, 0, 0.0),
]
BUDGET = Document(
    "realisasi-anggaran.xlsx",
    workbook(
        (
            "Realisasi",
            [
                ("LAPORAN REALISASI ANGGARAN",),
                ("Tahun Anggaran 2025 (dalam ribuan rupiah)",),
                (),
                ("No", "Uraian", "Anggaran", "", "Realisasi", "Capaian (%)"),
                ("", "", "Murni", "Perubahan", "", ""),
                ("(1)", "(2)", "(3)", "(4)", "(5)", "(6)"),
                *((at, *row) for at, row in enumerate(_BUDGET, start=1)),
                ("", "JUMLAH", *(sum(row[at] for row in _BUDGET) for at in (1, 2, 3)), 94.29),
                ("Catatan: angka belum diaudit.",),
            ],
            {
                "merged": ["A1:F1", "A2:F2", "A4:A5", "B4:B5", "C4:D4", "E4:E5", "F4:F5"],
                "bold": [1, 4, 5],
                "formats": {"C": "#,##0", "D": "#,##0", "E": "#,##0", "F": "0.00"},
            },
        )
    ),
    (
        q("Berapa jenis belanja?", of("count"), 5, "totals"),
        q("Total realisasi?", of("sum", "Realisasi"), sum(r[3] for r in _BUDGET)),
        q("Total anggaran murni?", of("sum", "Anggaran Murni"), sum(r[1] for r in _BUDGET)),
        q("Rata-rata perubahan?", of("mean", "Anggaran Perubahan"), 845100),
        q("Berapa yang capaiannya di bawah 90?", of("count", "", ("Capaian (%)", "lt", 90)), 3),
        q("Realisasi tertinggi?", of("max", "Realisasi"), 1900000),
    ),
)

# Semicolons, decimal commas, discounts in percent, blanks as dashes.
_SALES = [
    ("P-01", "Meja kantor", D("1250000.50"), 12, D("12.5")),
    ("P-02", "Kursi lipat", D("375500"), 140, None),
    ("P-03", "Lampu meja", D("98750.25"), None, D("7.5")),
    ("P-04", "Rak buku", D("2100000"), 8, D("10")),
    ("P-05", "Papan tulis", None, 7, D("0")),
    ("P-06", "Lemari arsip", D("3450000"), 3, D("15")),
]
_TOTAL = ("", "Total", "Rp " + grouped(sum(r[2] or 0 for r in _SALES), places=2), "170", "")


def _rp(amount: Decimal | None) -> str:
    return "–" if amount is None else "Rp " + grouped(amount, places=2)


SALES = Document(
    "penjualan-q2.csv",
    delimited(
        [
            ("Kode", "Nama barang", "Harga satuan", "Terjual", "Diskon"),
            *(
                (
                    c,
                    n,
                    _rp(p),
                    "n/a" if s is None else s,
                    "-" if d is None else f"{d}%".replace(".", ","),
                )
                for c, n, p, s, d in _SALES
            ),
            _TOTAL,
        ],
        ";",
    ),
    (
        q(
            "Jumlah harga satuan?",
            of("sum", "Harga satuan"),
            sum(r[2] or 0 for r in _SALES),
            "left out",
        ),
        q("Berapa terjual?", of("sum", "Terjual"), sum(r[3] or 0 for r in _SALES), "left out"),
        q("Diskon terbesar?", of("max", "Diskon"), 15),
        q("Rata-rata diskon?", of("mean", "Diskon"), 9, "left out"),
        q("Berapa barang punya harga?", of("count", "Harga satuan"), 5),
        q("Di atas 1 juta?", of("count", "", ("Harga satuan", "gt", "Rp 1.000.000")), 3),
    ),
)

# A remark that one row fills, and names with colons.
_FEES = [
    ("Law", 4, D("8.5"), ""),
    ("Medicine", 2, D("22.75"), "quota: 12; see note"),
    ("Nursing", 7, D("6.25"), ""),
    ("Arts", 5, D("5"), ""),
]
COLONS = Document(
    "fees-and-ratios.csv",
    delimited(
        [
            ("Faculty", "Ratio 1:n", "Remark", "Fee: per term (m)", "Waiver"),
            *((f, r, note, fee, "yes" if f == "Law" else "") for f, r, fee, note in _FEES),
        ]
    ),
    (
        q("All fees together?", of("sum", "Fee: per term (m)"), D("42.5")),
        q("The mean ratio?", of("mean", "Ratio 1:n"), D("4.5")),
        q("How many have a remark?", of("count", "Remark"), 1),
        q("How many get a waiver?", of("count", "", ("Waiver", "eq", "yes")), 1),
        q(
            "The fee of medicine?",
            of("max", "Fee: per term (m)", ("Faculty", "eq", "Medicine")),
            D("22.75"),
        ),
    ),
)

# Two tables below each other, of the same names.
_EAST = [("Rice", 120, 15), ("Oil", 45, 22), ("Salt", 300, 2)]
_WEST = [("Rice", 80, 16), ("Sugar", 60, 14), ("Salt", 150, 3), ("Tea", 12, 40)]
_NAMES = ("Item", "Sold (kg)", "Price (USD)")
BRANCHES = Document(
    "branches.xlsx",
    workbook(
        (
            "Sales",
            [("Branch East",), _NAMES, *_EAST, (), ("Branch West",), _NAMES, *_WEST],
            {"bold": [1, 2, 7, 8]},
        )
    ),
    (
        q("How many items are there? (nobody says of which branch)", of("count"), REFUSED),
        q("How many kg were sold in the East?", of("sum", "Sold (kg)", table=1), 465),
        q("And in the West?", of("sum", "Sold (kg)", table=2), 302),
        q(
            "How many kg of rice in the West?",
            of("sum", "Sold", ("Item", "eq", "rice"), table=2),
            80,
        ),
        q("How many kg in all?", of("sum", "Sold (kg)", table="all"), 767),
    ),
)

# A sheet a month, of the same names.
_JAN = [("2026-01-05", "Fuel", 450), ("2026-01-17", "Hotel", 1200), ("2026-01-30", "Fuel", 375)]
_FEB = [("2026-02-02", "Fuel", 500), ("2026-02-20", "Meals", 210)]
_BILLS = ("Date", "Kind", "Amount (EUR)")
MONTHS = Document(
    "travel.xlsx",
    workbook(
        ("January", [_BILLS, *_JAN, ("Total", "", 2025)], {"bold": [1]}),
        ("February", [_BILLS, *_FEB, ("Total", "", 710)], {"bold": [1]}),
    ),
    (
        q("What was spent in February?", of("sum", "Amount", sheet="February"), 710),
        q("What was spent? (in which month?)", of("sum", "Amount"), REFUSED),
        q("In both months?", of("sum", "Amount (EUR)", table="all"), 2735),
        q("How much fuel in both?", of("sum", "Amount", ("Kind", "eq", "Fuel"), table="all"), 1325),
        q("The last bill of January?", of("max", "Date", sheet="January"), "2026-01-30"),
    ),
)

# An account with minus signs behind, parentheses, and days before months.
_LEDGER = [
    ("03-08-2026", "Opening", D("12500.00")),
    ("14-08-2026", "Rent", D("-4250.50")),
    ("21-08-2026", "Sales", D("9875.25")),
    ("02-09-2026", "Refund", D("-120.75")),
    ("15-09-2026", "Sales", D("10040.00")),
]


def _booked(at: int, amount: Decimal) -> str:
    said = grouped(abs(amount), ",", 2)
    return said if amount > 0 else (f"({said})" if at % 2 else f"{said}-")


_ledger: list[tuple[Any, ...]] = [
    (day, what, _booked(at, amount)) for at, (day, what, amount) in enumerate(_LEDGER)
]
LEDGER = Document(
    "ledger-q3.csv",
    delimited([("Date", "Entry", "Amount (USD)"), *_ledger, ("", "Balance", "28,044.00")]),
    (
        q("The balance?", of("sum", "Amount (USD)", ("Entry", "ne", "Balance")), D("28044")),
        q("What went out?", of("sum", "Amount", ("Amount", "lt", 0)), D("-4371.25")),
        q("How many entries in September?", of("count", "", ("Date", "ge", "2026-09-01")), 2),
        q("The first day?", of("min", "Date"), "2026-08-03"),
        q("The smallest?", of("min", "Amount"), D("-4250.5")),
    ),
)
# Amounts of several currencies, and weights of several units.
MIXED = Document(
    "contracts.csv",
    delimited(
        [
            ("Vendor", "Value", "Weight", "Term"),
            ("Alpha", "USD 12,500", "500 kg", "24 months"),
            ("Beta", "Rp 250,000,000", "2 t", "12 months"),
            ("Gamma", "USD 8,000", "750 kg", "36 months"),
            ("Delta", "EUR 4,250", "80 kg", "6 months"),
        ]
    ),
    (
        q("All values together?", of("sum", "Value"), REFUSED),
        q("Those in dollars?", of("sum", "Value", ("Value", "contains", "USD")), 20500),
        q("The whole weight?", of("sum", "Weight"), REFUSED),
        q("The longest term?", of("max", "Term"), 36),
        q("The mean term?", of("mean", "Term"), D("19.5")),
    ),
)
SHEETS = (BUDGET, SALES, COLONS, BRANCHES, MONTHS, LEDGER, MIXED)
