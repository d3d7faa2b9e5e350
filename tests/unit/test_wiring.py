"""What is made from secrets is made when they are there, and made anew in time."""

from __future__ import annotations

import pytest

from nexus.errors import ConfigurationError
from nexus.wiring import RENEWED_S, deferred
from tests.fakes import FakeClock


class Thing:
    def __init__(self, number: int) -> None:
        self.number = number

    def count(self) -> int:
        return self.number


class Factory:
    """Makes things, numbered from 1, unless it is told to fail."""

    def __init__(self) -> None:
        self.made = 0
        self.failing = False

    def __call__(self) -> Thing:
        if self.failing:
            raise ConfigurationError("The secret is not set.")
        self.made += 1
        return Thing(self.made)


def test_a_thing_that_cannot_be_made_yet_is_made_when_it_can() -> None:
    factory = Factory()
    factory.failing = True
    thing = deferred(factory, FakeClock())
    with pytest.raises(ConfigurationError):
        thing.count()
    factory.failing = False
    assert thing.count() == thing.count() == 1


def test_a_thing_is_made_anew_when_its_secret_may_have_changed() -> None:
    factory, clock = Factory(), FakeClock()
    thing = deferred(factory, clock)
    clock.advance(RENEWED_S - 1)
    assert thing.count() == 1
    clock.advance(2)
    assert thing.count() == 2
