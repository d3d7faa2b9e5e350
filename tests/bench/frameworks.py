"""Compares ingesting PDFs with LangChain's and LlamaIndex's ingestion of the same files.

    python -m tests.bench.frameworks [--documents 8] [--pages 25] [--rounds 7] [--folder DIR]
        [--json OUT]

Parse, chunk, embed (a constant that takes no time) and store, on one core. Ours is the production
path: the indexer, its diff and its manifest, into SQLite with its index of words. Theirs are their
tutorials' own paths into their stores in memory, and the same with the fastest loader that they
offer. Every arm is a process of its own, warmed by one run; the arms take turns.

Two sets are measured: manuals as a typesetter sets them (`typeset.py`), which is what companies
have, and plain pages, the cheapest that a parser can meet (`ingestion.pdf`). `--folder` takes PDFs
in place of both. Each arm's words a page show that all of them read the same text.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pypdfium2  # type: ignore[import-untyped]

from cli.local.layout import Layout
from nexus.adapters.sqlite.index import SqliteIndex
from nexus.ingestion.parsing import parse
from nexus.object_keys import object_key
from nexus.ports import Embeddings
from nexus.settings import Settings
from tests import assembled
from tests.bench.ingestion import LIMIT, VECTOR, pdf
from tests.bench.reporting import Row, arguments, report
from tests.fakes import FakeCatalogue, FakeDocuments, FakeEmbedder
from tests.pinned_python import pinned_python

HERE = Path(__file__).parent
REQUIREMENTS = HERE / "frameworks.txt"
# By name: the framework, and the loader that it is given.
FRAMEWORKS = {
    "LangChain, pypdf (its tutorial's)": ("langchain", "PyPDFLoader"),
    "LangChain, pypdfium2": ("langchain", "PyPDFium2Loader"),
    "LangChain, PyMuPDF": ("langchain", "PyMuPDFLoader"),
    "LlamaIndex, pypdf (its default)": ("llamaindex", "PDFReader"),
    "LlamaIndex, PyMuPDF": ("llamaindex", "PyMuPDFReader"),
}
OURS = "Nexus"


class Arm:
    """A process that ingests the folder once for each line that it is sent."""

    def __init__(self, command: list[str], environ: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            command, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(self) -> dict[str, Any]:
        """One ingestion: its seconds, chunks and words. Raises RuntimeError once it has ended."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self._process.args!r} ended with {self._process.wait()}.")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def __enter__(self) -> Arm:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait()


def main() -> None:
    """Measures and reports; with `--arm FOLDER`, it is our own arm."""
    parser = arguments(__doc__)
    parser.add_argument("--documents", type=int, default=8)
    parser.add_argument("--pages", type=int, default=25, help="of each document, about")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--folder", type=Path, help="PDFs to take in place of both sets")
    parser.add_argument("--arm", type=Path, help="ingest this folder for each line of input")
    given = parser.parse_args()
    if given.arm:
        with tempfile.TemporaryDirectory() as scratch:
            words = sum(len(re.findall(r"\w+", text)) for text in texts(given.arm))
            answer(ours(given.arm, Path(scratch)), words)
        return
    found: list[Row] = []
    pages: dict[str, int] = {}
    with tempfile.TemporaryDirectory() as scratch:
        for name, folder in sets(given, Path(scratch)).items():
            pages[name] = sum(len(pypdfium2.PdfDocument(path)) for path in folder.glob("*.pdf"))
            found += rows(name, measure(folder, given.rounds), pages[name])
    measured = ", ".join(f"{number} pages {name}" for name, number in pages.items())
    note = f"{measured}; {given.rounds} rounds, one core; medians. Versions: {REQUIREMENTS.name}"
    report("Ingestion by frameworks", found, given.json, note)


def sets(given: Namespace, scratch: Path) -> dict[str, Path]:
    """The folders of PDFs to measure, by name, filled as the arguments say."""
    if given.folder:
        (scratch / "given").mkdir()
        for path in sorted(given.folder.glob("*.pdf")):
            shutil.copyfile(path, scratch / "given" / path.name)
        return {"given": scratch / "given"}
    made = {name: scratch / name for name in ("typeset", "plain")}
    for folder in made.values():
        folder.mkdir()
    size = [f"--documents={given.documents}", f"--pages={given.pages}"]
    script = str(HERE / "typeset.py")
    subprocess.run([str(framework_python()), "-P", script, str(made["typeset"]), *size], check=True)
    for seed in range(given.documents):
        (made["plain"] / f"{seed}.pdf").write_bytes(pdf(given.pages, seed))
    return made


