"""A site on a real socket, and a world that is brought from it by a clock of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from nexus.adapters.crawling.manners import PoliteSite
from nexus.adapters.sources.network import client
from nexus.adapters.sources.web import WebSource
from nexus.object_keys import decode_metadata
from tests.scripted_site import ScriptedServer, Site, serving
from tests.sources import World, spec


class Clock:
    """A clock that moves only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def server(site: Site) -> Iterator[ScriptedServer]:
    with serving(site) as running:
        yield running


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def crawl(server: ScriptedServer, clock: Clock) -> Callable[..., World]:
    def made(start: str = "/", **options: Any) -> World:
        world = World(spec=spec(kind="web", options={"url": server.url + start, **options}))
        asked = client(["127.0.0.1"])
        world.source = WebSource.from_spec(  # type: ignore[assignment]
            world.spec, lambda rate: PoliteSite(asked, rate, clock, clock.sleep)
        )
        return world

    return made


def titles(world: World) -> set[str | None]:
    return {decode_metadata(said).title for _, said in world.landing.objects.values()}
