"""GET /v1/conversations/{id}/export: a conversation as a file."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from functions.chat.conversation_schemas import ConversationResponse, that_fit
from functions.chat.dependencies import Services
from functions.chat.routes.conversations import Id, newest_first, told
from nexus.answering.conversation_export import markdown
from nexus.documents.links import link_of
from nexus.documents.tombstones import told_of
from nexus.http.callers import Caller

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
    principal: Caller,
    services: Services,
    chosen: Annotated[
        Literal["markdown", "json"], Query(alias="format", description="Of the file.")
    ] = "markdown",
) -> Response:
    """The conversation as a file to save, with the sources of each answer, as it is seen now."""
    conversation, turns = told(conversation_id, principal, services)
    kept = list(that_fit(newest_first(turns, principal, services)))
    if chosen == "json":
        content = ConversationResponse.of(conversation, kept[::-1]).model_dump_json(indent=2)
        return _file(conversation_id, "json", content, "application/json")
    shown = turns[len(turns) - len(kept) :]
    content = markdown(conversation, shown, told_of, lambda source: link_of(source.passage))
    return _file(conversation_id, "md", content, MARKDOWN)


def _file(conversation_id: str, ending: str, content: str, media_type: str) -> Response:
    name = f"conversation-{conversation_id}.{ending}"
    headers = {
        "content-disposition": f'attachment; filename="{name}"',
        "x-content-type-options": "nosniff",
    }
    # Half of a surrogate pair, which a model can write, has no UTF-8.
    return Response(content.encode("utf-8", "replace"), media_type=media_type, headers=headers)
