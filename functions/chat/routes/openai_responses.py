"""POST /v1/responses: the newer of OpenAI's two APIs, whole or streamed."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from functions.chat.asking import note
from functions.chat.dependencies import Services
from functions.chat.filtering import filters_of
from functions.chat.listening import answered_whole, listen
from functions.chat.openai.errors import RESPONSES
from functions.chat.openai.messages import as_messages, question_in, turns_before
from functions.chat.openai.responses import ResponseRequest, conversation_of, response
from functions.chat.openai.streaming import begun, response_events, told_to_the_end
from nexus.answering.question import Question
from nexus.answering.telling import Telling
from nexus.http.callers import Caller
from nexus.http.event_stream import event_stream
from nexus.models import Answer

router = APIRouter(tags=["openai"], responses=RESPONSES)


@router.post(
    "/v1/responses",
    summary="Ask as clients of OpenAI's Responses API do",
    response_model=None,
    responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
)
async def responses(
    body: ResponseRequest, request: Request, principal: Caller, services: Services
) -> Response:
    """Answers the input's last question from the documents.

    `previous_response_id` continues the conversation that Nexus keeps; with `store: false`, or
    earlier messages in the input, nothing is remembered.
    """
    body.check()
    options = body.options
    messages = as_messages(body.input)
    message = question_in(messages, "input")
    before = tuple(turns_before(messages))
    kept = options.conversation_id
    if body.previous_response_id is not None:
        kept = conversation_of(body.previous_response_id)
    asked = Question(
        message=message,
        conversation_id=kept,
        top_k=options.top_k or services.settings.top_k,
        filters=filters_of(options.filters),
        style=options.style or "default",
        before=before if kept is None and (before or body.store is False) else None,
    )

    def turn(telling: Telling | None = None) -> Answer:
        answer = services.answerer.answer(principal, asked, telling)
        note(request, answer, repeated=False)
        return answer

    if body.stream:
        told = await begun(listen(services, turn, retracts=False))
        events = response_events(told, body, with_footnotes=options.footnotes)
        return event_stream(told_to_the_end(request, events))
    answer = await answered_whole(services, turn)
    return JSONResponse(response(answer, body, with_footnotes=options.footnotes))
