"""Index generations: which exist, which one answers, and what each is worked with.

A generation is one embedding model and one way of chunking, with namespaces and a catalogue of its
own. Every generation that exists receives every change of the documents, so that the pointer to the
live one can be moved, and moved back, at any time without a wrong answer.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import replace
from functools import partial
from typing import Generic, TypeVar

from nexus.deadline import awaited
from nexus.errors import InvalidRequest, Superseded, UpstreamError
from nexus.models import Generation, Generations
from nexus.observability import logger
from nexus.ports import GenerationStore

T = TypeVar("T")
U = TypeVar("U")


class PerGeneration(Generic[T]):
    """What a function works with in each generation, made when it is first needed."""

    def __init__(
        self, store: GenerationStore, configured: Generation, make: Callable[[Generation], T]
    ) -> None:
        self._store = store
        self._configured = configured
        self._make = make
        self._made: dict[Generation, T] = {}
        self._last: Generation | None = None
        self._seen = configured
        self._lock = threading.Lock()

    def generations(self) -> Generations:
        """The generations that exist now; the first time, the configured one becomes live."""
        found = existing(self._store, self._configured)
        self._seen = found.answering
        return found

    def likely(self) -> Generation:
        """The generation that answered when this was last read; the configured one before."""
        return self._seen

    def of(self, generation: Generation) -> T:
        """What works in a generation."""
        with self._lock:
            if generation not in self._made:
                self._made[generation] = self._make(generation)
            return self._made[generation]

    def live(self) -> T:
        """What works in the generation that is live now."""
        self._last = self.generations().answering
        return self.of(self._last)

    def all(self) -> list[T]:
        """What works in each generation that exists, the live one first."""
        now = self.generations()
        ordered = sorted(now.known, key=lambda one: one.generation_id != now.live)
        return [self.of(one) for one in ordered]

    def with_live(
        self,
        work: Callable[[T], U],
        executor: Executor,
        begin: Callable[[T], Callable[[], Generations | None]] | None = None,
    ) -> U:
        """What `work` returns in the generation that was live when this was called, or later.

        The pointer is read while the work is already going on in the generation that was live last;
        if another is live now, what came of that is thrown away and the work done again. So `work`
        may be called twice, and must leave nothing behind. If the pointer cannot be read in time,
        it is taken to be where it was: what was live last is kept for some time.

        `begin`, given what works where the pointer was, begins to read it along with something else
        and returns what waits for it.
        """
        if self._last is None:
            self._last = self.generations().answering
            return work(self.of(self._last))
        guess = self._last
        if begin is None:
            reading = executor.submit(self.generations)
            wait: Callable[[], Generations | None] = partial(awaited, reading, "catalogue")
        else:
            wait = begin(self.of(guess))
        try:
            result = work(self.of(guess))
        except Exception:
            now = self._answering(wait, guess)
            if now == guess:
                raise
        else:
            now = self._answering(wait, guess)
            if now == guess:
                return result
        self._last = now
        return work(self.of(now))

    def _answering(self, wait: Callable[[], Generations | None], guess: Generation) -> Generation:
        try:
            return (wait() or self.generations()).answering
        except UpstreamError as error:
            logger.warning("generation_unread", extra={"error": type(error).__name__})
            return guess


class SingleGeneration:
    """A GenerationStore of one generation that stays as it is."""

    def __init__(self, generation: Generation) -> None:
        self._only = Generations(generation.generation_id, (generation,), edition=1)

    def read(self) -> Generations | None:
        return self._only

    def write(self, generations: Generations) -> Generations:
        """Raises Superseded, always."""
        del generations
        raise Superseded("These generations do not change.")


def existing(store: GenerationStore, configured: Generation) -> Generations:
    """The stored generations; where there are none yet, the configured one becomes live."""
    found = store.read()
    if found is not None:
        return found
    try:
        return store.write(Generations(configured.generation_id, (configured,)))
    except Superseded:  # somebody else was first
        return existing(store, configured)


def begun(now: Generations, new: Generation) -> Generations:
    """With another generation that is being built, or with a kept one that is to be live again.

    Raises InvalidRequest if it is live, or another one is being built.
    """
    if now.building == new.generation_id:
        return now
    if now.building:
        raise InvalidRequest(
            f"Generation {now.building} is being built: finish it with --run or drop it first.",
            "generation",
        )
    if new.generation_id == now.live:
        raise InvalidRequest(f"Generation {new.generation_id} is live already.", "generation")
    if now.get(new.generation_id):
        return replace(now, building=new.generation_id)
    return replace(now, known=(*now.known, new), building=new.generation_id)


def flipped(now: Generations) -> Generations:
    """With the one that was being built live. Raises InvalidRequest if none is being built."""
    if not now.building:
        raise InvalidRequest("No generation is being built: there is nothing to flip to.", "")
    return replace(now, live=now.building, previous=now.live, building="")


def rolled_back(now: Generations) -> Generations:
    """With the one before live again. Raises InvalidRequest if there is none."""
    if not now.previous:
        raise InvalidRequest("There is no generation before the live one to roll back to.", "")
    return replace(now, live=now.previous, previous=now.live)


def dropped(now: Generations, generation_id: str) -> Generations:
    """Without a generation. Raises InvalidRequest if it is live or does not exist."""
    if generation_id == now.live:
        raise InvalidRequest("The live generation cannot be dropped.", "generation")
    if now.get(generation_id) is None:
        raise InvalidRequest(f"There is no generation {generation_id}.", "generation")
    return replace(
        now,
        known=tuple(one for one in now.known if one.generation_id != generation_id),
        previous="" if now.previous == generation_id else now.previous,
        building="" if now.building == generation_id else now.building,
    )
