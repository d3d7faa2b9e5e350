"""The chat and documents functions over moto's tables, with models that a script answers for."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import botocore.session
from fastapi.testclient import TestClient
from mangum import Mangum

from functions.chat.app import create_app as chat_app
from functions.documents.app import create_app as documents_app
from nexus.adapters.dynamodb.cache import DynamoCache
from nexus.adapters.dynamodb.catalogue import DynamoCatalogue
from nexus.adapters.dynamodb.cited_turns import DynamoCitedTurns
from nexus.adapters.dynamodb.conversations import DynamoConversations
from nexus.adapters.dynamodb.generations import DynamoGenerations
from nexus.adapters.dynamodb.question_log import DynamoQuestionLog
from nexus.adapters.dynamodb.question_traces import DynamoQuestionTraces
from nexus.adapters.dynamodb.rollups import DynamoRollups
from nexus.adapters.dynamodb.turns import DynamoTurns
from nexus.answering.prompts import NO_ANSWER
from nexus.clients import hash_key
from nexus.documents.erasing import Eraser, Place
from nexus.errors import UpstreamUnavailable
from nexus.insights.analytics import Analytics
from nexus.insights.rolling import Roller
from nexus.models import ApiClient, Principal, Usage
from nexus.object_keys import document_id, object_key
from nexus.operations.health import Health
from nexus.ports import Completion, Embeddings, Message
from nexus.services import DocumentsServices
from nexus.settings import Settings
from nexus.spending import SpendingChat, SpendingEmbedder, prices_of
from nexus.wiring.answering import ChatParts, answering
from tests import assembled
from tests.bench.seeding import event
from tests.fake_bucket import FakeDocumentBucket
from tests.fakes import FakeClients, FakeEmbedder, FakeIndex
from tests.functions.gateway import Gateway
from tests.people import FakeEndedSignIns

ANSWER = "The tuition fee is nine million rupiah. [1]"
ADMIN, RIVAL = "nx_admin", "nx_rival"
CLIENTS = ("web", "desk", "person/ann")
# As many embedded dollars as tell, and a chat model that costs what no other does.
EMBEDDING_PRICE, PRICES = 50.0, ("scripted=300/700",)


@dataclass
class Meter:
    """What models were asked since it was last read: tokens in and out, and dollars."""

    charged: list[tuple[str, int, int, float]] = field(default_factory=list)

    def taken(self) -> list[tuple[str, int, int, float]]:
        found, self.charged = self.charged, []
        return found


@dataclass(frozen=True)
class Answered:
    """A response of the chat function to the gateway's event."""

    status_code: int
    body: str

    def json(self) -> Any:
        return json.loads(self.body)


