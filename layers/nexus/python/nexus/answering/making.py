"""Makes an answer of what was found: written by a model, or the refusal that is due instead."""

from __future__ import annotations

import time
from dataclasses import replace

from nexus.answering.finding import Found
from nexus.answering.generator import Generated, Generator
from nexus.answering.measuring import measure_passages, measure_refusal
from nexus.answering.question import Question, style_of
from nexus.answering.refusals import named, refusal
from nexus.answering.routing import Route
from nexus.answering.sureness import sureness
from nexus.answering.telling import Telling
from nexus.models import Answer, Confidence, Usage
from nexus.retrieval.confidence import level_of
from nexus.retrieval.rights import as_read
from nexus.settings import Settings


def make(
    generator: Generator,
    settings: Settings,
    question: Question,
    route: Route,
    found: Found,
    telling: Telling | None,
) -> tuple[Answer, bool]:
    """The answer or a refusal; and whether nothing was left out that could have changed it."""
    started = time.perf_counter()
    retrieved = found.retrieved
    measure_passages(retrieved)
    generated: Generated | None = None
    if telling:
        telling.passages(retrieved.passages if retrieved.is_enough else ())
    if retrieved.is_enough:
        history = [(turn.question, turn.answer) for turn in found.turns]
        generated = generator.generate(
            question.message,
            retrieved.passages,
            history,
            style_of(question, route),
            found.rewritten,
            telling,
        )
    usage = found.usage + (generated.usage if generated else Usage())
    usage += Usage(embedding_tokens=retrieved.embedding_tokens)
    timings = {**retrieved.timings_ms, "generate": round((time.perf_counter() - started) * 1000, 2)}
    whole = generated is None or generated.whole
    if generated is None or not generated.text:
        if retrieved.lost is not None:
            # A refusal says that the documents hold no answer: half a search cannot know.
            raise retrieved.lost
        measure_refusal(retrieved)
        unmatched = question.filters if retrieved.unmatched else None
        text = refusal(question.message, retrieved.passages, unmatched)
        # Where the passages looked promising and the model found nothing, it knows better.
        unsure = min(retrieved.probability, settings.refuse_below)
        confidence = Confidence("low", round(unsure, 4), retrieved.gate)
        told = named(retrieved.passages)
        draft = replace(
            bare(text, confidence),
            refused=True,
            named_document_ids=tuple(passage.document_id for passage in told),
            named_as=as_read(told),
            usage=usage,
            timings_ms=timings,
            rewritten_question=found.rewritten,
        )
        return draft, whole
    sure = sureness(retrieved, generated, settings)
    level = level_of(sure, settings.medium_from, settings.high_from)
    answer = replace(
        bare(generated.text, Confidence(level, round(sure, 4), retrieved.gate)),
        sources=generated.sources,
        claims=generated.claims,
        usage=usage,
        timings_ms=timings,
        truncated=generated.cut,
        rewritten_question=found.rewritten,
    )
    return answer, whole


def bare(text: str, confidence: Confidence) -> Answer:
    """An answer of which only its text and its confidence are known."""
    return Answer(
        message_id="",
        conversation_id="",
        text=text,
        sources=(),
        confidence=confidence,
        refused=False,
        usage=Usage(),
        timings_ms={},
        remembered=False,
    )
