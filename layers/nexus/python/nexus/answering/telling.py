"""Tells what of an answer is settled while it is made, and takes back what turns out not to be."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress

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
    """Nobody listens any more: the answer need not be made, as long as it is not paid for."""


class Telling:
    """What one turn tells its listener, in order, whichever thread tells it.

    A listener that `retracts` can take back what it was told. To one that cannot nothing is told
    that a verifier may still refuse, and where an answer turns out otherwise all the same, what
    follows the last sentence that both have.

    Where nobody listens any more, what is told raises Abandoned, so that nothing more is asked of a
    model. Once the turn has to come to its end all the same, as it is written or has done something
    (`go_on`), nothing raises: it is made, remembered and kept for whoever asks again.
    """

    def __init__(self, listener: Callable[[Told], None], *, retracts: bool = True) -> None:
        self._listener = listener
        self.retracts = retracts
        self._lock = threading.RLock()  # a listener may close it
        self._closed = False
        self._goes_on = False
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
        """Tells that a step of an agent has begun, or ended.

        One that ended is paid for: Abandoned is raised when the next one begins.
        """
        if ended:
            self._tell_if_heard(Stepped(step, ended))
        else:
            self._tell(Stepped(step, ended))

    def awaits(self, action: PendingAction) -> None:
        """Tells of an action that waits to be confirmed."""
        self._tell_if_heard(Awaits(action))

    def go_on(self) -> None:
        """Has the turn come to its end from here on, whether somebody listens or not."""
        with self._lock:
            self._goes_on = True

    def show(self, text: str, sources: Sequence[Source]) -> None:
        """Tells what is new in an answer of which so much is settled; nothing if it is another.

        Raises Abandoned as `check` does.
        """
        with self._lock:
            self._check()
            said = self.text
            if len(text) > len(said) and text.startswith(said):
                self._say(text[len(said) :], sources)

    def finish(self, text: str, sources: Sequence[Source]) -> None:
        """Tells the rest of the whole answer, and withdraws what is not in it.

        The answer is paid for, and the turn goes on where nobody listens any more.
        """
        with self._lock:
            self._goes_on = True
            kept, at = 0, 0
            for part in self._said:
                if not text.startswith(part, at):
                    break
                kept, at = kept + 1, at + len(part)
            if kept < len(self._said) and self.retracts:
                del self._said[kept:]
                self._cited = {source.number for source in sources if self._is_cited(source)}
                self._give(Withdrawn(kept))
            if rest := text[at:]:
                self._say(rest, sources)

    def check(self) -> None:
        """Raises Abandoned where nobody listens any more and the turn need not go on."""
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
        self._give(Said(len(self._said) - 1, text, new))

    def _tell(self, told: Told) -> None:
        with self._lock:
            self._check()
            self._give(told)

    def _tell_if_heard(self, told: Told) -> None:
        with self._lock, suppress(Abandoned):
            self._give(told)

    def _give(self, told: Told) -> None:
        if self._closed:
            return
        try:
            self._listener(told)
        except Abandoned:
            self._closed = True
            self._check()

    def _check(self) -> None:
        if self._closed and not self._goes_on:
            raise Abandoned
