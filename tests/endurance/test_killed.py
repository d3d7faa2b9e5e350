"""A large document is what it would have been, however often its worker was killed on the way."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests import books
from tests.endurance.world import Indexed, World, running_world

PAGES, KILLS = 700, 3


@pytest.fixture(scope="module")
def content() -> bytes:
    """A PDF of seven parts; its pages are short, so that most of the time is not the parser's."""
    return books.as_pdf(
        replace(page, paragraphs=page.paragraphs[:2]) for page in books.pages(PAGES)
    )


@pytest.fixture(scope="module")
def calm(content: bytes, tmp_path_factory: pytest.TempPathFactory) -> tuple[Indexed, int]:
    """The document as an uninterrupted worker indexes it, and the instants that it passes."""
    with running_world(tmp_path_factory.mktemp("calm")) as world:
        world.upload(content)
        world.work()
        return world.indexed(), world.instants


@pytest.fixture
def kill(content: bytes, tmp_path: Path) -> Callable[..., tuple[Indexed, World]]:
    """Indexes the document with a worker that is killed at these instants."""

    def killed(*instants: int) -> tuple[Indexed, World]:
        with running_world(tmp_path) as world:
            world.upload(content)
            world.work(instants)
            assert world.kills == len(instants)
            return world.indexed(), world

    return killed


def test_killed_at_random_instants_it_is_the_same_and_nearly_nothing_is_paid_twice(
    calm: tuple[Indexed, int], kill: Callable[..., tuple[Indexed, World]]
) -> None:
    reference, instants = calm
    found, _ = kill(*random.Random(4).sample(range(1, instants + 1), KILLS))
    assert len(reference.chunks) > PAGES
    assert found.chunks == reference.chunks
    assert found.rest == reference.rest == 0
    assert reference.tokens <= found.tokens <= 1.02 * reference.tokens
