"""A process that dies while it writes leaves the file, and what readers keep of it, whole."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from nexus.adapters.sqlite.index import SqliteIndex
from nexus.models import Filters

WRITER = """
import sys
from nexus.adapters.sqlite.index import SqliteIndex
from nexus.models import Chunk, DocumentMetadata, IndexRecord, Locator
index = SqliteIndex(sys.argv[1])
turn = 0
while True:
    turn += 1
    index.upsert("acme.1", [
        IndexRecord(Chunk(f"{place}", "plain words", Locator(), place), "d", "T", "u", 1,
                    (1.0, float(place + turn)), DocumentMetadata())
        for place in range(40)
    ])
    print(flush=True)
    index.delete_document("acme.1", "d", 1)
"""


def test_a_writer_killed_at_any_instant_leaves_readers_right(tmp_path: Path) -> None:
    path = tmp_path / "index.db"
    reader = SqliteIndex(path)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    for _ in range(3):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, env=environment
        ) as writer:
            assert writer.stdout is not None
            for _ in range(20):
                assert writer.stdout.readline()
                assert len(reader.search_dense("acme.1", (1.0, 0.0), 50, Filters())) in (0, 40)
            writer.kill()
        fresh = SqliteIndex(path)
        expected = fresh.search_dense("acme.1", (1.0, 0.0), 50, Filters())
        assert len(expected) in (0, 40)
        assert reader.search_dense("acme.1", (1.0, 0.0), 50, Filters()) == expected
        fresh.close()
    reader.close()
