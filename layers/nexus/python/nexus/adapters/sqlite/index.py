"""A vector index in one SQLite file: exact cosine over vectors, BM25 over words, filters in SQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path
from struct import Struct

from nexus.adapters.sqlite.database import SqliteDatabase
from nexus.adapters.sqlite.matrices import Matrices, check_dimension
from nexus.adapters.sqlite.matrix import cosines, unit
from nexus.adapters.sqlite.rows import (
    CHUNK_COLUMNS,
    chunk_row,
    closed_clause,
    edged,
    filter_clause,
    id_list,
    read_hit,
    read_record,
)
from nexus.models import Filters, Hit, IndexedChunk, IndexRecord
from nexus.ports import ScannedPage
from nexus.text.query_words import query_words, storable
from nexus.text.search_terms import indexed_forms

# A title names the whole document, so a word in it says a little more than one in the text.
TITLE_WEIGHT = 1.5

# Records written under one hold of the write lock, so that other writers get their turn.
BATCH = 500

_SHOWN = (
    "c.id, c.chunk_id, c.document_id, coalesce(s.title, w.title), c.uri, coalesce(s.text, w.text), "
    "c.locator, c.ordinal, c.added_in"
)
_SAID = "c.department, c.date, c.tags, c.about, c.groups"
_TEXTS = "JOIN words w ON w.rowid = c.id LEFT JOIN shown s ON s.id = c.id"


class SqliteIndex:
    """`nexus.ports.VectorIndex` on a file that many threads and processes read and write at once.

    The file and its folder are made when first used. A dense search reads a matrix kept in memory
    (2 bytes per number), to which the next search brings what any process has written or removed.
    """

    def __init__(self, path: str | Path) -> None:
        self._database = SqliteDatabase(Path(path))
        self._matrices = Matrices()

    def upsert(self, namespace: str, records: Sequence[IndexRecord]) -> None:
        """Writes records in transactions of `BATCH`; the last of equal chunk ids stands."""
        latest = list({record.chunk.chunk_id: record for record in records}.values())
        for start in range(0, len(latest), BATCH):
            batch = latest[start : start + BATCH]
            with self._database.writing() as connection:
                _claim(connection, namespace, batch)
                _remove(
                    connection,
                    "namespace = ? AND chunk_id IN (SELECT value FROM json_each(?))",
                    (namespace, id_list([record.chunk.chunk_id for record in batch])),
                )
                _insert(connection, namespace, batch)

    def search_dense(
        self, namespace: str, vector: Sequence[float], top_k: int, filters: Filters
    ) -> list[Hit]:
        """The `top_k` nearest by cosine, exactly. Raises UpstreamRefused for a wrong dimension."""
        if top_k < 1:
            return []
        one = unit(vector)
        with self._database.reading() as connection:
            with self._matrices.up_to_date(connection, namespace, len(vector)) as matrix:
                if matrix is None:
                    return []
                among = _passing(connection, namespace, filters)
                close = matrix.candidates(one, top_k, among)
            rows = connection.execute(
                f"SELECT v.vector, {_SHOWN} FROM chunks c {_TEXTS} "  # noqa: S608
                "JOIN vectors v ON v.id = c.id WHERE c.id IN (SELECT value FROM json_each(?))",
                (id_list(close),),
            ).fetchall()
        scores = cosines(one, [row[0] for row in rows])
        ranked = sorted(zip(scores, rows, strict=True), key=lambda pair: (-pair[0], pair[1][1]))
        return [read_hit(row[1:], score) for score, row in ranked[:top_k]]

    def search_text(self, namespace: str, query: str, top_k: int, filters: Filters) -> list[Hit]:
        """The `top_k` best by BM25 among chunks with any of the query's words, stemmed."""
        words = query_words(query)
        if not words or top_k < 1:
            return []
        clause, values = filter_clause(filters)
        # Quoted, a word is data: FTS5 reads no operator in it.
        match = " OR ".join(f'"{word}"' for word in words)
        with self._database.reading() as connection:
            ranked = connection.execute(
                f"SELECT {_SHOWN}, r.score FROM ("  # noqa: S608
                f"  SELECT words.rowid AS id, bm25(words, {TITLE_WEIGHT}, 1.0) AS score"
                "   FROM words CROSS JOIN chunks c ON c.id = words.rowid"
                f"  WHERE words MATCH ? AND c.namespace = ?{clause}"
                "   ORDER BY score, words.rowid LIMIT ?"
                f") r JOIN chunks c ON c.id = r.id {_TEXTS} "
                "ORDER BY r.score, r.id",
                (match, namespace, *values, top_k),
            ).fetchall()
        # SQLite's bm25() is negative, the best the lowest.
        return [read_hit(row, -row[-1]) for row in ranked]

    def fetch(self, namespace: str, chunk_ids: Sequence[str]) -> dict[str, IndexRecord]:
        """The records with these ids; numbers of vectors come back as float32 holds them."""
        with self._database.reading() as connection:
            rows = connection.execute(
                f"SELECT {_SHOWN}, {_SAID}, v.vector, l.layout "  # noqa: S608
                f"FROM chunks c {_TEXTS} JOIN vectors v ON v.id = c.id "
                "LEFT JOIN layouts l ON l.id = c.id "
                "WHERE c.namespace = ? AND c.chunk_id IN (SELECT value FROM json_each(?))",
                (namespace, id_list(chunk_ids)),
            ).fetchall()
        records = (read_record(row) for row in rows)
        return {record.chunk.chunk_id: record for record in records}

    def regroup(self, namespace: str, document_id: str, groups: Sequence[str]) -> None:
        """Gives the document's chunks other groups, in one transaction."""
        with self._database.writing() as connection:
            connection.execute(
                "UPDATE chunks SET groups = ? WHERE namespace = ? AND document_id = ?",
                (edged(groups), namespace, storable(document_id)),
            )

    def delete_chunks(self, namespace: str, chunk_ids: Sequence[str]) -> None:
        """Removes these chunks in one transaction."""
        self._delete(
            "namespace = ? AND chunk_id IN (SELECT value FROM json_each(?))",
            (namespace, id_list(chunk_ids)),
        )

    def delete_document(
        self,
        namespace: str,
        document_id: str,
        through_stamp: int,
        keep: Collection[int] = (),
    ) -> None:
        """Removes the chunks with stamps up to this one, in one transaction."""
        kept = f" AND added_in NOT IN ({', '.join(str(int(stamp)) for stamp in keep)})"
        self._delete(
            f"namespace = ? AND document_id = ? AND added_in <= ?{kept if keep else ''}",
            (namespace, storable(document_id), through_stamp),
        )

    def delete_namespace(self, namespace: str) -> None:
        """Removes everything in a namespace, in one transaction."""
        with self._database.writing() as connection:
            _remove(connection, "namespace = ?", (namespace,))
            connection.execute("DELETE FROM namespaces WHERE namespace = ?", (namespace,))

    def scan(self, generation_id: str, cursor: str, most: int) -> ScannedPage:
        """A page of chunks in the file's own order; the cursor is a row's number."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT id, namespace, chunk_id, document_id, added_in FROM chunks "
                "WHERE id > ? AND namespace LIKE '%.' || ? ORDER BY id LIMIT ?",
                (int(cursor or 0), generation_id, most),
            ).fetchall()
        chunks = tuple(IndexedChunk(*row[1:]) for row in rows)
        return ScannedPage(chunks, str(rows[-1][0]) if len(rows) == most else "")

    def wait_until_searchable(self, namespace: str, chunk_ids: Sequence[str]) -> None:
        """Returns at once: what a transaction wrote is found as soon as it ends."""

    def count(self, namespace: str, document_id: str | None = None) -> int:
        """How many chunks the namespace, or one document in it, holds; exact."""
        condition, values = "namespace = ?", [namespace]
        if document_id is not None:
            condition += " AND document_id = ?"
            values.append(storable(document_id))
        with self._database.reading() as connection:
            found = connection.execute(
                f"SELECT count(*) FROM chunks WHERE {condition}",  # noqa: S608
                values,
            ).fetchone()
        return int(found[0])

    def ping(self) -> None:
        """Returns when the file opens and answers."""
        with self._database.reading() as connection:
            connection.execute("SELECT 1 FROM namespaces LIMIT 1").fetchone()

    def close(self) -> None:
        """Closes the calling thread's connection."""
        self._database.close()

    def _delete(self, condition: str, values: tuple[str, *tuple[str | int, ...]]) -> None:
        with self._database.writing() as connection:
            _remove(connection, condition, values)


