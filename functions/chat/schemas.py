"""The request and response bodies of the chat API, as they are documented in /docs."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from functions.chat.agent_schemas import ActionBody, StepBody
from nexus import models
from nexus.answering.answer_text import Style
from nexus.http.filtering import FilterFields
from nexus.http.headers import ConversationId
from nexus.http.source_bodies import Locator, SourceBody

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=5000)]


class SearchRequest(BaseModel):
    """What to look for."""

    model_config = ConfigDict(extra="forbid")

    query: Text = Field(examples=["When is the tuition fee due?"])
    top_k: int | None = Field(default=None, ge=1, le=20, description="Passages to return.")
    filters: FilterFields | None = None


class Confirmation(BaseModel):
    """What is decided of an action that waits."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(pattern=r"^a-[0-9a-f]{32}$", description="As the answer before gave it.")
    approved: bool = Field(description="True has the action done, once, exactly as it was shown.")


AgentName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class ChatRequest(BaseModel):
    """A message, and optionally the conversation it belongs to."""

    model_config = ConfigDict(extra="forbid")

    message: Text = Field(examples=["How much is the late fee for a library book?"])
    conversation_id: ConversationId | None = Field(
        default=None,
        description="Continues a conversation; the header X-Conversation-Id does the same.",
    )
    top_k: int | None = Field(default=None, ge=1, le=20, description="Passages to answer from.")
    filters: FilterFields | None = None
    style: Style | None = Field(
        default=None,
        description="concise: at most 40 words; detailed: 250; summary: 180, about the whole; "
        "unless the deployment sets others.",
    )
    agent: AgentName | None = Field(
        default=None,
        description="Who answers: an agent of this deployment, or auto to have one picked.",
    )
    confirmation: Confirmation | None = None


class PassageBody(BaseModel):
    """A passage of a document."""

    document_id: str
    title: str
    uri: str
    version: str
    locator: Locator
    score: float = Field(description="Relevance to the question, from 0 to 1.")
    text: str

    @classmethod
    def of(cls, passage: models.Passage) -> PassageBody:
        """From the core's passage."""
        return cls(
            document_id=passage.document_id,
            title=passage.title,
            uri=passage.uri,
            version=passage.version,
            locator=Locator.of(passage.locator),
            score=round(passage.score, 4),
            text=passage.text,
        )


class GateBody(BaseModel):
    """What decided whether a model was asked: it passed if the value is at least the threshold."""

    compared: models.Compared = Field(
        description="The probability that the passages hold the answer, the "
        "nearest passage's cosine, or the share of the question's words in one passage."
    )
    value: float
    threshold: float
    passed: bool

    @classmethod
    def of(cls, gate: models.Comparison) -> GateBody:
        """From the core's comparison."""
        return cls(
            compared=gate.compared,
            value=gate.value,
            threshold=gate.threshold,
            passed=gate.passed,
        )


class ConfidenceBody(BaseModel):
    """How well the documents support the answer."""

    level: Literal["high", "medium", "low"]
    score: float = Field(
        description="Probability, from 0 to 1, that the passages hold the answer, less what had "
        "to be taken out of it; a refusal's is at most the stage's refuse_below."
    )
    gate: GateBody | None = Field(
        default=None, description="What was compared before a model was asked; null if nothing."
    )

    @classmethod
    def of(cls, confidence: models.Confidence) -> ConfidenceBody:
        """From the core's confidence."""
        gate = GateBody.of(confidence.gate) if confidence.gate else None
        return cls(level=confidence.level, score=confidence.score, gate=gate)


class ClaimBody(BaseModel):
    """A sentence of the answer."""

    text: str
    sources: list[int] = Field(description="Numbers of the sources that it rests on.")
    verified: bool = Field(
        description="False when neither the comparison of its words and facts with these sources "
        "nor the verifying model could confirm it."
    )

    @classmethod
    def of(cls, claim: models.CheckedClaim) -> ClaimBody:
        """From the core's claim."""
        return cls(text=claim.text, sources=list(claim.sources), verified=claim.verified)


class UsageBody(BaseModel):
    """Tokens that were billed, and what they cost."""

    embedding_tokens: int
    input_tokens: int
    output_tokens: int
    dollars: float = Field(description="US dollars at the prices that the stage is told.")


class ChatResponse(BaseModel):
    """An answer with its sources, or a refusal."""

    answer: str
    sources: list[SourceBody]
    claims: list[ClaimBody] = Field(
        description="The answer's sentences that claim something, in order. With one that is not "
        "verified, the confidence is at most medium."
    )
    confidence: ConfidenceBody
    refused: bool = Field(description="True when the documents do not hold the answer.")
    conversation_id: str
    message_id: str
    remembered: bool = Field(description="False when the conversation store was unreachable.")
    truncated: bool = Field(description="True when the model could not write to the answer's end.")
    rewritten_question: str | None = Field(
        default=None,
        description="What the conversation made of the message, for debugging: the question that "
        "was searched for and answered; null if the message was answered as it stands.",
    )
    usage: UsageBody
    timings: dict[str, float] = Field(description="Milliseconds by stage.")
    agent: str | None = Field(default=None, description="The agent that answered, if one did.")
    steps: list[StepBody] = Field(default=[], description="What the agent did, in order.")
    confirmations: list[ActionBody] = Field(
        default=[], description="Actions that wait to be confirmed, before they are done."
    )

    @classmethod
    def of(cls, answer: models.Answer) -> ChatResponse:
        """From the core's answer."""
        return cls(
            answer=answer.text,
            sources=[SourceBody.of(source) for source in answer.sources],
            claims=[ClaimBody.of(claim) for claim in answer.claims],
            confidence=ConfidenceBody.of(answer.confidence),
            refused=answer.refused,
            conversation_id=answer.conversation_id,
            message_id=answer.message_id,
            remembered=answer.remembered,
            truncated=answer.truncated,
            rewritten_question=answer.rewritten_question or None,
            usage=UsageBody(
                embedding_tokens=answer.usage.embedding_tokens,
                input_tokens=answer.usage.input_tokens,
                output_tokens=answer.usage.output_tokens,
                dollars=round(answer.usage.dollars, 9),
            ),
            timings=answer.timings_ms,
            agent=answer.agent or None,
            steps=[StepBody.of(step) for step in answer.steps],
            confirmations=[ActionBody.of(action) for action in answer.confirmations],
        )


class SearchResponse(BaseModel):
    """Passages, best first."""

    passages: list[PassageBody]
    hint: str | None = Field(
        default=None, description="What to do about filters that no document passes."
    )
    timings: dict[str, float] = Field(description="Milliseconds by stage.")


class CheckBody(BaseModel):
    """What one dependency said."""

    status: Literal["ok", "failing"]
    latency_ms: float
    detail: str | None = Field(
        default=None,
        description="not configured, refused, unreachable, …: the function's log says more.",
    )


class HealthResponse(BaseModel):
    """The service and each service it depends on."""

    status: Literal["ok", "degraded"]
    version: str
    stage: str
    checks: dict[str, CheckBody]


class ReadyResponse(BaseModel):
    """Whether questions can be answered now."""

    ready: bool
    failing: list[str]
