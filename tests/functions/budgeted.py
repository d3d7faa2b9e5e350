"""The chat function's services as `wiring` makes them, over fakes that cost, with budgets."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from starlette.testclient import TestClient

from nexus.bounded import CarryingExecutor
from nexus.clients import hash_key
from nexus.models import ApiClient, Budget, Principal, Role
from nexus.operations.health import Health
from nexus.ports import Ledger
from nexus.services import ChatServices
from nexus.settings import Settings
from nexus.spending import SpendingChat, SpendingEmbedder
from nexus.wiring.answering import ChatParts, answering
from tests.fakes import (
    FakeCache,
    FakeChat,
    FakeClients,
    FakeConversations,
    FakeGenerations,
)
from tests.functions.gateway import ChatBehindGateway, chat_app
from tests.ledgers import FakeLedger
from tests.people import FakeEndedSignIns
from tests.unit.test_retrieval import Library

FEE = "The tuition fee is nine million rupiah. [1]"
ASKED = "How much is the tuition fee?"
# Dollars for a million tokens: nothing here is too small to be seen.
PRICES = {"gpt-5.4-mini": (1_000.0, 2_000.0), "cheap": (10.0, 20.0)}
KEY, ADMIN_KEY, FREE_KEY = "nx_web", "nx_boss", "nx_free"
Json = dict[str, Any]


class BudgetedWorld:
    """A tenant with a document, a client "web" with a budget, and others without one."""

    def __init__(
        self,
        budget: Budget | None = None,
        *script: str,
        ledger: Ledger | None = None,
        **settings: Any,
    ) -> None:
        self.settings = Settings(
            embedding_dimension=256, answer_cache_ttl_s=0, embedding_price=1_000.0, **settings
        )
        self.library = Library()
        self.library.add("acme", "fees.md", "The tuition fee is nine million rupiah.")
        self.chat, self.cheaper = FakeChat(*(script or (FEE,))), FakeChat(FEE)
        self.ledger = ledger or FakeLedger()
        self.clients = FakeClients(
            _client(KEY, "web", "user", budget),
            _client(ADMIN_KEY, "boss", "admin", None),
            _client(FREE_KEY, "free", "user", None),
        )
        model = self.settings.embedding_model
        parts = ChatParts(
            ended_sign_ins=FakeEndedSignIns(),
            conversations=FakeConversations(),
            generations=FakeGenerations(),
            catalogue=lambda _: self.library.catalogue,
            index=lambda _: self.library.index,
            embedder=lambda _: SpendingEmbedder(self.library.embedder, model, 1_000.0),
            chat=SpendingChat(self.chat, self.settings.chat_model, PRICES),
            reranker=None,
            cache=FakeCache() if self.settings.answer_cache_ttl_s else None,
            ledger=self.ledger,
            cheaper=SpendingChat(self.cheaper, "cheap", PRICES),
        )
        executor = CarryingExecutor(64)
        services = answering(parts, Health({}, executor), self.settings, executor)
        made = {spec.name: getattr(services, spec.name) for spec in fields(ChatServices)}
        self.services = ChatBehindGateway(**made, clients=self.clients)

    def over(self, key: str = KEY) -> TestClient:
        app = chat_app(self.services)
        return TestClient(app, headers={"x-api-key": key}, raise_server_exceptions=False)

    def ask(self, key: str = KEY, message: str = ASKED, **more: Any) -> Any:
        return self.over(key).post("/v1/chat", json={"message": message, **more})

    def usage(self, key: str = ADMIN_KEY) -> dict[str, Json]:
        """The accounts that a key is told of, by name."""
        told = self.over(key).get("/v1/usage").json()
        return {one["name"]: one for one in told["accounts"]}


def cap(account: Json, measure: str, window: str) -> Json:
    """One cap of an account."""
    [found] = [
        one for one in account["caps"] if (one["measure"], one["window"]) == (measure, window)
    ]
    return found  # type: ignore[no-any-return]


def tokens(answer: Json) -> int:
    """All tokens of an answer."""
    usage = answer["usage"]
    return sum(value for name, value in usage.items() if name.endswith("_tokens"))


def _client(key: str, name: str, role: Role, budget: Budget | None) -> ApiClient:
    plan = "admin" if role == "admin" else "standard"
    principal = replace(Principal("acme", name, role, plan), budget=budget)
    return ApiClient(hash_key(key), "gw", principal, "2026-01-01T00:00:00Z")