def _passing(connection: sqlite3.Connection, namespace: str, filters: Filters) -> list[int] | None:
    """The ids of the chunks that filters let through; None for all."""
    by_groups, groups = replace(filters, groups=None) == Filters(), filters.groups
    # Most searches have only groups; where they close nothing, none is looked at for itself.
    if by_groups and (groups is None or not _closes_any(connection, namespace, groups)):
        return None
    clause, values = filter_clause(filters)
    found = connection.execute(
        f"SELECT c.id FROM chunks c WHERE c.namespace = ?{clause}",  # noqa: S608
        (namespace, *values),
    )
    return [row[0] for row in found]


def _closes_any(connection: sqlite3.Connection, namespace: str, groups: Sequence[str]) -> bool:
    """Whether a chunk of the namespace has groups, and none of these."""
    clause, values = closed_clause(groups)
    found = connection.execute(
        f"SELECT 1 FROM chunks c WHERE c.namespace = ? AND {clause} LIMIT 1",  # noqa: S608
        (namespace, *values),
    )
    return found.fetchone() is not None


def _claim(connection: sqlite3.Connection, namespace: str, batch: Sequence[IndexRecord]) -> None:
    """Makes the namespace, of the dimension of its first vector. Raises for vectors of another."""
    connection.execute(
        "INSERT INTO namespaces VALUES (?, ?) ON CONFLICT (namespace) DO NOTHING",
        (namespace, len(batch[0].vector)),
    )
    stored = connection.execute(
        "SELECT dimension FROM namespaces WHERE namespace = ?", (namespace,)
    ).fetchone()[0]
    for record in batch:
        check_dimension(stored, len(record.vector))


