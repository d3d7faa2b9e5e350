"""Keeps the corpus' embeddings on disk between runs, so that a second run pays for none of them."""

from __future__ import annotations

import hashlib
import sqlite3
import struct
import threading
from collections.abc import Sequence
from pathlib import Path

from nexus.ports import Embedder, Embeddings


class KeptEmbedder:
    """An Embedder that looks in a SQLite file first; `model` names all that the vectors depend on.

    Safe to share between threads and processes. Vectors are kept as 32-bit numbers, as they come.
    """

    def __init__(self, inner: Embedder, model: str, path: Path) -> None:
        self._inner = inner
        self._model = model
        self._lock = threading.Lock()
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = sqlite3.connect(path, check_same_thread=False, timeout=30)
        self._file.execute("PRAGMA journal_mode = WAL")
        self._file.execute("PRAGMA synchronous = NORMAL")
        self._file.execute(
            "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB) WITHOUT ROWID"
        )

    def embed(self, texts: Sequence[str]) -> Embeddings:
        """The texts' embeddings; `tokens` counts only those that were not kept."""
        keys = [hashlib.sha256(f"{self._model}\0{text}".encode()).digest() for text in texts]
        found = self._kept(keys)
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in found}
        tokens = 0
        if missing:
            made = self._inner.embed(list(missing.values()))
            tokens = made.tokens
            new = dict(zip(missing, made.vectors, strict=True))
            self._keep(new)
            found |= new
        return Embeddings(tuple(found[key] for key in keys), tokens)

    def ping(self) -> None:
        self._inner.ping()

    def close(self) -> None:
        """Closes the file."""
        with self._lock:
            self._file.close()

    def _kept(self, keys: Sequence[bytes]) -> dict[bytes, tuple[float, ...]]:
        found: dict[bytes, tuple[float, ...]] = {}
        with self._lock:
            for key in keys:
                row = self._file.execute(
                    "SELECT vector FROM vectors WHERE key = ?", (key,)
                ).fetchone()
                if row:
                    found[key] = struct.unpack(f"<{len(row[0]) // 4}f", row[0])
        return found

    def _keep(self, vectors: dict[bytes, tuple[float, ...]]) -> None:
        rows = [(key, struct.pack(f"<{len(v)}f", *v)) for key, v in vectors.items()]
        with self._lock, self._file:
            self._file.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)
