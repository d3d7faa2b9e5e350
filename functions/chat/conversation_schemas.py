"""What the routes of conversations are sent and answer, as it is documented in /docs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from functions.chat.schemas import ClaimBody, ConfidenceBody
from nexus import models
from nexus.answering.conversation_search import FoundConversation
from nexus.documents.tombstones import told_of
from nexus.http.source_bodies import SourceBody
from nexus.object_keys import spelled

# Lambda returns at most 6 MB, of which the gateway's envelope needs little.
MOST_BYTES = 5_500_000


def _visible(text: str) -> str:
    """The title on one line. Raises ValueError."""
    line = spelled(text)
    if not line:
        raise ValueError("A title holds something that can be read")
    return line


Title = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(_visible),
]
TextLookedFor = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)
]
# Where the last conversation of the page before stands; "" is the first page's.
Place = Annotated[
    str, StringConstraints(max_length=160, pattern=r"^([0-9]{17}~[A-Za-z0-9_-]{1,128})?$")
]


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
    agent: str | None = Field(default=None, description="The agent that answered, if one did.")
    rating: models.Rating | None = Field(
        default=None, description="What was last said of it by `POST /v1/feedback`."
    )
    created_at: str
    deleted_documents: list[str] = Field(
        default=[], description="Ids of documents that the answer cited and that were deleted."
    )
    hidden_documents: int = Field(
        default=0, description="How many documents that it cited the caller may not see now."
    )

    @classmethod
    def of(cls, turn: models.Turn, rating: models.Rating | None = None) -> TurnBody:
        """From the core's turn, as its reader may see it now, and what was thought of it."""
        return cls(
            message_id=turn.message_id,
            question=turn.question,
            answer=told_of(turn),
            sources=[SourceBody.of(source) for source in turn.sources],
            claims=[ClaimBody.of(claim) for claim in turn.claims],
            confidence=ConfidenceBody.of(turn.confidence) if turn.confidence else None,
            refused=turn.refused,
            agent=turn.agent or None,
            rating=rating,
            created_at=turn.created_at,
            deleted_documents=list(turn.deleted_document_ids),
            hidden_documents=len(turn.hidden_document_ids),
        )


class ConversationResponse(BaseModel):
    """A conversation, oldest turn first: its last 200 turns, fewer if these are very long."""

    conversation_id: str
    title: str
    created_at: str
    updated_at: str
    expires_at: str
    turn_count: int = Field(description="Of all turns, counted up to 1,000.")
    turns: list[TurnBody]

    @classmethod
    def of(cls, conversation: models.Conversation, turns: list[TurnBody]) -> ConversationResponse:
        """From the core's conversation, and its turns."""
        return cls(
            conversation_id=conversation.conversation_id,
            title=conversation.title,
            created_at=conversation.created_at,
            updated_at=conversation.updated_at,
            expires_at=conversation.expires_at,
            turn_count=conversation.turns,
            turns=turns,
        )


class TurnMatchBody(BaseModel):
    """A line of a turn that holds words which were looked for."""

    message_id: str
    text: str
    positions: list[tuple[int, int]] = Field(
        description="Where each of the words begins and ends in the text, in characters."
    )


class ConversationBody(BaseModel):
    """A conversation as a list shows it."""

    conversation_id: str
    title: str = Field(description="Its first question on one line, or what it was renamed to.")
    created_at: str
    updated_at: str = Field(description="When its latest turn was answered.")
    expires_at: str = Field(description="Put off by each further turn.")
    turn_count: int = Field(description="Counted up to 1,000.")
    matches: list[TurnMatchBody] = Field(
        default=[], description="Up to three lines of its turns with the text that was looked for."
    )

    @classmethod
    def of(cls, found: FoundConversation) -> ConversationBody:
        """From the core's conversation, with where a text was found in it."""
        conversation = found.conversation
        return cls(
            conversation_id=conversation.conversation_id,
            title=conversation.title,
            created_at=conversation.created_at,
            updated_at=conversation.updated_at,
            expires_at=conversation.expires_at,
            turn_count=conversation.turns,
            matches=[
                TurnMatchBody(
                    message_id=match.message_id,
                    text=match.line.text,
                    positions=list(match.line.positions),
                )
                for match in found.matches
            ],
        )


class ConversationsResponse(BaseModel):
    """A page of conversations, that with the latest turn first."""

    conversations: list[ConversationBody]
    cursor: str | None = Field(
        description="Gives the next page; null after the last. A short page need not be the last."
    )


class DeletedResponse(BaseModel):
    """How many conversations were deleted."""

    deleted: int
    complete: bool = Field(description="Whether none is left; if not, send the request again.")


class RenameRequest(BaseModel):
    """A conversation's new title."""

    model_config = ConfigDict(extra="forbid")

    title: Title


def that_fit(turns: Iterable[TurnBody]) -> Iterator[TurnBody]:
    """The first turns, as many as fit into Lambda's response."""
    size = 0
    for turn in turns:
        # The body is a string in that response, so its quotes and backslashes are escaped again.
        size += len(json.dumps(turn.model_dump_json(), ensure_ascii=False).encode())
        if size > MOST_BYTES:
            return
        yield turn
