"""Makes of a request's body and headers the question that it asks."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from functions.chat.dependencies import Services
from functions.chat.schemas import ChatRequest
from nexus.answering.cache_control import cache_policy
from nexus.answering.measuring import measure_answer
from nexus.answering.question import Question
from nexus.answering.telling import Telling
from nexus.errors import InvalidRequest
from nexus.http.filtering import filters_of
from nexus.http.headers import ConversationHeader, IdempotencyHeader
from nexus.models import Answer, Principal
from nexus.services import ChatServices


def question(
    body: ChatRequest, request: Request, services: Services, header_id: ConversationHeader = None
) -> Question:
    """The question. Raises InvalidRequest where the two ids of a conversation differ."""
    if header_id and body.conversation_id and header_id != body.conversation_id:
        raise InvalidRequest(
            "The header X-Conversation-Id and conversation_id differ: send one of them.",
            "conversation_id",
        )
    return Question(
        message=body.message,
        conversation_id=header_id or body.conversation_id,
        top_k=body.top_k or services.settings.top_k,
        filters=filters_of(body.filters),
        style=body.style or "default",
        cache=cache_policy(", ".join(request.headers.getlist("cache-control"))),
    )


Asked = Annotated[Question, Depends(question)]


def claimed(services: Services, idempotency_key: IdempotencyHeader = None) -> str | None:
    """The request's Idempotency-Key. Raises InvalidRequest where none can be kept."""
    if idempotency_key is not None and services.idempotency is None:
        raise InvalidRequest(
            "This deployment keeps no answers to give again: leave the Idempotency-Key out.",
            "Idempotency-Key",
        )
    return idempotency_key.strip('"') if idempotency_key is not None else None


Claimed = Annotated[str | None, Depends(claimed)]


def answered(
    services: ChatServices,
    principal: Principal,
    asked: Question,
    key: str | None,
    telling: Telling | None = None,
) -> tuple[Answer, bool]:
    """The answer, and whether it is one that the same request got before."""

    def make() -> Answer:
        return services.answerer.answer(principal, asked, telling)

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
