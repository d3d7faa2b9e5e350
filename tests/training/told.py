"""Fits the coefficients of `nexus.retrieval.told`, and says what they do on articles left out.

    python -m tests.training.told --corpus ../shared/eval/passages.jsonl
        --questions ../shared/eval/questions.jsonl [--limit 4000]

The questions are asked with the local models. Those about articles with an even hash are fitted,
answerable ones against those that are not; only articles that have both count.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cli.evaluation.answerability import is_left_out
from cli.evaluation.calibrating import regression
from cli.evaluation.corpus import read_corpus
from cli.evaluation.endpoint import endpoint
from cli.evaluation.in_process import measure
from cli.evaluation.measurements import MeasuredQuestion, Options, Run, untracked
from cli.evaluation.probability_measures import auroc
from cli.evaluation.questions import evenly, read_questions
from cli.terminal import console
from nexus.retrieval.answerability import logit
from nexus.retrieval.mismatch import Mismatch
from nexus.retrieval.told import Telling, told

Array = NDArray[np.float64]

# So many of the fitted half's questions without an answer may still be told as sure: less than the
# goal of .40, since the articles left out have more.
SURE_OF_NOTHING = 0.28
_NAMES = ("probability", *(spec.name for spec in fields(Mismatch)))


def row(measured: MeasuredQuestion) -> list[float]:
    """The model's inputs, in the order of `Telling`."""
    mismatch = asdict(measured.mismatch or Mismatch())
    return [logit(measured.probability or 0.0), *(float(mismatch[name]) for name in _NAMES[1:])]


def fit(half: Sequence[MeasuredQuestion]) -> Telling:
    """The logistic regression of being answerable on the inputs."""
    rows: Array = np.array([row(m) for m in half])
    intercept, slopes = regression(rows, np.array([m.question.answerable for m in half], float))
    named = dict(zip(_NAMES, map(float, slopes), strict=True))
    return Telling(intercept, **named)


def main() -> None:
    """Prints the coefficients, the bar, and the figures of both halves."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--limit", type=int)
    given = parser.parse_args()
    corpus = read_corpus(given.corpus)
    questions = evenly(read_questions(given.questions), given.limit)
    run = Run(len(questions))
    with tempfile.TemporaryDirectory() as work, endpoint(os.environ, Path(work)) as models:
        measure(corpus, questions, models, Options(missing=0), Path(work) / "v", run, untracked)
        high_from = models.settings.high_from
    measured = [m for m in run.questions if m.mismatch is not None]
    mixed = {m.article for m in measured if not m.question.answerable}
    measured = [m for m in measured if m.article in mixed]
    fitted = [m for m in measured if not is_left_out(m.article)]
    telling = fit(fitted)

    def how_told(m: MeasuredQuestion) -> float:
        """How sure, or 0 for what is not told as sure anyway."""
        if m.mismatch is None or m.mismatch.kind < 0 or (m.probability or 0.0) < high_from:
            return 0.0
        return told(m.mismatch, m.probability or 0.0, telling)

    nothing = sorted((how_told(m) for m in fitted if not m.question.answerable), reverse=True)
    bar = nothing[int(SURE_OF_NOTHING * len(nothing))]
    console.print(f"TELLING = {telling}\nTOLD_FROM = {bar:.3f}")
    for name, half in (
        ("fitted", fitted),
        ("left out", [m for m in measured if is_left_out(m.article)]),
    ):
        scores = {
            answerable: [how_told(m) for m in half if m.question.answerable is answerable]
            for answerable in (True, False)
        }
        shares = [np.mean([score > bar for score in scores[a]]) for a in (False, True)]
        before = [
            np.mean([(m.probability or 0) >= high_from for m in half if m.question.answerable is a])
            for a in (False, True)
        ]
        console.print(
            f"{name}: {len(half)} questions, AUROC {auroc(scores[True], scores[False])}; told as "
            f"high without an answer {shares[0]:.3f} ({before[0]:.3f} by the probability alone), "
            f"with one {shares[1]:.3f} ({before[1]:.3f})"
        )


if __name__ == "__main__":
    main()
