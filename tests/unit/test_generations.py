"""The pointer moves between generations that all follow the documents; no answer mixes two."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from nexus.errors import InvalidRequest, UpstreamUnavailable
from nexus.generations.lifecycle import (
    PerGeneration,
    begun,
    dropped,
    existing,
    flipped,
    rolled_back,
)
from nexus.models import Generation, Generations
from nexus.settings import Settings
from tests.fakes import FakeGenerations

ONE = Settings().generation
TWO = replace(ONE, generation_id="22222222", chunk_chars=500)
FIRST = Generations(ONE.generation_id, (ONE,), edition=1)


def test_the_configured_generation_is_live_first_and_stays_so_when_the_settings_change():
    store = FakeGenerations()
    assert existing(store, ONE) == FIRST
    assert existing(store, TWO) == FIRST


def test_a_generation_is_built_goes_live_and_back_and_is_dropped():
    now = begun(FIRST, TWO)
    assert (now.live, now.building, now.known) == (ONE.generation_id, "22222222", (ONE, TWO))
    assert begun(now, TWO) == now
    now = flipped(now)
    assert (now.live, now.previous, now.building) == ("22222222", ONE.generation_id, "")
    back = rolled_back(now)
    assert (back.live, back.previous) == (ONE.generation_id, "22222222")
    assert begun(back, TWO).building == "22222222"  # a kept one can be live again
    rest = dropped(now, ONE.generation_id)
    assert (rest.known, rest.previous) == ((TWO,), "")


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: begun(FIRST, ONE),
        lambda: begun(begun(FIRST, TWO), replace(TWO, generation_id="3")),
        lambda: flipped(FIRST),
        lambda: rolled_back(FIRST),
        lambda: dropped(FIRST, ONE.generation_id),
        lambda: dropped(FIRST, "unknown"),
    ],
)
def test_what_makes_no_sense_is_refused(wrong):
    with pytest.raises(InvalidRequest):
        wrong()


class Desk:
    """Works in generations, and can be interrupted by a change of the pointer."""

    def __init__(self) -> None:
        self.store = FakeGenerations(begun(FIRST, TWO))
        self.desks = PerGeneration[Generation](self.store, ONE, lambda generation: generation)
        self.executor = ThreadPoolExecutor(1)
        self.seen: list[str] = []

    def flip(self) -> None:
        assert self.store.stored is not None
        self.store.stored = flipped(self.store.stored)

    def read(self, meanwhile=lambda: None) -> str:
        def work(generation: Generation) -> str:
            self.seen.append(generation.generation_id)
            meanwhile()
            return generation.generation_id

        return self.desks.with_live(work, self.executor)


def test_work_is_done_in_the_live_generation_only_once_as_long_as_it_is_live():
    desk = Desk()
    assert [desk.read(), desk.read()] == [ONE.generation_id] * 2
    assert desk.seen == [ONE.generation_id] * 2


def test_work_in_a_generation_that_is_live_no_more_is_done_again():
    desk = Desk()
    desk.read()
    desk.flip()
    assert desk.read() == "22222222"
    assert desk.seen == [ONE.generation_id] * 2 + ["22222222"]
    assert desk.read() == "22222222"
    assert len(desk.seen) == 4


def test_a_failure_counts_only_in_the_live_generation():
    desk = Desk()
    desk.read()
    desk.flip()

    def fails_in_the_old_one() -> None:
        if desk.seen[-1] == ONE.generation_id:
            raise UpstreamUnavailable("index", "The namespace is gone.")

    assert desk.read(fails_in_the_old_one) == "22222222"

    def fails() -> None:
        raise UpstreamUnavailable("index", "Busy.")

    with pytest.raises(UpstreamUnavailable):
        desk.read(fails)


def test_what_was_made_ahead_is_worked_with_at_once():
    desk = Desk()
    assert desk.desks.live() == ONE
    desk.flip()
    # The generation that was live is tried while the pointer is read.
    assert desk.read() == "22222222"
    assert desk.seen == [ONE.generation_id, "22222222"]
