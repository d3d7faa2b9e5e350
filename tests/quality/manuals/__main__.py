"""Measures whether the local models quote the right sentence first, on real PDF manuals.

    python -m tests.quality.manuals [--further] [--held] [--set NAME] [--folder MANUALS]

Fetches manuals with apt from Debian's packages (nothing is installed), indexes them and asks the
questions in questions.jsonl through the production code. The rules by hand were made on four
manuals, and on six that --further measures, whose questions use other words than the manual; with
--held it measures on others of the same kind, and --set names any set of sets.py. No weights are
fitted on any of them. Of those in "exam", on which nothing was made, 22 of 30 were right on
2026-11-30. Run by hand: it takes a Debian system and its mirror.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections import Counter
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
from tests.quality.manuals.sets import SETS, ManualQuestion, fetch, read_asked


def judge(asked: ManualQuestion, given: Answer) -> tuple[bool, bool]:
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
    parser.add_argument("--set", choices=SETS, help="a set by its name, instead of these two")
    given = parser.parse_args()
    part = ("further-" if given.further else "") + ("held" if given.held else "tuned")
    part = given.set or part
    manuals = SETS[part]
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
