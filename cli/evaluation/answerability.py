"""Measures how well the production code knows when the documents hold no answer."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from cli.evaluation.figures import mean, rounded, share
from cli.evaluation.measurements import ARTICLE_MISSING, GOLD_REMOVED, MeasuredQuestion, Run
from cli.evaluation.probability_measures import Bin, auroc, calibration_error, reliability


def refusals(run: Run, done: Sequence[MeasuredQuestion]) -> dict[str, Any]:
    """Refusing is right where a question is unanswerable; the hidden documents are apart.

    `…_high` are the shares told with high confidence, or that would be if no answer is written;
    `…_left_out` is of the articles that `nexus.retrieval.told` was not fitted to.
    """
    judged = [m for m in done if m.refused is not None]
    refused = [m for m in judged if m.refused]
    unanswerable = [m for m in judged if not m.question.answerable]
    answerable = [m for m in judged if m.question.answerable]
    right = sum(not m.question.answerable for m in refused)
    sure = _probabilities(answerable)
    hidden = {
        condition: (
            auroc(_same(answerable, run, condition), [item.probability for item in items]),
            mean(item.refused for item in items),
        )
        for condition, items in run.missing.items()
    }
    nothing: tuple[None, None] = (None, None)
    article, gold = hidden.get(ARTICLE_MISSING, nothing), hidden.get(GOLD_REMOVED, nothing)
    return {
        "precision": share(right, len(refused)) if unanswerable else None,
        "recall": share(right, len(unanswerable)),
        "auroc": rounded(auroc(sure, _probabilities(unanswerable))),
        "auroc_article_missing": rounded(article[0]),
        "auroc_gold_removed": rounded(gold[0]),
        "answerable_answered": mean(not m.refused for m in answerable),
        "article_missing_refused": article[1],
        "gold_removed_refused": gold[1],
        "answerable_high": mean(bool(m.high) for m in answerable),
        "unanswerable_high": mean(bool(m.high) for m in unanswerable),
        "unanswerable_high_left_out": mean(
            bool(m.high) for m in unanswerable if is_left_out(m.article)
        ),
        "unanswerable_refused": mean(bool(m.refused) for m in unanswerable),
        "questions": {
            "answerable": len(answerable),
            "unanswerable": len(unanswerable),
            **{condition: len(items) for condition, items in run.missing.items()},
        },
    }


def is_left_out(article: str) -> bool:
    """Whether nothing that ships was fitted to an article's unanswerable questions."""
    return int(hashlib.sha256(article.encode()).hexdigest(), 16) % 2 == 1


def calibration(run: Run, done: Sequence[MeasuredQuestion]) -> dict[str, Any]:
    """Probability against truth: do the passages given to the answer hold its document?

    `ece` and `bins` are over questions asked of everything and, as many, without their article
    (without these, over all questions asked); `ece_gold_removed` and `ece_unanswerable` set those
    against the same answerable questions.
    """
    items = run.missing.get(ARTICLE_MISSING, [])
    ids = {item.question_id for item in items}
    stated = {
        m.question.question_id: (m.probability, m.held, m.question.answerable)
        for m in done
        if m.probability is not None
    }
    answerable = [(said, held) for said, held, fair in stated.values() if fair]
    base = [(said, held) for name, (said, held, _) in stated.items() if not ids or name in ids]
    against = {
        "gold_removed": [(item.probability, False) for item in run.missing.get(GOLD_REMOVED, [])],
        "unanswerable": [(said, False) for said, _, fair in stated.values() if not fair],
    }
    bins = _bins([*base, *((item.probability, False) for item in items)])
    return {
        "ece": rounded(calibration_error(bins)),
        "bins": [{name: round(value, 4) for name, value in asdict(b).items()} for b in bins],
        **{
            f"ece_{name}": rounded(calibration_error(_bins([*answerable, *pairs])))
            for name, pairs in against.items()
            if pairs
        },
        "questions": len(base) + len(items),
    }


def _bins(pairs: Sequence[tuple[float, bool]]) -> list[Bin]:
    return reliability([stated for stated, _ in pairs], [true for _, true in pairs])


def _same(answerable: Sequence[MeasuredQuestion], run: Run, condition: str) -> list[float]:
    """The probabilities of the questions that were also asked with documents hidden."""
    ids = {item.question_id for item in run.missing[condition]}
    return _probabilities([m for m in answerable if m.question.question_id in ids])


def _probabilities(measured: Sequence[MeasuredQuestion]) -> list[float]:
    return [m.probability for m in measured if m.probability is not None]
