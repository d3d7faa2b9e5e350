"""POST /v1/chat: a question in, an answer with its sources out."""

from __future__ import annotations

from fastapi import APIRouter, Request

from functions.chat.dependencies import ConversationHeader, IdempotencyHeader, Services
from functions.chat.filtering import filters_of
from functions.chat.schemas import ChatRequest, ChatResponse
from nexus.answering.cache_control import cache_policy
from nexus.answering.measuring import measure_answer
from nexus.answering.question import Question
from nexus.errors import InvalidRequest
from nexus.http.callers import Caller
from nexus.models import Answer

router = APIRouter(tags=["chat"])


@router.post("/v1/chat", summary="Ask a question")
async def chat(
    body: ChatRequest,
    request: Request,
    principal: Caller,
    services: Services,
    header_id: ConversationHeader = None,
    idempotency_key: IdempotencyHeader = None,
) -> ChatResponse:
    """Answers from the documents of the key's tenant, with sources, or says that it cannot.

    With an Idempotency-Key, a request that is sent again gets the first one's answer.
    """
    if header_id and body.conversation_id and header_id != body.conversation_id:
        raise InvalidRequest(
            "The header X-Conversation-Id and conversation_id differ: send one of them.",
            "conversation_id",
        )
    question = Question(
        message=body.message,
        conversation_id=header_id or body.conversation_id,
        top_k=body.top_k or services.settings.top_k,
        filters=filters_of(body.filters),
        style=body.style or "default",
        cache=cache_policy(", ".join(request.headers.getlist("cache-control"))),
    )

    def make() -> Answer:
        return services.answerer.answer(principal, question)

    repeated = False
    if idempotency_key is None:
        answer = make()
    elif services.idempotency is None:
        raise InvalidRequest(
            "This deployment keeps no answers to give again: leave the Idempotency-Key out.",
            "Idempotency-Key",
        )
    else:
        key = idempotency_key.strip('"')
        answer, repeated = services.idempotency.answer(principal, key, question, make)
    if repeated:
        request.scope["counts"] = {"repeated": True, "refused": answer.refused}
        return ChatResponse.of(answer)
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
    return ChatResponse.of(answer)
