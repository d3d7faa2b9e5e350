"""POST /v1/chat/completions: questions as OpenAI's clients ask them, whole or streamed."""

from __future__ import annotations

import uuid
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from functions.chat.asking import Claimed
from functions.chat.dependencies import Services
from functions.chat.listening import answered_whole, listen
from functions.chat.openai import tasks
from functions.chat.openai.completions import (
    CompletionRequest,
    completion,
    plain_completion,
)
from functions.chat.openai.errors import RESPONSES
from functions.chat.openai.messages import question_in, turns_before
from functions.chat.openai.streaming import begun, completion_events, plain_events, told_to_the_end
from functions.chat.openai.turns import question_of, turn_of
from nexus.http.callers import Caller
from nexus.http.event_stream import event_stream

router = APIRouter(tags=["openai"], responses=RESPONSES)


@router.post(
    "/v1/chat/completions",
    summary="Ask as OpenAI's clients do",
    response_model=None,
    responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
)
async def completions(
    body: CompletionRequest,
    key: Claimed,
    request: Request,
    principal: Caller,
    services: Services,
) -> Response:
    """Answers the last user's message from the documents; those before are what it may lean on.

    Nothing is remembered, unless `nexus.conversation_id` names a conversation that Nexus keeps.
    Instructions and tools that a client sends are accepted and not followed. With an
    Idempotency-Key, a request that is sent again gets the first one's answer.
    """
    body.check(services)
    message = question_in(body.messages)
    if (task := tasks.task_in(message)) is not None:
        text = tasks.done(task, message)
        request.scope["counts"] = {"task": task}
        name = f"t-{uuid.uuid4().hex}"
        if body.stream:
            return event_stream(plain_events(name, text, body.model, with_usage=body.wants_usage))
        return JSONResponse(plain_completion(name, text, body.model))
    options = body.options
    kept = options.conversation_id
    before = None if kept else tuple(turns_before(body.messages))
    asked = question_of(options, services, message, kept, before)
    turn = turn_of(request, services, principal, asked, key)
    if body.stream:
        told = await begun(listen(services, turn, retracts=False))
        events = completion_events(
            told, body.model, with_footnotes=options.footnotes, with_usage=body.wants_usage
        )
        return event_stream(told_to_the_end(request, events))
    answer = await answered_whole(services, turn)
    whole: dict[str, Any] = completion(answer, body.model, with_footnotes=options.footnotes)
    return JSONResponse(whole)
