"""Computes what each AWS stage costs while it waits, and what the golden questions cost.

    python -m tests.bench.cost [--top-k 5] [--output-tokens 330] [--json OUT] [--write]

The stages are synthesized, and every resource of their templates is priced (`idle_bill`); `--write`
puts that, and the price of a thousand questions (`question_bill`), into the README.

The sample documents are parsed and cut by Nexus, each answerable golden question gets the best
passages of a word search, and `answering.prompts` writes the prompt. Tokens are o200k's, which the
model counts in too. The baseline is the question alone, without instructions and passages: what
the same model costs when it answers from nothing. Output cannot be known before it is written:
330 tokens, as in the README, are an answer of about 80 and what the model thinks before it.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from semantic_text_splitter import TextSplitter

from cli.local.layout import PROJECT
from nexus.adapters.sqlite.index import SqliteIndex
from nexus.answering.prompts import answer_messages
from nexus.ingestion.chunking import chunk, context_line, embedding_text
from nexus.ingestion.parsing import parse
from nexus.models import DocumentMetadata, Filters, IndexRecord, Passage
from tests.bench.cost_text import COMMAND, README, idle_text, memory_mb, question_text
from tests.bench.prices import PRICES
from tests.bench.question_bill import TOKENS_OUT, Part, aws_dollars, question_bill
from tests.bench.reporting import Row, arguments, report, with_block
from tests.infrastructure.assembly import Assembly
from tests.infrastructure.conftest import synthesize

# Dollars for a million tokens.
INPUT_PER_M = PRICES["tokens in"].dollars * 1e6
OUTPUT_PER_M = PRICES["tokens out"].dollars * 1e6
EMBEDDING_PER_M = PRICES["embedding"].dollars * 1e6
SAMPLES = PROJECT / "cli" / "local" / "sample_documents"
QUESTIONS = PROJECT / "tests" / "golden" / "sample_questions.jsonl"
LIMIT = 100_000_000
SPACE = "demo.bench"
# The messages' own marks: about four tokens for each, and three that open the answer.
PER_PROMPT = 11


@dataclass(frozen=True)
class Counted:
    """The tokens of each question's prompt, by part; those of the documents, and their chunks."""

    system: list[int]
    passages: list[int]
    asked: list[int]
    embedded: int
    chunks: int

    @property
    def tokens_in(self) -> float:
        """What the model reads for a question, in the mean."""
        parts = (self.system, self.passages, self.asked)
        return sum(statistics.fmean(part) for part in parts) + PER_PROMPT


def main() -> None:
    """Counts and reports; with `--write`, into the README."""
    parser = arguments(__doc__)
    parser.add_argument("--top-k", type=int, default=5, help="passages in a prompt")
    parser.add_argument("--output-tokens", type=int, default=TOKENS_OUT, help="written and thought")
    parser.add_argument("--write", action="store_true", help="write the README's figures")
    given = parser.parse_args()
    counted = count(given.top_k)
    with tempfile.TemporaryDirectory() as scratch:
        done = synthesize(Path(scratch))
        if done.returncode:
            raise SystemExit(done.stdout + done.stderr)
        assembly = Assembly(Path(scratch))
        texts = {"idle": idle_text(assembly), "questions": question_text(assembly)}
        others = question_bill(memory_mb(assembly, "prod"))
    report_answers(counted, others, given)
    for name, text in texts.items():
        sys.stdout.write(f"\n{text}")
        if given.write:
            readme = README.read_text(encoding="utf-8")
            README.write_text(with_block(readme, name, COMMAND, text), encoding="utf-8")


def count(top_k: int) -> Counted:
    """Counts the tokens of every answerable golden question's prompt."""
    lines = QUESTIONS.read_text(encoding="utf-8").splitlines()
    golden = [json.loads(line) for line in lines]
    questions = [str(entry["question"]) for entry in golden if entry["answerable"]]
    system: list[int] = []
    passages: list[int] = []
    asked: list[int] = []
    with tempfile.TemporaryDirectory() as scratch:
        index = SqliteIndex(str(Path(scratch, "index.sqlite")))
        embedded, chunks = fill(index)
        for question in questions:
            instructions, prompt = answer_messages(question, best(index, question, top_k))
            system.append(tokens(instructions.content))
            asked.append(tokens(question))
            passages.append(tokens(prompt.content) - asked[-1])
        index.close()
    return Counted(system, passages, asked, embedded, chunks)


