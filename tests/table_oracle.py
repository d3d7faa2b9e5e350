"""The tables that questions are asked of, and what is right of them by another way.

It is computed from the files' own bytes by Python's csv module, not by anything of ours.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

SAMPLES = Path(__file__).parents[1] / "cli" / "local" / "sample_documents"
FEE, CONTRIBUTION, YEAR = "Tuition per semester (IDR)", "Admission contribution (IDR)", "Entry year"
# As organisations write them: currencies, both ways to group digits, blanks, totals, words.
STOCK = """\
Item,Price,Stock,Weight (kg),Share,Remark
"Desk; oak",Rp 1.250.000,12,"24,5",12%,first floor
Chair,Rp 375.500,140,"6,25",40%,"blue; Note: heavy"
Lamp,Rp 98.750,0,"1,2",8%,
Shelf,Rp 2.100.000,,"31,75",20%,on order
Board,on request,7,"12,3",20%,third floor
Total,Rp 3.824.250,159,"76",100%,
"""
STOCK_ROWS = {
    "Desk": (1250000, 12, "24.5"),
    "Chair": (375500, 140, "6.25"),
    "Lamp": (98750, 0, "1.2"),
    "Shelf": (2100000, None, "31.75"),
    "Board": (None, 7, "12.3"),
}
Row = dict[str, str]
Rows = list[Row]


def rows(name: str) -> Rows:
    return list(csv.DictReader(io.StringIO((SAMPLES / name).read_text(encoding="utf-8-sig"))))


def fees(**wanted: str) -> Rows:
    """The rows of fees.csv with these values, by the beginning of a column's name."""
    found = rows("fees.csv")
    for start, value in wanted.items():
        column = next(name for name in found[0] if name.lower().startswith(start))
        found = [row for row in found if row[column] == value]
    return found


def amounts(found: Rows, column: str = FEE) -> list[int]:
    return [int(row[column]) for row in found]


def where(*conditions: tuple[str, str, Any]) -> list[dict[str, Any]]:
    return [{"column": c, "operator": o, "value": v} for c, o, v in conditions]


def figure(function: str, column: str = "") -> list[dict[str, str]]:
    return [{"function": function, **({"column": column} if column else {})}]


def mean(numbers: Sequence[int | Decimal]) -> str:
    value = round(sum(map(Decimal, numbers), Decimal(0)) / len(numbers), 6)
    return f"{value:f}".rstrip("0").rstrip(".")
