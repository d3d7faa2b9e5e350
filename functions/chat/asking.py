"""Makes of a request's body and headers the question that it asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool

from functions.chat.dependencies import services_of
from functions.chat.schemas import ChatRequest, Confirmation
from nexus.answering.cache_control import cache_policy
from nexus.answering.measuring import measure_answer
from nexus.answering.question import Confirms, Question
from nexus.answering.telling import Telling
from nexus.errors import InvalidRequest
from nexus.http.filtering import filters_of
from nexus.http.headers import ConversationHeader, IdempotencyHeader
from nexus.models import Answer, Principal
from nexus.services import ChatServices

# Answers a question for who asks, told while it is made or not.
Answering = Callable[[Principal, Question, Telling | None], Answer]


async def question(
    body: ChatRequest, request: Request, header_id: ConversationHeader = None
) -> Question:
    """The question. Raises InvalidRequest where the two ids of a conversation differ."""
    services = services_of(request)
    if header_id and body.conversation_id and header_id != body.conversation_id:
        raise InvalidRequest(
            "The header X-Conversation-Id and conversation_id differ: send one of them.",
            "conversation_id",
        )
    asked = Question(
        message=body.message,
        conversation_id=header_id or body.conversation_id,
        top_k=body.top_k or services.settings.top_k,
        filters=filters_of(body.filters),
        style=body.style or "default",
        cache=cache_policy(", ".join(request.headers.getlist("cache-control"))),
        agent=body.agent or "",
        confirms=confirms_of(body.confirmation),
    )
    # The first time, agents are read from a store; else there is nothing to wait for in a thread,
    # and to start one for it costs each request a twentieth of its time.
    if services.agents is not None:
        return await run_in_threadpool(with_agent, services, asked)
    return with_agent(services, asked)


def confirms_of(confirmation: Confirmation | None) -> Confirms | None:
    """What a request decides of an action, for the core."""
    return Confirms(confirmation.id, confirmation.approved) if confirmation else None


Asked = Annotated[Question, Depends(question)]


async def claimed(request: Request, idempotency_key: IdempotencyHeader = None) -> str | None:
    """The request's Idempotency-Key. Raises InvalidRequest where none can be kept."""
    if idempotency_key is None:
        return None
    if services_of(request).idempotency is None:
        raise InvalidRequest(
            "This deployment keeps no answers to give again: leave the Idempotency-Key out.",
            "Idempotency-Key",
        )
    return idempotency_key.strip('"')


Claimed = Annotated[str | None, Depends(claimed)]


def with_agent(services: ChatServices, asked: Question) -> Question:
    """The question with the agent that answers it: who is named, the stage's default, or nobody.

    Raises InvalidRequest for an agent, or a confirmation, that this deployment does not have.
    """
    agents = services.agents
    if agents is None:
        if asked.agent or asked.confirms:
            raise InvalidRequest(
                "This deployment has no agents: leave agent and confirmation out.",
                "agent" if asked.agent else "confirmation",
            )
        return asked
    named = asked.agent or ("auto" if asked.confirms else "")
    return replace(asked, agent=agents.asked_by(named))


def answered_by(services: ChatServices, asked: Question) -> Answering:
    """What answers the question: an agent, or the stage's own way."""
    agents = services.agents
    return agents.answer if asked.agent and agents is not None else services.answerer.answer


def answered(
    services: ChatServices,
    principal: Principal,
    asked: Question,
    key: str | None,
    telling: Telling | None = None,
) -> tuple[Answer, bool]:
    """The answer, and whether it is one that the same request got before."""

    def make() -> Answer:
        return answered_by(services, asked)(principal, asked, telling)

    if key is None or services.idempotency is None:
        return make(), False
    answer, repeated = services.idempotency.answer(principal, key, asked, make)
    if repeated and telling is not None:
        telling.begin(answer.conversation_id, answer.message_id)
        telling.finish(answer.text, answer.sources)
    return answer, repeated


def note(request: Request, answer: Answer, *, repeated: bool) -> None:
    """Has the request's log line and metrics tell what was answered."""
    if repeated:
        request.scope["counts"] = {"repeated": True, "refused": answer.refused}
        return
    measure_answer(answer)
    request.scope["counts"] = {
        "confidence": answer.confidence.level,
        "sources": len(answer.sources),
        "refused": answer.refused,
        "cached": "cache" in answer.timings_ms,
        "input_tokens": answer.usage.input_tokens,
        "output_tokens": answer.usage.output_tokens,
        "embedding_tokens": answer.usage.embedding_tokens,
    }
