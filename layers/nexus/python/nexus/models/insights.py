"""What is kept of questions and ratings, so that an administrator sees how a tenant fares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nexus.models.answers import ConfidenceLevel

Rating = Literal["up", "down"]
Reason = Literal[
    "correct",
    "well_sourced",
    "wrong",
    "incomplete",
    "outdated",
    "wrong_source",
    "not_found",
    "unclear",
    "other",
]


@dataclass(frozen=True, slots=True)
class Spent:
    """What one model was asked in one turn: tokens, and billionths of a US dollar."""

    model: str
    tokens_in: int = 0
    tokens_out: int = 0
    nanodollars: int = 0

    def __add__(self, other: Spent) -> Spent:
        return Spent(
            self.model,
            self.tokens_in + other.tokens_in,
            self.tokens_out + other.tokens_out,
            self.nanodollars + other.nanodollars,
        )


@dataclass(frozen=True, slots=True)
class LoggedQuestion:
    """What the question log keeps of a question that was answered, refused, or failed.

    `created_at` is its turn's, UTC ISO 8601 with Z. `document_ids` are the documents that the
    answer cites, or the closest ones that a refusal names. `vector` is the question's embedding
    as `insights.packing` packs it, b"" where there was none, `asked` a digest of its words, and
    `text` the words themselves where the stage keeps them. `rewritten` is whether the conversation
    made another question of it, which `vector` is of. `failed` names the error that it ended with,
    "" if it was answered.
    """

    message_id: str
    created_at: str
    client: str
    level: ConfidenceLevel = "low"
    score: float = 0.0
    refused: bool = False
    cached: bool = False
    latency_ms: float = 0.0
    model: str = ""
    spent: tuple[Spent, ...] = ()
    document_ids: tuple[str, ...] = ()
    language: str = ""
    settings: str = ""
    vector: bytes = b""
    asked: str = ""
    text: str = ""
    rewritten: bool = False
    failed: str = ""


@dataclass(frozen=True, slots=True)
class Feedback:
    """What somebody thinks of an answer, with what that was made from.

    `created_at` is the turn's, `rated_at` the rating's, `document_ids` are the answer's sources, in
    the order in which it cites them, or what a refusal names as closest. `question`, `answer` and
    `comment` are "" where the stage keeps no text.
    """

    message_id: str
    conversation_id: str
    created_at: str
    rated_at: str
    client: str
    rating: Rating
    reasons: tuple[Reason, ...] = ()
    comment: str = ""
    question: str = ""
    answer: str = ""
    refused: bool = False
    level: ConfidenceLevel | None = None
    score: float | None = None
    document_ids: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    settings: str = ""