class ScriptedChat:
    """Answers; refuses what asks for something unknown, and fails for what is broken."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter

    def complete(self, messages: Sequence[Message], max_tokens: int) -> Completion:
        asked = messages[-1].content
        if "broken" in asked:
            raise UpstreamUnavailable("models", "The model is broken.")
        text = NO_ANSWER if "unknown" in asked else ANSWER
        into, out = len(asked) // 4, len(text) // 4
        self._meter.charged.append(("scripted", into, out, (into * 300 + out * 700) / 1e6))
        return Completion(text, Usage(input_tokens=into, output_tokens=out))

    def stream(
        self, messages: Sequence[Message], max_tokens: int, heard: Callable[[str], None]
    ) -> Completion:
        completion = self.complete(messages, max_tokens)
        heard(completion.text)
        return completion

    def ping(self) -> None:
        return None


class MeteredEmbedder(FakeEmbedder):
    """Embeds, and notes what that costs."""

    def __init__(self, meter: Meter) -> None:
        super().__init__()
        self._meter = meter

    def embed(self, texts: Sequence[str]) -> Embeddings:
        made = super().embed(texts)
        self._meter.charged.append(("embedder", made.tokens, 0, made.tokens * 50 / 1e6))
        return made


class Day:
    """A stage of one tenant and a rival, over tables of moto."""

    def __init__(self, client: Any, **settings: Any) -> None:
        tables = {
            name: _made(client, name, *keys)
            for name, keys in (
                *(("catalogue", ("pk", "sk")), ("conversations", ("pk", "sk"))),
                *(("cache", ("pk",)), ("insights", ("pk", "sk"))),
            )
        }
        named = {f"{name}_table": table for name, table in tables.items()}
        self.settings = Settings(
            embedding_dimension=256,
            embedding_model="embedder",
            chat_model="scripted",
            **{"keep_questions": True, "alike_from": 0.9, "popular_from": 1, **named, **settings},
        )
        self.generation = self.settings.generation
        self.meter = Meter()
        self.clock = time.time  # which the tests move
        self.log = DynamoQuestionLog(client, "insights", 90, self.clock)
        self.traces = DynamoQuestionTraces(client, "insights", "conversations", self.clock)
        self.rollups = DynamoRollups(client, "insights", 90, 400, self.clock)
        self.catalogue = DynamoCatalogue(
            client, "catalogue", self.generation.generation_id, self.clock
        )
        self.index, self.bucket = FakeIndex(), FakeDocumentBucket()
        self.cache = DynamoCache(client, "cache", "conversations", self.clock)
        self._client = client
        self.clients = FakeClients(
            *(_client(f"nx_{name}", "acme", name, "user") for name in CLIENTS),
            _client(RIVAL, "rival", "rival", "admin"),
            _client(ADMIN, "acme", "admin", "admin"),
        )
        self.indexer = assembled.indexer(
            self.bucket, self.catalogue, self.index, FakeEmbedder(), self.settings
        )
        app = Gateway(chat_app(self._chat_services()), self.clients)
        self._handle = Mangum(app, lifespan="off")
        self.chat = TestClient(app, raise_server_exceptions=False)
        self.documents = TestClient(
            Gateway(documents_app(self._documents_services()), self.clients)
        )

    def put(self, path: str, text: str) -> str:
        """Uploads and ingests a document of acme; its id."""
        self.bucket.put("acme", path, text.encode())
        self.indexer.reconcile(object_key("acme", path))
        return document_id("acme", path)

    def ask(self, client: str, message: str, **more: Any) -> Any:
        """The response to a question of one of acme's clients."""
        made = event("chat")
        made["body"] = json.dumps({"message": message, **more})
        for name in ("headers", "multiValueHeaders"):
            for key in [key for key in made[name] if key.lower().startswith("x-")]:
                del made[name][key]
        made["headers"]["x-api-key"] = f"nx_{client}"
        made["multiValueHeaders"]["x-api-key"] = [f"nx_{client}"]
        told = self._handle(made, None)  # type: ignore[arg-type]
        return Answered(told["statusCode"], told["body"])

    def rate(self, client: str, answer: dict[str, Any], rating: str, **more: Any) -> Any:
        """The response to a rating of an answer."""
        body = {name: answer[name] for name in ("conversation_id", "message_id")}
        headers = {"x-api-key": f"nx_{client}"}
        return self.chat.post(
            "/v1/feedback", json={**body, "rating": rating, **more}, headers=headers
        )

    def told(self, what: str, key: str = ADMIN, **query: Any) -> dict[str, Any]:
        """What the analytics tell."""
        response = self.documents.get(
            f"/v1/analytics/{what}", params=query, headers={"x-api-key": key}
        )
        assert response.status_code == 200, response.text
        return cast("dict[str, Any]", response.json())

    def roll(self) -> int:
        """Rolls up; how many days were."""
        roller = Roller(self.log, self.rollups, 90, 0.9, self.clock)
        return roller.roll(lambda: True).days

    def stored(self) -> str:
        """All that the table of insights holds, as text."""
        items = self._client.scan(TableName="insights")["Items"]
        return json.dumps(items, default=str)

    def eraser(self) -> Eraser:
        return Eraser(
            [Place(self.catalogue, self.index, self.generation.namespace)],
            self.bucket,
            self.cache,
            DynamoCitedTurns(self._client, "conversations"),
            self.clock,
            lambda _: None,
            questions=self.traces,
        )

    def _chat_services(self) -> Any:
        executor = assembled.InTurn()
        conversations = DynamoConversations(
            self._client,
            "conversations",
            24,
            self.clock,
            logged_s=self.log.kept_s,
            traces=self.traces,
        )
        turns = DynamoTurns(
            *(self._client, "catalogue", conversations, "conversations"),
            *(self.cache, "cache", self.clock, self.log),
        )
        embedder = SpendingEmbedder(MeteredEmbedder(self.meter), "embedder", EMBEDDING_PRICE)
        parts = ChatParts(
            ended_sign_ins=FakeEndedSignIns(),
            conversations=conversations,
            generations=DynamoGenerations(self._client, "catalogue"),
            catalogue=lambda _: self.catalogue,
            index=lambda _: self.index,
            embedder=lambda _: embedder,
            chat=SpendingChat(ScriptedChat(self.meter), "scripted", prices_of(PRICES)),
            reranker=None,
            cache=self.cache,
            turns=turns,
            log=self.log,
        )
        return answering(parts, Health({}, executor), self.settings, executor)

    def _documents_services(self) -> DocumentsServices:
        nothing = cast("Any", None)
        return DocumentsServices(
            settings=self.settings,
            curators=nothing,
            eraser=nothing,
            figures=nothing,
            analytics=Analytics(
                self.log,
                self.rollups,
                lambda: self.catalogue,
                90,
                self.settings.popular_from,
                0.9,
                self.clock,
            ),
        )


def _client(key: str, tenant: str, name: str, role: Any) -> ApiClient:
    return ApiClient(
        hash_key(key), "gw", Principal(tenant, name, role, "standard"), "2026-01-01T00:00:00Z"
    )


def dynamodb() -> Any:
    """A client of moto's DynamoDB, once that is there."""
    return botocore.session.Session().create_client(
        "dynamodb",
        region_name="eu-west-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    )


def _made(client: Any, name: str, *keys: str) -> str:
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
        KeySchema=[
            {"AttributeName": key, "KeyType": kind}
            for key, kind in zip(keys, ("HASH", "RANGE"), strict=False)
        ],
    )
    return name
