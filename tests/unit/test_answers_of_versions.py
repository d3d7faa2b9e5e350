"""What an answer read, and when, goes with it: into its conversation, and into what is told again.

So it is judged by the version that it quotes, and not by what is uploaded under its path since.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from nexus.answering.answer_cache import AnswerCache, answer_form
from nexus.answering.forgiving_cache import ForgivingCache
from nexus.answering.generator import Generator
from nexus.answering.prompts import NO_ANSWER
from nexus.answering.question import Question
from nexus.answering.remembering import seen_again
from nexus.answering.turn import Answerer
from nexus.documents.erasing import Eraser, Place
from nexus.documents.tombstones import as_seen
from nexus.models import (
    Answer,
    DocumentMetadata,
    DocumentRecord,
    Filters,
    Principal,
    ReadDocument,
    Turn,
)
from nexus.object_keys import document_id
from nexus.ports import Completion, Message
from tests.assembled import InTurn, readers
from tests.fakes import FakeCache, FakeCatalogue, FakeChat, FakeConversations, FakeDocuments
from tests.unit.test_retrieval import ALICE, CONFIG, Library

PATH, SECRET = "plan.md", "Forty people leave in May."
ID = document_id("acme", PATH)
BOARD, STAFF = replace(ALICE, groups=("board", "all")), replace(ALICE, groups=("all",))


class Interrupted(FakeChat):
    """A model that writes while something else happens."""

    meanwhile: Callable[[], None] = staticmethod(lambda: None)

    def complete(self, messages: Sequence[Message], max_tokens: int) -> Completion:
        made = super().complete(messages, max_tokens)
        self.meanwhile()
        return made


class Desk:
    """Who answers from a document of the board's."""

    def __init__(self, *script: str) -> None:
        self.library = Library()
        self.library.add("acme", PATH, SECRET, title="Layoffs", groups=("board",), author="Ani")
        self.conversations, self.cache = FakeConversations(), FakeCache()
        self.chat = Interrupted(*script)
        self.answerer = Answerer(
            readers(self.library.retriever, self.library.catalogue, CONFIG),
            Generator(self.chat, 500),
            self.conversations,
            AnswerCache(ForgivingCache(self.cache, lambda _: None), 3_600),
            CONFIG,
            InTurn(),
            self.library.clock,
        )

    def ask(self, principal: Principal) -> Answer:
        question = Question("How many people leave in May?", "c", 5, Filters())
        return self.answerer.answer(principal, question)

    def shown(self, principal: Principal, answer: Answer) -> list[str]:
        """The answer as its conversation shows it, and as it is told again."""
        # As it is kept for a repeated request.
        kept = answer_form().validate_json(answer_form().dump_json(answer))
        turns = self.conversations.history("acme", "alice", "c", 9)
        [*_, turn] = as_seen(self.library.catalogue, principal, turns)
        again = seen_again(self.library.catalogue, principal, "How many?", kept)
        return [turn.answer + repr(turn.sources), again.text + repr(again.sources)]

    def erase(self, catalogue: FakeCatalogue | None = None) -> None:
        """Erases the document."""
        library = self.library
        place = Place(catalogue or library.catalogue, library.index, CONFIG.generation.namespace)
        stores = (library.documents, self.cache, self.conversations)
        assert Eraser([place], *stores, library.clock).erase("acme", ID).complete


def test_an_answer_and_its_turn_tell_what_was_read_and_since_when() -> None:
    desk = Desk(f"{SECRET} [1]")
    answer = desk.ask(BOARD)
    [turn] = desk.conversations.history("acme", "alice", "c", 9)
    version = desk.library.catalogue.records["acme", ID].version
    assert turn.read_at == answer.read_at == "2025-06-15T15:06:40.000Z"
    # Of what was said only what decides who may see it.
    assert turn.read_as == (ReadDocument(ID, version, DocumentMetadata(groups=("board",))),)
    assert all(source.passage.said is None for source in turn.sources)


