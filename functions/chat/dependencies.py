"""What routes take as arguments: the caller and the services."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Header, Request

from functions.chat.schemas import ConversationId
from nexus.services import ChatServices


def services(request: Request) -> ChatServices:
    """The services that the composition root made."""
    made: ChatServices = request.app.state.services
    return made


Services = Annotated[ChatServices, Depends(services)]
ConversationHeader = Annotated[
    ConversationId | None,
    Header(alias="X-Conversation-Id", description="Continues a conversation."),
]
