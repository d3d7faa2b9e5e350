"""A question that goes on from the one before is known by its form, in many languages."""

from __future__ import annotations

import pytest

from nexus.answering.followups import carried, is_follow_up, own_stems, topic_of
from tests.unit.test_followups import turn


@pytest.mark.parametrize(
    ("question", "topic", "whole"),
    [
        (
            "No, I meant the pharmacy",
            "Until when is the clinic open on Saturdays?",
            "Until when is the clinic open on Saturdays: the pharmacy?",
        ),
        ("Sorry, I meant to ask about pets", "Are bags free?", "Are bags free: pets?"),
        (
            "Maksud saya untuk akhir pekan",
            "Berapa sewa gedung untuk hari kerja?",
            "Berapa sewa gedung untuk akhir pekan?",
        ),
        (
            "Bukan, maksudku kartu keluarga",
            "Berapa lama membuat KTP?",
            "Berapa lama membuat KTP: kartu keluarga?",
        ),
        ("Nein, ich meinte die Sauna", "Was kostet das Bad?", "Was kostet das Bad: die Sauna?"),
    ],
)  # fmt: skip
def test_a_correction_takes_the_place_of_what_was_asked(
    question: str, topic: str, whole: str
) -> None:
    assert is_follow_up(question)
    assert carried(question, topic) == whole


@pytest.mark.parametrize(
    ("question", "topic", "whole"),
    [
        (
            "Und für Kinder?",
            "Was kostet eine Karte für Erwachsene?",
            "Was kostet eine Karte für Kinder?",
        ),
        ("¿Y para socios?", "¿Cuánto es para vecinos?", "¿Cuánto es para socios?"),
        ("Et pour enfants ?", "Combien est-ce pour adultes ?", "Combien est-ce pour enfants?"),
        ("А для детей?", "Сколько стоит билет для взрослых?", "Сколько стоит билет для детей?"),
    ],
)  # fmt: skip
def test_questions_go_on_in_other_languages(question: str, topic: str, whole: str) -> None:
    assert is_follow_up(question)
    assert carried(question, topic) == whole


@pytest.mark.parametrize(
    "question",
    ["Yearly fees for pupils are what?", "E-learning costs how much?", "Note the deadline"],
)
def test_a_word_that_only_begins_like_an_opening_is_none(question: str) -> None:
    assert not is_follow_up(question)


def test_what_was_asked_for_stays_where_another_thing_takes_its_place() -> None:
    assert carried("Kalau DVD?", "Berapa lama buku dipinjam?") == "Berapa lama buku dipinjam: DVD?"
    asked = "How long may I borrow a camera?"
    assert carried("And a tripod?", asked).startswith("How long may I borrow")
    # What asks for something else brings its own asking along.
    assert carried("What is the deposit?", asked) == "I borrow a camera: What is the deposit?"


def test_a_thing_that_is_put_right_stays_with_whom_it_is_for() -> None:
    topic = "How many places are there: for the Kencana Merit Scholarship?"
    assert carried("No, I meant the monthly stipend", topic) == (
        "How many places are there: for the Kencana Merit Scholarship: the monthly stipend?"
    )
    # What is for whom takes the place of another such, and a thing that of another thing.
    topic = "How many places are there: for the Kencana Merit Scholarship?"
    assert carried("And for the Lighthouse Grant?", topic) == (
        "How many places are there: for the Lighthouse Grant?"
    )
    assert carried("And a film?", "How long is the loan: a book?") == (
        "How long is the loan: a film?"
    )


@pytest.mark.parametrize("question", ["From what age?", "In which room?", "Sampai jam berapa?"])
def test_a_part_of_a_sentence_goes_on_from_the_one_before(question: str) -> None:
    assert is_follow_up(question)


@pytest.mark.parametrize(
    "question", ["Di mana letak perpustakaan?", "At what time does the bus to the city leave?"]
)
def test_a_sentence_that_opens_with_a_preposition_is_whole(question: str) -> None:
    assert not is_follow_up(question)


def test_a_whole_question_that_names_its_subject_leaves_the_topic_before() -> None:
    course = "What does the swimming course for beginners cost?"
    turns = [turn("How much is the sauna at the swimming pool?"), turn(course)]
    assert topic_of(turns) == (course, tuple(turns[1:]))
    # A short one that names nothing of it goes on with it.
    turns = [turn("What services does the clinic offer?"), turn("What are the opening hours?")]
    assert topic_of(turns)[1] == tuple(turns)


def test_articles_of_any_language_are_no_words_of_a_question() -> None:
    assert own_stems("¿Cuándo devuelven la fianza?") == {"devuelv", "fianza"}
    assert own_stems("Und für die Kinder?") == own_stems("Kinder?")
