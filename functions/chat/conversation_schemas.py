"""What the routes of conversations are sent and answer, as it is documented in /docs."""

from __future__ import annotations

from pydantic import BaseModel, Field

from functions.chat.schemas import ClaimBody, ConfidenceBody, SourceBody
from nexus import models
from nexus.documents.tombstones import tombstone


class TurnBody(BaseModel):
    """One question and its answer, with what the answer was told with."""

    message_id: str
    question: str
    answer: str = Field(
        description="A sentence that says so when deleted or hidden documents are named."
    )
    sources: list[SourceBody] = []
    claims: list[ClaimBody] = []
    confidence: ConfidenceBody | None = Field(
        default=None,
        description="Null, and no sources and claims, where the answer is not shown, or is of "
        "before they were kept.",
    )
    refused: bool
    created_at: str
    deleted_documents: list[str] = Field(
        default=[], description="Ids of documents that the answer cited and that were deleted."
    )
    hidden_documents: list[str] = Field(
        default=[], description="Ids of documents that it cited and that the key may not see now."
    )

    @classmethod
    def of(cls, turn: models.Turn) -> TurnBody:
        """From the core's turn, as its reader may see it now."""
        withheld = bool(turn.deleted_document_ids or turn.hidden_document_ids)
        return cls(
            message_id=turn.message_id,
            question=turn.question,
            answer=tombstone(turn) if withheld else turn.answer,
            sources=[SourceBody.of(source) for source in turn.sources],
            claims=[ClaimBody.of(claim) for claim in turn.claims],
            confidence=ConfidenceBody.of(turn.confidence) if turn.confidence else None,
            refused=turn.refused,
            created_at=turn.created_at,
            deleted_documents=list(turn.deleted_document_ids),
            hidden_documents=list(turn.hidden_document_ids),
        )


class ConversationResponse(BaseModel):
    """A conversation, oldest turn first: its last 200 turns, fewer if these are very long."""

    conversation_id: str
    turns: list[TurnBody]
