"""Lets models be asked only when the request's charge is reserved, and a cheaper one near a cap."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from nexus.budgets.charging import charged
from nexus.ports import ChatModel, Completion, Embedder, Embeddings, Message, StreamingChat

if TYPE_CHECKING:
    from nexus.ports.tool_chats import ToolChat, ToolForm, ToolItem, ToolReply


class AdmittedChat:
    """A language model; `cheaper` answers instead of it where the charge says so."""

    def __init__(self, chat: StreamingChat, cheaper: StreamingChat | None = None) -> None:
        self._chat = chat
        self._cheaper = cheaper

    def complete(self, messages: Sequence[Message], max_tokens: int) -> Completion:
        """The model's completion. Raises BudgetExceeded."""
        return self._admitted().complete(messages, max_tokens)

    def stream(
        self, messages: Sequence[Message], max_tokens: int, heard: Callable[[str], None]
    ) -> Completion:
        """The model's completion, heard while it is written. Raises BudgetExceeded."""
        return self._admitted().stream(messages, max_tokens, heard)

    def ping(self) -> None:
        """Returns when the endpoint answers; raises otherwise."""
        self._chat.ping()

    def _admitted(self) -> StreamingChat:
        charge = charged()
        if charge is None:
            return self._chat
        charge.admitted()
        return self._cheaper if self._cheaper is not None and charge.saves else self._chat


class AdmittedModel:
    """A language model that helps another one: that verifies, or rewrites."""

    def __init__(self, chat: ChatModel) -> None:
        self._chat = chat

    def complete(self, messages: Sequence[Message], max_tokens: int) -> Completion:
        """The model's completion. Raises BudgetExceeded."""
        charge = charged()
        if charge is not None:
            charge.admitted()
        return self._chat.complete(messages, max_tokens)

    def ping(self) -> None:
        """Returns when the endpoint answers; raises otherwise."""
        self._chat.ping()


class AdmittedToolChat:
    """A language model that calls tools."""

    def __init__(self, chat: ToolChat) -> None:
        self._chat = chat

    def converse(
        self, items: Sequence[ToolItem], tools: Sequence[ToolForm], max_tokens: int
    ) -> ToolReply:
        """The model's reply. Raises BudgetExceeded."""
        charge = charged()
        if charge is not None:
            charge.admitted()
        return self._chat.converse(items, tools, max_tokens)


class AdmittedEmbedder:
    """An embedding model."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def embed(self, texts: Sequence[str]) -> Embeddings:
        """The model's embeddings. Raises BudgetExceeded; far from every cap it does not wait."""
        charge = charged()
        if charge is not None:
            charge.admitted(light=True)
        return self._embedder.embed(texts)

    def ping(self) -> None:
        """Returns when the endpoint answers; raises otherwise."""
        self._embedder.ping()