def _remove(connection: sqlite3.Connection, condition: str, values: tuple[str | int, ...]) -> None:
    doomed = connection.execute(
        f"SELECT id FROM chunks WHERE {condition}",  # noqa: S608
        values,
    ).fetchall()
    connection.executemany("DELETE FROM words WHERE rowid = ?", doomed)
    connection.executemany("DELETE FROM shown WHERE id = ?", doomed)
    connection.executemany("DELETE FROM layouts WHERE id = ?", doomed)
    connection.executemany("DELETE FROM vectors WHERE id = ?", doomed)
    connection.executemany("DELETE FROM chunks WHERE id = ?", doomed)


def _insert(connection: sqlite3.Connection, namespace: str, batch: Sequence[IndexRecord]) -> None:
    # No number is given twice, not even one that has become free: readers take what has a higher
    # one than they know for new.
    last = connection.execute("SELECT last FROM numbering").fetchone()[0]
    connection.execute("UPDATE numbering SET last = ?", (last + len(batch),))
    numbered = list(enumerate(batch, last + 1))
    connection.executemany(
        f"INSERT INTO chunks ({CHUNK_COLUMNS}) VALUES ({'?,' * 12}?)",  # noqa: S608
        [(chunk, namespace, *chunk_row(record)) for chunk, record in numbered],
    )
    shown = [(c, storable(record.title), storable(record.chunk.text)) for c, record in numbered]
    searched = [(c, *indexed_forms(title, text)) for c, title, text in shown]
    connection.executemany("INSERT INTO words (rowid, title, text) VALUES (?,?,?)", searched)
    connection.executemany(
        "INSERT INTO shown VALUES (?,?,?)",
        [one for one, form in zip(shown, searched, strict=True) if one != form],
    )
    connection.executemany(
        "INSERT INTO layouts VALUES (?,?)",
        [(c, storable(one.chunk.table)) for c, one in numbered if one.chunk.table],
    )
    pack = Struct(f"{len(batch[0].vector)}f").pack  # of tuples, many times as fast as NumPy
    connection.executemany(
        "INSERT INTO vectors VALUES (?,?)",
        [(c, pack(*record.vector)) for c, record in numbered],
    )
