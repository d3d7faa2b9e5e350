"""POST /v1/feedback: what a caller thinks of an answer that it got."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from functions.chat.dependencies import Services
from nexus.errors import NotFound
from nexus.http.callers import Caller
from nexus.http.headers import ConversationId
from nexus.models import Feedback, Rating, Reason

router = APIRouter(tags=["feedback"])
MessageId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,128}$")]
Comment = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2_000)]


class FeedbackRequest(BaseModel):
    """A rating of one answer."""

    model_config = ConfigDict(extra="forbid")

    conversation_id: ConversationId
    message_id: MessageId
    rating: Rating
    reasons: list[Reason] = Field(default=[], max_length=9, description="Why; any of these.")
    comment: Comment = Field(default="", description="At most 2,000 characters.")


class FeedbackResponse(BaseModel):
    """The rating as it is kept."""

    conversation_id: str
    message_id: str
    rating: Rating
    reasons: list[Reason]
    rated_at: str
    comment_kept: bool = Field(
        description="False for a comment that this deployment, which keeps no words, let go."
    )

    @classmethod
    def of(cls, feedback: Feedback, comment: str) -> FeedbackResponse:
        """From the core's rating, and the comment that was sent."""
        return cls(
            conversation_id=feedback.conversation_id,
            message_id=feedback.message_id,
            rating=feedback.rating,
            reasons=list(feedback.reasons),
            rated_at=feedback.rated_at,
            comment_kept=bool(feedback.comment) or not comment,
        )


@router.post("/v1/feedback", summary="Rate an answer")
def rate(body: FeedbackRequest, principal: Caller, services: Services) -> FeedbackResponse:
    """Keeps what is thought of an answer of a conversation of one's own; a later rating replaces.

    It is kept with what the answer was made from, for those who look after the documents.
    """
    if services.ratings is None:
        raise NotFound("This deployment keeps no ratings.")
    feedback = services.ratings.rate(
        principal, body.conversation_id, body.message_id, body.rating, body.reasons, body.comment
    )
    return FeedbackResponse.of(feedback, body.comment)
