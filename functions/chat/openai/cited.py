"""How an answer's sources stand in OpenAI's bodies: annotations, footnotes and a field of ours."""

from __future__ import annotations

import re
from typing import Any

from pydantic import BaseModel, Field

from functions.chat.agent_schemas import ActionBody, StepBody
from functions.chat.schemas import ConfidenceBody
from nexus.documents.links import link_of
from nexus.http.source_bodies import SourceBody
from nexus.models import Answer, Source

_MARKER = re.compile(r"\[(\d{1,3})\]")


class NexusBody(BaseModel):
    """What Nexus tells of an answer beyond OpenAI's fields."""

    sources: list[SourceBody]
    confidence: ConfidenceBody
    refused: bool = Field(description="True when the documents do not hold the answer.")
    conversation_id: str
    message_id: str
    remembered: bool
    rewritten_question: str | None
    dollars: float = Field(description="What the answer cost, in US dollars.")
    agent: str | None = None
    steps: list[StepBody] = []
    confirmations: list[ActionBody] = []

    @classmethod
    def of(cls, answer: Answer) -> NexusBody:
        """From the core's answer."""
        return cls(
            sources=list(map(SourceBody.of, answer.sources)),
            confidence=ConfidenceBody.of(answer.confidence),
            refused=answer.refused,
            conversation_id=answer.conversation_id,
            message_id=answer.message_id,
            remembered=answer.remembered,
            rewritten_question=answer.rewritten_question or None,
            dollars=round(answer.usage.dollars, 9),
            agent=answer.agent or None,
            steps=[StepBody.of(step) for step in answer.steps],
            confirmations=[ActionBody.of(action) for action in answer.confirmations],
        )


def footnotes(answer: Answer) -> str:
    """The sources as lines to put below the answer; "" where there are none."""
    lines = [f"[{source.number}] {_named(source)}" for source in answer.sources]
    return "\n\n---\n" + "\n".join(lines) if lines else ""


def citations(text: str, answer: Answer) -> list[tuple[int, int, Source]]:
    """Where in the text each marker stands, from and to in characters, and what it cites."""
    by_number = {source.number: source for source in answer.sources}
    return [
        (marker.start(), marker.end(), by_number[int(marker[1])])
        for marker in _MARKER.finditer(text)
        if int(marker[1]) in by_number
    ]


def url_citation(start: int, end: int, source: Source) -> dict[str, Any]:
    """A citation as an annotation of both of OpenAI's APIs has it."""
    link = link_of(source.passage)  # a path of this API, unless the document has an address
    return {
        "start_index": start,
        "end_index": end,
        "url": link if link and not link.startswith("/") else source.passage.uri,
        "title": _named(source),
    }


def _named(source: Source) -> str:
    place = source.passage.locator.describe()
    return f"{source.passage.title}, {place}" if place else source.passage.title
