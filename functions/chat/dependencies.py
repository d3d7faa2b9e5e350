"""What routes take as arguments: the caller and the services."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Header, Request, Security
from fastapi.security import APIKeyHeader

from functions.chat.schemas import ConversationId
from nexus.errors import NotAllowed
from nexus.models import Principal
from nexus.services import ChatServices


def services(request: Request) -> ChatServices:
    """The services that the composition root made."""
    made: ChatServices = request.app.state.services
    return made


Services = Annotated[ChatServices, Depends(services)]


# In the reference, where it lets a person enter a key; a missing one is answered here.
API_KEY = APIKeyHeader(name="x-api-key", scheme_name="API key", auto_error=False)


def caller(
    request: Request,
    made: Services,
    key: Annotated[str | None, Security(API_KEY)],
) -> Principal:
    """The principal of the request's API key. Raises NotAllowed."""
    if not key:
        raise NotAllowed("The x-api-key header is missing: send your API key in it.")
    principal = made.authenticator.principal(key)
    request.scope["tenant"] = principal.tenant
    request.scope["client_name"] = principal.client
    return principal


Caller = Annotated[Principal, Depends(caller)]
ConversationHeader = Annotated[
    ConversationId | None,
    Header(alias="X-Conversation-Id", description="Continues a conversation."),
]
