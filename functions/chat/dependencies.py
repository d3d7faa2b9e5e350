"""What routes take as arguments: the caller and the services."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Header, Request

from functions.chat.schemas import ConversationId
from nexus.errors import NotAllowed
from nexus.models import Principal
from nexus.wiring import ChatServices


def services(request: Request) -> ChatServices:
    """The services that the composition root made."""
    made: ChatServices = request.app.state.services
    return made


Services = Annotated[ChatServices, Depends(services)]


def caller(
    request: Request,
    made: Services,
    x_api_key: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> Principal:
    """The principal of the request's API key. Raises NotAllowed."""
    if not x_api_key:
        raise NotAllowed("The x-api-key header is missing: send your API key in it.")
    principal = made.authenticator.principal(x_api_key)
    request.scope["tenant"] = principal.tenant
    request.scope["client_name"] = principal.client
    return principal


Caller = Annotated[Principal, Depends(caller)]
ConversationHeader = Annotated[
    ConversationId | None,
    Header(alias="X-Conversation-Id", description="Continues a conversation."),
]
