"""Answers one turn: what is wanted, history, retrieval, refusal or generation, memory."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from dataclasses import replace
from functools import partial

from nexus.answering.answer_cache import AnswerCache
from nexus.answering.ending import Made, end
from nexus.answering.finding import Finder, Found
from nexus.answering.followups import stands_alone
from nexus.answering.generator import Generated, Generator
from nexus.answering.logging_question import question_logged, vector_looked_up
from nexus.answering.measuring import measure_passages, measure_refusal
from nexus.answering.opening import Opening, opening, version_by_now
from nexus.answering.question import Question, style_of
from nexus.answering.recalling import RecalledAnswers
from nexus.answering.refusals import named, refusal
from nexus.answering.remembering import Memory, seen
from nexus.answering.rewriting import Rewriter
from nexus.answering.routing import Route, reply, route_of
from nexus.answering.told_of_answer import tell_answered
from nexus.deadline import awaited, behind, current, within
from nexus.errors import UpstreamError
from nexus.generations.lifecycle import PerGeneration
from nexus.models import Answer, Confidence, Passage, Principal, Source, Spent, Turn, Usage
from nexus.ports import ConversationStore, Kept, Standings, TurnWriter
from nexus.retrieval.confidence import level_of
from nexus.retrieval.reader import Reader
from nexus.retrieval.retriever import Retrieved
from nexus.retrieval.searching import ANSWER_S, Embedded
from nexus.settings import Settings
from nexus.spending import billed

__all__ = ["Answerer", "Question"]

# Passages that a summary is made from: many, because it is about the whole and not a place in it.
SUMMARY_PASSAGES = 12
# Less than this share of the likeliest passage's relevance is another matter than a near second.
_FAR_BEHIND = 0.2


class Answerer:
    """Holds conversations."""

    def __init__(
        self,
        readers: PerGeneration[Reader],
        generator: Generator,
        conversations: ConversationStore,
        cache: AnswerCache | None,
        settings: Settings,
        executor: Executor,
        now: Callable[[], float] = time.time,
        rewriter: Rewriter | None = None,
        standings: Standings | None = None,
        writer: TurnWriter | None = None,
    ) -> None:
        self._readers = readers
        self._generator = generator
        self._standings = standings
        self._memory = Memory(conversations, settings.history_turns, now, writer)
        self._recalled = RecalledAnswers(cache, settings, executor)
        self._finder = Finder(rewriter, executor)
        self._settings = settings
        self._executor = executor

    def answer(self, principal: Principal, question: Question) -> Answer:
        """Answers from the principal's documents, or refuses; remembers the turn if it can.

        Raises UpstreamError or ConfigurationError when the language model or the catalogue fail, or
        both searches do, or one does and the other finds no answer. Whatever else fails or is late
        (conversations, caches, reranker, a second draft) makes the answer at most a poorer one.
        """
        started = time.perf_counter()
        with billed() as bill:
            try:
                return self._answered(principal, question, bill, started)
            except Exception as error:
                failed = (principal, new_id("m"), _ms_since(started), bill, error)
                behind(self._executor, self._memory.log_failure, *failed)
                raise

    def _answered(
        self, principal: Principal, question: Question, bill: Sequence[Spent], started: float
    ) -> Answer:
        route = route_of(question.message)
        logged = None
        values: list[Kept] = []
        if route in ("greeting", "thanks"):
            made = Made(_draft(reply(route, question.message), Confidence("high", 1.0)))
        else:
            turn = None
            if self._standings is not None:
                turn = Opening(self._standings, self._executor, principal.tenant)
            try:
                with opening(turn):
                    made = self._readers.with_live(
                        lambda reader: self._recalled_or_made(reader, principal, question, route),
                        self._executor,
                        (lambda reader: turn.begin(reader.generation)) if turn else None,
                    )
            except Exception:
                self._recalled.keep(turn.kept if turn else (), None)
                raise
            values = turn.kept if turn else []
        answer = replace(
            made.answer,
            message_id=new_id("m"),
            conversation_id=question.conversation_id or new_id("c"),
            timings_ms={**made.answer.timings_ms, "total": _ms_since(started)},
        )
        if route not in ("greeting", "thanks"):
            asked = (principal, question.message, answer, made.vector, bill, self._settings)
            logged = question_logged(*asked)
        told = (principal, question, made, answer, values, logged)
        answer = replace(answer, remembered=end(self._memory, self._recalled, *told))
        tell_answered(route, answer)
        return answer

    def _recalled_or_made(
        self, reader: Reader, principal: Principal, question: Question, route: Route
    ) -> Made:
        """The answer, from the cache if it is there."""
        started = time.perf_counter()
        reading = None
        if question.conversation_id is not None:
            reading = self._executor.submit(
                self._memory.history, principal, question.conversation_id
            )
        embedding = None
        if self._recalled.look_up(reader, principal, question, route):
            embedding = self._executor.submit(reader.retriever.embed, question.message)
        slot = self._recalled.slot(reader, principal, question, route)
        known = self._recalled.get(slot, question)
        # What the conversation was about has to be known before the question's own answer is given.
        embedded = None
        if known is None and embedding is None and reading is not None:
            embedded = reader.retriever.embed(question.message)
        turns, reachable = _read(reading)
        if known and (not turns or stands_alone(question.message)):
            vector = vector_looked_up(reader.generation, question.message)
            timings = {"cache": _ms_since(started)}
            return Made(replace(known, timings_ms=timings), vector=vector)
        if embedding is not None:
            embedded = _embedded(embedding)
        found = self._find(reader, principal, question, route, turns, embedded)
        if known and not found.rewritten:
            usage = replace(found.usage, embedding_tokens=found.retrieved.embedding_tokens)
            timings = {**found.retrieved.timings_ms, "cache": _ms_since(started)}
            known = replace(known, usage=usage, timings_ms=timings)
            return Made(known, vector=found.retrieved.vector)
        answer, whole = self._make(question, route, found)
        keeping = None
        if not found.rewritten and whole:
            keeping = self._recalled.keeping(slot, question, answer, found.retrieved)
        return Made(answer, reachable, keeping, found.retrieved.vector)

    def _find(
        self,
        reader: Reader,
        principal: Principal,
        question: Question,
        route: Route,
        turns: list[Turn],
        embedded: Embedded | None,
    ) -> Found:
        """The passages, by the question or by what the turns before make of it."""
        version = partial(version_by_now, reader.generation)

        def search(query: str, embedded: Embedded | None) -> Retrieved:
            if style_of(question, route) == "summary":
                return reader.retriever.survey(
                    principal, query, SUMMARY_PASSAGES, question.filters, embedded, version
                )
            return reader.retriever.retrieve(
                principal, query, question.top_k, question.filters, embedded, version
            )

        if not turns:
            return Found(search(question.message, embedded))
        return self._finder.find(
            question.message,
            embedded,
            turns,
            partial(seen, reader.catalogue, principal),
            search,
        )

    def _make(self, question: Question, route: Route, found: Found) -> tuple[Answer, bool]:
        """The answer or a refusal; and whether nothing was left out that could have changed it."""
        started = time.perf_counter()
        retrieved = found.retrieved
        measure_passages(retrieved)
        generated: Generated | None = None
        if retrieved.is_enough:
            history = [(turn.question, turn.answer) for turn in found.turns]
            generated = self._generator.generate(
                question.message,
                retrieved.passages,
                history,
                style_of(question, route),
                found.rewritten,
            )
        usage = found.usage + (generated.usage if generated else Usage())
        usage += Usage(embedding_tokens=retrieved.embedding_tokens)
        timings = {**retrieved.timings_ms, "generate": _ms_since(started)}
        whole = generated is None or generated.whole
        if generated is None or not generated.text:
            if retrieved.lost is not None:
                # A refusal says that the documents hold no answer: half a search cannot know.
                raise retrieved.lost
            measure_refusal(retrieved)
            unmatched = question.filters if retrieved.unmatched else None
            text = refusal(question.message, retrieved.passages, unmatched)
            # Where the passages looked promising and the model found nothing, it knows better.
            unsure = min(retrieved.probability, self._settings.refuse_below)
            confidence = Confidence("low", round(unsure, 4), retrieved.gate)
            told = tuple(passage.document_id for passage in named(retrieved.passages))
            draft = replace(
                _draft(text, confidence),
                refused=True,
                named_document_ids=told,
                usage=usage,
                timings_ms=timings,
                rewritten_question=found.rewritten,
            )
            return draft, whole
        # What had to be taken out of an answer makes the rest of it less sure.
        sure = retrieved.probability * generated.support
        sure *= _nearness(retrieved.passages, generated.sources)
        if not (retrieved.told and all(claim.verified for claim in generated.claims)):
            # What nobody has confirmed, or what the passage seems not to tell, is never sure.
            sure = min(sure, (self._settings.medium_from + self._settings.high_from) / 2)
        level = level_of(sure, self._settings.medium_from, self._settings.high_from)
        answer = replace(
            _draft(generated.text, Confidence(level, round(sure, 4), retrieved.gate)),
            sources=generated.sources,
            claims=generated.claims,
            usage=usage,
            timings_ms=timings,
            truncated=generated.cut,
            rewritten_question=found.rewritten,
        )
        return answer, whole


def _read(reading: Future[tuple[list[Turn], bool]] | None) -> tuple[list[Turn], bool]:
    """The turns before, and whether the store was reachable in time."""
    try:
        return awaited(reading, "conversations") if reading else ([], True)
    except UpstreamError:
        return [], False


def _embedded(embedding: Future[Embedded]) -> Embedded:
    """The embedding that was begun; none if it is late."""
    try:
        with within(current().spare(ANSWER_S)):
            return awaited(embedding, "models")
    except UpstreamError as failure:
        return Embedded(None, 0.0, failure)


def _nearness(passages: Sequence[Passage], sources: Sequence[Source]) -> float:
    """How much of the passages' probability what is quoted may have, from 0 to 1.

    The probability is about the likeliest passage: quotes of others alone, which are far less
    likely to hold the answer, must not have it.
    """
    first = max((passage.score for passage in passages), default=0.0)
    quoted = max((source.passage.score for source in sources), default=first)
    return quoted / first if quoted < _FAR_BEHIND * first else 1.0


def _draft(text: str, confidence: Confidence) -> Answer:
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


def new_id(prefix: str) -> str:
    """A new identifier that cannot be guessed: the prefix and 32 hex digits."""
    return f"{prefix}-{uuid.uuid4().hex}"


def _ms_since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 2)
