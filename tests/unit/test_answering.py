"""One turn: answered with sources, refused, or understood from the turn before."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from nexus.answering.answer_cache import AnswerCache
from nexus.answering.cache_control import CachePolicy
from nexus.answering.followups import is_follow_up
from nexus.answering.forgiving_cache import ForgivingCache
from nexus.answering.generator import Generator
from nexus.answering.prompts import NO_ANSWER
from nexus.answering.question import Question
from nexus.answering.turn import Answerer
from nexus.errors import UpstreamRefused, UpstreamUnavailable
from nexus.models import Filters
from nexus.object_keys import document_id, object_key
from tests.assembled import readers
from tests.fakes import FakeCache, FakeCatalogue, FakeChat, FakeConversations
from tests.unit.test_retrieval import ALICE, CONFIG, Library


class Desk:
    """An answerer over fakes."""

    def __init__(self, *script) -> None:
        self.library = Library()
        self.library.add("acme", "fees.md", "The tuition fee is nine million rupiah.")
        self.library.add("acme", "dorm.md", "A dormitory room costs two million rupiah.")
        self.chat = FakeChat(*script)
        self.conversations = FakeConversations()
        self.cache = FakeCache()
        self.counts: list[str] = []
        self.executor = ThreadPoolExecutor(1)
        self.answerer = self.over(self.chat)

    def over(self, chat: FakeChat, catalogue: FakeCatalogue | None = None) -> Answerer:
        return Answerer(
            readers(self.library.retriever, catalogue or self.library.catalogue, CONFIG),
            Generator(chat, 500),
            self.conversations,
            AnswerCache(ForgivingCache(self.cache, self.counts.append), 3600),
            CONFIG,
            self.executor,
        )

    def remove(self, path: str) -> None:
        self.library.documents.drop("acme", path)
        self.library.indexer.reconcile(object_key("acme", path))

    def ask(
        self,
        message: str,
        conversation_id: str | None = None,
        policy: CachePolicy = CachePolicy(),  # noqa: B008  (frozen)
    ):
        question = Question(message, conversation_id, 5, Filters(), cache=policy)
        return self.answerer.answer(ALICE, question)

    def settle(self) -> None:
        """Waits until what is done in the background is done."""
        self.executor.submit(lambda: None).result()


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
    gate = answer.confidence.gate
    assert gate is not None
    assert (gate.compared, gate.passed) == ("cosine", False)
    assert gate.value < gate.threshold


def test_the_stricter_gate_shows_the_very_probability_that_it_refused() -> None:
    desk = Desk("never said")
    strict = replace(CONFIG, gate="answerable")
    desk.library.retriever = desk.library.over(None, strict)
    desk.answerer = desk.over(desk.chat)
    answer = desk.ask("Who may enter the fee tower on nine Sundays?")
    assert answer.refused
    assert desk.chat.prompts == []
    gate = answer.confidence.gate
    assert gate is not None
    assert (gate.compared, gate.threshold) == ("probability", CONFIG.refuse_below)
    assert answer.confidence.score == gate.value < gate.threshold


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
    desk.ask("And how much rupiah is it?", first.conversation_id)
    prompt = desk.chat.prompts[-1][-1].content
    assert "<asked>What does a dormitory room cost?</asked>" in prompt
    assert "dormitory room costs two million" in prompt
    assert "<standalone>" in prompt


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


def test_kind_words_cost_no_search_and_no_model() -> None:
    desk = Desk("never said")
    answer = desk.ask("Selamat pagi!")
    assert answer.text.startswith("Halo")
    assert not answer.refused
    assert desk.chat.prompts == []
    assert desk.library.embedder.texts[-1] != "Selamat pagi!"
    assert answer.remembered


def test_an_invented_number_is_caught_and_the_answer_written_once_more() -> None:
    desk = Desk(
        "The tuition fee is twelve million rupiah, or 12,000,000. [1]",
        "The tuition fee is nine million rupiah. [1]",
    )
    answer = desk.ask("How much is the tuition fee?")
    assert answer.text == "The tuition fee is nine million rupiah. [1]"
    assert len(desk.chat.prompts) == 2


def test_what_stays_invented_is_removed_and_makes_the_answer_less_sure() -> None:
    honest = "The tuition fee is nine million rupiah. [1]"
    sure = Desk(honest).ask("How much is the tuition fee?")
    desk = Desk(f"{honest} It rises to 77,000,000 rupiah in 2031. [1]")
    answer = desk.ask("How much is the tuition fee?")
    assert answer.text == honest
    assert answer.confidence.score < sure.confidence.score


def test_an_answer_of_inventions_only_becomes_a_refusal() -> None:
    desk = Desk("Lectures are held on the moon every Tuesday of 1969. [1]")
    answer = desk.ask("How much is the tuition fee?")
    assert answer.refused
    assert answer.sources == ()


def test_a_question_asked_again_is_answered_from_the_cache_until_the_documents_change() -> None:
    desk = Desk("The tuition fee is nine million rupiah. [1]")
    desk.library.clock.advance(60)
    first = desk.ask("How much is the tuition fee?")
    desk.settle()
    again = desk.ask("How much is the  tuition fee?")
    assert (again.text, again.sources) == (first.text, first.sources)
    assert again.message_id != first.message_id
    assert "cache" in again.timings_ms
    assert again.usage.input_tokens == 0
    assert len(desk.chat.prompts) == 1
    desk.library.add("acme", "new.md", "The tuition fee has changed entirely.")
    desk.library.clock.advance(60)
    assert "cache" not in desk.ask("How much is the tuition fee?").timings_ms


def test_an_answer_that_was_cut_off_is_marked_and_not_kept() -> None:
    class Cut(FakeChat):
        def complete(self, messages, max_tokens):
            return replace(super().complete(messages, max_tokens), finish="length")

    desk = Desk("never said")
    desk.chat = Cut("The tuition fee is nine million rupiah. [1] A dormitory room costs tw")
    desk.answerer = desk.over(desk.chat)
    desk.library.clock.advance(60)
    for _ in range(2):
        answer = desk.ask("How much is the tuition fee?")
        assert answer.text == "The tuition fee is nine million rupiah. [1]"
        assert answer.truncated
        desk.settle()
    assert len(desk.chat.prompts) == 2
    desk.chat = Cut("<think>The tuition fee")
    desk.answerer = desk.over(desk.chat)
    with pytest.raises(UpstreamRefused, match="NEXUS_ANSWER_MAX_TOKENS"):
        desk.ask("How much is the tuition fee?")


def test_only_an_answer_that_begins_wrongly_is_written_once_more() -> None:
    rightly = "The tuition fee is nine million rupiah. [1]"
    desk = Desk(f"{rightly} It rises to 77,000,000 rupiah in 2031. [1]", "never said")
    assert desk.ask("How much is the tuition fee?").text == rightly
    assert len(desk.chat.prompts) == 1


def test_a_repair_that_fails_costs_nothing_of_the_draft() -> None:
    rightly = "The tuition fee is nine million rupiah. [1]"
    busy = UpstreamUnavailable("models", "Busy.")
    desk = Desk(f"It rises to 77,000,000 rupiah in 2031. [1] {rightly}", busy)
    assert desk.ask("How much is the tuition fee?").text == rightly
    assert len(desk.chat.prompts) == 2
    with pytest.raises(UpstreamUnavailable):
        Desk("It rises to 77,000,000 rupiah in 2031. [1]", busy).ask("How much is the tuition fee?")


def test_no_cache_asks_anew_and_no_store_keeps_nothing() -> None:
    desk = Desk("The tuition fee is nine million rupiah. [1]")
    desk.library.clock.advance(60)
    for policy in (CachePolicy(read=False, write=False), CachePolicy(read=False)):
        desk.ask("How much is the tuition fee?", policy=policy)
        desk.settle()
    assert len(desk.chat.prompts) == 2
    assert "cache" in desk.ask("How much is the tuition fee?").timings_ms
    fresh = desk.ask("How much is the tuition fee?", policy=CachePolicy(read=False))
    assert "cache" not in fresh.timings_ms
    assert len(desk.chat.prompts) == 3


def test_a_follow_up_is_never_answered_from_the_cache() -> None:
    desk = Desk("A dormitory room costs two million rupiah. [1]")
    desk.library.clock.advance(60)
    for conversation in ("c-1", "c-2"):
        desk.ask("What does a dormitory room cost?", conversation)
        answer = desk.ask("And how much is it?", conversation)
        assert "cache" not in answer.timings_ms


def test_a_summary_reads_the_named_document_from_beginning_to_end() -> None:
    desk = Desk("Chapter 1 treats harbour matter number 1. [1]")
    text = "\n\n".join(
        f"# Chapter {n}\n\nChapter {n} treats harbour matter number {n}." for n in range(1, 31)
    )
    desk.library.add("acme", "book.md", text, title="Harbour Manual")
    answer = desk.ask("Summarize the Harbour Manual")
    shown = desk.chat.prompts[-1][-1].content
    assert "number 1." in shown
    assert any(f"number {n}." in shown for n in range(26, 31))
    assert shown.count("<passage ") == 12
    assert not answer.refused


def test_a_named_document_is_found_without_its_edition_or_by_its_file() -> None:
    desk = Desk("Loans last two weeks. [1]")
    desk.library.add(
        "acme", "canteen-menu.md", "Loans last two weeks. Soup is served.", title="Rules 2026/2027"
    )
    for message in ("Summarize the rules", "Give me a summary of the canteen menu"):
        answer = desk.ask(message)
        assert not answer.refused
        assert {source.passage.title for source in answer.sources} == {"Rules 2026/2027"}


def test_what_the_model_refuses_is_not_called_probable() -> None:
    desk = Desk(NO_ANSWER)
    answer = desk.ask("How much is the tuition fee?")
    assert answer.refused
    assert answer.confidence.score <= CONFIG.refuse_below
    # What let it pass to the model is told as it was.
    assert answer.confidence.gate is not None
    assert answer.confidence.gate.passed
    assert answer.confidence.gate.value >= answer.confidence.gate.threshold


def test_a_new_topic_that_opens_like_a_follow_up_is_answered_as_new() -> None:
    desk = Desk(
        "A dormitory room costs two million rupiah. [1]",
        "The tuition fee is nine million rupiah. [1]",
    )
    first = desk.ask("What does a dormitory room cost?")
    answer = desk.ask("And the tuition fee is nine million rupiah?", first.conversation_id)
    assert answer.text.startswith("The tuition fee")
    assert answer.rewritten_question == ""
    assert "<asked>" not in desk.chat.prompts[-1][-1].content


def test_a_cached_answer_is_found_by_every_document_that_it_was_made_from() -> None:
    desk = Desk("The tuition fee is nine million rupiah. [1]")
    desk.library.clock.advance(60)
    answer = desk.ask("How much rupiah is the tuition fee?")
    desk.settle()
    shown = desk.chat.prompts[-1][-1].content
    assert "dormitory" in shown  # and not cited
    assert [source.passage.title for source in answer.sources] == ["fees.md"]
    for path in ("fees.md", "dorm.md"):
        assert desk.cache.count("acme", document_id("acme", path)) == 1


def test_a_cached_refusal_is_found_by_the_documents_that_it_names() -> None:
    desk = Desk(NO_ANSWER)
    desk.library.clock.advance(60)
    assert "fees.md" in desk.ask("How much is the tuition fee?").text
    desk.settle()
    assert desk.cache.count("acme", document_id("acme", "fees.md")) == 1


def test_an_answer_whose_documents_changed_while_it_was_made_is_not_kept() -> None:
    class Deleting(FakeChat):
        def complete(self, messages, max_tokens):
            desk.remove("fees.md")
            desk.cache.forget("acme", document_id("acme", "fees.md"))
            return super().complete(messages, max_tokens)

    desk = Desk("The tuition fee is nine million rupiah. [1]")
    desk.chat = Deleting("The tuition fee is nine million rupiah. [1]")
    desk.answerer = desk.over(desk.chat)
    desk.library.clock.advance(60)
    assert not desk.ask("How much is the tuition fee?").refused
    desk.settle()
    assert desk.cache.entries == {}


def test_a_follow_up_to_an_answer_that_is_gone_is_understood_by_its_question() -> None:
    said = "A dormitory room costs three million rupiah."
    desk = Desk("A dormitory room costs two million rupiah. [1]", f"{said} [1]")
    first = desk.ask("What does a dormitory room cost?")
    desk.remove("dorm.md")
    desk.library.add("acme", "rooms.md", said)
    answer = desk.ask("And how many rupiah does it cost?", first.conversation_id)
    shown = desk.chat.prompts[-1][-1].content
    assert "<asked>What does a dormitory room cost?</asked>" in shown
    assert "<answered>" not in shown
    assert "two million" not in shown
    assert answer.text == f"{said} [1]"
    assert answer.remembered


def test_an_answer_is_not_leaned_on_while_nobody_can_tell_what_was_deleted() -> None:
    desk = Desk("A dormitory room costs two million rupiah. [1]")
    first = desk.ask("What does a dormitory room cost?")
    failing = FakeCatalogue()
    failing.failure = UpstreamUnavailable("catalogue", "Busy.")
    desk.answerer = desk.over(desk.chat, failing)
    assert not desk.ask("And how many rupiah does it cost?", first.conversation_id).refused
    shown = desk.chat.prompts[-1][-1].content
    assert "<asked>What does a dormitory room cost?</asked>" in shown
    assert "<answered>" not in shown


def test_what_nothing_has_confirmed_is_told_and_is_never_sure() -> None:
    rightly = "The tuition fee is nine million rupiah. [1]"
    sure = Desk(rightly).ask("How much is the tuition fee?")
    assert [claim.verified for claim in sure.claims] == [True]
    unsure = Desk(f"{rightly} It was set by the monks. [1]").ask("How much is the tuition fee?")
    assert [claim.verified for claim in unsure.claims] == [True, False]
    assert sure.confidence.level == "high"
    assert unsure.confidence.level == "medium"


def test_a_passage_without_the_kind_of_thing_asked_for_is_never_sure() -> None:
    said = Desk("The tuition fee is nine million rupiah. [1]").ask("Who is the tuition fee?")
    assert said.refused or said.confidence.level != "high"


class OneSure:
    """Finds the passages with a word relevant, and the others hardly."""

    def __init__(self, word: str) -> None:
        self.word = word

    def rerank(self, question: str, texts: Sequence[str]) -> list[float]:
        return [0.94 if self.word in text else 0.06 for text in texts]


def test_a_quote_of_another_passage_does_not_have_the_first_ones_confidence() -> None:
    told = []
    for quoted in (
        "The tuition fee is nine million rupiah. [1]",
        "A dormitory room costs two million rupiah. [2]",
    ):
        desk = Desk(quoted)
        desk.library.retriever = desk.library.over(OneSure("tuition"))
        desk.answerer = desk.over(desk.chat)
        told.append(desk.ask("How much is the tuition fee in million rupiah?").confidence)
    first, other = told
    assert other.level == "low"
    assert other.score < 0.1 * first.score