def measure(folder: Path, rounds: int) -> dict[str, list[dict[str, Any]]]:
    """Every arm's runs but its first, the arms in turn, all on the same core."""
    core = min(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {core})  # the arms inherit it
    python = str(framework_python())
    environ = {**os.environ, "PYTHONWARNINGS": "ignore", "OMP_NUM_THREADS": "1"}
    script = str(HERE / "framework_arm.py")
    commands = {OURS: [sys.executable, "-m", "tests.bench.frameworks", "--arm", str(folder)]}
    for name, (framework, loader) in FRAMEWORKS.items():
        commands[name] = [python, "-P", script, framework, loader, str(folder)]
    measured: dict[str, list[dict[str, Any]]] = {name: [] for name in commands}
    with ExitStack() as stack:
        arms = {
            name: stack.enter_context(Arm(command, environ)) for name, command in commands.items()
        }
        for number in range(rounds + 1):
            for name, arm in arms.items():
                run = arm.run()
                if number:  # the first warms up
                    measured[name].append(run)
    return measured


def framework_python() -> Path:
    """The interpreter of `.local/bench/frameworks`."""
    return pinned_python(Layout().root / "bench" / "frameworks", REQUIREMENTS)


class ConstantEmbedder(FakeEmbedder):
    """One vector for each text, at once."""

    def embed(self, texts: Any) -> Embeddings:
        return Embeddings((VECTOR,) * len(texts), 0)


def ours(folder: Path, scratch: Path) -> Callable[[], int]:
    """The indexer over files, into one SQLite index, every run as a tenant of its own."""
    settings = replace(Settings(), embedding_dimension=len(VECTOR))
    index = SqliteIndex(str(scratch / "index.sqlite"))
    tenants = (f"run-{number}" for number in count())

    def ingest() -> int:
        tenant, documents = next(tenants), FakeDocuments()
        indexer = assembled.indexer(documents, FakeCatalogue(), index, ConstantEmbedder(), settings)
        chunks = 0
        for path in sorted(folder.glob("*.pdf")):
            documents.put(tenant, path.name, path.read_bytes(), content_type="application/pdf")
            done = indexer.reconcile(object_key(tenant, path.name))
            if done.outcome != "indexed":
                raise RuntimeError(f"{path.name}: {done.outcome}, {done.reason}")
            chunks += done.chunks
        return chunks

    return ingest


def texts(folder: Path) -> Iterator[str]:
    """What our parser reads of the folder's files."""
    for path in sorted(folder.glob("*.pdf")):
        content, kind = path.read_bytes(), "application/pdf"
        document = parse(content, path.name, kind, max_bytes=LIMIT, max_unpacked_bytes=LIMIT)
        yield from (text.text for text in document.texts)


def answer(ingest: Callable[[], int], words: int) -> None:
    """Ingests once for each line of standard input, and says how long it took."""
    for _ in sys.stdin:
        begun, burnt = time.perf_counter(), time.process_time()
        chunks = ingest()
        seconds, cpu_s = time.perf_counter() - begun, time.process_time() - burnt
        said = {"seconds": seconds, "cpu_s": cpu_s, "chunks": chunks, "words": words}
        sys.stdout.write(json.dumps(said) + "\n")
        sys.stdout.flush()


def rows(name: str, measured: dict[str, list[dict[str, Any]]], pages: int) -> list[Row]:
    """One row for each arm; the ratios are of the set's medians, theirs to ours.

    On a shared machine the processor's time tells more than the clock, so pages a second are its.
    """
    middle = {
        unit: {arm: statistics.median(run[unit] for run in runs) for arm, runs in measured.items()}
        for unit in ("seconds", "cpu_s")
    }
    seconds, cpu_s = middle["seconds"], middle["cpu_s"]
    return [
        {
            "set": name,
            "arm": arm,
            "words a page": round(runs[0]["words"] / pages, 1),
            "chunks": runs[0]["chunks"],
            "CPU ms a page": round(cpu_s[arm] / pages * 1000, 3),
            "pages/CPU s": round(pages / cpu_s[arm], 1),
            "x Nexus, CPU": round(cpu_s[arm] / cpu_s[OURS], 2),
            "ms a page": round(seconds[arm] / pages * 1000, 3),
            "x Nexus": round(seconds[arm] / seconds[OURS], 2),
        }
        for arm, runs in measured.items()
    ]


if __name__ == "__main__":
    main()
