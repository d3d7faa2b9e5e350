"""Runs workers one at a time and decides at each of their calls who goes on, and who dies."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from greenlet import getcurrent, greenlet

from nexus.errors import UpstreamUnavailable


class Killed(BaseException):
    """The worker's process ended here."""


class Actor(greenlet):
    """A worker that runs until its next call of a port, whenever it is its turn."""

    def __init__(self, work: Callable[[], None]) -> None:
        super().__init__(self._run_to_the_end)
        self._work = work
        self._doomed = False
        self._failing = False
        self.pace = 1.0
        self.died_of: BaseException | None = None

    def step(self) -> None:
        """Lets it run until it calls a port, or ends."""
        self.switch()

    def kill(self) -> None:
        """Ends it at the call where it stands."""
        self._doomed = True
        self.switch()

    def fail(self) -> None:
        """Lets the call where it stands fail: before it was made, or on its way back."""
        self._failing = True
        self.switch()

    def pause(self) -> None:
        """Called by the actor itself: waits for its next turn.

        Raises Killed where it dies there, UpstreamUnavailable where the call fails.
        """
        if not self._doomed and self.parent is not None:
            self.parent.switch()
        if self._doomed:
            raise Killed
        if self._failing:
            self._failing = False
            raise UpstreamUnavailable("anything", "The call failed.")

    def _run_to_the_end(self) -> None:
        try:
            self._work()
        except BaseException as error:  # noqa: BLE001 - looked at by whoever started it
            self.died_of = error


class Stepped:
    """A port whose every call is a place where another actor may go on, or this one dies.

    There is one before a call and one after it: what a dead worker has done stays done.
    """

    def __init__(self, port: Any) -> None:
        self._port = port

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._port, name)
        if not callable(call):
            return call

        def stepped(*args: Any, **named: Any) -> Any:
            actor = getcurrent()
            if not isinstance(actor, Actor):
                return call(*args, **named)
            actor.pause()
            result = call(*args, **named)
            actor.pause()
            return result

        return stepped


def interleave(
    random: Random,
    *,
    kill: float,
    fail: float = 0.0,
    between: Callable[[], None],
    another: Callable[[], Actor | None],
    workers: int = 3,
) -> None:
    """Steps up to so many actors in random order until all have ended and there is no other.

    Their paces differ by factors of up to 10,000 and change, so that one may stand still at a call
    while others do all their work. Raises what an actor died of, unless it was killed.
    """
    actors: list[Actor] = []
    while True:
        while len(actors) < workers and (new := another()) is not None:
            new.pace = 10 ** random.uniform(-2, 2)
            actors.append(new)
        if not actors:
            return
        (actor,) = random.choices(actors, [one.pace for one in actors])
        if random.random() < 0.1:
            actor.pace = 10 ** random.uniform(-2, 2)
        if random.random() < kill:
            actor.kill()
        elif random.random() < fail:
            actor.fail()
        else:
            actor.step()
        if actor.dead:
            actors.remove(actor)
            if actor.died_of is not None and not isinstance(actor.died_of, Killed):
                raise actor.died_of
        between()
