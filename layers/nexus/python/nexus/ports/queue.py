"""Work that waits, work that was given up, and a function that continues itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


class WorkQueue(Protocol):
    """The queue that the ingestion function reads."""

    def send(self, bodies: Sequence[str], delay_s: int = 0) -> None:
        """Queues any number of messages; returns when all are accepted.

        They can be received after `delay_s` seconds (0 to 900).
        """
        ...

    def delay(self, receipt: str, seconds: int) -> None:
        """Lets a received message that failed come again after so many seconds (0 to 43,200)."""
        ...

    def hold(self, receipts: Sequence[str], seconds: int) -> None:
        """Hides received messages from everybody for so many seconds from now (0 to 43,200).

        Of at most ten messages, those that are gone are passed over.
        """
        ...

    def ping(self) -> None:
        """Returns when the queue answers; raises otherwise."""
        ...


@dataclass(frozen=True, slots=True)
class Letter:
    """A message that the ingestion gave up; `receipt` holds until the letter is taken again.

    `tries` is how often it was delivered before; `sent_at` is UTC ISO 8601 with Z.
    """

    message_id: str
    body: str
    receipt: str
    tries: int
    sent_at: str


class DeadLetterQueue(Protocol):
    """The messages that the ingestion function gave up, kept until somebody takes them out."""

    def take(self, hold_s: int) -> list[Letter]:
        """Some letters, at most ten, hidden from everybody for so many seconds.

        None when no letter can be seen now. Letters that nobody removes come again.
        """
        ...

    def give_back(self, letters: Sequence[Letter]) -> None:
        """Lets everybody see these letters again, now rather than when their time is up."""
        ...

    def remove(self, letters: Sequence[Letter]) -> None:
        """Takes these letters out for good; returns when all are."""
        ...

    def count(self) -> int:
        """About how many letters there are, hidden ones included."""
        ...


class Continuation(Protocol):
    """Starts the running function again, with a payload, when this invocation has no time left."""

    def start(self, payload: str) -> None:
        """Returns when the new invocation is accepted; `payload` is JSON."""
        ...
