"""What a caller asks, once the request was found valid."""

from __future__ import annotations

from dataclasses import dataclass, field

from nexus.answering.cache_control import CachePolicy
from nexus.answering.generator import Style
from nexus.answering.routing import Route
from nexus.models import Filters


@dataclass(frozen=True, slots=True)
class Question:
    """What a caller asked, once the request was found valid.

    `before` are the questions and answers before it, oldest first, where the caller keeps its
    conversation itself: none is read then, and the turn is not remembered.
    """

    message: str
    conversation_id: str | None
    top_k: int
    filters: Filters
    style: Style = "default"
    cache: CachePolicy = field(default_factory=CachePolicy)
    before: tuple[tuple[str, str], ...] | None = None

    @property
    def is_in_talk(self) -> bool:
        """Whether anything may have been said before it."""
        return bool(self.before) if self.before is not None else self.conversation_id is not None


def style_of(question: Question, route: Route) -> Style:
    """How the answer is to be written: who asks for a summary gets one, whatever the style."""
    return "summary" if route == "summary" else question.style
