"""Answers one turn: what is wanted, history, retrieval, refusal or generation, memory."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import replace
from functools import partial

from nexus.answering.answer_cache import AnswerCache
from nexus.answering.ending import Made, end
from nexus.answering.finding import Finder, Found
from nexus.answering.followups import stands_alone
from nexus.answering.generator import Generator
from nexus.answering.logging_question import question_logged, vector_looked_up
from nexus.answering.making import bare, make
from nexus.answering.opening import Opening, opening, version_by_now
from nexus.answering.question import Question, most_of, style_of
from nexus.answering.recalling import RecalledAnswers
from nexus.answering.remembering import Memory, seen
from nexus.answering.rewriting import Rewriter
from nexus.answering.routing import Route, reply, route_of
from nexus.answering.telling import Abandoned, Telling
from nexus.answering.told_of_answer import tell_answered
from nexus.budgets.charging import Budgets, Charge, saving
from nexus.deadline import awaited, behind, current, within
from nexus.errors import BudgetExceeded, UpstreamError
from nexus.generations.lifecycle import PerGeneration
from nexus.models import Answer, Confidence, Principal, Turn
from nexus.ports import ConversationStore, Kept, Standings, TurnWriter
from nexus.retrieval.reader import Reader
from nexus.retrieval.retrieved import Retrieved
from nexus.retrieval.searching import ANSWER_S, Embedded, Embedding
from nexus.settings import Settings

__all__ = ["Answerer", "Question"]


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
        budgets: Budgets | None = None,
    ) -> None:
        self._readers = readers
        self._generator = generator
        self._standings = standings
        self._memory = Memory(conversations, settings.history_turns, now, writer)
        self._recalled = RecalledAnswers(cache, settings, executor)
        self._finder = Finder(rewriter, executor)
        self._budgets = budgets or Budgets()
        self._settings = settings
        self._executor = executor

    def answer(
        self, principal: Principal, question: Question, telling: Telling | None = None
    ) -> Answer:
        """Answers from the principal's documents, or refuses; remembers the turn if it can.

        `telling` tells of it what is settled while it is made, and all of its text before it is
        remembered; where nobody listens any more before it is written, it raises Abandoned, and
        nothing is remembered.
        Raises UpstreamError or ConfigurationError when the language model or the catalogue fail, or
        both searches do, or one does and the other finds no answer. Whatever else fails or is late
        (conversations, caches, reranker, a second draft) makes the answer at most a poorer one.
        """
        started, began = time.perf_counter(), self._memory.moment()
        with self._budgets.charging(principal, most_of(question, self._settings)) as charge:
            try:
                return self._answered(principal, question, charge, (started, began), telling)
            except (Abandoned, BudgetExceeded):  # nobody waits for it, or may ask; nothing failed
                raise
            except Exception as error:
                failed = (principal, new_id("m"), _ms_since(started), charge.bill, error)
                behind(self._executor, self._memory.log_failure, *failed)
                raise

    def _answered(
        self,
        principal: Principal,
        question: Question,
        charge: Charge,
        began: tuple[float, str],
        telling: Telling | None,
    ) -> Answer:
        started, read_at = began
        route = route_of(question.message)
        logged = None
        values: list[Kept] = []
        conversation_id = question.conversation_id or new_id("c")
        message_id = new_id("m")
        if telling:
            telling.begin(conversation_id, message_id)
        if route in ("greeting", "thanks"):
            made = Made(bare(reply(route, question.message), Confidence("high", 1.0)))
        else:
            turn = None
            if self._standings is not None:
                turn = Opening(self._standings, self._executor, principal.tenant)
            try:
                with opening(turn):
                    made = self._readers.with_live(
                        lambda reader: self._recalled_or_made(
                            reader, principal, question, route, telling
                        ),
                        self._executor,
                        (lambda reader: turn.begin(reader.generation)) if turn else None,
                    )
            except Exception:
                self._recalled.keep(turn.kept if turn else (), None)
                raise
            values = turn.kept if turn else []
        charge.admitted()  # where no model was asked, and so nothing has waited for it
        charge.settle()
        answer = replace(
            made.answer,
            message_id=message_id,
            conversation_id=conversation_id,
            usage=replace(made.answer.usage, dollars=charge.dollars),
            timings_ms={**made.answer.timings_ms, "total": _ms_since(started)},
            read_at=read_at,
        )
        if telling:
            telling.finish(answer.text, answer.sources)
        if route not in ("greeting", "thanks"):
            asked = (principal, question.message, answer, made.vector, charge.bill, self._settings)
            logged = question_logged(*asked)
        told = (principal, question, made, answer, values, logged)
        answer = replace(answer, remembered=end(self._memory, self._recalled, *told))
        tell_answered(route, answer)
        return answer

    def _recalled_or_made(
        self,
        reader: Reader,
        principal: Principal,
        question: Question,
        route: Route,
        telling: Telling | None,
    ) -> Made:
        """The answer, from the cache if it is there."""
        started = time.perf_counter()
        reading = None
        if question.before is None and question.conversation_id is not None:
            reading = self._executor.submit(
                self._memory.history, principal, question.conversation_id
            )
        embedding = None
        if self._recalled.look_up(reader, principal, question, route):
            embedding = self._executor.submit(reader.retriever.embed, question.message)
        slot = self._recalled.slot(reader, principal, question, route)
        known = self._recalled.get(slot, question)
        # What the conversation was about has to be known before the question's own answer is given.
        embedded: Embedding | None = None
        if known is None and embedding is None and reading is not None:
            embedded = reader.retriever.embed(question.message)
        turns, reachable = self._turns_before(question, reading)
        if known and (not turns or stands_alone(question.message)):
            vector = vector_looked_up(reader.generation, question.message)
            timings = {"cache": _ms_since(started)}
            return Made(replace(known, timings_ms=timings), vector=vector)
        if embedding is not None:
            # Waited for when the search by words, which needs none, has begun.
            embedded = partial(_embedded, embedding)
        found = self._find(reader, principal, question, route, turns, embedded)
        if known and not found.rewritten:
            usage = replace(found.usage, embedding_tokens=found.retrieved.embedding_tokens)
            timings = {**found.retrieved.timings_ms, "cache": _ms_since(started)}
            known = replace(known, usage=usage, timings_ms=timings)
            return Made(known, vector=found.retrieved.vector)
        answer, whole = make(self._generator, self._settings, question, route, found, telling)
        keeping = None
        if not found.rewritten and whole and not saving():
            keeping = self._recalled.keeping(slot, question, answer, found.retrieved)
        return Made(answer, reachable, keeping, found.retrieved.vector)

    def _turns_before(
        self, question: Question, reading: Future[tuple[list[Turn], bool]] | None
    ) -> tuple[list[Turn], bool]:
        """The turns before, as the caller or the store tells them; whether these are all."""
        if question.before is None:
            return _read(reading)
        last = question.before[max(0, len(question.before) - self._settings.history_turns) :]
        return [Turn("", asked, told, refused=False, created_at="") for asked, told in last], True

    def _find(
        self,
        reader: Reader,
        principal: Principal,
        question: Question,
        route: Route,
        turns: list[Turn],
        embedded: Embedding | None,
    ) -> Found:
        """The passages, by the question or by what the turns before make of it."""
        version = partial(version_by_now, reader.generation)

        def search(query: str, embedded: Embedding | None) -> Retrieved:
            if style_of(question, route) == "summary":
                return reader.retriever.survey(
                    principal,
                    query,
                    self._settings.summary_passages,
                    question.filters,
                    embedded,
                    version,
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


def new_id(prefix: str) -> str:
    """A new identifier that cannot be guessed: the prefix and 32 hex digits."""
    return f"{prefix}-{uuid.uuid4().hex}"


def _ms_since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 2)
