"""Sums an evaluation up: from what was measured of each question to the report's figures.

A figure that nothing was measured for is None.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cli.evaluation.answerability import calibration, refusals
from cli.evaluation.figures import mean, rounded, share
from cli.evaluation.languages import by_pair, is_right, pair_of, told_by_pattern
from cli.evaluation.measurements import MeasuredAnswer, MeasuredQuestion, Run
from cli.evaluation.probability_measures import percentile
from cli.evaluation.rank_measures import mrr_at, ndcg_at, recall_at

Figures = dict[str, Any]


@dataclass(frozen=True)
class Prices:
    """US dollars for a million tokens."""

    embedding: float
    input: float
    output: float


FREE = Prices(0.0, 0.0, 0.0)


def report(run: Run, prices: Prices | None = None) -> Figures:
    """The whole report as JSON holds it; costs are known where `prices` are."""
    done = [measured for measured in run.questions if measured.error is None]
    tokens = _tokens(run)
    return {
        "retrieval": _retrieval(done),
        "answers": _answers(done),
        "across": told_by_pattern(done),
        "refusals": refusals(run, done),
        "calibration": calibration(run, done),
        "languages": by_pair(run, done),
        "latency_ms": _latency(done),
        "tokens": tokens,
        "cost_usd": _cost(tokens, prices),
        "indexing": run.indexing or None,
        "questions": {
            "asked": run.asked,
            "measured": len(done),
            "failed": len(run.questions) - len(done),
            "not_reranked": sum(m.degraded for m in done),
            "stopped": run.stopped,
        },
        "settings": run.settings,
        "per_question": [_line(measured, run) for measured in run.questions],
    }


def _retrieval(done: Sequence[MeasuredQuestion]) -> Figures:
    """Documents found, and, more strictly, passages of theirs that hold an expected answer."""
    places = [m.answer_rank for m in done if m.question.answerable and m.question.answers]
    ranks = [m.rank for m in done if m.question.answerable]
    return {
        **{f"recall@{k}": rounded(recall_at(ranks, k)) for k in (1, 5, 10)},
        "mrr@10": rounded(mrr_at(ranks, 10)),
        "ndcg@10": rounded(ndcg_at(ranks, 10)),
        **{f"answer_recall@{k}": rounded(recall_at(places, k)) for k in (1, 5)},
        "questions": len(ranks),
    }


def _answers(done: Sequence[MeasuredQuestion]) -> Figures:
    """Containment and F1 over the answerable questions that were answered; quotes over all."""
    asked = [m for m in done if m.question.answerable]
    written = [m.answer for m in done if m.answer]
    held: list[MeasuredAnswer] = [m.answer for m in asked if m.answer]
    checked = [answer for answer in written if answer.quotes_true is not None]
    return {
        "answered": mean(m.answered for m in asked if m.answered is not None),
        "containment": mean(answer.contains for answer in held),
        "containment_1": mean(answer.contains_1 for answer in held),
        "containment_3": mean(answer.contains_3 for answer in held),
        "token_f1": mean(answer.token_f1 for answer in held),
        "citation_precision": share(
            sum(answer.quotes_true or 0 for answer in checked),
            sum(answer.quotes for answer in checked),
        ),
        "citation_coverage": share(
            sum(answer.sentences_cited for answer in written),
            sum(answer.sentences for answer in written),
        ),
        "quotes_unverified": sum(answer.quotes for answer in written if answer.quotes_true is None),
        "questions": len(held),
    }


def _latency(done: Sequence[MeasuredQuestion]) -> Figures:
    stages = dict.fromkeys(stage for m in done for stage in m.timings_ms)
    figures: Figures = {}
    for stage in stages:
        spent = [m.timings_ms[stage] for m in done if stage in m.timings_ms]
        figures[stage] = {
            "p50": rounded(percentile(spent, 0.5), 2),
            "p95": rounded(percentile(spent, 0.95), 2),
            "max": round(max(spent), 2),
        }
    return figures


def _tokens(run: Run) -> Figures:
    embedding = sum(m.embedding_tokens for m in run.questions)
    indexing = int(run.indexing.get("tokens", 0))
    return {
        "indexing": indexing,
        "questions": embedding,
        "input": sum(m.input_tokens for m in run.questions),
        "output": sum(m.output_tokens for m in run.questions),
    }


def _cost(tokens: Figures, prices: Prices | None) -> float | None:
    if prices is None:
        return None
    embedded = tokens["indexing"] + tokens["questions"]
    spent: float = (
        embedded * prices.embedding
        + tokens["input"] * prices.input
        + tokens["output"] * prices.output
    )
    return round(spent / 1_000_000, 6)


def _line(measured: MeasuredQuestion, run: Run) -> Figures:
    answer = measured.answer
    held = answer if measured.question.answerable else None
    line: Figures = {
        "id": measured.question.question_id,
        "question": measured.question.text,
        "languages": pair_of(measured.question, run.document_languages),
        "answerable": measured.question.answerable,
        "rank": measured.rank,
        "answer_rank": measured.answer_rank,
        "probability": rounded(measured.probability),
        "refused": measured.refused,
        "answered": measured.answered,
        "contains": held.contains if held else None,
        "contains_1": held.contains_1 if held else None,
        "contains_3": held.contains_3 if held else None,
        "token_f1": rounded(held.token_f1) if held else None,
        "answer": answer.text if answer else None,
        "ms": measured.timings_ms.get("retrieval"),
    }
    if measured.question.pattern and measured.answered is not None:
        line["right"] = is_right(measured)
    if measured.error:
        line["error"] = measured.error
    return line
