"""Reads the dead-letter queue without emptying it, and sends its letters to ingestion again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from nexus.errors import NotFound
from nexus.operations.dead_letter_reasons import DeadLetter, Explainer
from nexus.ports import DeadLetterQueue, Letter, WorkQueue

# How long a letter is hidden while it is looked at: enough for thousands, little if we are killed.
HOLD_S = 60


@dataclass(frozen=True, slots=True)
class Listing:
    """The oldest letters first; `more` says that there are others than these."""

    letters: tuple[DeadLetter, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class Redriven:
    """What was sent again; `unknown` are the ids asked for that no letter has."""

    letters: tuple[DeadLetter, ...]
    unknown: tuple[str, ...]


class DeadLetters:
    """What an operator does with the messages that the ingestion gave up."""

    def __init__(self, letters: DeadLetterQueue, queue: WorkQueue, explainer: Explainer) -> None:
        self._letters = letters
        self._queue = queue
        self._explainer = explainer

    def count(self) -> int:
        """About how many letters there are."""
        return self._letters.count()

    def read(self, limit: int, wanted: str = "") -> Listing:
        """Up to `limit` letters, all of which stay where they are; only `wanted` if an id is given.

        Raises NotFound if there is no such letter.
        """
        held: list[Letter] = []
        found: list[Letter] = []
        try:
            for batch in self._take_all():
                held += batch
                found += [letter for letter in batch if wanted in ("", letter.message_id)]
                if len(found) > limit or (wanted and found):
                    break
        finally:
            self._letters.give_back(held)
        if wanted and not found:
            raise NotFound(f"There is no dead letter {wanted}.")
        explained = sorted(
            self._explainer.explain(found[:limit]), key=lambda letter: letter.sent_at
        )
        return Listing(tuple(explained), more=len(found) > limit)

    def redrive(
        self, chosen: Collection[str] | None, sent: Callable[[int], None] = lambda _count: None
    ) -> Redriven:
        """Sends letters to the ingest queue again and then takes them out: all, or those chosen.

        `sent` is told of every batch how many it were. A letter is never lost: cut off between the
        two it is in both queues, and ingesting twice does no harm.
        """
        left = None if chosen is None else set(chosen)
        again: list[DeadLetter] = []
        kept: list[Letter] = []
        try:
            for batch in self._take_all():
                kept += batch
                picked = [one for one in batch if left is None or one.message_id in left]
                if picked:
                    again += self._explainer.explain(picked)
                    self._queue.send([letter.body for letter in picked])
                    self._letters.remove(picked)
                    kept = [letter for letter in kept if letter not in picked]
                    sent(len(picked))
                if left is not None:
                    left -= {letter.message_id for letter in picked}
                    if not left:
                        break
        finally:
            self._letters.give_back(kept)
        return Redriven(tuple(again), tuple(sorted(left or ())))

    def _take_all(self) -> Iterator[list[Letter]]:
        """Every letter once, batch by batch; a letter that was hidden too briefly is left out."""
        seen: set[str] = set()
        while True:
            batch = [
                letter for letter in self._letters.take(HOLD_S) if letter.message_id not in seen
            ]
            if not batch:
                return
            seen |= {letter.message_id for letter in batch}
            yield batch
