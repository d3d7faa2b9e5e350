"""Keeps the matrices of the namespaces searched last, each brought to what the file holds now."""

from __future__ import annotations

import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from nexus.adapters.sqlite.database import BUSY_TIMEOUT_S
from nexus.adapters.sqlite.matrix import Matrix
from nexus.deadline import current
from nexus.errors import UpstreamRefused, UpstreamUnavailable

# A tenant uses one namespace, two while a generation is being built.
NAMESPACES_KEPT = 8

# Vectors read at once: what is in memory beside the matrix while it is loaded.
READ_AT_ONCE = 256

_STATE = """
    SELECT dimension, (SELECT last FROM numbering),
           (SELECT coalesce(max(seq), 0) FROM removed), (SELECT coalesce(min(seq), 1) FROM removed)
    FROM namespaces WHERE namespace = ?
"""


@dataclass(slots=True)
class _Kept:
    """A namespace's matrix, the last chunk and the last removal that it knows of."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    matrix: Matrix | None = None
    last: int = 0
    seq: int = 0


class Matrices:
    """One matrix for each of the namespaces used last, shared by threads."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._lock = threading.Lock()

    @contextmanager
    def up_to_date(
        self, connection: sqlite3.Connection, namespace: str, dimension: int
    ) -> Iterator[Matrix | None]:
        """The namespace's matrix as the connection's transaction sees it; None if it is unknown.

        The transaction may not have read anything yet. Other threads wait until the block ends.
        Raises UpstreamRefused if the namespace's vectors are not of this dimension.
        """
        kept = self._of(namespace)
        # The lock comes before the transaction's first read, which fixes what it sees: so no thread
        # meets a matrix that is ahead of it.
        if not kept.lock.acquire(timeout=current().limit(BUSY_TIMEOUT_S, "index")):
            raise UpstreamUnavailable("index", "The index is busy; try again in a moment.", 1.0)
        try:
            seq = kept.seq
            matrix = _refreshed(kept, connection, namespace, dimension)
            if kept.seq != seq:
                self._forget_deleted(connection)
            yield matrix
        finally:
            kept.lock.release()

    def _of(self, namespace: str) -> _Kept:
        with self._lock:
            kept = self._kept.setdefault(namespace, _Kept())
            self._kept.move_to_end(namespace)
            while len(self._kept) > NAMESPACES_KEPT:
                self._kept.popitem(last=False)
        return kept

    def _forget_deleted(self, connection: sqlite3.Connection) -> None:
        """Frees what an old generation took, of which nobody asks any more."""
        known = {row[0] for row in connection.execute("SELECT namespace FROM namespaces")}
        with self._lock:
            for namespace in self._kept.keys() - known:
                del self._kept[namespace]


def _refreshed(
    kept: _Kept, connection: sqlite3.Connection, namespace: str, dimension: int
) -> Matrix | None:
    matrix, kept.matrix = kept.matrix, None  # a matrix half changed is not kept
    state = connection.execute(_STATE, (namespace,)).fetchone()
    if state is None:
        return None
    stored, last, seq, first_seq = state
    check_dimension(stored, dimension)
    # Of another dimension it is another namespace of that name; with higher numbers than the file's
    # it is of a file that was put back; and what the log has forgotten, nobody can tell any more.
    if (
        matrix is None
        or matrix.dimension != dimension
        or kept.last > last
        or not first_seq - 1 <= kept.seq <= seq
    ):
        matrix = None  # its memory is free before the new one's is taken
        matrix, kept.last = Matrix(dimension), 0
    elif kept.seq < seq:
        gone = connection.execute("SELECT id FROM removed WHERE seq > ?", (kept.seq,))
        matrix.remove([row[0] for row in gone])
    if kept.last < last:
        _add_after(kept.last, matrix, connection, namespace)
    kept.matrix, kept.last, kept.seq = matrix, last, seq
    return matrix


def check_dimension(stored: int, given: int) -> None:
    """Raises UpstreamRefused unless a vector's length is that of the namespace's vectors."""
    if stored != given:
        raise UpstreamRefused(
            "index",
            f"The index holds vectors of {stored} numbers and was given {given}: "
            "the embedding model changed without a new generation.",
        )


def _add_after(last: int, matrix: Matrix, connection: sqlite3.Connection, namespace: str) -> None:
    cursor = connection.execute(
        "SELECT c.id, v.vector FROM chunks c INDEXED BY chunks_in_order "
        "CROSS JOIN vectors v ON v.id = c.id WHERE c.namespace = ? AND c.id > ?",
        (namespace, last),
    )
    while batch := cursor.fetchmany(READ_AT_ONCE):
        matrix.add([row[0] for row in batch], [row[1] for row in batch])
