"""Keeps what a caller thinks of an answer that it got, with what that was made from."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from nexus.errors import NotFound, UpstreamError
from nexus.metrics import record
from nexus.models import Feedback, Principal, RatedSource, Rating, Reason, Source, Turn
from nexus.ports import ConversationStore, QuestionLog

# Turns of a conversation among which the rated one is looked for, from the last.
MOST_TURNS = 1_000


# Gives the turns as a principal may see them now.
See = Callable[[Principal, Sequence[Turn]], Sequence[Turn]]


class Ratings:
    """Takes ratings; with `keeps_text` they keep the words, too, of what `see` shows."""

    def __init__(
        self,
        conversations: ConversationStore,
        log: QuestionLog,
        see: See,
        *,
        keeps_text: bool,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._conversations = conversations
        self._log = log
        self._see = see
        self._keeps_text = keeps_text
        self._now = now

    def rate(
        self,
        principal: Principal,
        conversation_id: str,
        message_id: str,
        rating: Rating,
        reasons: Sequence[Reason],
        comment: str,
    ) -> Feedback:
        """Keeps the rating of one of the principal's own turns, in place of an earlier one.

        Of an answer that the principal may not see any more no words are kept. Raises NotFound
        where the conversation has no such turn, is another's, or has expired.
        """
        # Before the turn is read: what was erased by then is compared with this later on.
        moment = datetime.fromtimestamp(self._now(), UTC).isoformat(timespec="milliseconds")
        turn = self._turn(principal, conversation_id, message_id)
        logged = self._log.question(principal.tenant, turn.created_at, message_id)
        gone = set(turn.deleted_document_ids)
        withheld = turn.deleted_document_ids or turn.hidden_document_ids
        keeps = self._keeps_text
        feedback = Feedback(
            message_id=message_id,
            conversation_id=conversation_id,
            created_at=turn.created_at,
            rated_at=moment.replace("+00:00", "Z"),
            client=principal.client,
            rating=rating,
            reasons=tuple(dict.fromkeys(reasons)),
            comment=comment if keeps and not withheld else "",
            question=turn.question if keeps else "",
            answer=turn.answer if keeps else "",
            refused=turn.refused,
            level=logged.level if logged else None,
            score=logged.score if logged else None,
            document_ids=tuple(one for one in turn.document_ids if one not in gone),
            sources=tuple(map(_cited, turn.sources)) if keeps else (),
            models=tuple(one.model for one in logged.spent) if logged else (),
            settings=logged.settings if logged else "",
        )
        self._log.rate(principal.tenant, feedback)
        record("satisfaction", rating == "up")
        return feedback

    def given(self, principal: Principal, turns: Sequence[Turn]) -> dict[str, Rating]:
        """What was thought of the principal's own turns, by message id.

        Nothing, where that cannot be read now: a conversation is shown all the same.
        """
        try:
            places = [(turn.created_at, turn.message_id) for turn in turns]
            return self._log.rated(principal.tenant, places)
        except UpstreamError:
            return {}

    def _turn(self, principal: Principal, conversation_id: str, message_id: str) -> Turn:
        turns = self._conversations.history(
            principal.tenant, principal.client, conversation_id, MOST_TURNS
        )
        for turn in turns:
            if turn.message_id == message_id:
                return self._see(principal, [turn])[0] if turn.document_ids else turn
        raise NotFound("There is no such answer of yours: its conversation may have expired.")


def _cited(source: Source) -> RatedSource:
    passage = source.passage
    return RatedSource(source.number, passage.document_id, passage.locator.describe(), source.quote)
