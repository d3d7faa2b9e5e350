"""What is answered, on what, and what it took."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nexus.models.agents import AgentStep, PendingAction
from nexus.models.documents import DocumentMetadata
from nexus.models.index import Passage

ConfidenceLevel = Literal["high", "medium", "low"]
Compared = Literal["probability", "cosine", "words"]


@dataclass(frozen=True, slots=True)
class Source:
    """A passage that an answer cites as `[number]`; `quote` stands verbatim in the passage."""

    number: int
    passage: Passage
    quote: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What decided whether a model was asked: it passes if `value` is at least `threshold`.

    `compared` is the probability that the passages hold the answer (0 to 1), the nearest passage's
    cosine (-1 to 1), or the share of the question's words that one passage holds (0 to 1).
    """

    compared: Compared
    value: float
    threshold: float
    passed: bool


@dataclass(frozen=True, slots=True)
class CheckedClaim:
    """A sentence of an answer and the numbers of its sources.

    `verified` is False if neither the check of its words nor the verifier could confirm it.
    """

    text: str
    sources: tuple[int, ...]
    verified: bool


@dataclass(frozen=True, slots=True)
class Confidence:
    """How sure an answer is: `score` from 0 to 1, and its level for a reader.

    `gate` is what was compared before a model was asked; None if nothing was.
    """

    level: ConfidenceLevel
    score: float
    gate: Comparison | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """What an answer cost in tokens, as the model's endpoint counted them, and in US dollars.

    The dollars are of all that was asked for it, at the prices of the settings, and known at last.
    """

    embedding_tokens: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    dollars: float = 0.0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.embedding_tokens + other.embedding_tokens,
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.dollars + other.dollars,
        )


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """A document as an answer read it: which version, and what decided who may see that."""

    document_id: str
    version: str
    said: DocumentMetadata


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and its answer in a conversation; `created_at` is UTC ISO 8601 with Z.

    `document_ids` are the documents that the answer cites or names. Once one of them is deleted, it
    is also in `deleted_document_ids`, and the answer is "", without sources, claims and confidence.
    So it is while one of them is not for the reader's eyes: `hidden_document_ids`, which are never
    stored. Of the `sources` everything is kept but the text of their passages, which is "";
    `confidence` is None, too, in turns of before it was kept. `agent` is who answered, "" for none.

    Nothing of what the answer rests on was read before `read_at`, UTC ISO 8601 with Z; "" if that
    is not known. `read_as` are its documents as they were read, as far as that is known.
    """

    message_id: str
    question: str
    answer: str
    refused: bool
    created_at: str
    document_ids: tuple[str, ...] = ()
    deleted_document_ids: tuple[str, ...] = ()
    hidden_document_ids: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    claims: tuple[CheckedClaim, ...] = ()
    confidence: Confidence | None = None
    agent: str = ""
    read_at: str = ""
    read_as: tuple[ReadDocument, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """One turn's result; `remembered` is False if the conversation store did not take it.

    `truncated` is True for an answer that the model could not write to its end; `claims` are its
    sentences that claim something. `rewritten_question` is what the conversation before made of the
    question, "" if it was answered as it stands. `named_document_ids` are those whose titles a
    refusal tells, and `named_as` the same as they were read. `agent` is who answered, "" for none;
    `steps` are what it did, and `confirmations` what it waits for. `read_at` is as in Turn.
    """

    message_id: str
    conversation_id: str
    text: str
    sources: tuple[Source, ...]
    confidence: Confidence
    refused: bool
    usage: Usage
    timings_ms: dict[str, float]
    remembered: bool
    truncated: bool = False
    claims: tuple[CheckedClaim, ...] = ()
    rewritten_question: str = ""
    named_document_ids: tuple[str, ...] = ()
    agent: str = ""
    steps: tuple[AgentStep, ...] = ()
    confirmations: tuple[PendingAction, ...] = ()
    named_as: tuple[ReadDocument, ...] = ()
    read_at: str = ""
