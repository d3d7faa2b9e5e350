"""Puts together what answers questions, so that each call it makes ends in time."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeVar

from nexus.answering.answer_cache import AnswerCache
from nexus.answering.embedding_cache import CachedEmbedder
from nexus.answering.forgiving_cache import ForgivingCache
from nexus.answering.generator import Generator, generator_of
from nexus.answering.idempotency import IdempotentAnswers
from nexus.answering.remembering import Memory
from nexus.answering.rewriting import rewriter_of
from nexus.answering.turn import Answerer
from nexus.bounded import bounded
from nexus.budgets.admitting import AdmittedChat, AdmittedEmbedder, AdmittedModel
from nexus.budgets.charging import Budgets
from nexus.deferred import deferred
from nexus.documents.tombstones import as_seen
from nexus.generations.lifecycle import PerGeneration
from nexus.insights.rating import Ratings
from nexus.metrics import count
from nexus.models import Generation, Principal, Turn
from nexus.operations.health import Health
from nexus.ports import (
    Cache,
    Catalogue,
    ChatModel,
    Embedder,
    EndedSignIns,
    GenerationStore,
    Ledger,
    ListedConversations,
    QuestionLog,
    RefreshTokens,
    RequestClaims,
    Reranker,
    Standings,
    StreamingChat,
    TurnWriter,
    VectorIndex,
)
from nexus.retrieval.reader import Reader
from nexus.retrieval.retriever import Retriever
from nexus.services import ChatServices
from nexus.settings import Settings
from nexus.wiring.tracing import traced_chat, traced_embedder, traced_index, traced_reranker

if TYPE_CHECKING:
    from nexus.agents.turn import Agents

T = TypeVar("T")

# The longest that a call may take with all its tries, in seconds, if the request has it. DynamoDB
# answers in milliseconds: one more try after 2 s without a byte, then it is down. The models' own
# limits are settings.
SIGN_IN_S = 4.0
GENERATIONS_S = 4.0
CATALOGUE_S = 4.0
CONVERSATIONS_S = 3.0
CACHE_S = 1.0
CLAIMS_S = 4.0
INDEX_S = 8.0
# Between two tries at an embedding, at most.
PAUSE_S = 1.0


class Turns(Standings, TurnWriter, Protocol):
    """What reads before a turn and writes after it, each at once."""


@dataclass(frozen=True, slots=True)
class ChatParts:
    """The adapters that answering stands on; those of an index generation are made for it."""

    ended_sign_ins: EndedSignIns
    conversations: ListedConversations
    generations: GenerationStore
    catalogue: Callable[[Generation], Catalogue]
    index: Callable[[Generation], VectorIndex]
    embedder: Callable[[Generation], Embedder]
    chat: StreamingChat
    reranker: Reranker | None
    cache: Cache | None
    verifier: ChatModel | None = None
    rewriter: ChatModel | None = None
    claims: RequestClaims | None = None
    turns: Turns | None = None
    log: QuestionLog | None = None
    refresh_tokens: RefreshTokens | None = None
    ledger: Ledger | None = None
    cheaper: StreamingChat | None = None
    agents: Callable[[AgentsAround], Agents] | None = None


@dataclass(frozen=True, slots=True)
class AgentsAround:
    """What agents share with the answers that none of them gives."""

    readers: PerGeneration[Reader]
    generator: Generator
    memory: Memory
    budgets: Budgets
    executor: Executor


def answering(
    parts: ChatParts, health: Health, settings: Settings, executor: Executor
) -> ChatServices:
    """The chat function's services over these adapters."""
    shared = answers = None
    if parts.cache is not None:
        shared = ForgivingCache(bounded(parts.cache, "cache", CACHE_S, executor), count)
        if settings.answer_cache_ttl_s:
            answers = AnswerCache(shared, settings.answer_cache_ttl_s)
    reranker = parts.reranker
    if reranker is not None:
        reranker = bounded(reranker, "models", settings.rerank_timeout_s, executor, "reranker")
        reranker = traced_reranker(reranker, settings)

    budgets = Budgets(
        parts.ledger,
        executor,
        dict(settings.people_budget).get("*"),
        dict(settings.tenant_budgets),
        settings.budget_model_from,
    )

    def embedding(generation: Generation) -> Embedder:
        tries = 1 + settings.embedding_retries
        longest_s = tries * (settings.embedding_timeout_s + PAUSE_S)
        embedder = bounded(parts.embedder(generation), "models", longest_s, executor, "embeddings")
        return AdmittedEmbedder(traced_embedder(embedder, generation.embedding_model, settings))

    def questions(generation: Generation) -> Embedder:
        embedder = embedding(generation)
        if shared is None or not settings.embedding_cache_ttl_s:
            return embedder
        return CachedEmbedder(
            embedder,
            shared,
            generation.embedding_model,
            generation.embedding_dimension,
            settings.embedding_cache_ttl_s,
            executor,
        )

    def reader(generation: Generation) -> Reader:
        catalogue = bounded(parts.catalogue(generation), "catalogue", CATALOGUE_S, executor)
        index = traced_index(bounded(parts.index(generation), "index", INDEX_S, executor), settings)
        retriever = Retriever(
            index,
            catalogue,
            questions(generation),
            reranker,
            settings,
            generation,
            executor,
        )
        return Reader(generation, retriever, catalogue, index)

    readers = PerGeneration(
        bounded(parts.generations, "catalogue", GENERATIONS_S, executor),
        settings.generation,
        reader,
    )
    chat, verifier, rewriter = _chats(parts, settings, executor)
    standings: Standings | None = None
    writer: TurnWriter | None = None
    if parts.turns is not None:
        standings = bounded(parts.turns, "catalogue", GENERATIONS_S, executor)
        writer = bounded(parts.turns, "conversations", CONVERSATIONS_S, executor)
    idempotency = None
    if parts.claims is not None:
        claims = bounded(parts.claims, "cache", CLAIMS_S, executor)
        idempotency = IdempotentAnswers(claims, readers, executor)
    # Read or deleted whole, a conversation may take as long as its request.
    conversations = bounded(parts.conversations, "conversations", math.inf, executor)
    ratings = None
    if parts.log is not None:
        log = bounded(parts.log, "insights", CONVERSATIONS_S, executor)

        def see(principal: Principal, turns: Sequence[Turn]) -> Sequence[Turn]:
            return readers.with_live(
                lambda reader: as_seen(reader.catalogue, principal, turns), executor
            )

        ratings = Ratings(conversations, log, see, keeps_text=settings.keep_questions)
    generator = generator_of(settings, chat, verifier)
    turns = bounded(parts.conversations, "conversations", CONVERSATIONS_S, executor)
    agents = None
    if parts.agents is not None:
        memory = Memory(turns, settings.history_turns, time.time, writer)
        around = AgentsAround(readers, generator, memory, budgets, executor)
        agents = deferred(partial(parts.agents, around))
    return ChatServices(
        settings=settings,
        ended_sign_ins=bounded(parts.ended_sign_ins, "clients", SIGN_IN_S, executor),
        refresh_tokens=bounded(parts.refresh_tokens, "sign-in", SIGN_IN_S, executor)
        if parts.refresh_tokens
        else None,
        answerer=Answerer(
            readers,
            generator,
            turns,
            answers,
            settings,
            executor,
            rewriter=rewriter_of(rewriter),
            standings=standings,
            writer=writer,
            budgets=budgets,
        ),
        readers=readers,
        executor=executor,
        conversations=conversations,
        health=health,
        idempotency=idempotency,
        ratings=ratings,
        budgets=budgets,
        embedder=embedding(settings.generation),
        agents=agents,
    )


def _chats(
    parts: ChatParts, settings: Settings, executor: Executor
) -> tuple[StreamingChat, ChatModel | None, ChatModel | None]:
    """The models that answer, verify and rewrite: in time, and within the caller's budget."""

    def in_time(chat: T, measured_as: str) -> T:
        return bounded(chat, "models", settings.models_timeout_s, executor, measured_as)

    chat = traced_chat(
        in_time(parts.chat, "language_model"), settings.chat_model, settings, "answer"
    )
    cheaper, verifier, rewriter = parts.cheaper, parts.verifier, parts.rewriter
    if cheaper is not None:
        cheaper = in_time(cheaper, "language_model")
        cheaper = traced_chat(cheaper, settings.budget_model, settings, "answer")
    if verifier is not None:
        verifier = in_time(verifier, "verifier")
        verifier = traced_chat(verifier, settings.verifier_model, settings, "verify")
        verifier = AdmittedModel(verifier)
    if rewriter is not None:
        rewriter = in_time(rewriter, "rewriter")
        rewriter = traced_chat(rewriter, settings.rewrite_model, settings, "rewrite")
        rewriter = AdmittedModel(rewriter)
    return AdmittedChat(chat, cheaper), verifier, rewriter