@pytest.mark.parametrize("script", [f"{SECRET} [1]", NO_ANSWER])
def test_a_cleaned_version_opens_neither_a_quote_nor_a_title_of_the_one_before(
    script: str,
) -> None:
    desk = Desk(script)
    answer = desk.ask(BOARD)
    secret = "Layoffs" if script == NO_ANSWER else "Forty"
    desk.library.add("acme", PATH, "We grow in May.", title="Growth", groups=("all",))
    assert all(secret in text for text in desk.shown(BOARD, answer))
    assert not any(secret in text for text in desk.shown(STAFF, answer))


def test_a_cached_answer_brings_along_how_its_documents_were_read() -> None:
    desk = Desk(f"{SECRET} [1]")
    desk.ask(BOARD)
    desk.library.clock.advance(60)
    desk.ask(BOARD)
    desk.library.clock.advance(5)
    cached = desk.ask(BOARD)
    assert "cache" in cached.timings_ms
    assert cached.read_at == "2025-06-15T15:07:45.000Z"
    desk.library.add("acme", PATH, "We grow in May.", title="Growth", groups=("all",))
    assert not any("Forty" in text for text in desk.shown(STAFF, cached))


def test_an_answer_that_is_stored_after_the_receipt_does_not_return_with_a_new_upload() -> None:
    desk = Desk(f"{SECRET} [1]")

    def erased() -> None:
        desk.library.clock.advance(30)
        desk.erase()
        desk.library.clock.advance(30)

    desk.chat.meanwhile = erased
    answer = desk.ask(BOARD)
    assert SECRET in answer.text
    desk.library.add("acme", PATH, "We grow in May.", groups=("all",))
    assert not any("Forty" in text for text in desk.shown(BOARD, answer))


def test_what_is_asked_of_the_new_upload_is_seen() -> None:
    desk = Desk("We grow in May. [1]")
    desk.erase()
    desk.library.clock.advance(10)
    desk.library.add("acme", PATH, "We grow in May.", groups=("all",))
    answer = desk.ask(STAFF)
    assert all("We grow in May." in text for text in desk.shown(STAFF, answer))


def turn_read_at(moment: str) -> Turn:
    return Turn("m9", "How many?", SECRET, False, moment, (ID,), read_at=moment)


def test_a_question_that_begins_while_the_document_is_being_hidden_is_of_what_is_erased() -> None:
    desk = Desk("")
    clock = desk.library.clock

    class Slow(FakeCatalogue):
        def remove(self, record: DocumentRecord) -> None:
            clock.advance(120)  # in which readers see the document still
            super().remove(record)

    slow = Slow(clock)
    slow.records, slow.manifests = desk.library.catalogue.records, desk.library.catalogue.manifests
    desk.erase(slow)
    clock.advance(60)
    desk.library.add("acme", PATH, "We grow in May.", groups=("all",))
    [seen] = as_seen(slow, BOARD, [turn_read_at("2025-06-15T15:07:40.000Z")])
    assert seen.deleted_document_ids == (ID,)


def test_what_was_read_before_an_erasure_that_broke_off_does_not_return_either() -> None:
    desk = Desk("")

    class Ended(FakeDocuments):
        def count_versions(self, key: str) -> int:
            return 1

        def delete_versions(self, key: str) -> int:
            raise SystemExit

    library = desk.library
    place = Place(library.catalogue, library.index, CONFIG.generation.namespace)
    before = turn_read_at("2025-06-15T15:06:30.000Z")
    with pytest.raises(SystemExit):
        Eraser([place], Ended(), None, desk.conversations, library.clock).erase("acme", ID)
    library.add("acme", PATH, "We grow in May.", groups=("all",))
    [seen] = as_seen(library.catalogue, BOARD, [before])
    assert seen.deleted_document_ids == (ID,)
