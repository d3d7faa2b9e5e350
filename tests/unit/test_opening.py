"""A turn that asks for everything at once is answered as one that asks step by step."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import wait as wait_for
from dataclasses import replace
from typing import Any

import pytest

from nexus.answering.cache_control import CachePolicy
from nexus.answering.question import Question
from nexus.errors import UpstreamUnavailable
from nexus.models import Answer, Filters, Generations, Hit, Principal
from nexus.object_keys import document_id, object_key
from nexus.operations.health import Health
from nexus.ports import Embeddings
from nexus.wiring.answering import ChatParts, answering
from tests.fakes import (
    FakeCache,
    FakeChat,
    FakeConversations,
    FakeEmbedder,
    FakeGenerations,
    FakeIndex,
    FakeTurns,
)
from tests.noting_executor import NotingExecutor
from tests.people import FakeEndedSignIns
from tests.unit.test_retrieval import ALICE, CONFIG, Library

ASKED = "How much is the tuition fee?"
RIGHT = "The tuition fee is nine million rupiah. [1]"
RIVAL = Principal("rival", "alice", "user", "standard")
BUSY = UpstreamUnavailable("upstream", "Busy; try again.")


class Gated(FakeEmbedder):
    """An embedder that answers when it is let, and counts its calls."""

    def __init__(self) -> None:
        super().__init__(256)
        self.free = threading.Event()
        self.free.set()

    def embed(self, texts: Sequence[str]) -> Embeddings:
        made = super().embed(texts)
        self.free.wait(20)
        return made


class Noting(FakeIndex):
    """An index that tells when it is searched by words."""

    def __init__(self) -> None:
        super().__init__()
        self.searched = threading.Event()

    def search_text(self, *asked: Any) -> list[Hit]:
        self.searched.set()
        return super().search_text(*asked)


class Desk:
    """The chat function's answerer over fakes, wired as it is; `restart` begins it anew."""

    def __init__(self, chat: FakeChat | None = None, index: FakeIndex | None = None) -> None:
        self.library = Library(index)
        self.library.add("acme", "fees.md", "The tuition fee is nine million rupiah.")
        self.library.add("rival", "fees.md", "The tuition fee is nine million rupiah.")
        self.library.clock.advance(60)
        self.chat, self.embedder = chat or FakeChat(RIGHT), Gated()
        self.conversations, self.cache = FakeConversations(), FakeCache()
        live = CONFIG.generation
        self.generations = FakeGenerations(Generations(live.generation_id, (live,)))
        self.turns = FakeTurns(
            self.generations, self.library.catalogue, self.conversations, self.cache
        )
        self.restart()

    def restart(self) -> None:
        self.executor = NotingExecutor()
        parts = ChatParts(
            ended_sign_ins=FakeEndedSignIns(),
            conversations=self.conversations,
            generations=self.generations,
            catalogue=lambda _: self.library.catalogue,
            index=lambda _: self.library.index,
            embedder=lambda _: self.embedder,
            chat=self.chat,
            reranker=None,
            cache=self.cache,
            turns=self.turns,
        )
        self.services = answering(parts, Health({}, self.executor), CONFIG, self.executor)
        self.services.readers.live()

    def ask(self, principal: Principal = ALICE, *, wait: bool = True, **changes: Any) -> Answer:
        asked = {"message": ASKED, "conversation_id": None, "top_k": 5, "filters": Filters()}
        answer = self.services.answerer.answer(principal, Question(**{**asked, **changes}))
        if wait:
            self.settle()
        return answer

    def settle(self) -> None:
        """Waits until what is done behind the answers is done."""
        while given := self.executor.taken():
            assert not wait_for(given, 20).not_done


def test_a_turn_is_remembered_and_cached_by_one_write() -> None:
    desk = Desk()
    answer = desk.ask()
    assert answer.remembered
    assert desk.turns.written == [2]  # the answer and the question's embedding
    assert desk.conversations.history("acme", "alice", answer.conversation_id, 9)
    assert desk.cache.count("acme", document_id("acme", "fees.md")) == 1
    assert len(desk.cache.entries) == 2


def test_a_cached_answer_waits_for_no_embedding_and_writes_only_its_turn() -> None:
    desk = Desk()
    desk.ask()
    for _ in range(2):  # the second time, the version that was tried is the right one
        desk.restart()
        desk.embedder.free.clear()
        answer = desk.ask(wait=False)
        desk.embedder.free.set()
        desk.settle()
        assert ("cache" in answer.timings_ms, answer.remembered) == (True, True)
    assert desk.turns.written == [2, 0, 0]
    assert len(desk.chat.prompts) == 1


