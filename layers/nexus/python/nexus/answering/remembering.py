"""Remembers a conversation's turns, and recalls them; a store that fails spoils no answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

from nexus.answering.logging_question import failure_logged
from nexus.documents.tombstones import as_seen, tombstone
from nexus.errors import UpstreamError
from nexus.models import Answer, Confidence, LoggedQuestion, Principal, Spent, Turn
from nexus.observability import logger
from nexus.ports import Catalogue, ConversationStore, Kept, TurnWriter
from nexus.retrieval.rights import as_read


class Memory:
    """The conversations, of which the last `turns` turns are read."""

    def __init__(
        self,
        conversations: ConversationStore,
        turns: int,
        now: Callable[[], float],
        writer: TurnWriter | None = None,
    ) -> None:
        self._conversations = conversations
        self._writer = writer
        self._turns = turns
        self._now = now

    @property
    def keeps_values(self) -> bool:
        """Whether a turn is written together with values for the cache."""
        return self._writer is not None

    def history(self, principal: Principal, conversation_id: str) -> tuple[list[Turn], bool]:
        """The conversation's last turns, oldest first; and whether the store was reachable."""
        try:
            turns = self._conversations.history(
                principal.tenant, principal.client, conversation_id, self._turns
            )
            return turns, True
        except UpstreamError as error:
            logger.warning("conversation_unreachable", extra={"error": type(error).__name__})
            return [], False

    def remember(
        self,
        principal: Principal,
        message: str,
        answer: Answer,
        *,
        begins: bool = False,
        kept: Sequence[Kept] = (),
        logged: LoggedQuestion | None = None,
    ) -> bool:
        """Appends the turn to the answer's conversation; False if the store fails.

        `begins` says that the conversation begins with it. A `TurnWriter` writes the values for the
        cache that are `kept` in the same call, and what is `logged` of the question; where it
        fails, they are not written.
        """
        turn = _turn(message, answer, self.moment())
        place = (principal.tenant, principal.client, answer.conversation_id)
        try:
            if self._writer is None:
                self._conversations.append(*place, turn)
            else:
                noted = replace(logged, created_at=turn.created_at) if logged else None
                self._writer.append(*place, turn, begins=begins, kept=kept, logged=noted)
        except UpstreamError as error:
            logger.warning("turn_not_remembered", extra={"error": type(error).__name__})
            return False
        return True

    def log(self, principal: Principal, logged: LoggedQuestion | None) -> None:
        """Logs a question whose turn its caller remembers; what cannot be logged is let go."""
        if self._writer is not None and logged is not None:
            with suppress(UpstreamError):
                noted = replace(logged, created_at=self.moment())
                self._writer.add(principal.tenant, noted)

    def log_failure(
        self,
        principal: Principal,
        message_id: str,
        took_ms: float,
        bill: Sequence[Spent],
        error: Exception,
    ) -> None:
        """Logs a question that ended with an error; what cannot be logged is let go."""
        if self._writer is None:
            return
        failed = failure_logged(message_id, self.moment(), principal.client, took_ms, bill, error)
        with suppress(UpstreamError):
            self._writer.add(principal.tenant, failed)

    def moment(self) -> str:
        """What time it is, as turns tell it."""
        moment = datetime.fromtimestamp(self._now(), UTC).isoformat(timespec="milliseconds")
        return moment.replace("+00:00", "Z")


def seen(catalogue: Catalogue, principal: Principal, turns: Sequence[Turn]) -> list[Turn]:
    """The turns without the answers that cite what the principal may not see or nobody can tell.

    What was deleted, or moved out of the key's rights, is not for its eyes.
    """
    try:
        return as_seen(catalogue, principal, turns)
    except UpstreamError:
        return [replace(turn, answer="", sources=(), claims=()) for turn in turns]


def seen_again(catalogue: Catalogue, principal: Principal, message: str, answer: Answer) -> Answer:
    """An answer of before, told again; without its text if the principal may not see that now.

    Raises UpstreamError when the catalogue fails.
    """
    turn = as_seen(catalogue, principal, [_turn(message, answer, "")])[0]
    if not turn.deleted_document_ids and not turn.hidden_document_ids:
        return answer
    low = Confidence("low", 0.0)
    # What the question became and what an agent did are made of what was read, too.
    bare = replace(answer, rewritten_question="", steps=(), confirmations=(), named_as=())
    return replace(bare, text=tombstone(turn), sources=(), claims=(), confidence=low)


def _turn(message: str, answer: Answer, created_at: str) -> Turn:
    # A tool's result is no document: nothing in the catalogue says who may see it.
    passages = (source.passage for source in answer.sources)
    cited = [passage for passage in passages if passage.kind != "tool"]
    return Turn(
        message_id=answer.message_id,
        question=message,
        answer=answer.text,
        refused=answer.refused,
        created_at=created_at,
        document_ids=tuple(
            dict.fromkeys((*(one.document_id for one in cited), *answer.named_document_ids))
        ),
        sources=tuple(
            replace(source, passage=replace(source.passage, text="", said=None))
            for source in answer.sources
        ),
        claims=answer.claims,
        confidence=answer.confidence,
        agent=answer.agent,
        read_at=answer.read_at,
        read_as=tuple(dict.fromkeys((*as_read(cited), *answer.named_as))),
    )
