"""GET /v1/conversations/{id}/export: a conversation as a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from functions.chat.conversation_schemas import ConversationResponse, TurnBody, that_fit
from functions.chat.dependencies import Services
from functions.chat.routes.conversations import Id, newest_first, told
from nexus.answering.conversation_export import markdown
from nexus.documents.links import link_of
from nexus.documents.tombstones import told_of
from nexus.http.callers import Caller
from nexus.http.own_address import own_address, whole

router = APIRouter(tags=["conversations"])
MARKDOWN = "text/markdown; charset=utf-8"


@router.get(
    "/v1/conversations/{conversation_id}/export",
    summary="Export a conversation",
    response_model=ConversationResponse,
    responses={200: {"content": {"text/markdown": {"schema": {"type": "string"}}}}},
)
def export(
    conversation_id: Id,
    request: Request,
    principal: Caller,
    services: Services,
    chosen: Annotated[
        Literal["markdown", "json"], Query(alias="format", description="Of the file.")
    ] = "markdown",
) -> Response:
    """The conversation as a file to save, with the sources of each answer, as it is seen now.

    The links of its sources are whole addresses, as a file is read elsewhere.
    """
    conversation, turns = told(conversation_id, principal, services)
    address = own_address(request)
    kept = list(that_fit(_linked(newest_first(turns, principal, services), address)))
    if chosen == "json":
        content = ConversationResponse.of(conversation, kept[::-1]).model_dump_json(indent=2)
        return _file(conversation_id, "json", content, "application/json")
    shown = turns[len(turns) - len(kept) :]
    content = markdown(
        conversation, shown, told_of, lambda source: whole(link_of(source.passage), address)
    )
    return _file(conversation_id, "md", content, MARKDOWN)


def _linked(turns: Iterable[TurnBody], address: str) -> Iterator[TurnBody]:
    """Turns whose sources' links have the API's address."""
    for turn in turns:
        links = [{"link": whole(source.link, address)} for source in turn.sources]
        pairs = zip(turn.sources, links, strict=True)
        yield turn.model_copy(
            update={"sources": [source.model_copy(update=link) for source, link in pairs]}
        )


def _file(conversation_id: str, ending: str, content: str, media_type: str) -> Response:
    name = f"conversation-{conversation_id}.{ending}"
    headers = {
        "content-disposition": f'attachment; filename="{name}"',
        "x-content-type-options": "nosniff",
    }
    # Half of a surrogate pair, which a model can write, has no UTF-8.
    return Response(content.encode("utf-8", "replace"), media_type=media_type, headers=headers)
