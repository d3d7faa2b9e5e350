"""Whatever happens in whatever order, what was told of an erased document is not seen again.

Documents are uploaded, erased and uploaded anew under one path while questions are answered from
them, each by workers of their own that may stand still or die at any call, and whose clocks differ.
A receipt says that nothing is left of what was uploaded before: from then on no conversation and no
repeated request shows a word of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nexus.answering.answer_cache import AnswerCache
from nexus.answering.forgiving_cache import ForgivingCache
from nexus.answering.generator import Generator
from nexus.answering.question import Question
from nexus.answering.remembering import seen_again
from nexus.answering.turn import Answerer
from nexus.documents.erasing import Eraser, Place
from nexus.documents.tombstones import as_seen
from nexus.errors import NotFound, UpstreamError
from nexus.models import Answer, Filters, Usage
from nexus.object_keys import document_id, object_key
from nexus.ports import Completion, Message
from nexus.retrieval.retriever import Retriever
from tests import assembled
from tests.fakes import (
    FakeCache,
    FakeCatalogue,
    FakeClock,
    FakeConversations,
    FakeDocuments,
    FakeEmbedder,
    FakeIndex,
)
from tests.properties.turns import Actor, Killed, Stepped, interleave
from tests.unit.test_retrieval import ALICE, CONFIG

PATH = "fees.md"
ID, KEY = document_id("acme", PATH), object_key("acme", PATH)
FEE = re.compile(r"The tuition fee is \d+ million rupiah\.")
ASKED = "How much is the tuition fee?"
SHARES, EXAMPLES = 4, 150


class Quoting:
    """A ChatModel that answers with the first sentence on the fee that it is shown."""

    def complete(self, messages: Sequence[Message], max_tokens: int) -> Completion:
        del max_tokens
        found = FEE.search("\n".join(message.content for message in messages))
        return Completion(f"{found.group()} [1]" if found else "NO_ANSWER", Usage())


class World:
    """A document that comes and goes, who asks about it, and what may not be seen any more."""

    def __init__(self, random: Random, operations: list[str]) -> None:
        self.random = random
        self.operations = list(operations)
        self.clock = FakeClock()
        self.documents, self.catalogue = FakeDocuments(), FakeCatalogue(self.clock)
        self.index, self.embedder = FakeIndex(), FakeEmbedder()
        self.conversations = FakeConversations(10_000, self.clock)
        self.cache = FakeCache(self.clock)
        self.pace_s = random.choice((0.05, 1.0, 20.0))
        self.uploaded: list[str] = []
        self.forgotten: set[str] = set()
        self.answers: list[Answer] = []

    def another(self) -> Actor | None:
        """Whoever does the next thing."""
        if not self.operations:
            return None
        apart = self.random.uniform(-2, 2)
        return Actor(getattr(self, self.operations.pop(0))(lambda: self.clock() + apart))

    def upload(self, now: Callable[[], float]) -> Callable[[], None]:
        """Another document under the path, and its ingestion."""

        def work() -> None:
            text = f"The tuition fee is {len(self.uploaded) + 2} million rupiah."
            self.uploaded.append(text)
            self.documents.put("acme", PATH, text.encode())
            indexer = assembled.indexer(
                Stepped(self.documents),
                Stepped(self.catalogue),
                Stepped(self.index),
                self.embedder,
                CONFIG,
                executor=assembled.InTurn(),
                now=now,
            )
            try:
                indexer.reconcile(KEY)
            except (UpstreamError, Killed):
                self.operations.append("ingest")  # the message is delivered again

        return work

    def ingest(self, now: Callable[[], float]) -> Callable[[], None]:
        """What is in the bucket now, ingested."""
        indexer = assembled.indexer(
            self.documents, self.catalogue, self.index, self.embedder, CONFIG, now=now
        )
        return lambda: (indexer.reconcile(KEY), None)[1]

    def ask(self, now: Callable[[], float]) -> Callable[[], None]:
        """A question, answered by whatever is there."""

        def work() -> None:
            with suppress(UpstreamError):
                self.answers.append(self.answerer(now).answer(ALICE, asked()))

        return work

    def answerer(self, now: Callable[[], float]) -> Answerer:
        """A chat function of its own."""
        catalogue, executor = Stepped(self.catalogue), assembled.InTurn()
        retriever = Retriever(
            Stepped(self.index),
            catalogue,
            self.embedder,
            None,
            CONFIG,
            CONFIG.generation,
            executor,
        )
        return Answerer(
            assembled.readers(retriever, catalogue, CONFIG),
            Generator(Stepped(Quoting()), 500),
            Stepped(self.conversations),
            AnswerCache(ForgivingCache(Stepped(self.cache), lambda _: None), 3_600),
            CONFIG,
            executor,
            now,
        )

    def erase(self, now: Callable[[], float]) -> Callable[[], None]:
        """An erasure, whose receipt holds for what was uploaded before it began."""

        def work() -> None:
            before = set(self.uploaded)
            place = Place(Stepped(self.catalogue), Stepped(self.index), CONFIG.generation.namespace)
            eraser = Eraser(
                [place],
                Stepped(self.documents),
                Stepped(self.cache),
                Stepped(self.conversations),
                now,
                lambda _: None,
            )
            try:
                receipt = eraser.erase("acme", ID)
            except (NotFound, UpstreamError):
                return
            if receipt.complete:
                self.forgotten |= before

        return work

    def look(self) -> None:
        """Demands that nothing is told now of what was erased; a while passes."""
        turns = self.conversations.history("acme", "alice", "c", 99)
        told = "".join(
            turn.answer + repr(turn.sources) for turn in as_seen(self.catalogue, ALICE, turns)
        )
        for answer in self.answers:
            again = seen_again(self.catalogue, ALICE, ASKED, answer)
            told += again.text + repr(again.sources)
        assert not [text for text in self.forgotten if text in told]
        self.clock.advance(self.random.random() * self.pace_s)


def asked() -> Question:
    return Question(ASKED, "c", 5, Filters())


@pytest.mark.parametrize("share", range(SHARES))
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(
    operations=st.lists(st.sampled_from(["upload", "ask", "ask", "erase"]), min_size=2, max_size=8),
    seed=st.integers(0, 2**32),
)
def test_what_was_told_of_an_erased_document_is_never_seen_again(
    share: int, operations: list[str], seed: int
) -> None:
    random = Random(f"{share} {seed}")
    world = World(random, ["upload", *operations, "upload"])
    kill, fail = random.choice((0.0, 0.01)), random.choice((0.0, 0.02))
    interleave(random, kill=kill, fail=fail, between=world.look, another=world.another)
    # And what is asked of the document that is there then is seen as long as that is.
    world.clock.advance(60)
    world.upload(world.clock)()
    answer = world.answerer(world.clock).answer(ALICE, asked())
    assert world.uploaded[-1] in answer.text
    [*_, last] = world.conversations.history("acme", "alice", "c", 99)
    assert as_seen(world.catalogue, ALICE, [last]) == [last]
    world.look()
