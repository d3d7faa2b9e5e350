"""What a killed run may have written is told by its inventory, whatever else fails meanwhile."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from nexus.errors import UpstreamUnavailable
from nexus.object_keys import decode_metadata
from tests.sources import FakeLanding, Killed, World


class KilledBehind(FakeLanding):
    """A landing whose process ends right behind its n-th change."""

    left: int

    def _write(self, path: str, content: bytes, metadata: Mapping[str, str]) -> None:
        super()._write(path, content, metadata)
        self.left -= 1
        if not self.left:
            raise Killed


def killed_behind(world: World, change: int) -> None:
    """Runs until the process ends behind that change."""
    healthy = world.landing
    dying = KilledBehind(healthy.objects, healthy.written, clock=healthy.clock)
    dying.left = change
    world.landing = dying
    with suppress(Killed):
        world.run()
    world.landing, world.store.step = healthy, lambda: None


def test_a_change_is_announced_even_if_the_first_announcement_failed() -> None:
    world = World()
    for name in ("a", "b"):
        world.source.put(name, f"{name}.txt", b"old")
    world.run()
    for name in ("a", "b"):
        world.source.put(name, f"{name}.txt", b"new")
    failures: Iterator[bool] = iter([True])

    def busy() -> None:
        if next(failures, False):
            raise UpstreamUnavailable("s3", "503")

    world.store.step = busy
    killed_behind(world, 1)
    assert world.store.read().changing
    for name in ("a", "b"):  # the source says again what it said
        world.source.put(name, f"{name}.txt", b"old")
    for _ in range(2):
        world.run(confirm=True)
    assert world.landing.contents() == world.expected()


def test_who_is_asked_otherwise_and_killed_describes_all_documents_anew() -> None:
    world = World()
    world.source.changes = True
    for number in range(3):
        world.source.put(f"a{number}", f"a{number}.txt", b"1")
    world.run()
    for number in range(3):
        world.source.put(f"b{number}", f"b{number}.txt", b"1")
    time: Iterator[bool] = iter([True])
    world.run(has_time=lambda: next(time, False))
    assert world.store.read().underway
    world.spec = replace(world.spec, groups=("board",))
    killed_behind(world, 1)
    for _ in range(2):
        world.run(confirm=True)
    said: dict[str, Any] = {
        path: decode_metadata(told).groups for path, (_, told) in world.landing.objects.items()
    }
    assert len(said) == 6
    assert set(said.values()) == {("board",)}


def test_what_was_seen_before_a_listing_broke_off_in_its_first_part_may_be_gone() -> None:
    world = World()
    world.source.changes = True
    for name in ("a", "b"):
        world.source.put(name, f"{name}.txt", name.encode())
    time: Iterator[bool] = iter([True])
    world.run(has_time=lambda: next(time, False))
    assert world.store.read().underway
    world.source.drop("a")
    for _ in range(2):
        world.run(confirm=True)
    assert world.landing.contents() == {"b.txt": b"b"}
