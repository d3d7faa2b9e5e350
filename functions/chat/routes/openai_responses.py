"""POST /v1/responses: the newer of OpenAI's two APIs, whole or streamed."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from functions.chat.asking import Claimed
from functions.chat.dependencies import Services
from functions.chat.listening import answered_whole, listen
from functions.chat.openai.errors import RESPONSES
from functions.chat.openai.messages import as_messages, question_in, turns_before
from functions.chat.openai.responses import ResponseRequest, conversation_of, response
from functions.chat.openai.streaming import begun, response_events, told_to_the_end
from functions.chat.openai.turns import question_of, turn_of
from nexus.http.callers import Caller
from nexus.http.event_stream import event_stream

router = APIRouter(tags=["openai"], responses=RESPONSES)


@router.post(
    "/v1/responses",
    summary="Ask as clients of OpenAI's Responses API do",
    response_model=None,
    responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
)
async def responses(
    body: ResponseRequest,
    key: Claimed,
    request: Request,
    principal: Caller,
    services: Services,
) -> Response:
    """Answers the input's last question from the documents.

    `previous_response_id` continues the conversation that Nexus keeps; with `store: false`, or
    earlier messages in the input, nothing is remembered. With an Idempotency-Key, a request that is
    sent again gets the first one's answer.
    """
    body.check(services)
    options = body.options
    messages = as_messages(body.input)
    message = question_in(messages, "input")
    before = tuple(turns_before(messages))
    kept = options.conversation_id
    if body.previous_response_id is not None:
        kept = conversation_of(body.previous_response_id)
    forgets = body.store is False
    told_before = before if kept is None and (before or forgets) else None
    asked = question_of(options, services, message, kept, told_before, forgets=forgets)
    turn = turn_of(request, services, principal, asked, key)
    if body.stream:
        told = await begun(listen(services, turn, retracts=False))
        events = response_events(told, body, with_footnotes=options.footnotes)
        return event_stream(told_to_the_end(request, events))
    answer = await answered_whole(services, turn)
    return JSONResponse(response(answer, body, with_footnotes=options.footnotes))
