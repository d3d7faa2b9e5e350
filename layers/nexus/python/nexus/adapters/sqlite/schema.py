"""The tables of the index's file, and the steps to them from a file of any earlier version."""

from __future__ import annotations

import sqlite3

from nexus.errors import UpstreamRefused

# `chunks` is narrow on purpose: filters scan it whole and word searches look up every match in it,
# so texts and vectors, a hundred times larger, live elsewhere under the same id.
_TABLES = (
    """CREATE TABLE namespaces (
        namespace TEXT PRIMARY KEY,
        dimension INTEGER NOT NULL,
        writes INTEGER NOT NULL
    ) WITHOUT ROWID""",
    """CREATE TABLE chunks (
        id INTEGER PRIMARY KEY,
        namespace TEXT NOT NULL,
        chunk_id TEXT NOT NULL,
        document_id TEXT NOT NULL,
        department TEXT,
        date TEXT,
        tags TEXT NOT NULL,
        ordinal INTEGER NOT NULL,
        added_in INTEGER NOT NULL,
        uri TEXT NOT NULL,
        locator TEXT NOT NULL,
        about TEXT NOT NULL,
        UNIQUE (namespace, chunk_id)
    )""",
    "CREATE INDEX chunks_by_document ON chunks (namespace, document_id)",
    "CREATE TABLE vectors (id INTEGER PRIMARY KEY, vector BLOB NOT NULL)",
    """CREATE VIRTUAL TABLE words USING fts5(
        title, text, tokenize = 'porter unicode61 remove_diacritics 2'
    )""",
)
# `words` holds what is searched (nexus.text.search_terms); where that is not what readers see, this
# is. A file of version 1 has neither, and its rows stay as they are until the next generation.
_SHOWN = ("CREATE TABLE shown (id INTEGER PRIMARY KEY, title TEXT NOT NULL, text TEXT NOT NULL)",)

# Removals that the log keeps: a reader that missed more loads its matrix anew. A megabyte.
REMOVALS_KEPT = 100_000

# What changed since a reader looked last: a chunk's number is never given twice, so that the new
# chunks are those with higher numbers, and `removed` lists, in order, the numbers that went. A
# trigger writes it, so that no statement can forget to.
_CHANGES = (
    "ALTER TABLE namespaces DROP COLUMN writes",
    "CREATE TABLE numbering (last INTEGER NOT NULL)",
    "INSERT INTO numbering SELECT coalesce(max(id), 0) FROM chunks",
    "CREATE TABLE removed (seq INTEGER PRIMARY KEY, id INTEGER NOT NULL)",
    f"""CREATE TRIGGER chunk_removed AFTER DELETE ON chunks BEGIN
        INSERT INTO removed (id) VALUES (OLD.id);
        DELETE FROM removed WHERE seq <= last_insert_rowid() - {REMOVALS_KEPT};
    END""",  # noqa: S608
    # Holds the ids of a namespace in order, as every index ends in them.
    "CREATE INDEX chunks_in_order ON chunks (namespace)",
)

# The groups of a chunk's document, kept as its tags are. The index holds only chunks that have any,
# so that a search learns of them without looking at the others.
_GROUPS = (
    "ALTER TABLE chunks ADD COLUMN groups TEXT NOT NULL DEFAULT ''",
    "CREATE INDEX chunks_with_groups ON chunks (namespace, groups) WHERE groups <> ''",
)

# How the lines of a chunk are rows of tables; only chunks that have any stand in it.
_LAYOUTS = ("CREATE TABLE layouts (id INTEGER PRIMARY KEY, layout TEXT NOT NULL)",)

# The step at place n makes a file of version n one of version n + 1.
STEPS = (_TABLES, _SHOWN, _CHANGES, _GROUPS, _LAYOUTS)


def bring_up_to_date(connection: sqlite3.Connection) -> None:
    """Makes the tables of a new file, or those that an older version of Nexus did not make.

    All in one transaction, so that processes that open the file at once do it once. Raises
    UpstreamRefused for a file of a later version.
    """
    if _steps_done(connection) == len(STEPS):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        done = _steps_done(connection)  # another process may have come first
        for step in STEPS[done:]:
            for statement in step:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(STEPS)}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _steps_done(connection: sqlite3.Connection) -> int:
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version not in range(len(STEPS) + 1):
        raise UpstreamRefused(
            "index",
            "The index's file was made by another version of Nexus: delete it and reindex.",
        )
    return version
