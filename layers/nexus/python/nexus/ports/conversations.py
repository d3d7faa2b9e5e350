"""What was said, and which turns cited a document."""

from __future__ import annotations

from typing import Protocol

from nexus.models import Conversation, Turn


class ConversationStore(Protocol):
    """Conversations, each of one tenant and client, that expire on their own."""

    def history(self, tenant: str, client: str, conversation_id: str, turns: int) -> list[Turn]:
        """The last `turns` turns, oldest first; empty if the conversation is not this client's."""
        ...

    def append(self, tenant: str, client: str, conversation_id: str, turn: Turn) -> None:
        """Adds a turn and puts off the conversation's expiry."""
        ...

    def delete(self, tenant: str, client: str, conversation_id: str) -> bool:
        """Removes every turn; False if there was none."""
        ...

    def ping(self) -> None:
        """Returns when the store answers; raises otherwise."""
        ...


class ListedConversations(ConversationStore, Protocol):
    """The same, as their client finds them again."""

    def page(
        self, tenant: str, client: str, limit: int, after: str
    ) -> tuple[list[Conversation], str | None]:
        """At most `limit` of the client's conversations, that with the latest turn first.

        They stand behind the place `after`, "" for the first page; with them comes the place behind
        which the next ones stand, None after the last. A short page need not be the last.
        """
        ...

    def find(self, tenant: str, client: str, conversation_id: str) -> Conversation | None:
        """What a list would show of the conversation; None if it is not this client's."""
        ...

    def rename(self, tenant: str, client: str, conversation_id: str, title: str) -> bool:
        """Gives the conversation a title; False if it is not this client's."""
        ...


class CitedTurns(Protocol):
    """The turns of all conversations, by the documents that their answers cite."""

    def redact(self, tenant: str, document_id: str) -> int:
        """Takes the answers out of the turns that cite the document; how many it changed.

        Each keeps its question, and the document's id in `deleted_document_ids`. Broken off, the
        same call later finishes.
        """
        ...

    def count_citing(self, tenant: str, document_id: str) -> int:
        """How many turns still hold an answer that cites the document, read consistently.

        Expired turns count until they are really gone.
        """
        ...
