"""Compares ingesting PDFs, step by step, with only reading their text.

    python -m tests.bench.ingestion [--documents 8] [--pages 25] [--rounds 5] [--json OUT]

Generated PDFs go through parse, chunk, embed (a stand-in that takes no time worth naming) and
upsert (SQLite) on one core: pages a second, and each step's share. The baseline is pypdfium2 alone
reading the same pages, in turn with it, document by document.
"""

from __future__ import annotations

import io
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

import pypdfium2  # type: ignore[import-untyped]
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate

from nexus.adapters.sqlite.index import SqliteIndex
from nexus.ingestion.chunking import chunk, context_line, embedding_text
from nexus.ingestion.parsing import parse
from nexus.models import Chunk, DocumentMetadata, IndexRecord, ParsedDocument
from tests.bench.reporting import Row, arguments, report

LIMIT = 100_000_000
DIMENSION = 1536
STEPS = ("parse", "chunk", "embed", "upsert")
WORDS = (
    "the of tuition fee is due on first day semester students who apply for a scholarship must "
    "submit their transcript and two letters before office closes library lends books up to four "
    "weeks late return costs rupiah per each programme requires thesis supervised by lecturer"
).split()
T = TypeVar("T")
VECTOR = tuple([DIMENSION**-0.5] * DIMENSION)


def main() -> None:
    """Measures and reports."""
    parser = arguments(__doc__)
    parser.add_argument("--documents", type=int, default=8)
    parser.add_argument("--pages", type=int, default=25, help="of each document")
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    contents = [pdf(given.pages, seed) for seed in range(given.documents)]
    steps: dict[str, list[float]] = {step: [] for step in STEPS}
    alone: list[float] = []
    chunks = 0
    with tempfile.TemporaryDirectory() as scratch:
        for number in range(given.rounds + 1):
            index = SqliteIndex(str(Path(scratch, f"{number}.sqlite")))
            took, chunks = dict.fromkeys((*STEPS, "baseline"), 0.0), 0
            for name, content in enumerate(contents):
                took["baseline"] += timed(partial(read_alone, content))[0]
                chunks += ingest(content, f"{name:032x}", index, took)
            index.close()
            if number:  # the first round warms up
                alone.append(took["baseline"])
                for step in STEPS:
                    steps[step].append(took[step])
    pages = given.documents * given.pages
    whole = [sum(times) for times in zip(*steps.values(), strict=True)]
    rows = [
        _row("pypdfium2 alone", pages, alone, alone, whole),
        *(_row(step, pages, times, alone, whole) for step, times in steps.items()),
        _row("all steps", pages, whole, alone, whole),
    ]
    note = f"{pages} pages, {chunks} chunks of {DIMENSION} numbers, one core; medians"
    report("Ingestion", rows, given.json, note)


def ingest(content: bytes, document_id: str, index: SqliteIndex, took: dict[str, float]) -> int:
    """Brings one document into the index, adding each step's seconds; returns its chunks."""

    def parsed() -> ParsedDocument:
        return parse(content, "a.pdf", "application/pdf", max_bytes=LIMIT, max_unpacked_bytes=LIMIT)

    seconds, document = timed(parsed)
    took["parse"] += seconds
    seconds, chunks = timed(lambda: chunk(document, document_id, embedding_model="fake"))
    took["chunk"] += seconds
    seconds, vectors = timed(lambda: embed([embedding_text("Title", item) for item in chunks]))
    took["embed"] += seconds
    took["upsert"] += timed(lambda: upsert(index, document_id, chunks, vectors))[0]
    return len(chunks)


def embed(texts: list[str]) -> list[tuple[float, ...]]:
    """One vector for each text, at once."""
    return [VECTOR for _ in texts]


def upsert(
    index: SqliteIndex, document_id: str, chunks: list[Chunk], vectors: list[tuple[float, ...]]
) -> None:
    """Writes the chunks as indexing does."""
    index.upsert(
        "demo.bench",
        [
            IndexRecord(
                chunk=item,
                document_id=document_id,
                title=context_line("Title", item.locator),
                uri="s3://documents/demo/a.pdf",
                added_in=1,
                vector=vector,
                metadata=DocumentMetadata(),
            )
            for item, vector in zip(chunks, vectors, strict=True)
        ],
    )


def read_alone(content: bytes) -> int:
    """Reads every page's text with pypdfium2 and nothing else; returns its length."""
    document = pypdfium2.PdfDocument(content)
    length = 0
    for page in document:
        text = page.get_textpage()
        length += len(text.get_text_range())
        text.close()
        page.close()
    document.close()
    return length


def pdf(pages: int, seed: int) -> bytes:
    """A PDF of pages with a heading and six paragraphs, about 3,000 characters each."""
    chance = random.Random(seed)
    styles = getSampleStyleSheet()

    def words(count: int) -> str:
        return " ".join(chance.choices(WORDS, k=count)).capitalize() + "."

    flow: list[object] = []
    for page in range(pages):
        flow.append(Paragraph(f"Section {seed}.{page + 1}", styles["Heading1"]))
        paragraphs = (" ".join(words(12) for _ in range(7)) for _ in range(6))
        flow.extend(Paragraph(paragraph, styles["BodyText"]) for paragraph in paragraphs)
        flow.append(PageBreak())
    target = io.BytesIO()
    SimpleDocTemplate(target, pagesize=A4).build(flow)
    return target.getvalue()


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """Seconds that the work took, and what it returned."""
    begun = time.perf_counter()
    result = work()
    return time.perf_counter() - begun, result


def _row(name: str, pages: int, times: list[float], alone: list[float], whole: list[float]) -> Row:
    middle = statistics.median(times)
    share = middle / statistics.median(whole)
    return {
        "step": name,
        "ms per page": round(middle / pages * 1000, 4),
        "pages/s": round(pages / middle, 1) if middle else 0.0,
        "share %": "" if name == "pypdfium2 alone" else f"{share:.0%}",
        "x pypdfium2": round(middle / statistics.median(alone), 3),
    }


if __name__ == "__main__":
    main()
