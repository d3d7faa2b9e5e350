"""Of two readings of a turn, searched side by side, the better one is answered."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

from nexus.answering.finding import Finder
from nexus.answering.readings import is_better_carried
from nexus.models import Locator, Passage
from nexus.retrieval.retriever import Retrieved
from nexus.retrieval.searching import Embedding
from tests.unit.test_followups import turn


def found(probability: float, *texts: str, document: str = "d-1") -> Retrieved:
    passages = [
        Passage(text, document, "", "doc.md", "1", Locator(), text, probability) for text in texts
    ]
    return Retrieved(tuple(passages), probability)


def test_words_of_the_question_and_of_the_topic_count_in_one_passage_only() -> None:
    counselling = "The counselling service has four psychologists."
    loans = "A student may borrow six books from the library."
    question, topic = "Is there a counselling service?", "books a student may borrow: it"
    bare, both = found(0.98, counselling), found(0.96, loans, counselling)
    assert not is_better_carried(question, topic, bare, both)


def test_what_only_the_topic_makes_sure_was_asked_of_it() -> None:
    question, topic = "How long is a printed paper code valid?", "the network for guests called"
    bare = found(0.5, "A printed paper letter with a code is valid at once.")
    carried_on = found(1.0, "The network for guests: a printed code is valid for 8 hours.")
    assert is_better_carried(question, topic, bare, carried_on)
    assert not is_better_carried(question, topic, replace(bare, probability=0.95), carried_on)


def test_a_passage_that_both_readings_find_in_the_topics_document_is_the_topics() -> None:
    hours = "Opening hours of the clinic are 08:00 to 19:00."
    question, topic = "What are the opening hours?", "services offered"
    one, other = found(0.97, hours), found(0.97, hours)
    assert is_better_carried(question, topic, one, other, {"d-1"})
    assert not is_better_carried(question, topic, one, other, {"d-2"})


def test_a_question_that_is_surely_answered_alone_needs_nothing_of_the_talk() -> None:
    fine = "The fine for an overdue book is IDR 1,000 per day."
    topic = "the fine for an overdue book per day: How much is the fine for an overdue book?"
    question = "How much is the fine for an overdue book?"
    one, other = found(0.99, fine), found(0.99, fine)
    assert not is_better_carried(question, topic, one, other, {"d-1"})
    assert is_better_carried(question, topic, found(0.9, fine), found(0.9, fine), {"d-1"})


def test_the_two_readings_of_a_turn_are_searched_side_by_side() -> None:
    both_begun = Barrier(2, timeout=5)

    def search(question: str, _: Embedding | None) -> Retrieved:
        both_begun.wait()
        return found(0.9 if "doctoral programme" in question else 0.1, question)

    with ThreadPoolExecutor(2) as executor:
        answer = Finder(None, executor).find(
            "And for a doctoral one?",
            None,
            [turn("What is the fee for a master's programme?")],
            list,
            search,
        )
    assert answer.rewritten == "What is the fee for a doctoral programme?"
