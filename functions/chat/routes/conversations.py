"""GET and DELETE /v1/conversations/{id}: what was said, and forgetting it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Annotated

from fastapi import APIRouter, Path, Response

from functions.chat.conversation_schemas import ConversationResponse, TurnBody
from functions.chat.dependencies import Services
from functions.chat.schemas import ConversationId
from nexus.documents.tombstones import as_seen
from nexus.errors import NotFound
from nexus.http.callers import Caller
from nexus.models import Principal, Turn
from nexus.services import ChatServices

router = APIRouter(tags=["conversations"])
MOST_TURNS = 200
# Lambda returns at most 6 MB, of which the gateway's envelope needs little.
MOST_BYTES = 5_500_000

Id = Annotated[ConversationId, Path(description="The conversation's id.")]
UNKNOWN = "There is no such conversation: it may have expired."


@router.get("/v1/conversations/{conversation_id}", summary="Read a conversation")
async def read(conversation_id: Id, principal: Caller, services: Services) -> ConversationResponse:
    """The conversation's last 200 turns, or as many as fit into 5.5 MB, oldest first.

    An answer that cites a document which was deleted, or which the key may not see any more, is
    not shown, nor what it was told with.
    """
    turns = services.conversations.history(
        principal.tenant, principal.client, conversation_id, MOST_TURNS
    )
    if not turns:
        raise NotFound(UNKNOWN)
    newest_first = (TurnBody.of(turn) for turn in reversed(_as_seen(turns, principal, services)))
    kept = list(_that_fit(newest_first, MOST_BYTES))
    return ConversationResponse(conversation_id=conversation_id, turns=kept[::-1])


@router.delete(
    "/v1/conversations/{conversation_id}", summary="Delete a conversation", status_code=204
)
async def delete(conversation_id: Id, principal: Caller, services: Services) -> Response:
    """Removes every turn of the conversation."""
    if not services.conversations.delete(principal.tenant, principal.client, conversation_id):
        raise NotFound(UNKNOWN)
    return Response(status_code=204)


def _as_seen(turns: list[Turn], principal: Principal, services: ChatServices) -> list[Turn]:
    """The turns, without answers that cite what the principal does not see live."""
    if not any(turn.document_ids for turn in turns):
        return turns
    return services.readers.with_live(
        lambda reader: as_seen(reader.catalogue, principal, turns),
        services.executor,
    )


def _that_fit(turns: Iterable[TurnBody], most_bytes: int) -> Iterator[TurnBody]:
    """The first turns, as many as fit into so many bytes of Lambda's response."""
    size = 0
    for turn in turns:
        # The body is a string in that response, so its quotes and backslashes are escaped again.
        size += len(json.dumps(turn.model_dump_json(), ensure_ascii=False).encode())
        if size > most_bytes:
            return
        yield turn
