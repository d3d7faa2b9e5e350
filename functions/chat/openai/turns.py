"""Makes of a request of OpenAI's clients the turn that answers it, for either of the two APIs."""

from __future__ import annotations

from typing import Protocol

from fastapi import Request

from functions.chat.asking import answered, confirms_of, note, with_agent
from functions.chat.openai.parameters import NexusOptions
from nexus.answering.question import Question
from nexus.answering.telling import Telling
from nexus.http.filtering import filters_of
from nexus.models import Answer, Principal
from nexus.services import ChatServices


class Turn(Protocol):
    """A turn to be made, told while it is made or not."""

    def __call__(self, telling: Telling | None = None, /) -> Answer:
        """The answer."""
        ...


def question_of(
    options: NexusOptions,
    services: ChatServices,
    message: str,
    kept: str | None,
    before: tuple[tuple[str, str], ...] | None,
    *,
    forgets: bool = False,
) -> Question:
    """The question; `kept` is the conversation that it continues, `before` what the client tells.

    With `forgets` the turn is not remembered, though it continues a conversation.
    """
    asked = Question(
        message=message,
        conversation_id=kept,
        top_k=options.top_k or services.settings.top_k,
        filters=filters_of(options.filters),
        style=options.style or "default",
        before=before,
        forgets=forgets,
        agent=options.agent or "",
        confirms=confirms_of(options.confirmation),
    )
    return with_agent(services, asked)


def turn_of(
    request: Request,
    services: ChatServices,
    principal: Principal,
    asked: Question,
    key: str | None,
) -> Turn:
    """What answers the question, and notes in the request what came of it.

    `key` is the request's Idempotency-Key: one turn is made under it, streamed or not.
    """

    def turn(telling: Telling | None = None) -> Answer:
        answer, repeated = answered(services, principal, asked, key, telling)
        note(request, answer, repeated=repeated)
        return answer

    return turn