def test_a_new_question_is_searched_by_words_while_it_is_embedded() -> None:
    index = Noting()
    desk = Desk(index=index)
    desk.embedder.free.clear()
    asking = desk.executor.submit(desk.ask, wait=False)
    was_searched = index.searched.wait(20)
    desk.embedder.free.set()
    assert was_searched
    assert not asking.result(20).refused


def test_a_question_whose_embedding_is_cached_does_not_need_the_model() -> None:
    desk = Desk()
    desk.ask()
    desk.restart()
    desk.embedder.failure = BUSY
    answer = desk.ask(cache=CachePolicy(read=False))
    assert not answer.refused
    assert answer.usage.embedding_tokens == 0
    assert answer.timings_ms["search"] >= 0
    assert answer.confidence.level == "high"


def test_an_answer_of_another_version_is_not_given_though_it_was_looked_up() -> None:
    desk = Desk()
    desk.ask()
    assert "cache" in desk.ask().timings_ms
    desk.library.add("acme", "new.md", "The tuition fee has changed entirely.")
    assert "cache" not in desk.ask().timings_ms  # nothing can be said of the version yet
    desk.library.clock.advance(60)
    assert "cache" not in desk.ask().timings_ms
    assert "cache" in desk.ask().timings_ms
    assert len(desk.chat.prompts) == 3


def test_the_catalogue_is_asked_what_is_seen_once_until_the_documents_change() -> None:
    desk = Desk()
    always = CachePolicy(read=False)
    for _ in range(3):
        assert not desk.ask(cache=always).refused
    asked = desk.library.catalogue.looked_up
    assert asked == [("acme", 1)]
    desk.library.documents.drop("acme", "fees.md")
    desk.library.indexer.reconcile(object_key("acme", "fees.md"))
    assert desk.ask(cache=always).refused


def test_another_tenant_and_other_rights_never_get_the_answer_that_was_looked_up() -> None:
    desk = Desk()
    desk.ask()
    few = Principal("acme", "alice", "user", "standard", Filters(document_ids=("none",)))
    for principal in (RIVAL, few):
        for _ in range(2):
            answer = desk.ask(principal)
            own = document_id(principal.tenant, "fees.md")
            assert {source.passage.document_id for source in answer.sources} <= {own}
            assert answer.refused is (principal is few)
    assert "cache" in desk.ask().timings_ms


def test_an_answer_whose_documents_changed_while_it_was_made_does_not_stay() -> None:
    class Deleting(FakeChat):
        def complete(self, messages: Any, max_tokens: int) -> Any:
            desk.library.documents.drop("acme", "fees.md")
            desk.library.indexer.reconcile(object_key("acme", "fees.md"))
            desk.cache.forget("acme", document_id("acme", "fees.md"))
            return super().complete(messages, max_tokens)

    desk = Desk(Deleting(RIGHT))
    assert not desk.ask().refused
    assert desk.cache.count("acme", document_id("acme", "fees.md")) == 0


def test_a_store_of_turns_that_fails_costs_no_answer() -> None:
    desk = Desk()
    desk.turns.failure = BUSY
    answer = desk.ask()
    assert (answer.refused, answer.remembered) == (False, False)
    assert desk.cache.entries == {}


def test_a_cache_that_fails_costs_no_turn() -> None:
    desk = Desk()
    desk.cache.failure = BUSY
    answer = desk.ask()
    assert (answer.refused, answer.remembered) == (False, True)
    assert desk.turns.written == [0]


def test_a_failure_of_the_model_keeps_the_embedding_that_was_paid_for() -> None:
    desk = Desk()
    desk.chat.failure = BUSY
    with pytest.raises(UpstreamUnavailable):
        desk.ask()
    desk.settle()
    assert len(desk.cache.entries) == 1


def test_a_pointer_that_moved_meanwhile_is_followed() -> None:
    desk = Desk()
    desk.ask()
    other = replace(CONFIG.generation, generation_id="22222222")
    now = desk.generations.read()
    assert now is not None
    desk.generations.write(replace(now, live="22222222", known=(*now.known, other)))
    assert desk.ask().refused  # it has no documents; the one before has, and a cached answer


def test_a_pointer_that_moved_to_other_chunks_of_the_same_model_costs_no_turn() -> None:
    desk = Desk()
    other = replace(CONFIG.generation, generation_id="22222222")
    now = desk.generations.read()
    assert now is not None
    desk.generations.write(replace(now, live="22222222", known=(*now.known, other)))
    # It is embedded for both, whose embeddings have one key.
    answer = desk.ask()
    assert (answer.refused, answer.remembered) == (True, True)
