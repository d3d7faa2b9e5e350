"""Sums a day of the log: its counts, and its questions, those of the same words as one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from nexus.insights.clusters import Asked
from nexus.insights.tally import Tally
from nexus.models import LoggedQuestion
from nexus.ports import QuestionLog

# Questions of different words that are kept in memory, of a day.
MOST_ASKED = 20_000


@dataclass(slots=True)
class Summed:
    """What a day came to; `whole` is False where it broke off before the day's end."""

    tally: Tally = field(default_factory=Tally)
    asked: dict[str, Asked] = field(default_factory=dict)
    read: int = 0
    whole: bool = True


def summed(
    log: QuestionLog,
    tenant: str,
    day: str,
    goes_on: Callable[[int], bool] = lambda _read: True,
) -> Summed:
    """Reads a day's questions and ratings, as long as `goes_on` says after so many."""
    made = Summed()
    disliked = set()
    for feedback in log.ratings(tenant, day, day):
        made.tally.rate(feedback)
        if feedback.rating == "down":
            disliked.add(feedback.message_id)
    for question in log.questions(tenant, day):
        if not goes_on(made.read):
            made.whole = False
            break
        made.read += 1
        made.tally.add(question)
        _ask(made, question, question.message_id in disliked)
    return made


def _ask(made: Summed, question: LoggedQuestion, disliked: bool) -> None:
    if not question.asked:  # it failed, or its conversation was deleted
        return
    known = made.asked.get(question.asked)
    if known is None:
        if len(made.asked) >= MOST_ASKED:
            return
        known = made.asked[question.asked] = Asked(question.vector, {question.asked})
    known.vector = known.vector or question.vector
    known.count += 1
    known.refused += question.refused
    known.disliked += disliked and not question.refused
    known.documents.update(question.document_ids)
    example = (question.created_at, question.message_id)
    # What was asked in the course of a talk says little alone: it is shown if nothing else is.
    if not known.examples or not question.rewritten:
        known.examples = [example]
    if question.refused or disliked:
        known.misses = [example]
