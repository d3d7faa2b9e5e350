"""Ends a turn: what came of it is remembered, and kept in the cache, by one write if it can be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nexus.answering.question import Question
from nexus.answering.recalling import Keeping, RecalledAnswers
from nexus.answering.remembering import Memory
from nexus.models import Answer, LoggedQuestion, Principal
from nexus.ports import Kept


@dataclass(frozen=True, slots=True)
class Made:
    """An answer, whether its conversation was reachable, and what of it goes into the cache.

    `vector` is the embedding of what was asked; () where there is none at hand.
    """

    answer: Answer
    reachable: bool = True
    keeping: Keeping | None = None
    vector: Sequence[float] = ()


def end(
    memory: Memory,
    recalled: RecalledAnswers,
    principal: Principal,
    question: Question,
    made: Made,
    answer: Answer,
    values: Sequence[Kept],
    logged: LoggedQuestion | None = None,
) -> bool:
    """Whether the turn was remembered, with the answer as it is told.

    `values` go into the cache with it, and `logged` into the log. Where the store of conversations
    was not reachable, or the cache is left alone as it failed, each value is written for itself.
    """
    if question.before is not None or question.forgets:  # whoever asks remembers it
        recalled.keep(values, made.keeping)
        memory.log(principal, logged)
        return False
    together = memory.keeps_values and made.reachable and not recalled.rests
    if not together:
        recalled.keep(values, made.keeping)
    kept = [*values, made.keeping.kept] if made.keeping else list(values)
    remembered = made.reachable and memory.remember(
        principal,
        question.message,
        answer,
        begins=question.conversation_id is None,
        kept=kept if together else (),
        logged=logged,
    )
    if together and made.keeping:
        # Though the write has failed, or is late, some of it may have been done.
        recalled.confirm(made.keeping)
    return remembered
