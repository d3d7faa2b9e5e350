"""POST /v1/chat: a question in, an answer with its sources out."""

from __future__ import annotations

from fastapi import APIRouter, Request

from functions.chat.asking import Asked, Claimed, answered, note
from functions.chat.dependencies import services_of
from functions.chat.schemas import ChatResponse
from nexus.http.callers import Caller

router = APIRouter(tags=["chat"])


@router.post("/v1/chat", summary="Ask a question")
async def chat(asked: Asked, key: Claimed, request: Request, principal: Caller) -> ChatResponse:
    """Answers from the documents of the key's tenant, with sources, or says that it cannot.

    With an Idempotency-Key, a request that is sent again gets the first one's answer.
    """
    answer, repeated = answered(services_of(request), principal, asked, key)
    note(request, answer, repeated=repeated)
    return ChatResponse.of(answer)
