"""What a caller asks, once the request was found valid."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from nexus.answering.cache_control import CachePolicy
from nexus.answering.generator import Style
from nexus.answering.routing import Route, route_of
from nexus.budgets.estimating import most_of_answer
from nexus.models import Amount, Filters
from nexus.settings import Settings

# Passages that a summary is made from: many, because it is about the whole and not a place in it.
SUMMARY_PASSAGES = 12


class Confirms(NamedTuple):
    """What a caller decided of an action that waits: by its id, and whether it may be done."""

    action_id: str
    approved: bool


@dataclass(frozen=True, slots=True)
class Question:
    """What a caller asked, once the request was found valid.

    `before` are the questions and answers before it, oldest first, where the caller keeps its
    conversation itself: none is read then, and the turn is not remembered. With `forgets` it is not
    either, whatever it continues. `agent` names who is to answer: "" for the stage's own way,
    "auto" for a router's choice.
    """

    message: str
    conversation_id: str | None
    top_k: int
    filters: Filters
    style: Style = "default"
    cache: CachePolicy = field(default_factory=CachePolicy)
    before: tuple[tuple[str, str], ...] | None = None
    forgets: bool = False
    agent: str = ""
    confirms: Confirms | None = None

    @property
    def is_in_talk(self) -> bool:
        """Whether anything may have been said before it."""
        return bool(self.before) if self.before is not None else self.conversation_id is not None


def style_of(question: Question, route: Route) -> Style:
    """How the answer is to be written: who asks for a summary gets one, whatever the style."""
    return "summary" if route == "summary" else question.style


def most_of(question: Question, settings: Settings) -> Amount:
    """The most that answering may take."""
    is_summary = style_of(question, route_of(question.message)) == "summary"
    passages = SUMMARY_PASSAGES if is_summary else question.top_k
    if question.before is None:
        earlier = settings.history_turns if question.conversation_id else 0
        return most_of_answer(settings, question.message, passages, earlier)
    last = question.before[max(0, len(question.before) - settings.history_turns) :]
    texts = [text for turn in last for text in turn]
    return most_of_answer(settings, question.message, passages, texts)
