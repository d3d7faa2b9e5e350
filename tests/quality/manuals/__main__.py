"""Measures whether the local models quote the right sentence first, on real PDF manuals.

    python -m tests.quality.manuals [--further] [--held] [--folder MANUALS]

Fetches manuals with apt from Debian's packages (nothing is installed), indexes them and asks the
questions in questions.jsonl through the production code. It was tuned on four manuals, and on six
that --further measures, whose questions use other words than the manual; with --held it measures on
others of the same kind. Of those held without --further, the answers were looked at once, on
2026-11-30, when 18 of 30 were right; one rule was made of what was seen. Run by hand: it takes a
Debian system and its mirror.
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
from collections.abc import Collection, Mapping
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
# Where each manual stands in its Debian package, those that were tuned on and those held back.
TUNED = {
    "ledger3.pdf": ("ledger", "usr/share/doc/ledger/ledger3.pdf"),
    "bird.pdf": ("bird-doc", "usr/share/doc/bird-doc/bird.pdf.gz"),
    "flex.pdf": ("flex-doc", "usr/share/doc/flex-doc/flex.pdf.gz"),
    "nut.pdf": ("nut-doc", "usr/share/doc/nut-doc/pdf/user-manual.pdf"),
}
HELD = {
    "avrdude.pdf": ("avrdude-doc", "usr/share/doc/avrdude/avrdude.pdf.gz"),
    "xfig_ref_en.pdf": ("xfig-doc", "usr/share/doc/xfig/xfig_ref_en.pdf"),
}
FURTHER = {
    "ddd.pdf": ("ddd-doc", "usr/share/doc/ddd/ddd.pdf.gz"),
    "install.pdf": (
        "installation-guide-amd64",
        "usr/share/doc/installation-guide-amd64/en/install.en.pdf.gz",
    ),
    "amc.pdf": (
        "auto-multiple-choice-doc-pdf",
        "usr/share/doc/auto-multiple-choice/auto-multiple-choice.en.pdf",
    ),
    "eyes17.pdf": ("eyes17-manuals-en", "usr/share/doc/eyes17/en/eyes17.pdf.gz"),
    "faq.pdf": ("debian-faq", "usr/share/doc/debian/FAQ/debian-faq.en.pdf.gz"),
    "gle.pdf": ("gle-graphics-manual", "usr/share/gle-graphics/doc/gle-manual.pdf"),
}
FURTHER_HELD = {
    "gutenprint.pdf": (
        "gutenprint-doc",
        "usr/share/doc/gutenprint-doc/gutenprint-users-manual.pdf",
    ),
    "dblatex.pdf": ("dblatex-doc", "usr/share/doc/dblatex/manual.pdf.gz"),
    "fai.pdf": ("fai-doc", "usr/share/doc/fai-doc/fai-guide.pdf"),
    "gpsbabel.pdf": ("gpsbabel-doc", "usr/share/doc/gpsbabel/gpsbabel.pdf.gz"),
    "claws-mail-manual.pdf": (
        "claws-mail-doc",
        "usr/share/doc/claws-mail/manual/en/claws-mail-manual.pdf.gz",
    ),
    "sdccman.pdf": ("sdcc-doc", "usr/share/doc/sdcc-doc/sdccman.pdf.gz"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question on a manual; `sentence` matches the sentence that answers it, on these pages."""

    manual: str
    question: str
    pages: tuple[int, ...]
    sentence: re.Pattern[str]


def fetch(manuals: Mapping[str, tuple[str, str]], folder: Path) -> None:
    """Takes the manuals that are not in the folder yet out of their Debian packages."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, (package, inside) in manuals.items():
        if (folder / name).exists():
            continue
        with tempfile.TemporaryDirectory() as work:
            subprocess.run(["apt-get", "download", "-q", package], cwd=work, check=True)
            (archive,) = Path(work).glob("*.deb")
            subprocess.run(["dpkg-deb", "-x", archive, work], check=True)
            content = (Path(work) / inside).read_bytes()
        unpacked = gzip.decompress(content) if inside.endswith(".gz") else content
        (folder / name).write_bytes(unpacked)


def read_asked(manuals: Collection[str]) -> list[Asked]:
    """The questions on these manuals, in the file's order."""
    lines = map(json.loads, QUESTIONS.read_text(encoding="utf-8").splitlines())
    return [
        Asked(line["manual"], line["question"], tuple(line["pages"]), re.compile(line["sentence"]))
        for line in lines
        if line["manual"] in manuals
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
    parser.add_argument("--held", action="store_true", help="the manuals not tuned on")
    parser.add_argument("--further", action="store_true", help="those asked in other words")
    given = parser.parse_args()
    tuned, held = (FURTHER, FURTHER_HELD) if given.further else (TUNED, HELD)
    manuals = held if given.held else tuned
    part = ("further-" if given.further else "") + ("held" if given.held else "tuned")
    folder = given.folder / part
    fetch(manuals, folder)
    counts: Counter[tuple[str, str]] = Counter()
    with tempfile.TemporaryDirectory() as kept, endpoint(os.environ, Path(kept)) as models:
        corpus, chunks = read_corpus(folder), dict[str, int]()
        with lanes(1, corpus, models, Path(kept) / "vectors.sqlite", chunks) as free:
            index_corpus(corpus, free, chunks, Run(0), untracked)
            answerer, top_k = free[0].services.answerer, models.settings.top_k
            for asked in read_asked(manuals):
                question = Question(asked.question, None, top_k, Filters(), "default")
                answer = answerer.answer(PRINCIPAL, question)
                page, sentence = judge(asked, answer)
                counts[asked.manual, "asked"] += 1
                counts[asked.manual, "page"] += page
                counts[asked.manual, "sentence"] += sentence
                counts[asked.manual, "refused"] += answer.refused
                told = f"{'page' if page else '-':5}{'sentence' if sentence else '-':9}"
                console.out(
                    f"{told}{asked.question}\n    {answer.confidence.level}: {answer.text!r}"
                )
    for manual in manuals:
        shown = " ".join(
            f"{what} {counts[manual, what]}" for what in ("asked", "page", "sentence", "refused")
        )
        console.out(f"{manual}: {shown}")


if __name__ == "__main__":
    main()
