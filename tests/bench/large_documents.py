"""Measures the ingestion worker's peak memory over documents of very different size.

    python -m tests.bench.large_documents [--pages 100 10000] [--csv-mb 64 2048] [--json OUT]

Generated documents lie in files and are read through the S3 adapter, by ranges; catalogue and queue
are moto's. Index, models and ledger take no time and hold nothing (`tests.endurance.lean_worker`),
so that what grows is Nexus's own. Each document has a worker process of its own, and vectors of
1,536 numbers. The baseline is the smallest document of its kind.
"""

from __future__ import annotations

import random
import tempfile
import time
from pathlib import Path

from tests import books
from tests.bench.reporting import Row, arguments, report
from tests.endurance.world import running_world

_ROWS = 1_000
DIMENSION = 1_536


def main() -> None:
    """Measures and reports."""
    parser = arguments(__doc__)
    parser.add_argument("--pages", type=int, nargs="*", default=[100, 10_000])
    parser.add_argument("--csv-mb", type=int, nargs="*", default=[64, 2_048])
    given = parser.parse_args()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        least = 0.0
        for pages in given.pages:
            file = Path(folder, f"{pages}.pdf")
            file.write_bytes(books.as_pdf(books.pages(pages)))
            rows.append(measured(f"PDF, {pages:,} pages", file, least))
            least = least or float(rows[-1]["peak RSS MB"])
            file.unlink()
        least = 0.0
        for size in given.csv_mb:
            file = Path(folder, f"{size}.csv")
            write_csv(file, size * 1024 * 1024)
            rows.append(measured(f"CSV, {size:,} MiB", file, least))
            least = least or float(rows[-1]["peak RSS MB"])
            file.unlink()
    report("Large documents", rows, given.json, "vectors of 1,536 numbers, one worker")


def measured(name: str, file: Path, least: float) -> Row:
    """Ingests one file in a worker of its own."""
    with tempfile.TemporaryDirectory() as folder, running_world(Path(folder)) as world:
        world.embed_in(DIMENSION)
        world.place(file, file.name)
        begun = time.monotonic()
        peak_mb = world.work(within_s=7_200, worker="tests.endurance.lean_worker")
        seconds = time.monotonic() - begun
        record = world.record(file.name)
        if record is None or record.status != "indexed":
            raise SystemExit(f"{name} was not indexed: {record}")
    return {
        "document": name,
        "MB": round(file.stat().st_size / 1e6, 1),
        "parts": max(record.parts, 1),
        "chunks": record.chunks,
        "seconds": round(seconds, 1),
        "peak RSS MB": round(peak_mb, 1),
        "x smallest": round(peak_mb / least, 2) if least else 1.0,
    }


def write_csv(file: Path, size: int) -> None:
    """Rows of numbers and remarks; a remark is a paragraph."""
    chance = random.Random(7)
    remarks = [books.paragraph(chance) for _ in range(_ROWS)]
    with file.open("w", encoding="utf-8") as target:
        written = target.write("number,customer,amount,remark\n")
        number = 0
        while written < size:
            number += 1
            remark = remarks[chance.randrange(_ROWS)]
            written += target.write(f'{number},Customer {number % 977},{number * 7},"{remark}"\n')


if __name__ == "__main__":
    main()
