"""Kills the ingestion worker at random instants, and compares what it made with a calm run's.

    python -m tests.endurance.killing [--pages 10000] [--paragraphs 6] [--kills 20] [--seed 0]

A generated PDF goes through the function's own handler and adapters: S3, SQS and DynamoDB are
moto's behind a socket, the index is a SQLite file, and a server of the harness counts the tokens
that it embeds. The worker gets SIGKILL at these instants, and another one takes over, until the
document is indexed.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from tests import books
from tests.bench.reporting import Row, arguments, report
from tests.endurance.world import Indexed, running_world


def main() -> None:
    """Runs both and reports; fails if they differ."""
    parser = arguments(__doc__)
    parser.add_argument("--pages", type=int, default=10_000)
    parser.add_argument("--paragraphs", type=int, default=books.PARAGRAPHS, help="on each page")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    content = books.as_pdf(
        replace(page, paragraphs=page.paragraphs[: given.paragraphs])
        for page in books.pages(given.pages)
    )
    with tempfile.TemporaryDirectory() as folder:
        calm_row, calm, instants = _run(Path(folder, "calm"), content, ())
        deadly = random.Random(given.seed).sample(range(1, instants + 1), given.kills)
        row, killed, _ = _run(Path(folder, "killed"), content, deadly)
    note = f"{given.pages} pages, {len(content) / 1e6:.1f} MB; instants {sorted(deadly)}"
    report("Killed at random instants", [calm_row, row], given.json, note)
    if killed.chunks != calm.chunks or killed.tokens > 1.02 * calm.tokens or killed.rest:
        raise SystemExit("The killed run's document is not the calm one's, or cost too much.")


def _run(folder: Path, content: bytes, deadly: Collection[int]) -> tuple[Row, Indexed, int]:
    with running_world(folder) as world:
        world.upload(content)
        begun = time.monotonic()
        peak_mb = world.work(deadly, within_s=7_200)
        seconds, instants, kills = time.monotonic() - begun, world.instants, world.kills
        left = world.indexed().rest
        if left:
            world.verify()
        found = world.indexed()
    row: Row = {
        "kills": kills,
        "instants": instants,
        "chunks": len(found.chunks),
        "left over": left,
        "after verify": found.rest,
        "tokens": found.tokens,
        "seconds": round(seconds, 1),
        "peak RSS MB": round(peak_mb, 1),
    }
    return row, found, instants


if __name__ == "__main__":
    main()
