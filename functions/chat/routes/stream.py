"""POST /v1/chat/stream: the same question, answered in server-sent events while it is written."""

from __future__ import annotations

from collections.abc import AsyncIterator

from fastapi import APIRouter, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel

from functions.chat.agent_schemas import ActionBody, StepBody
from functions.chat.asking import Asked, Claimed, answered, note
from functions.chat.dependencies import Services
from functions.chat.listening import listen
from functions.chat.schemas import ChatResponse, PassageBody
from nexus.answering.telling import Telling
from nexus.http.callers import Caller
from nexus.http.problems import body_of
from nexus.http.source_bodies import SourceBody
from nexus.models import (
    Answer,
    Awaits,
    Begun,
    Looked,
    Said,
    Stepped,
    TakenBy,
    Told,
    Withdrawn,
)

router = APIRouter(tags=["chat"])


class StartBody(BaseModel):
    """The ids that the answer will have."""

    conversation_id: str
    message_id: str


class PassagesBody(BaseModel):
    """What the answer is being written from, best first; empty where it will be a refusal."""

    passages: list[PassageBody]


class DeltaBody(BaseModel):
    """More of the answer, to be put behind what came before as it is, and the sources new in it."""

    index: int
    text: str
    sources: list[SourceBody]


class RetractBody(BaseModel):
    """The deltas from this index on are not part of the answer; the next one has it again."""

    since: int


class AgentBody(BaseModel):
    """The agent that has the conversation from here on."""

    agent: str
    title: str


class StepEventBody(StepBody):
    """A step that has begun, or has ended."""

    ended: bool


@router.post(
    "/v1/chat/stream",
    summary="Ask, and read while it is written",
    response_class=EventSourceResponse,
)
async def stream(
    asked: Asked, key: Claimed, request: Request, principal: Caller, services: Services
) -> AsyncIterator[ServerSentEvent]:
    """The events start, sources, delta, retract, confidence, usage, done and error.

    An agent's answer has agent, step and confirmation, too.

    A sentence is sent when it is checked, and never one that the documents contradict; `retract`
    withdraws what was decided later. `done` has the whole answer, as POST /v1/chat gives it, and
    `error` a problem. After 15 silent seconds a comment is sent.
    """
    repeated = False

    def turn(telling: Telling) -> Answer:
        nonlocal repeated
        answer, repeated = answered(services, principal, asked, key, telling)
        return answer

    try:
        async for told in listen(services, turn):
            if isinstance(told, Answer):
                note(request, told, repeated=repeated)
                whole = ChatResponse.of(told)
                yield _event("confidence", whole.confidence)
                yield _event("usage", whole.usage)
                yield _event("done", whole)
            else:
                yield _event_of(told)
    except Exception as error:  # noqa: BLE001  (the response has begun: it is told within it)
        yield _event("error", body_of(request, error))


def _event_of(told: Told) -> ServerSentEvent:
    match told:
        case Begun(conversation_id, message_id):
            body: BaseModel = StartBody(conversation_id=conversation_id, message_id=message_id)
            return _event("start", body)
        case Looked(passages):
            return _event("sources", PassagesBody(passages=list(map(PassageBody.of, passages))))
        case Said(index, text, sources):
            new = list(map(SourceBody.of, sources))
            return _event("delta", DeltaBody(index=index, text=text, sources=new))
        case Withdrawn(since):
            return _event("retract", RetractBody(since=since))
        case _:
            return _event_of_agent(told)


def _event_of_agent(told: TakenBy | Stepped | Awaits) -> ServerSentEvent:
    match told:
        case TakenBy(agent, title):
            return _event("agent", AgentBody(agent=agent, title=title))
        case Stepped(step, ended):
            of = StepBody.of(step).model_dump()
            return _event("step", StepEventBody(**of, ended=ended))
        case Awaits(action):
            return _event("confirmation", ActionBody.of(action))


def _event(name: str, body: BaseModel) -> ServerSentEvent:
    return ServerSentEvent(event=name, data=body)
