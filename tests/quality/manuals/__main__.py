"""Measures whether the local models quote the right sentence first, on two real PDF manuals.

    python -m tests.quality.manuals [--folder MANUALS]

Fetches the manuals with apt from Debian's packages (nothing is installed), indexes them and asks
the questions in questions.jsonl through the production code. It was tuned on ledger3.pdf and not on
bird.pdf. Run by hand: it takes a Debian system and its mirror.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import subprocess
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from cli.evaluation.asking import PRINCIPAL
from cli.evaluation.corpus import read_corpus
from cli.evaluation.endpoint import endpoint
from cli.evaluation.in_process import index_corpus
from cli.evaluation.lanes import lanes
from cli.evaluation.measurements import Run, untracked
from cli.local.layout import Layout
from cli.terminal import console
from nexus.answering.citations import MARKER
from nexus.answering.turn import Question
from nexus.models import Answer, Filters

QUESTIONS = Path(__file__).with_name("questions.jsonl")
# Where each manual stands in its Debian package.
PACKAGES = {
    "ledger3.pdf": ("ledger", "usr/share/doc/ledger/ledger3.pdf"),
    "bird.pdf": ("bird-doc", "usr/share/doc/bird-doc/bird.pdf.gz"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question on a manual; `sentence` matches the sentence that answers it, on these pages."""

    manual: str
    question: str
    pages: tuple[int, ...]
    sentence: re.Pattern[str]


def fetch(folder: Path) -> None:
    """Takes the manuals that are not in the folder yet out of their Debian packages."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, (package, inside) in PACKAGES.items():
        if (folder / name).exists():
            continue
        with tempfile.TemporaryDirectory() as work:
            subprocess.run(["apt-get", "download", "-q", package], cwd=work, check=True)
            (archive,) = Path(work).glob("*.deb")
            subprocess.run(["dpkg-deb", "-x", archive, work], check=True)
            content = (Path(work) / inside).read_bytes()
        unpacked = gzip.decompress(content) if inside.endswith(".gz") else content
        (folder / name).write_bytes(unpacked)


def read_asked() -> list[Asked]:
    """The questions, in the file's order."""
    lines = map(json.loads, QUESTIONS.read_text(encoding="utf-8").splitlines())
    return [
        Asked(line["manual"], line["question"], tuple(line["pages"]), re.compile(line["sentence"]))
        for line in lines
    ]


def judge(asked: Asked, given: Answer) -> tuple[bool, bool]:
    """Whether a right page is cited, and whether the first quote holds the right sentence."""
    pages = {source.passage.locator.page for source in given.sources}
    first = " ".join(MARKER.split(given.text, maxsplit=1)[0].split())
    return not pages.isdisjoint(asked.pages), bool(asked.sentence.search(first))


def main() -> None:
    """Prints each question with its outcome, and the counts by manual."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Layout().root / "manuals")
    folder = parser.parse_args().folder
    fetch(folder)
    counts: Counter[tuple[str, str]] = Counter()
    with tempfile.TemporaryDirectory() as kept, endpoint(os.environ, Path(kept)) as models:
        corpus, chunks = read_corpus(folder), dict[str, int]()
        with lanes(1, corpus, models, Path(kept) / "vectors.sqlite", chunks) as free:
            index_corpus(corpus, free, chunks, Run(0), untracked)
            answerer, top_k = free[0].services.answerer, models.settings.top_k
            for asked in read_asked():
                question = Question(asked.question, None, top_k, Filters(), "default")
                given = answerer.answer(PRINCIPAL, question)
                page, sentence = judge(asked, given)
                counts[asked.manual, "asked"] += 1
                counts[asked.manual, "page"] += page
                counts[asked.manual, "sentence"] += sentence
                counts[asked.manual, "refused"] += given.refused
                told = f"{'page' if page else '-':5}{'sentence' if sentence else '-':9}"
                console.out(f"{told}{asked.question}\n    {given.confidence.level}: {given.text!r}")
    for manual in PACKAGES:
        shown = " ".join(
            f"{what} {counts[manual, what]}" for what in ("asked", "page", "sentence", "refused")
        )
        console.out(f"{manual}: {shown}")


if __name__ == "__main__":
    main()
