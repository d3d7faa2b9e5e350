"""What of a transcript is asked: all of a short one, of a long one its last question."""

from __future__ import annotations

import pytest

from nexus.speech.last_question import MOST_CHARS, WHOLE_UP_TO, last_question

TALK = "We walked through the old town and looked at its houses. " * 400
FEE = "How much is the tuition fee?"
THANKS = "Thank you for the time that you take, and have a pleasant day. "


def test_a_short_transcript_is_asked_whole():
    said = (TALK[: WHOLE_UP_TO - len(FEE) - 1] + " " + FEE).strip()
    assert last_question(said) == said


def test_of_a_long_one_whole_sentences_from_the_end_are_asked():
    asked = last_question(TALK + "I study law. We talked of its fee.")
    assert asked.endswith("houses. I study law. We talked of its fee.")
    assert asked.startswith("We walked")
    assert len(asked) <= MOST_CHARS


@pytest.mark.parametrize(
    "question", [FEE, "My question is this, how many books may I borrow, and for how long."]
)
def test_a_question_that_says_it_all_is_asked_alone(question):
    assert last_question(f"{TALK}The library is open until 16:00. {question}") == question


def test_a_question_that_leans_on_what_was_said_is_asked_with_that():
    asked = last_question(f"{TALK}I want to study law. What does it cost?")
    assert asked.endswith("I want to study law. What does it cost?")


@pytest.mark.parametrize(
    "question", [FEE, "Tell me how much the tuition fee is.", "Biaya kuliahnya berapa."]
)
def test_a_question_that_thanks_follow_is_where_it_begins(question):
    asked = last_question(f"{TALK}{question} {THANKS * 8}")
    assert asked.startswith(question)
    assert asked.endswith("day.")
    assert len(asked) <= MOST_CHARS


def test_a_question_far_from_the_end_is_not_the_last():
    assert FEE not in last_question(f"{TALK}{FEE} {THANKS * 40}")


def test_a_last_sentence_without_end_is_bounded_at_a_word():
    for talk in ("walking " * 900, "Well. " + "walking " * 900):
        asked = last_question(f"{talk}how much is the fee")
        assert asked.startswith("walking")
        assert asked.endswith("how much is the fee")
        assert len(asked) <= MOST_CHARS
    assert len(last_question("步" * 900)) == MOST_CHARS
    long = "How much is " + "the fee and " * 60 + "the rest?"
    assert len(last_question(f"{TALK}{long} {THANKS * 5}")) <= MOST_CHARS


def test_nothing_said_is_nothing_asked():
    assert last_question("") == ""
