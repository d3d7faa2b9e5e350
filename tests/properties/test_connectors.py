"""Killed between any two steps, a run over a source leaves nothing that the next does not mend."""

from __future__ import annotations

from contextlib import suppress
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from nexus.connectors import bringing
from tests.sources import Killed, World

# Few ids and paths, so that they meet: moves onto each other, swaps, and comings again.
IDS = st.sampled_from("abcde")
CHANGES = st.lists(
    st.one_of(
        st.tuples(st.just("put"), IDS, st.sampled_from("12345"), st.binary(min_size=1, max_size=1)),
        st.tuples(st.just("drop"), IDS, st.just(""), st.just(b"")),
    ),
    max_size=6,
)


class Death:
    """Kills at the n-th step, and whatever is tried after that."""

    def __init__(self, after: int) -> None:
        self.left = after

    def __call__(self) -> None:
        if self.left == 0:
            raise Killed
        self.left -= 1


def apply(world: World, changes: list[tuple[str, str, str, bytes]]) -> None:
    for what, document, path, content in changes:
        taken = {held for one, (held, _) in world.source.documents.items() if one != document}
        if what == "drop":
            world.source.drop(document)
        elif path not in taken:  # as in any folder
            world.source.put(document, path, content)


def live(world: World) -> None:
    for part in (world.source, world.landing, world.store):
        part.step = lambda: None


@settings(max_examples=400, deadline=None)
@given(
    st.lists(st.tuples(CHANGES, st.integers(0, 30)), min_size=1, max_size=4),
    CHANGES,
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
def test_after_the_next_run_the_bucket_holds_what_the_source_has(
    killed_runs: list[tuple[list[tuple[str, str, str, bytes]], int]],
    last: list[tuple[str, str, str, bytes]],
    changes: bool,
    by_content: bool,
    written_often: bool,
) -> None:
    world = World()
    with patch.object(bringing, "WRITE_EVERY", 1 if written_often else bringing.WRITE_EVERY):
        _live_and_die(world, killed_runs, changes=changes, by_content=by_content)
    apply(world, last)
    world.run(confirm=True)
    if written_often:
        # That run went on where a killed one had written down how far it was, and cannot know what
        # changed before there. The next is told, or begins at the beginning.
        world.run(confirm=True)
    assert world.landing.contents() == world.expected()
    assert {one.path for one in world.store.read().brought.values()} == set(world.landing.objects)


def _live_and_die(
    world: World,
    killed_runs: list[tuple[list[tuple[str, str, str, bytes]], int]],
    *,
    changes: bool,
    by_content: bool,
) -> None:
    world.source.changes, world.source.by_content = changes, by_content
    for made, after in killed_runs:
        apply(world, made)
        death = Death(after)
        for part in (world.source, world.landing, world.store):
            part.step = death
        with suppress(Killed):
            world.run(confirm=True)
        live(world)
