"""However uploads, edits and removals follow each other, the index ends where the bucket is."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from cli.connection import DEMO_TENANT, Connection
from nexus.adapters.sqlite.index import SqliteIndex
from nexus.models import DocumentRecord
from nexus.object_keys import document_id
from tests.e2e.conftest import Deployed
from tests.e2e.test_documents import delete, put
from tests.e2e.waiting import eventually

PATHS = [f"convergence/{name}.md" for name in ("anchor", "buoy", "compass")]
ENDED = ("indexed", "deleted")
CHANGES = 25
# A call that fails on a busy machine is made again after 15 s, one that failed three times after
# 315 s in all (functions/ingest/retrying.py).
WITHIN_S = 400.0


def content(path: str, number: int) -> bytes:
    parts = (
        f"# Section {place}\n\nThe log of {path} has the entry {path}-{number if place else 'x'}."
        for place in range(4)
    )
    return "\n\n".join(parts).encode()


def test_documents_that_change_all_the_time_end_as_the_bucket_has_them(
    stack: Deployed, connection: Connection
) -> None:
    last: dict[str, int | None] = {}
    catalogue = connection.operator.catalogue
    # What came and went before a worker first looked has no record to wait for.
    for path in PATHS:
        put(connection, path, content(path, CHANGES))
    for path in PATHS:
        known = partial(catalogue.get, DEMO_TENANT, document_id(DEMO_TENANT, path))
        eventually(known, f"record of {path}", WITHIN_S)

    def hurry(path: str, seed: int) -> None:
        chance = random.Random(seed)
        for number in range(CHANGES):
            if chance.random() < 0.3:
                delete(connection, path)
                last[path] = None
            else:
                put(connection, path, content(path, number))
                last[path] = number

    threads = [threading.Thread(target=hurry, args=(path, seed)) for seed, path in enumerate(PATHS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    index = SqliteIndex(connection.settings.sqlite_path)
    space = f"{DEMO_TENANT}.{connection.live.generation_id}"
    for path in PATHS:
        wanted = set() if last[path] is None else set(_texts(content(path, last[path] or 0)))

        def seen(path: str = path) -> tuple[DocumentRecord | None, set[str], bool]:
            """The record, the texts that readers find, and whether the index holds no others."""
            identity = document_id(DEMO_TENANT, path)
            manifest = catalogue.manifest(DEMO_TENANT, identity)
            ids = manifest.chunk_ids if manifest else ()
            texts = {one.chunk.text for one in index.fetch(space, ids).values()}
            found = catalogue.get(DEMO_TENANT, identity)
            return found, texts, index.count(space, identity) == len(ids)

        def agrees(look: Callable[[], Any] = seen, wanted: set[str] = wanted) -> bool:
            found, texts, whole = look()
            return bool(found) and found.status in ENDED and texts == wanted and whole

        eventually(agrees, f"agreement about {path}", WITHIN_S, seen)
    for path in PATHS:
        delete(connection, path)


def _texts(markdown: bytes) -> list[str]:
    return [part for part in markdown.decode().split("\n\n") if not part.startswith("#")]
