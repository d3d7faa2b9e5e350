"""The chat function's services over fakes, with two tenants and a few documents."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from nexus.answering.answer_cache import AnswerCache
from nexus.answering.forgiving_cache import ForgivingCache
from nexus.answering.generator import Generator
from nexus.answering.idempotency import IdempotentAnswers
from nexus.answering.turn import Answerer
from nexus.clients import hash_key
from nexus.models import ApiClient, Filters, Principal
from nexus.operations.health import Dependency, Health
from nexus.settings import Settings
from tests.assembled import readers
from tests.fakes import (
    FakeCache,
    FakeChat,
    FakeClients,
    FakeClock,
    FakeConversations,
    FakeRequestClaims,
)
from tests.functions.gateway import ChatBehindGateway
from tests.people import FakeEndedSignIns, FakeRefreshTokens
from tests.unit.test_retrieval import Library

ACME_KEY, RIVAL_KEY, COLLEAGUE_KEY = "nx_acme", "nx_rival", "nx_colleague"


def client(key: str, tenant: str, name: str, filters: Filters | None = None) -> ApiClient:
    principal = Principal(tenant, name, "user", "standard", filters or Filters())
    return ApiClient(hash_key(key), "gw", principal, "2026-01-01T00:00:00Z")


class World:
    """Everything the API stands on, each part of which a test can make fail."""

    def __init__(self, *script: str, chat: FakeChat | None = None, **settings: Any) -> None:
        self.settings = Settings(embedding_dimension=256, **settings)
        self.library = Library()
        self.library.add("acme", "fees.md", "The tuition fee is nine million rupiah.")
        self.library.add("rival", "fees.md", "The tuition fee is one million rupiah.")
        self.chat = chat or FakeChat(*(script or ("The tuition fee is nine million rupiah. [1]",)))
        self.conversations = FakeConversations()
        self.counts: list[str] = []
        self.clock = FakeClock()
        self.claims = FakeRequestClaims(self.clock)
        self.pauses: list[float] = []
        self.sleep: Callable[[float], None] = self.pauses.append
        self.cache = AnswerCache(ForgivingCache(FakeCache(), self.counts.append), 3600)
        self.clients = FakeClients(
            client(ACME_KEY, "acme", "web"),
            client(COLLEAGUE_KEY, "acme", "mobile"),
            client(RIVAL_KEY, "rival", "web"),
        )
        self.ended_sign_ins, self.refresh_tokens = FakeEndedSignIns(), FakeRefreshTokens()
        its_readers = readers(
            self.library.retriever, self.library.catalogue, self.settings, self.library.index
        )
        executor = ThreadPoolExecutor(2)
        self.services = ChatBehindGateway(
            settings=self.settings,
            clients=self.clients,
            ended_sign_ins=self.ended_sign_ins,
            refresh_tokens=self.refresh_tokens,
            answerer=Answerer(
                its_readers,
                Generator(self.chat, self.settings.answer_max_tokens),
                self.conversations,
                self.cache,
                self.settings,
                executor,
            ),
            readers=its_readers,
            executor=executor,
            conversations=self.conversations,
            health=Health(
                {
                    "language_model": Dependency(self.chat.ping),
                    "index": Dependency(self.library.index.ping),
                    "conversations": Dependency(self.conversations.ping, required=False),
                },
                ThreadPoolExecutor(4),
            ),
            idempotency=IdempotentAnswers(self.claims, its_readers, executor, self._pause),
        )

    def _pause(self, seconds: float) -> None:
        self.sleep(seconds)
