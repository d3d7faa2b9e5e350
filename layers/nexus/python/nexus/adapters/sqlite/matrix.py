"""Keeps each namespace's vectors in memory as one matrix, fresh whichever process wrote last."""

from __future__ import annotations

import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nexus.errors import UpstreamRefused

# A tenant uses one namespace, two while a generation is being built.
NAMESPACES_KEPT = 8

Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Matrix:
    """A namespace's unit vectors as rows, and the ascending ids of the chunks they belong to."""

    writes: int
    ids: NDArray[np.int64]
    rows: Vector

    def nearest(
        self, vector: Vector, top_k: int, among: Sequence[int] | None
    ) -> list[tuple[int, float]]:
        """The ids and cosines of the `top_k` nearest rows, best first; `among` limits the ids."""
        scores: Vector = self.rows @ vector
        ids = self.ids
        if among is not None:
            wanted = np.sort(np.asarray(among, dtype=np.int64))
            scores = scores[np.searchsorted(ids, wanted)]
            ids = wanted
        if len(scores) > top_k:
            best = np.argpartition(scores, len(scores) - top_k)[-top_k:]
            scores, ids = scores[best], ids[best]
        order = np.lexsort((ids, -scores))
        return [(int(ids[i]), float(scores[i])) for i in order]


class MatrixCache:
    """The matrices of the namespaces used last, each as of the namespace's last write."""

    def __init__(self) -> None:
        self._matrices: OrderedDict[str, Matrix] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, connection: sqlite3.Connection, namespace: str, dimension: int) -> Matrix | None:
        """The namespace's matrix as the connection's transaction sees it; None if it is unknown.

        Raises UpstreamRefused if its vectors are not of this dimension.
        """
        known = connection.execute(
            "SELECT dimension, writes FROM namespaces WHERE namespace = ?", (namespace,)
        ).fetchone()
        if known is None:
            return None
        check_dimension(known[0], dimension)
        matrix = self._matrices.get(namespace)
        if matrix is not None and matrix.writes == known[1]:
            return matrix
        # One thread loads while the others wait for it instead of loading the same again.
        with self._lock:
            matrix = self._matrices.get(namespace)
            if matrix is None or matrix.writes != known[1]:
                matrix = _load(connection, namespace, dimension, known[1])
                self._matrices[namespace] = matrix
            self._matrices.move_to_end(namespace)
            while len(self._matrices) > NAMESPACES_KEPT:
                self._matrices.popitem(last=False)
        return matrix


def unit(vector: Sequence[float]) -> Vector:
    """The vector as float32 of length one; all zeros stay zeros."""
    array = np.asarray(vector, dtype=np.float32)
    norm = float(np.linalg.norm(array))
    return array / np.float32(norm) if norm else array


def check_dimension(stored: int, given: int) -> None:
    """Raises UpstreamRefused unless a vector's length is that of the namespace's vectors."""
    if stored != given:
        raise UpstreamRefused(
            "index",
            f"The index holds vectors of {stored} numbers and was given {given}: "
            "the embedding model changed without a new generation.",
        )


def _load(connection: sqlite3.Connection, namespace: str, dimension: int, writes: int) -> Matrix:
    count = connection.execute(
        "SELECT count(*) FROM chunks WHERE namespace = ?", (namespace,)
    ).fetchone()[0]
    ids = np.empty(count, dtype=np.int64)
    rows = np.empty((count, dimension), dtype=np.float32)
    cursor = connection.execute(
        "SELECT c.id, v.vector FROM chunks c JOIN vectors v ON v.id = c.id "
        "WHERE c.namespace = ? ORDER BY c.id",
        (namespace,),
    )
    done = 0
    while batch := cursor.fetchmany(4096):
        end = done + len(batch)
        ids[done:end] = [chunk for chunk, _ in batch]
        blobs = b"".join(blob for _, blob in batch)
        rows[done:end] = np.frombuffer(blobs, dtype=np.float32).reshape(len(batch), dimension)
        done = end
    norms = np.sqrt(np.einsum("ij,ij->i", rows, rows))
    norms[norms == 0] = 1
    rows /= norms[:, None]
    return Matrix(writes, ids, rows)