def report_answers(counted: Counted, others: Sequence[Part], given: Namespace) -> None:
    """Shows the price of a thousand questions by what it is for."""
    system, passages, asked = counted.system, counted.passages, counted.asked
    output, fixed = [given.output_tokens], [PER_PROMPT]
    pinecone = sum(part.dollars for part in others if part.name == "Pinecone")
    aws = aws_dollars(list(others))
    model = _dollars([system, passages, asked, fixed], INPUT_PER_M)
    model += _dollars([output], OUTPUT_PER_M)
    model += _dollars([asked], EMBEDDING_PER_M)
    verifying = others[1].dollars
    whole = model + verifying + pinecone + aws
    alone = _dollars([asked, fixed], INPUT_PER_M) + _dollars([output], OUTPUT_PER_M)
    parts: list[tuple[str, Sequence[int] | None, float]] = [
        ("prompt: instructions", system, _dollars([system, fixed], INPUT_PER_M)),
        ("prompt: passages and their tags", passages, _dollars([passages], INPUT_PER_M)),
        ("prompt: question", asked, _dollars([asked], INPUT_PER_M)),
        ("answer (assumed)", output, _dollars([output], OUTPUT_PER_M)),
        ("verification (assumed)", None, verifying),
        ("question's embedding", asked, _dollars([asked], EMBEDDING_PER_M)),
        ("Pinecone", None, pinecone),
        ("AWS", None, aws),
        ("all", None, whole),
        ("baseline: the model without documents", None, alone),
    ]
    rows: list[Row] = [
        {
            "part": name,
            "tokens, mean": "" if counts is None else f"{statistics.mean(counts):,.0f}",
            "largest": "" if counts is None else f"{max(counts):,}",
            "$ per 1,000 questions": round(dollars, 4),
            "share": "" if name.startswith("baseline") else f"{dollars / whole:.1%}",
            "x baseline": round(dollars / alone, 3),
        }
        for name, counts, dollars in parts
    ]
    note = (
        f"{len(asked)} questions, {given.top_k} of {counted.chunks} passages each; prices of "
        f"2026-11: ${INPUT_PER_M} in, ${OUTPUT_PER_M} out for 1 M tokens; embedding the documents "
        f"once: {counted.embedded:,} tokens, ${counted.embedded * EMBEDDING_PER_M / 1e6:.5f}"
    )
    report("Cost of answers", rows, given.json, note)


def fill(index: SqliteIndex) -> tuple[int, int]:
    """Indexes the sample documents for a word search; their tokens to embed, and their chunks."""
    embedded = count = 0
    for path in sorted(SAMPLES.iterdir()):
        if path.name == "metadata.json":
            continue
        document = parse(
            path.read_bytes(), path.name, "", max_bytes=LIMIT, max_unpacked_bytes=LIMIT
        )
        title = document.title or path.name
        chunks = chunk(document, path.name, embedding_model="none")
        embedded += sum(tokens(embedding_text(title, item)) for item in chunks)
        count += len(chunks)
        index.upsert(
            SPACE,
            [
                IndexRecord(
                    chunk=item,
                    document_id=path.name,
                    title=context_line(title, item.locator),
                    uri=f"s3://documents/demo/{path.name}",
                    added_in=1,
                    vector=(1.0,),
                    metadata=DocumentMetadata(title=title),
                )
                for item in chunks
            ],
        )
    return embedded, count


def best(index: SqliteIndex, question: str, top_k: int) -> list[Passage]:
    """The passages that a word search ranks first."""
    return [
        Passage(
            chunk_id=hit.chunk_id,
            document_id=hit.document_id,
            title=hit.title.partition(" › ")[0],
            uri=hit.uri,
            version="1",
            locator=hit.locator,
            text=hit.text,
            score=1.0,
        )
        for hit in index.search_text(SPACE, question, top_k, Filters())
    ]


def tokens(text: str) -> int:
    """How many o200k tokens a text is: the least capacity at which the splitter does not cut it."""
    low, high = 0, len(text.encode())  # no token is less than a byte
    while low < high:
        middle = (low + high) // 2
        if len(_splitter(middle).chunks(text)) <= 1:
            high = middle
        else:
            low = middle + 1
    return low


@cache
def _splitter(capacity: int) -> TextSplitter:
    return TextSplitter.from_tiktoken_model("gpt-4o", max(1, capacity), trim=False)


def _dollars(counts: Sequence[Sequence[int]], per_m: float) -> float:
    """Dollars for 1,000 questions."""
    return sum(statistics.mean(part) for part in counts) * per_m / 1000


if __name__ == "__main__":
    main()
