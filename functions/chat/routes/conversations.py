"""/v1/conversations: what a client has asked, found again, renamed, and forgotten."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from functions.chat.conversation_schemas import (
    ConversationBody,
    ConversationResponse,
    ConversationsResponse,
    DeletedResponse,
    Place,
    RenameRequest,
    TextLookedFor,
    TurnBody,
    that_fit,
)
from functions.chat.dependencies import Services
from nexus.answering.conversation_search import FoundConversation, search
from nexus.deadline import current
from nexus.documents.tombstones import as_seen
from nexus.errors import NotFound
from nexus.http.callers import Caller
from nexus.http.headers import ConversationId
from nexus.models import Conversation, Principal, Turn
from nexus.services import ChatServices

router = APIRouter(tags=["conversations"])
MOST_TURNS = 200
# Deleting all of them ends while this is left of the request's time, and after so many.
LEFT_S, MOST_DELETED = 8.0, 500
PAGE = 50

Id = Annotated[ConversationId, Path(description="The conversation's id.")]
UNKNOWN = "There is no such conversation: it may have expired."


@router.get("/v1/conversations", summary="List conversations")
def listing(
    principal: Caller,
    services: Services,
    text: Annotated[
        TextLookedFor | None,
        Query(description="Stands in the title or a turn as it is, or all of its words do."),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: Annotated[Place, Query(description="Of the page before.")] = "",
) -> ConversationsResponse:
    """The client's conversations, that with the latest turn first.

    With `text`, those that hold it: at most 100 are looked through for one page, which can be
    short and still not be the last. Answers that may not be seen any more are not looked through.
    """
    owner = (principal.tenant, principal.client)
    if text is None:
        page, place = services.conversations.page(*owner, limit, cursor)
        found = [FoundConversation(conversation) for conversation in page]
    else:
        found, place = search(
            services.conversations,
            lambda turns: _as_seen(turns, principal, services),
            owner,
            text,
            limit,
            cursor,
        )
    return ConversationsResponse(
        conversations=[ConversationBody.of(each) for each in found], cursor=place
    )


@router.delete("/v1/conversations", summary="Delete all conversations")
def delete_all(request: Request, principal: Caller, services: Services) -> DeletedResponse:
    """Removes the client's conversations, as many as the request has time for."""
    owner = (principal.tenant, principal.client)
    deleted, place = 0, ""
    complete = False
    while not complete and deleted < MOST_DELETED and current().fits(LEFT_S):
        page, behind = services.conversations.page(*owner, PAGE, place)
        for conversation in page:
            if not current().fits(LEFT_S):
                break
            deleted += services.conversations.delete(*owner, conversation.conversation_id)
        else:
            complete, place = behind is None, behind or ""
    request.scope["counts"] = {"deleted": deleted, "complete": complete}
    return DeletedResponse(deleted=deleted, complete=complete)


@router.get("/v1/conversations/{conversation_id}", summary="Read a conversation")
def read(conversation_id: Id, principal: Caller, services: Services) -> ConversationResponse:
    """The conversation's last 200 turns, or as many as fit into 5.5 MB, oldest first.

    An answer that cites a document which was deleted, or which the key may not see any more, is
    not shown, nor what it was told with.
    """
    conversation, turns = told(conversation_id, principal, services)
    kept = list(that_fit(newest_first(turns, principal, services)))
    return ConversationResponse.of(conversation, kept[::-1])


@router.patch("/v1/conversations/{conversation_id}", summary="Rename a conversation")
def rename(
    conversation_id: Id, body: RenameRequest, principal: Caller, services: Services
) -> ConversationBody:
    """Gives the conversation a title of its own instead of its first question."""
    owner = (principal.tenant, principal.client, conversation_id)
    if not services.conversations.rename(*owner, body.title):
        raise NotFound(UNKNOWN)
    conversation = services.conversations.find(*owner)
    if conversation is None:
        raise NotFound(UNKNOWN)
    return ConversationBody.of(FoundConversation(conversation))


@router.delete(
    "/v1/conversations/{conversation_id}", summary="Delete a conversation", status_code=204
)
def delete(conversation_id: Id, principal: Caller, services: Services) -> Response:
    """Removes every turn of the conversation."""
    if not services.conversations.delete(principal.tenant, principal.client, conversation_id):
        raise NotFound(UNKNOWN)
    return Response(status_code=204)


def newest_first(
    turns: Sequence[Turn], principal: Principal, services: ChatServices
) -> Iterator[TurnBody]:
    """The turns of the principal's conversation, each with what was thought of its answer."""
    rated = services.ratings.given(principal, turns) if services.ratings else {}
    for turn in reversed(turns):
        yield TurnBody.of(turn, rated.get(turn.message_id))


def told(
    conversation_id: str, principal: Principal, services: ChatServices
) -> tuple[Conversation, list[Turn]]:
    """A conversation and its last turns, as the principal may see them now. Raises NotFound."""
    owner = (principal.tenant, principal.client, conversation_id)
    turns = services.conversations.history(*owner, MOST_TURNS)
    conversation = services.conversations.find(*owner) if turns else None
    if conversation is None:
        raise NotFound(UNKNOWN)
    return conversation, _as_seen(turns, principal, services)


def _as_seen(turns: Sequence[Turn], principal: Principal, services: ChatServices) -> list[Turn]:
    """The turns, without answers that cite what the principal does not see live."""
    if not any(turn.document_ids for turn in turns):
        return list(turns)
    return services.readers.with_live(
        lambda reader: as_seen(reader.catalogue, principal, turns),
        services.executor,
    )
