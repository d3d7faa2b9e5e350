"""However uploads, edits and removals follow each other, the index ends where the bucket is."""

from __future__ import annotations

import random
import threading

from cli.connection import DEMO_TENANT, Connection
from nexus.adapters.sqlite.index import SqliteIndex
from nexus.object_keys import document_id
from tests.e2e.conftest import Deployed
from tests.e2e.test_documents import delete, put, record
from tests.e2e.waiting import eventually

PATHS = [f"convergence/{name}.md" for name in ("anchor", "buoy", "compass")]
CHANGES = 25


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

        def agrees(path: str = path, wanted: set[str] = wanted) -> bool:
            identity = document_id(DEMO_TENANT, path)
            found = record(connection, path, "indexed", "deleted")
            manifest = connection.operator.catalogue.manifest(DEMO_TENANT, identity)
            ids = manifest.chunk_ids if manifest else ()
            texts = {one.chunk.text for one in index.fetch(space, ids).values()}
            whole = index.count(space, identity) == len(ids)
            return found is not None and texts == wanted and whole

        eventually(agrees, f"agreement about {path}")
    for path in PATHS:
        delete(connection, path)


def _texts(markdown: bytes) -> list[str]:
    return [part for part in markdown.decode().split("\n\n") if not part.startswith("#")]
