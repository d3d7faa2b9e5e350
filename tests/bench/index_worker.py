"""A process that searches the local index when told to, and says how long it took: a chat worker.

    python -m tests.bench.index_worker FILE keeps|reloads

Each line of its input is a search as JSON, each line of its output what came of it. One that
`reloads` opens the index anew for every search, as every write made a worker do before.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from nexus.adapters.sqlite.index import SqliteIndex
from nexus.models import Filters, Hit

TOP_K = 30


def main() -> None:
    """Searches until its input ends."""
    path, manner = sys.argv[1:]
    index = SqliteIndex(path)
    index.ping()
    _tell({"peak_mb": _peak_mb()})
    for line in sys.stdin:
        asked = json.loads(line)
        begun = time.perf_counter()
        if manner == "reloads":
            index.close()
            index = SqliteIndex(path)
        hits = _search(index, asked)
        took_ms = (time.perf_counter() - begun) * 1000
        found = [[hit.chunk_id, hit.score] for hit in hits]
        _tell({"ms": took_ms, "hits": found, "peak_mb": _peak_mb()})
    index.close()


def _search(index: SqliteIndex, asked: dict[str, Any]) -> list[Hit]:
    filters = Filters(document_ids=tuple(asked.get("documents", ())))
    if "text" in asked:
        return index.search_text(asked["namespace"], asked["text"], TOP_K, filters)
    return index.search_dense(asked["namespace"], asked["vector"], TOP_K, filters)


def _tell(what: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def _peak_mb() -> float:
    # Not `ru_maxrss`: that of a child begins with its parent's.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024 / 1e6


if __name__ == "__main__":
    main()
