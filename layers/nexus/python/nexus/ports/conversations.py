"""What was said, and which turns cited a document."""

from __future__ import annotations

from typing import Protocol

from nexus.models import Turn


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
