"""The models that embed, answer and rank."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from nexus.models import Usage


@dataclass(frozen=True, slots=True)
class Embeddings:
    """Vectors in the order of the texts, of unit length, and the tokens that were billed."""

    vectors: tuple[tuple[float, ...], ...]
    tokens: int


class Embedder(Protocol):
    """Turns texts into vectors of unit length."""

    def embed(self, texts: Sequence[str]) -> Embeddings:
        """Embeds any number of texts, in as many calls as the endpoint's limits ask for."""
        ...

    def ping(self) -> None:
        """Returns when the endpoint answers; raises otherwise."""
        ...


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a prompt; `role` is system, user or assistant."""

    role: str
    content: str


# Why a text ended: the model was done, its limit was reached, a filter held the rest back.
Finish = Literal["stop", "length", "filter", "unknown"]


@dataclass(frozen=True, slots=True)
class Completion:
    """What a model wrote, the tokens that were billed, and why the text ended."""

    text: str
    usage: Usage
    finish: Finish = "stop"


class ChatModel(Protocol):
    """A language model that continues a conversation."""

    def complete(self, messages: Sequence[Message], max_tokens: int) -> Completion:
        """Writes the next message, at most `max_tokens` long.

        Raises InvalidRequest naming `message` if the model may not answer this.
        """
        ...

    def ping(self) -> None:
        """Returns when the endpoint answers and knows the model; raises otherwise."""
        ...


class StreamingChat(ChatModel, Protocol):
    """A language model that can be heard while it writes."""

    def stream(
        self, messages: Sequence[Message], max_tokens: int, heard: Callable[[str], None]
    ) -> Completion:
        """As `complete`; each piece of the text goes to `heard` as soon as it is there.

        The completion is what counts: it may be another text than what was heard, where the
        endpoint had to be asked again. What `heard` raises ends the writing, and is raised.
        """
        ...


class Reranker(Protocol):
    """Orders texts by how well they answer a question."""

    def rerank(self, question: str, texts: Sequence[str]) -> list[float]:
        """One relevance from 0 to 1 for each text, in the order of the texts."""
        ...
