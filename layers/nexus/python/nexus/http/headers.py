"""Request headers that several functions take."""

from __future__ import annotations

from typing import Annotated

from fastapi import Header
from pydantic import StringConstraints

ConversationId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,128}$")]
# A structured field's string, or its content as many clients send it, without blanks and quotes.
IdempotencyKey = Annotated[str, StringConstraints(pattern=r'^("[!#-~]{1,255}"|[!#-~]{1,255})$')]
IdempotencyHeader = Annotated[
    IdempotencyKey | None,
    Header(
        alias="Idempotency-Key",
        description="The client's own name for this request, such as a UUID. For 24 hours, "
        "the same request with the same name gets the same answer and makes no other turn; another "
        "request with it is a 422, and one that comes while the first is at work waits for it, or "
        "is a 409 with Retry-After.",
    ),
]
ConversationHeader = Annotated[
    ConversationId | None,
    Header(alias="X-Conversation-Id", description="Continues a conversation."),
]
