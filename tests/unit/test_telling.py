"""What a turn tells before it is over, and that nothing of it is remembered when nobody listens."""

from __future__ import annotations

import pytest

from nexus.answering.question import Question
from nexus.answering.telling import Abandoned, Telling
from nexus.models import Answer, Begun, Filters, Looked, Said, Told, Withdrawn
from tests.unit.test_answering import Desk
from tests.unit.test_retrieval import ALICE

ASKED = "How much is the tuition fee?"
FEE = "The tuition fee is nine million rupiah. [1]"


def told_of(desk: Desk, message: str = ASKED) -> tuple[Answer, list[Told]]:
    told: list[Told] = []
    question = Question(message, None, 5, Filters())
    return desk.answerer.answer(ALICE, question, Telling(told.append)), told


def test_a_turn_tells_its_ids_its_passages_and_then_its_text_with_its_sources() -> None:
    answer, told = told_of(Desk(f"{FEE} Anything else is not known to me."))
    assert told[0] == Begun(answer.conversation_id, answer.message_id)
    assert isinstance(told[1], Looked)
    assert told[1].passages[0].text == "The tuition fee is nine million rupiah."
    said = [one for one in told if isinstance(one, Said)]
    assert "".join(one.text for one in said) == answer.text
    assert said[0].text == FEE
    assert said[0].sources == answer.sources


def test_courtesies_refusals_and_cached_answers_are_told_whole() -> None:
    desk = Desk(FEE)
    for message in ("Hello!", "How do I bake a cake?", ASKED, ASKED):
        answer, told = told_of(desk, message)
        desk.settle()
        assert "".join(one.text for one in told if isinstance(one, Said)) == answer.text
    assert len(desk.chat.prompts) == 2


def test_a_draft_that_is_written_again_is_not_told() -> None:
    answer, told = told_of(Desk("The tuition fee is ten million rupiah. [1] It is due.", FEE))
    assert [one.text for one in told if isinstance(one, Said)] == [answer.text] == [FEE]


def test_a_turn_that_nobody_listens_to_ends_and_is_not_remembered() -> None:
    desk = Desk(f"{FEE} It is due in August. It can be paid in cash.")
    telling = Telling(lambda told: telling.close() if isinstance(told, Said) else None)
    with pytest.raises(Abandoned):
        desk.answerer.answer(ALICE, Question(ASKED, "c-1", 5, Filters()), telling)
    assert desk.conversations.history("acme", "alice", "c-1", 9) == []


def test_what_was_said_otherwise_is_withdrawn_from_there_on() -> None:
    told: list[Told] = []
    telling = Telling(told.append)
    telling.show("A.", ())
    telling.show("A. B.", ())
    telling.show("A. X. Y.", ())  # another reading: it may yet be the first one again
    telling.finish("A. C.", ())
    assert told == [Said(0, "A.", ()), Said(1, " B.", ()), Withdrawn(1), Said(1, " C.", ())]


def test_whoever_cannot_take_back_is_told_what_follows() -> None:
    told: list[Told] = []
    telling = Telling(told.append, retracts=False)
    telling.show("A.", ())
    telling.show("A. B.", ())
    telling.finish("A. C.", ())
    assert told[2:] == [Said(2, " C.", ())]
