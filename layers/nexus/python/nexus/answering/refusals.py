"""What is said when the documents do not answer: what was searched, and what came closest."""

from __future__ import annotations

from collections.abc import Sequence

from nexus.answering.phrases import phrases_for
from nexus.models import Passage
from nexus.text.inert import HIDDEN
from nexus.text.titles import shown

# Titles worth naming: more would read as an answer.
NAMED = 2


def refusal(question: str, passages: Sequence[Passage]) -> str:
    """The sentence for a question that the passages do not answer, in the question's language."""
    said = phrases_for(question)
    if not passages:
        return said.nothing
    titles = list(dict.fromkeys(shown(passage.title) for passage in passages))
    titles = [title for title in titles if title and title != HIDDEN][:NAMED]
    if not titles:
        return said.not_found
    before, behind = said.quotes
    places = said.both.join(f"{before}{title}{behind}" for title in titles)
    return said.not_found + said.closest.format(places=places)
