"""Which parameters of OpenAI's requests are taken, passed over, or refused.

Clients send many that say how a model writes; they are accepted and change nothing, as the answer
is written from the documents and checked against them. One that would make the answer another thing
than its sender expects is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from functions.chat.schemas import AgentName, Confirmation
from nexus.answering.answer_text import Style
from nexus.errors import InvalidRequest, NotFound
from nexus.http.filtering import FilterFields
from nexus.http.headers import ConversationId
from nexus.services import ChatServices

MODEL, FOOTNOTES = "nexus", "nexus-footnotes"
MODELS = (MODEL, FOOTNOTES)
# Before an agent's name.
AGENT = "nexus/"


class NexusOptions(BaseModel):
    """What only Nexus knows, in the field `nexus` of a request; null or absent: as usual."""

    model_config = ConfigDict(extra="forbid")

    filters: FilterFields | None = None
    style: Style | None = None
    top_k: int | None = Field(default=None, ge=1, le=20)
    conversation_id: ConversationId | None = Field(
        default=None,
        description="Continues a conversation that Nexus keeps; the messages before are not read.",
    )
    agent: AgentName | None = Field(
        default=None, description="Who answers; the model nexus/NAME says the same."
    )
    confirmation: Confirmation | None = None
    footnotes: bool = Field(
        default=False, description="Puts the sources below the answer, for clients that show text."
    )


class OpenAIRequest(BaseModel):
    """What requests for chat completions and for responses have in common."""

    model_config = ConfigDict(extra="allow")

    model: Annotated[str, StringConstraints(max_length=200)]
    stream: bool | None = False
    nexus: NexusOptions | None = None

    @property
    def options(self) -> NexusOptions:
        """What the request says to Nexus; the model's name can ask for footnotes."""
        options = self.nexus or NexusOptions()
        if self.model == FOOTNOTES:
            return options.model_copy(update={"footnotes": True})
        if self.model.startswith(AGENT):
            return options.model_copy(update={"agent": self.model.removeprefix(AGENT)})
        return options

    def check(self, services: ChatServices) -> None:
        """Raises NotFound for another model, InvalidRequest for what would change the meaning."""
        if self.model not in models_of(services):
            raise NotFound(
                f"There is no model of this name here: use {MODEL}, or {FOOTNOTES} to have the "
                "sources in the text; GET /v1/models tells all."
            )
        refuse(self.model_extra or {})


def models_of(services: ChatServices) -> tuple[str, ...]:
    """The models that clients can name: the answers, and one for each agent and the router."""
    agents = services.agents
    if agents is None:
        return MODELS
    return (*MODELS, f"{AGENT}auto", *(f"{AGENT}{name}" for name in agents.names()))


def refuse(sent: Mapping[str, Any]) -> None:
    """Raises InvalidRequest for a parameter that Nexus cannot do as its sender expects."""
    for name, wanted, why in _REFUSED:
        value = sent.get(name)
        if value is not None and wanted(value):
            raise InvalidRequest(why, name)


def _is_format(value: object) -> bool:
    kind = value.get("type") if isinstance(value, Mapping) else value
    return kind not in (None, "text")


def _is_forced(value: object) -> bool:
    return value not in ("auto", "none")


_REFUSED = (
    ("n", lambda n: n != 1, "Each question has one answer: leave n out, or send 1."),
    (
        "response_format",
        _is_format,
        "Answers are text with sources: leave response_format out. The field nexus of the response "
        "has the sources as JSON.",
    ),
    (
        "text",
        lambda text: isinstance(text, Mapping) and _is_format(text.get("format")),
        "Answers are text with sources: leave text.format out.",
    ),
    (
        "tool_choice",
        _is_forced,
        "Answers come from the documents and no tool of the client is called: leave tool_choice "
        "out, or send auto.",
    ),
    ("function_call", _is_forced, "No function of the client is called: leave function_call out."),
    (
        "logprobs",
        bool,
        "An answer is checked after it is written and has no logprobs: leave it out.",
    ),
    (
        "modalities",
        lambda kinds: kinds != ["text"],
        "Answers are text: leave modalities out, or send ['text'].",
    ),
    ("audio", bool, "Answers are text: leave audio out."),
    ("background", bool, "Answers are given at once: leave background out."),
    (
        "conversation",
        bool,
        "Conversations of OpenAI's are not kept here: send previous_response_id, or the messages.",
    ),
)
