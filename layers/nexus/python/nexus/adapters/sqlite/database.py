"""Opens the index's SQLite file, once per thread, and turns what SQLite raises into our errors."""

from __future__ import annotations

import math
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nexus.adapters.sqlite.schema import bring_up_to_date
from nexus.deadline import current
from nexus.errors import UpstreamRefused, UpstreamUnavailable

# Writers queue on one lock; an ingestion worker holds it for milliseconds.
BUSY_TIMEOUT_S = 15.0

# Of a new file. A vector of 1,536 numbers has 6 KB: spread over three pages of SQLite's own size,
# it takes longer to write.
PAGE_BYTES = 16_384

# What passes by itself: another process holds the lock, memory or the disk hiccuped. Everything
# else (full, corrupt, read-only, not a database) needs a person.
_PASSING = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_SCHEMA,
    }
)


class SqliteDatabase:
    """One SQLite file, shared by threads and processes; made with its tables if it is absent."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection on one unchanging state of the file."""
        with self._transaction("BEGIN") as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A connection that holds the file's write lock; all of the block is written, or none."""
        # IMMEDIATE: a read that turns into a write fails at once when another process wrote
        # in between, whatever the busy timeout.
        with self._transaction("BEGIN IMMEDIATE") as connection:
            yield connection

    def close(self) -> None:
        """Closes this thread's connection; it opens again when used."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            self._local.connection = None

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        with translated():
            connection = self._connection()
            # It waits for another's lock as long as the request can.
            patience_s = current().limit(BUSY_TIMEOUT_S, "index")
            connection.execute(f"PRAGMA busy_timeout = {math.ceil(patience_s * 1000)}")
            connection.execute(begin)
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                # A full disk or an I/O error has already rolled back.
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = _open(self._path)
            self._local.connection = connection
        return connection


@contextmanager
def translated() -> Iterator[None]:
    """Raises our errors in place of SQLite's and the file system's."""
    try:
        yield
    except sqlite3.Error as err:
        raise translate(err) from err
    except OSError as err:
        raise UpstreamRefused("index", "The index's folder cannot be made or written.") from err


def translate(err: sqlite3.Error) -> UpstreamUnavailable | UpstreamRefused:
    """The error of ours that says what an error of SQLite means for the caller."""
    # Errors that Python's own module raises (misuse) carry no code.
    code = getattr(err, "sqlite_errorcode", sqlite3.SQLITE_MISUSE) & 0xFF
    if code in _PASSING:
        return UpstreamUnavailable("index", "The index is busy; try again in a moment.", 1.0)
    name = getattr(err, "sqlite_errorname", type(err).__name__)
    return UpstreamRefused("index", f"The index's file cannot be used ({name}).")


def _open(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Autocommit: every transaction here begins and ends by a statement that can be seen.
    connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
    try:
        connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")
        _switch_to_wal(connection)
        connection.execute("PRAGMA synchronous = NORMAL")
        # Pages that are mapped stay in every process that has read them: twice the matrix, here.
        connection.execute("PRAGMA mmap_size = 0")
        connection.execute("PRAGMA temp_store = MEMORY")
        bring_up_to_date(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    # The switch needs the file to itself and does not wait for it, so processes that create the
    # same file at the same moment collide here.
    deadline = time.monotonic() + current().limit(BUSY_TIMEOUT_S, "index")
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as err:
            if translate(err).__class__ is UpstreamRefused or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return
