"""A file that an older version of Nexus made is brought up to date when it is opened."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np
import pytest

from nexus.adapters.sqlite import schema
from nexus.adapters.sqlite.index import SqliteIndex
from tests.contract.test_vector_index import ALL, axis, ids, record


@pytest.mark.parametrize("version", [1, 2])
def test_a_file_of_an_older_version_answers_and_takes_new_documents(
    tmp_path: Path, version: int
) -> None:
    path = tmp_path / "old.db"
    made_by_version(version, path)
    index, other = SqliteIndex(path), SqliteIndex(path)
    assert ids(index.search_text("acme.a", "When does the library open?", 5, ALL)) == ["old"]
    assert ids(index.search_dense("acme.a", axis(0), 5, ALL)) == ["old"]
    assert index.fetch("acme.a", ["old"])["old"].chunk.table == ""
    other.upsert("acme.a", [record("new", "图书馆每天八点开门", vector=axis(1))])
    assert ids(index.search_dense("acme.a", axis(1), 5, ALL)) == ["new", "old"]
    assert index.search_text("acme.a", "图书馆几点开门", 5, ALL)[0].text == "图书馆每天八点开门"
    other.delete_chunks("acme.a", ["old"])
    assert ids(index.search_dense("acme.a", axis(0), 5, ALL)) == ["new"]
    index.close()
    other.close()
    with sqlite3.connect(path) as seen:
        assert seen.execute("PRAGMA user_version").fetchone()[0] == len(schema.STEPS)
    seen.close()


def made_by_version(version: int, path: Path) -> None:
    """A file with one chunk as that version wrote it."""
    vector = np.asarray(axis(0), dtype=np.float32).tobytes()
    with sqlite3.connect(path) as old:
        for statements in schema.STEPS[:version]:
            for statement in statements:
                old.execute(statement)
        old.execute("INSERT INTO namespaces VALUES ('acme.a', 8, 1)")
        old.execute(
            "INSERT INTO chunks VALUES (7, 'acme.a', 'old', 'doc', NULL, NULL, '', 0, 1, 'u', "
            "'[3, [], null, null, null]', '[null, null]')"
        )
        old.execute("INSERT INTO vectors VALUES (7, ?)", (vector,))
        old.execute("INSERT INTO words (rowid, title, text) VALUES (7, 'T', 'The library opens.')")
        old.execute(f"PRAGMA user_version = {version}")
    old.close()
