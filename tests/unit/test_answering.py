"""One turn: answered with sources, refused, or understood from the turn before."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from nexus.answering import Answerer, Question, is_follow_up
from nexus.errors import UpstreamUnavailable
from nexus.models import Filters
from nexus.prompts import NO_ANSWER
from tests.fakes import FakeChat, FakeConversations
from tests.unit.test_retrieval import ALICE, CONFIG, Library


class Desk:
    """An answerer over fakes."""

    def __init__(self, *script) -> None:
        self.library = Library()
        self.library.add("acme", "fees.md", "The tuition fee is nine million rupiah.")
        self.library.add("acme", "dorm.md", "A dormitory room costs two million rupiah.")
        self.chat = FakeChat(*script)
        self.conversations = FakeConversations()
        self.answerer = Answerer(
            self.library.retriever, self.chat, self.conversations, CONFIG, ThreadPoolExecutor(2)
        )

    def ask(self, message: str, conversation_id: str | None = None, principal=ALICE):
        return self.answerer.answer(principal, Question(message, conversation_id, 5, Filters()))


def test_an_answer_carries_its_source_and_is_remembered() -> None:
    desk = Desk("The tuition fee is nine million rupiah. [1]")
    answer = desk.ask("How much is the tuition fee?")
    assert answer.text == "The tuition fee is nine million rupiah. [1]"
    assert [source.number for source in answer.sources] == [1]
    assert answer.sources[0].quote == "The tuition fee is nine million rupiah."
    assert not answer.refused
    assert answer.remembered
    turns = desk.conversations.history("acme", "alice", answer.conversation_id, 9)
    assert [turn.message_id for turn in turns] == [answer.message_id]


def test_nothing_relevant_is_refused_without_calling_the_model() -> None:
    desk = Desk("never said")
    answer = desk.ask("zebra quantum xylophone?")
    assert answer.refused
    assert answer.sources == ()
    assert desk.chat.prompts == []
    assert answer.confidence.level == "low"


def test_the_models_no_answer_becomes_a_refusal_in_the_questions_language() -> None:
    desk = Desk(NO_ANSWER)
    english = desk.ask("How much is the tuition fee?")
    assert english.refused
    assert english.text.startswith("I could not find")
    indonesian = desk.ask("Berapa biaya kuliah tuition fee rupiah?")
    assert indonesian.text.startswith("Saya tidak menemukan")


def test_a_follow_up_is_searched_and_asked_with_the_turn_before() -> None:
    desk = Desk("A dormitory room costs two million rupiah. [1]")
    first = desk.ask("What does a dormitory room cost?")
    desk.ask("And how much is it?", first.conversation_id)
    prompt = desk.chat.prompts[-1][-1].content
    assert "What does a dormitory room cost?" in prompt
    assert "dormitory room costs two million" in prompt


def test_a_question_that_stands_alone_is_not_mixed_with_the_turn_before() -> None:
    desk = Desk("The tuition fee is nine million rupiah. [1]")
    first = desk.ask("How much is the tuition fee?")
    desk.ask("How much does a dormitory room cost for a student in a year?", first.conversation_id)
    assert "<turn>" not in desk.chat.prompts[-1][-1].content


@pytest.mark.parametrize(
    "question",
    [
        "and how much does it cost?",
        "What about graduate students?",
        "Kalau yang untuk magister?",
        "Berapa biayanya?",
        "Why?",
    ],
)
def test_follow_ups_are_recognised(question: str) -> None:
    assert is_follow_up(question)


@pytest.mark.parametrize(
    "question",
    ["How much is the tuition fee for nursing?", "Kapan pendaftaran mahasiswa baru dibuka?"],
)
def test_whole_questions_are_not_follow_ups(question: str) -> None:
    assert not is_follow_up(question)


def test_an_unreachable_conversation_store_does_not_stop_the_answer() -> None:
    desk = Desk("The tuition fee is nine million rupiah. [1]")
    desk.conversations.failure = UpstreamUnavailable("conversations", "Busy.")
    answer = desk.ask("How much is the tuition fee?", "c-1")
    assert not answer.refused
    assert not answer.remembered


def test_a_failing_model_leaves_the_conversation_as_it_was() -> None:
    desk = Desk(UpstreamUnavailable("models", "Busy."))
    with pytest.raises(UpstreamUnavailable):
        desk.ask("How much is the tuition fee?", "c-1")
    assert desk.conversations.history("acme", "alice", "c-1", 9) == []
