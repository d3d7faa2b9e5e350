"""What a turn asks for before it knows whether it needs it, all at once, and keeps until its end.

It travels in a context variable, as the deadline does: what embeds a question then finds what was
looked up for it, and leaves its own value to be written with the turn. Without `Standings` no
turn is opened, and each part asks for itself, one after another.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import CancelledError, Executor, Future
from contextlib import contextmanager
from contextvars import ContextVar

from nexus.deadline import awaited, current
from nexus.errors import ConfigurationError, UpstreamError
from nexus.models import Generation, Generations
from nexus.observability import logger
from nexus.ports import Kept, Standing, Standings

# Without it there is only no cached answer: it is not waited for as for what an answer needs.
VERSION_S = 1.5


class Opening:
    """The first reads of one turn, and the values for the cache that its last write takes along."""

    def __init__(self, standings: Standings, executor: Executor, tenant: str) -> None:
        self._standings = standings
        self._executor = executor
        self._tenant = tenant
        self._read: dict[Generation, Future[Standing]] = {}
        self._keys: frozenset[str] = frozenset()
        self._looked: Future[Mapping[str, bytes]] | None = None
        self._kept: dict[str, Kept] = {}

    def begin(self, generation: Generation) -> Callable[[], Generations | None]:
        """Begins to read where everything stands; gives what waits for the generations."""
        reading = self._executor.submit(self._standings.standing, generation, self._tenant)
        self._read[generation] = reading
        return lambda: awaited(reading, "catalogue").generations

    def knows(self, generation: Generation) -> bool:
        """Whether the version in this generation is being read."""
        return generation in self._read

    def version(self, generation: Generation) -> int | None:
        """The tenant's version in a generation; None if it is not there in 1.5 s, or fails."""
        # Not given up, as `awaited` does: the generations are still waited for.
        try:
            left = current().limit(VERSION_S, "catalogue")
            return self._read[generation].result(left).version
        except (UpstreamError, ConfigurationError, TimeoutError) as error:
            logger.warning("step_failed", extra={"step": "version", "error": type(error).__name__})
            return None

    def version_by_now(self, generation: Generation) -> int | None:
        """The tenant's version in a generation, if it has been read by now."""
        reading = self._read.get(generation)
        if reading is None or not reading.done():
            return None
        try:
            return reading.result().version
        except (UpstreamError, ConfigurationError, CancelledError):
            return None

    def look_up(
        self, look: Callable[[Collection[str]], Mapping[str, bytes]], keys: Collection[str]
    ) -> None:
        """Begins to look values up, which `value` then waits for."""
        self._keys = frozenset(keys)
        self._looked = self._executor.submit(look, sorted(self._keys))

    @property
    def looks_up(self) -> bool:
        """Whether values are looked up for this turn: not before it is known what is live."""
        return bool(self._keys)

    def has(self, key: str) -> bool:
        """Whether a key's value is being looked up."""
        return key in self._keys

    def keep(self, value: Kept) -> None:
        """Leaves a value to the turn's last write; the same key's is replaced."""
        self._kept[value.key] = value

    @property
    def kept(self) -> list[Kept]:
        """The values that were left so far, each of another key."""
        # Work for two generations embeds a question twice, and one write takes a key once.
        return list(self._kept.values())

    def value(self, key: str) -> bytes | None:
        """The value of a key, if it was there. Raises what looking up raised."""
        return awaited(self._looked, "cache").get(key) if self._looked else None

    def known(self, key: str) -> bytes | None:
        """The value of a key, if it has been looked up by now, and was there."""
        looked = self._looked
        if looked is None or not looked.done() or looked.cancelled() or looked.exception():
            return None
        return looked.result().get(key)


_CURRENT: ContextVar[Opening | None] = ContextVar("opening", default=None)


def opened() -> Opening | None:
    """The opening of the turn that this is done for, if it has one."""
    return _CURRENT.get()


def version_by_now(generation: Generation) -> int | None:
    """The version of the documents that this turn has read first; None if it has read none."""
    turn = opened()
    return turn.version_by_now(generation) if turn else None


@contextmanager
def opening(made: Opening | None) -> Iterator[Opening | None]:
    """Does the block's work with what this turn asks for at once."""
    token = _CURRENT.set(made)
    try:
        yield made
    finally:
        _CURRENT.reset(token)
