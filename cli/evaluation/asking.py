"""Asks the production code one question, and measures what comes back."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from cli.evaluation.answers import answer_place, measure_answer, stands_in
from cli.evaluation.corpus import TENANT
from cli.evaluation.measurements import TOP_K, Judged, MeasuredAnswer, MeasuredQuestion
from cli.evaluation.questions import GoldenQuestion
from cli.evaluation.rank_measures import place_of
from nexus.answering.answer_text import Style
from nexus.answering.turn import Question
from nexus.models import Answer, Filters, Principal
from nexus.retrieval.retrieved import Retrieved
from nexus.services import EvaluationServices
from nexus.settings import Settings

# Gives the whole text of a document, by its id.
TextOf = Callable[[str], str]

PRINCIPAL = Principal(TENANT, "eval", "user", "eval")


def find(services: EvaluationServices, question: GoldenQuestion) -> Retrieved:
    """The passages for a question, as a request for 20 of them would get them."""
    return services.retriever.retrieve(PRINCIPAL, question.text, TOP_K, Filters())


def judge(services: EvaluationServices, question: GoldenQuestion) -> Judged:
    """How sure the production code is of what it finds for a question."""
    found = find(services, question)
    return Judged(question.question_id, found.probability, not found.is_enough, found.features)


def ask(
    services: EvaluationServices,
    question: GoldenQuestion,
    right: frozenset[str],
    settings: Settings,
) -> MeasuredQuestion:
    """Where the `right` documents stand in the ranking, and how sure the code is of it."""
    started = time.perf_counter()
    found = find(services, question)
    elapsed_ms = (time.perf_counter() - started) * 1000
    ranking = [passage.document_id for passage in found.passages]
    return MeasuredQuestion(
        question=question,
        rank=place_of(ranking, right),
        answer_rank=answer_place(
            [(passage.document_id, passage.text) for passage in found.passages],
            right,
            question.answers,
        ),
        held=question.answerable and not right.isdisjoint(ranking[: settings.top_k]),
        probability=found.probability,
        refused=not found.is_enough,
        timings_ms={**found.timings_ms, "retrieval": round(elapsed_ms, 2)},
        high=found.is_enough and found.told and found.probability >= settings.high_from,
        features=found.features,
        mismatch=found.mismatch,
        degraded=found.degraded,
        embedding_tokens=found.embedding_tokens,
    )


def answer(
    services: EvaluationServices,
    measured: MeasuredQuestion,
    settings: Settings,
    style: Style,
    text_of: TextOf,
) -> MeasuredQuestion:
    """The measured question with its answer; `text_of` gives the whole text of a document."""
    question = measured.question
    given = services.answerer.answer(
        PRINCIPAL, Question(question.text, None, settings.top_k, Filters(), style)
    )
    later = {
        stage: spent
        for stage, spent in given.timings_ms.items()
        if stage not in measured.timings_ms
    }
    return replace(
        measured,
        refused=given.refused,
        answered=not given.refused,
        high=given.confidence.level == "high",
        answer=None if given.refused else _measure(given, question, text_of),
        timings_ms={**measured.timings_ms, **later},
        embedding_tokens=measured.embedding_tokens + given.usage.embedding_tokens,
        input_tokens=given.usage.input_tokens,
        output_tokens=given.usage.output_tokens,
    )


def _measure(given: Answer, question: GoldenQuestion, text_of: TextOf) -> MeasuredAnswer:
    return measure_answer(
        given.text,
        question.answers,
        [(source.passage.document_id, source.quote) for source in given.sources],
        given.confidence.score,
        lambda document_id, quote: stands_in(quote, text_of(document_id)),
    )
