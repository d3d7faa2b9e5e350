"""Answers one turn: history, retrieval, refusal or generation, citations, memory."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from nexus.citations import CitedAnswer, cite
from nexus.errors import UpstreamError
from nexus.language import WORD, language_of
from nexus.models import (
    Answer,
    Confidence,
    ConfidenceLevel,
    Filters,
    Language,
    Passage,
    Principal,
    Turn,
    Usage,
)
from nexus.observability import logger
from nexus.ports import ChatModel, ConversationStore, Embeddings
from nexus.prompts import NO_ANSWER, answer_messages
from nexus.retrieval import Retrieved, Retriever
from nexus.settings import Settings

REFUSAL = {
    Language.ENGLISH: "I could not find the answer to this in the documents.",
    Language.INDONESIAN: "Saya tidak menemukan jawabannya di dalam dokumen.",
}
CLOSEST = {
    Language.ENGLISH: " The closest is “{title}”.",
    Language.INDONESIAN: " Yang paling dekat adalah “{title}”.",
}

# A question that refers to what was said before: it opens as a continuation, or leans on a pronoun.
OPENS_AS_FOLLOW_UP = re.compile(
    r"^\W*(and|but|so|or|also|then|what about|how about|what if|same|dan|tapi|lalu|terus|kemudian|"
    r"atau|kalau|bagaimana dengan|bagaimana kalau|gimana kalau|untuk yang|yang)\b",
    re.IGNORECASE,
)
LEANS_BACK = re.compile(
    r"\b(it|its|they|them|their|that|those|this|these|he|she|his|her|there|one|ones|itu|tersebut|"
    r"dia|mereka|nya|begitu|sana|situ)\b|\w{3,}nya\b",
    re.IGNORECASE,
)
# A longer question usually names, itself, what its pronoun stands for.
FOLLOW_UP_WORDS = 12


@dataclass(frozen=True, slots=True)
class Question:
    """What a caller asked, once the request was found valid."""

    message: str
    conversation_id: str | None
    top_k: int
    filters: Filters


class Answerer:
    """Holds conversations."""

    def __init__(
        self,
        retriever: Retriever,
        chat: ChatModel,
        conversations: ConversationStore,
        settings: Settings,
        executor: Executor,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._retriever = retriever
        self._chat = chat
        self._conversations = conversations
        self._settings = settings
        self._executor = executor
        self._now = now

    def answer(self, principal: Principal, question: Question) -> Answer:
        """Answers from the principal's documents, or refuses; remembers the turn if it can.

        Raises UpstreamError when the models, the index or the catalogue fail. The conversation
        store failing is no reason to fail: the answer then says that it is not remembered.
        """
        started = time.perf_counter()
        conversation_id = question.conversation_id or new_id("c")
        found, history, follows, reachable = self._retrieve(principal, question)
        generation_started = time.perf_counter()
        context = [(turn.question, turn.answer) for turn in history] if follows else []
        cited, usage = self._generate(question.message, found, context)
        elapsed = time.perf_counter()
        timings = {
            **found.timings_ms,
            "generate": round((elapsed - generation_started) * 1000, 2),
            "total": round((elapsed - started) * 1000, 2),
        }
        best = found.relevance
        refused = not cited.sources
        answer = Answer(
            message_id=new_id("m"),
            conversation_id=conversation_id,
            text=cited.text,
            sources=cited.sources,
            confidence=Confidence("low" if refused else confidence_level(best), round(best, 4)),
            refused=refused,
            usage=replace(usage, embedding_tokens=found.embedding_tokens),
            timings_ms=timings,
            remembered=False,
        )
        remembered = reachable and self._remember(principal, question.message, answer)
        return replace(answer, remembered=remembered)

    def _retrieve(
        self, principal: Principal, question: Question
    ) -> tuple[Retrieved, list[Turn], bool, bool]:
        """The passages; the history; whether the question leans on it; whether it was reachable.

        What looks like a follow-up is searched with the question before it; so is, at a second try,
        what finds nothing alone.
        """

        def retrieve(query: str, embedding: Embeddings | None = None) -> Retrieved:
            return self._retriever.retrieve(
                principal, query, question.top_k, question.filters, embedding
            )

        if question.conversation_id is None:
            return retrieve(question.message), [], False, True
        reading = self._executor.submit(self._history, principal, question.conversation_id)
        leans = is_follow_up(question.message)
        embedding = None if leans else self._retriever.embed(question.message)
        history, reachable = reading.result()
        if not history:
            return retrieve(question.message, embedding), [], False, reachable
        with_context = f"{history[-1].question} {question.message}"
        if leans:
            return retrieve(with_context), history, True, reachable
        found = retrieve(question.message, embedding)
        if self._answers(found):
            return found, history, False, reachable
        again = retrieve(with_context)
        tokens = found.embedding_tokens + again.embedding_tokens
        return replace(again, embedding_tokens=tokens), history, True, reachable

    def _history(self, principal: Principal, conversation_id: str) -> tuple[list[Turn], bool]:
        try:
            return (
                self._conversations.history(
                    principal.tenant,
                    principal.client,
                    conversation_id,
                    self._settings.history_turns,
                ),
                True,
            )
        except UpstreamError as error:
            logger.warning("conversation_unreachable", extra={"error": type(error).__name__})
            return [], False

    def _answers(self, found: Retrieved) -> bool:
        """Whether the passages are relevant enough to be worth a language model."""
        return bool(found.passages) and found.relevance >= self._settings.refuse_below

    def _generate(
        self, question: str, found: Retrieved, context: list[tuple[str, str]]
    ) -> tuple[CitedAnswer, Usage]:
        passages = found.passages
        if not self._answers(found):
            return refusal(question, passages), Usage()
        completion = self._chat.complete(
            answer_messages(question, passages, context), self._settings.answer_max_tokens
        )
        text = completion.text.strip()
        if not text or NO_ANSWER in text:
            return refusal(question, passages), completion.usage
        return cite(text, passages), completion.usage

    def _remember(self, principal: Principal, message: str, answer: Answer) -> bool:
        turn = Turn(
            message_id=answer.message_id,
            question=message,
            answer=answer.text,
            refused=answer.refused,
            created_at=datetime.fromtimestamp(self._now(), UTC)
            .isoformat(timespec="milliseconds")
            .replace("+00:00", "Z"),
            document_ids=tuple(dict.fromkeys(s.passage.document_id for s in answer.sources)),
        )
        try:
            self._conversations.append(
                principal.tenant, principal.client, answer.conversation_id, turn
            )
        except UpstreamError as error:
            logger.warning("turn_not_remembered", extra={"error": type(error).__name__})
            return False
        return True


def is_follow_up(question: str) -> bool:
    """Whether a question needs the one before it to be understood."""
    words = WORD.findall(question)
    return (
        bool(OPENS_AS_FOLLOW_UP.search(question))
        or (len(words) <= FOLLOW_UP_WORDS and bool(LEANS_BACK.search(question)))
        or len(words) <= 2
    )


def refusal(question: str, passages: tuple[Passage, ...]) -> CitedAnswer:
    """Says, in the question's language, that the documents do not answer, and what came closest."""
    language = language_of(question)
    text = REFUSAL[language]
    if passages:
        text += CLOSEST[language].format(title=passages[0].title)
    return CitedAnswer(text, ())


def confidence_level(score: float) -> ConfidenceLevel:
    """The level that a reader is shown for a relevance from 0 to 1."""
    if score >= 0.75:
        return "high"
    return "medium" if score >= 0.5 else "low"


def new_id(prefix: str) -> str:
    """A new identifier that cannot be guessed: the prefix and 32 hex digits."""
    return f"{prefix}-{uuid.uuid4().hex}"
