"""Figures from tables as offices write them are exactly right, or refused with the reason."""

from __future__ import annotations

import pytest

from nexus.agents.tools import Tool
from tests.office_tables import HALVES
from tests.office_tables.asking import Document, Question, judged, tool_over

EVERY = [document for half in HALVES.values() for document in half]


@pytest.fixture(scope="module")
def tool() -> Tool:
    return tool_over(EVERY)


def test_there_are_more_than_sixty_questions_of_twenty_documents() -> None:
    assert len({document.name for document in EVERY}) == len(EVERY) > 20
    for half in ("mended", "held_out", "later"):
        assert sum(len(document.questions) for document in HALVES[half]) >= 59


@pytest.mark.parametrize(
    ("document", "question"),
    [
        pytest.param(document, question, id=f"{document.name}: {question.asks}")
        for document in EVERY
        for question in document.questions
    ],
)
def test_a_figure_is_right_and_what_it_leaves_out_is_told(
    tool: Tool, document: Document, question: Question
) -> None:
    verdict, given = judged(tool, document.name, question)
    assert verdict == "right", given
