"""Measures searches of the local index at size, after another process has written, and memory.

    python -m tests.bench.index_at_size [--chunks 100000] [--dimension 384] [--rounds 15]
                                        [--json OUT] [--write]

This process writes, a worker of its own searches next; another one, the baseline, loads everything
again for each search, as every write made all of them do before. Both are asked the same, in turn,
and a difference between their answers is an error. A write replaces or removes a document of 20
chunks. The matrix is 4 bytes for each number of each vector; the peak is the whole process's, with
the interpreter and its libraries.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from nexus.adapters.sqlite.index import SqliteIndex
from nexus.models import IndexRecord
from tests.bench.index_corpus import CHUNKS_PER_DOCUMENT, Corpus
from tests.bench.reporting import Row, arguments, percentile, report, write_block

COMMAND = "python -m tests.bench.index_at_size --write"
NAMESPACE = "acme.1"
QUESTION_WORDS = 6
GOAL_MS = 30.0
GOAL_MEMORY = 1.3
WRITTEN_AT_ONCE = 2_000

DENSE = "dense, after a write"
AGAIN = "dense, no write before"
RELOADED = "dense, everything loaded again"
ONE_DOCUMENT = "dense in one document, after a write"
WORDS = "words, after a write"
WORDS_AGAIN = "words, no write before"


def main(argv: Sequence[str] | None = None) -> None:
    """Measures and reports."""
    parser = arguments(__doc__)
    parser.add_argument("--chunks", type=int, default=100_000)
    parser.add_argument("--dimension", type=int, default=384)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--write", action="store_true", help="write the table into the README")
    given = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as scratch:
        path, corpus = Path(scratch, "index.sqlite"), Corpus(given.dimension)
        index = SqliteIndex(path)
        fill(index, corpus, given.chunks)
        took, peaks = measure(path, index, corpus, given.chunks, given.rounds)
        index.close()
    matrix_mb = given.chunks * given.dimension * 4 / 1e6
    rows = [_row(name, times, took[RELOADED]) for name, times in took.items()]
    note = (
        f"{given.chunks:,} chunks of {given.dimension} numbers, {given.rounds} rounds, in turn; "
        f"matrix {matrix_mb:.0f} MB; peak of the process "
        + ", ".join(f"{name} {mb:.0f} MB ({mb / matrix_mb:.2f} x)" for name, mb in peaks.items())
        + f"; goals: after a write {GOAL_MS:.0f} ms, peak {GOAL_MEMORY} x the matrix; "
        f"Python {sys.version.split()[0]}"
    )
    report("The local index at size", rows, given.json, note)
    if given.write:
        write_block("index_at_size", COMMAND, rows, note)


def fill(index: SqliteIndex, corpus: Corpus, chunks: int) -> None:
    """Writes so many chunks, in documents."""
    waiting: list[IndexRecord] = []
    for document in corpus.documents(chunks):
        waiting += document
        if len(waiting) >= WRITTEN_AT_ONCE:
            index.upsert(NAMESPACE, waiting)
            waiting = []
    index.upsert(NAMESPACE, waiting)


def measure(
    path: Path, index: SqliteIndex, corpus: Corpus, chunks: int, rounds: int
) -> tuple[dict[str, list[float]], dict[str, float]]:
    """Milliseconds of every search by its kind, and the peaks of the worker and the baseline."""
    kinds = (DENSE, AGAIN, ONE_DOCUMENT, WORDS, WORDS_AGAIN, RELOADED)
    took: dict[str, list[float]] = {kind: [] for kind in kinds}
    documents = -(-chunks // CHUNKS_PER_DOCUMENT)
    with ExitStack() as stack:
        worker = stack.enter_context(running_worker(path, "keeps"))
        baseline = stack.enter_context(running_worker(path, "reloads"))
        worker.dense(corpus.vector())
        for number in range(rounds):
            vector, words = corpus.vector(), corpus.text(QUESTION_WORDS)
            changed = f"doc-{number % documents:07}"
            if number % 3 == 2:
                index.delete_document(NAMESPACE, changed, 1)
            else:
                index.upsert(NAMESPACE, corpus.document(number % documents))
            after = worker.dense(vector)
            took[DENSE].append(after["ms"])
            took[AGAIN].append(worker.dense(vector)["ms"])
            reloaded = baseline.dense(vector)
            took[RELOADED].append(reloaded["ms"])
            if after["hits"] != reloaded["hits"] or not after["hits"]:
                raise RuntimeError(f"After a write the search found {after}, not {reloaded}")
            index.upsert(NAMESPACE, corpus.document(documents + number))
            written = f"doc-{documents + number:07}"
            found = worker.dense(vector, written)
            took[ONE_DOCUMENT].append(found["ms"])
            if len(found["hits"]) != CHUNKS_PER_DOCUMENT:
                raise RuntimeError(f"Of the document just written the search found {found}")
            index.upsert(NAMESPACE, corpus.document(documents + number))
            took[WORDS].append(worker.words(words)["ms"])
            took[WORDS_AGAIN].append(worker.words(words)["ms"])
        peaks = {"that keeps it": worker.peak_mb, "that loads it again": baseline.peak_mb}
    return took, peaks


class Worker:
    """A process that searches; its peak of resident memory in MB so far."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.peak_mb = float(self._read()["peak_mb"])

    def dense(self, vector: Sequence[float], document_id: str = "") -> dict[str, Any]:
        """Hits and milliseconds of a search by meaning, in one document if one is named."""
        named = {"documents": [document_id]} if document_id else {}
        return self._ask({"vector": vector, **named})

    def words(self, text: str) -> dict[str, Any]:
        """Hits and milliseconds of a search by words."""
        return self._ask({"text": text})

    def _ask(self, search: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        print(json.dumps({"namespace": NAMESPACE, **search}), file=self._process.stdin, flush=True)
        answer = self._read()
        self.peak_mb = float(answer["peak_mb"])
        return answer

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("The worker that searches has ended.")
        return dict(json.loads(line))


@contextmanager
def running_worker(path: Path, manner: str) -> Iterator[Worker]:
    """A worker on the file; it ends with the block."""
    command = [sys.executable, "-m", "tests.bench.index_worker", str(path), manner]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Worker(process)


def _row(name: str, times: Sequence[float], reloaded: Sequence[float]) -> Row:
    p50 = statistics.median(times)
    after = name in (DENSE, ONE_DOCUMENT, WORDS)
    return {
        "search": name,
        "p50 ms": p50,
        "p95 ms": percentile(times, 95),
        "least ms": min(times),
        "x reload": p50 / statistics.median(reloaded),
        "goal ms": GOAL_MS if after else "",
    }


if __name__ == "__main__":
    main()
