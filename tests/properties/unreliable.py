"""Upstreams whose every call is late, fails or hangs as a plan says."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from nexus.deadline import current, exceeded
from nexus.errors import NexusError, UpstreamRefused, UpstreamUnavailable
from tests.simulated_time import SimulatedClock


@dataclass(frozen=True)
class Fate:
    """What becomes of one call: `kind` is "well", "passing", "lasting" or "quota".

    One that is `obedient` ends by the deadline that it is given; any other goes on.
    """

    delay_s: float = 0.01
    kind: str = "well"
    obedient: bool = True

    @property
    def failure(self) -> NexusError | None:
        if self.kind == "passing":
            return UpstreamUnavailable("upstream", "Busy; try again.", 7.0)
        if self.kind in ("lasting", "quota"):
            return UpstreamRefused("upstream", f"An operator has to act ({self.kind}).")
        return None


class Plan:
    """The fates of all calls, by the call's name and how many of that name came before."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._ill = random.Random(seed).choice([0.0, 0.1, 0.3, 0.6])
        self.fixed: dict[tuple[str, int], Fate] = {}

    def of_call(self, name: str, number: int, arguments: Sequence[Any]) -> Fate:
        """The fate of a call that has these arguments: they change none."""
        del arguments
        return self.of(name, number)

    def of(self, name: str, number: int) -> Fate:
        if (name, number) in self.fixed:
            return self.fixed[name, number]
        chance = random.Random(f"{self._seed} {name} {number}")
        obedient = chance.random() < 0.5
        if chance.random() >= self._ill:
            return Fate(chance.uniform(0.0, 1.0), "well", obedient)
        delay_s = chance.choice([chance.uniform(0, 6), chance.uniform(0, 60), math.inf])
        kind = chance.choice(["well", "well", "passing", "lasting", "quota"])
        return Fate(delay_s, kind, obedient)


class Unreliable:
    """Something each call of which has the fate that the plan says; `calls` are their names."""

    def __init__(
        self, thing: object, name: str, plan: Plan, clock: SimulatedClock, calls: Counter[str]
    ) -> None:
        self._thing, self._name = thing, name
        self._plan, self._clock, self._calls = plan, clock, calls

    def __getattr__(self, method: str) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            name = f"{self._name}.{method}"
            fate = self._plan.of_call(name, self._calls[name], args)
            self._calls[name] += 1
            if fate.obedient and fate.delay_s > current().remaining():
                self._clock.sleep(current().remaining())
                raise exceeded(self._name)
            self._clock.sleep(fate.delay_s)
            if fate.failure is not None:
                raise fate.failure
            return getattr(self._thing, method)(*args, **kwargs)

        return call
