"""Tells what of an answer is settled while it is made, and takes back what turns out not to be."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from nexus.models import (
    AgentStep,
    Awaits,
    Begun,
    Looked,
    Passage,
    PendingAction,
    Said,
    Source,
    Stepped,
    TakenBy,
    Told,
    Withdrawn,
)


class Abandoned(Exception):
    """Nobody listens any more: the answer need not be made."""


class Telling:
    """What one turn tells its listener, in order, whichever thread tells it.

    A listener that `retracts` can take back what it was told. To one that cannot nothing is told
    that a verifier may still refuse, and where an answer turns out otherwise all the same, what
    follows the last sentence that both have.
    """

    def __init__(self, listener: Callable[[Told], None], *, retracts: bool = True) -> None:
        self._listener = listener
        self.retracts = retracts
        self._lock = threading.RLock()  # a listener may close it
        self._closed = False
        self._said: list[str] = []
        self._cited: set[int] = set()

    @property
    def text(self) -> str:
        """What has been said and not withdrawn."""
        return "".join(self._said)

    def begin(self, conversation_id: str, message_id: str) -> None:
        """Tells the ids that the answer will have."""
        self._tell(Begun(conversation_id, message_id))

    def passages(self, passages: Sequence[Passage]) -> None:
        """Tells what the answer will be written from."""
        self._tell(Looked(tuple(passages)))

    def taken_by(self, agent: str, title: str) -> None:
        """Tells which agent has the conversation."""
        self._tell(TakenBy(agent, title))

    def stepped(self, step: AgentStep, *, ended: bool) -> None:
        """Tells that a step of an agent has begun, or ended."""
        self._tell(Stepped(step, ended))

    def awaits(self, action: PendingAction) -> None:
        """Tells of an action that waits to be confirmed."""
        self._tell(Awaits(action))

    def show(self, text: str, sources: Sequence[Source]) -> None:
        """Tells what is new in an answer of which so much is settled; nothing if it is another.

        Raises Abandoned once the telling is over.
        """
        with self._lock:
            self._check()
            said = self.text
            if len(text) > len(said) and text.startswith(said):
                self._say(text[len(said) :], sources)

    def finish(self, text: str, sources: Sequence[Source]) -> None:
        """Tells the rest of the whole answer, and withdraws what is not in it."""
        with self._lock:
            self._check()
            kept, at = 0, 0
            for part in self._said:
                if not text.startswith(part, at):
                    break
                kept, at = kept + 1, at + len(part)
            if kept < len(self._said) and self.retracts:
                del self._said[kept:]
                self._cited = {source.number for source in sources if self._is_cited(source)}
                self._listener(Withdrawn(kept))
            if rest := text[at:]:
                self._say(rest, sources)

    def check(self) -> None:
        """Raises Abandoned once the telling is over."""
        with self._lock:
            self._check()

    def close(self) -> None:
        """Ends the telling: nobody listens any more."""
        with self._lock:
            self._closed = True

    def _is_cited(self, source: Source) -> bool:
        return f"[{source.number}]" in self.text

    def _say(self, text: str, sources: Sequence[Source]) -> None:
        new = tuple(
            source
            for source in sources
            if source.number not in self._cited and f"[{source.number}]" in text
        )
        self._cited.update(source.number for source in new)
        self._said.append(text)
        self._listener(Said(len(self._said) - 1, text, new))

    def _tell(self, told: Told) -> None:
        with self._lock:
            self._check()
            self._listener(told)

    def _check(self) -> None:
        if self._closed:
            raise Abandoned
