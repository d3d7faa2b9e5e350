"""What a turn tells while it is at work, before the whole answer is there."""

from __future__ import annotations

from dataclasses import dataclass

from nexus.models.agents import AgentStep, PendingAction
from nexus.models.answers import Source
from nexus.models.index import Passage


@dataclass(frozen=True, slots=True)
class Begun:
    """The turn has begun: the ids that its answer will have."""

    conversation_id: str
    message_id: str


@dataclass(frozen=True, slots=True)
class Looked:
    """The passages that an answer will be written from, best first; () if there will be none."""

    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """More of the answer, to be put behind what was said before as it is.

    `index` counts from 0. `sources` are those that the text is the first to cite; the quotes of the
    whole answer can be longer.
    """

    index: int
    text: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What was said from this index on is not part of the answer; `Said` goes on counting there."""

    since: int


@dataclass(frozen=True, slots=True)
class TakenBy:
    """From here on this agent has the conversation."""

    agent: str
    title: str


@dataclass(frozen=True, slots=True)
class Stepped:
    """A step of an agent has begun, or has ended as it says."""

    step: AgentStep
    ended: bool


@dataclass(frozen=True, slots=True)
class Awaits:
    """An action waits to be confirmed."""

    action: PendingAction


Told = Begun | Looked | Said | Withdrawn | TakenBy | Stepped | Awaits
