"""Fits the coefficients of `nexus.retrieval.confidence`, with the local reranker and without.

    python -m tests.training.confidence ../shared/eval --limit 2500
    python -m tests.training.confidence ../shared/eval/id

The folder holds `passages.jsonl` and `questions.jsonl`. It does what `nexus eval --calibrate` does,
twice, and prints for each language the coefficients, and how fits that left each article out in
turn did on the questions about it. The results are copied into `FUSED` and `RERANKED` by hand.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from dataclasses import asdict
from pathlib import Path

from cli.evaluation.calibrating import calibrate
from cli.evaluation.corpus import read_corpus
from cli.evaluation.endpoint import endpoint
from cli.evaluation.in_process import measure
from cli.evaluation.measurements import Options, Run, untracked
from cli.evaluation.questions import evenly, read_questions


def main() -> None:
    """Prints the fits for a folder's questions."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--limit", type=int, help="ask so many questions, spread over all")
    arguments = parser.parse_args()
    corpus = read_corpus(arguments.folder / "passages.jsonl")
    found = read_questions(arguments.folder / "questions.jsonl")
    asked = evenly([question for question in found if question.answerable], arguments.limit)
    for name, settings in (("RERANKED", {}), ("FUSED", {"NEXUS_RERANK_URL": ""})):
        with tempfile.TemporaryDirectory() as scratch:
            work, run = Path(scratch), Run(len(asked))
            with endpoint({**os.environ, **settings}, work) as used:
                options = Options(missing=len(asked))
                measure(corpus, asked, used, options, work / "kept.sqlite", run, untracked)
        for language, fit in calibrate(run, lambda name: corpus.by_name[name].article).items():
            weights = asdict(fit.calibration).items()
            print(name, language.value, {k: round(v, 3) for k, v in weights if abs(v) >= 5e-4})
            print("  on articles left out: AUROC", fit.auroc, "ECE", fit.ece, flush=True)


if __name__ == "__main__":
    main()
