"""The worker's memory does not grow with the document, nor with the vectors of its chunks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests import books
from tests.endurance.world import running_world

MOST = 1.5


@pytest.fixture(scope="module")
def peak_mb(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, bytes], float]:
    """The peak of a worker that indexes this document and nothing else."""

    def measured(path: str, content: bytes) -> float:
        folder: Path = tmp_path_factory.mktemp("memory")
        file = folder / path
        file.write_bytes(content)
        with running_world(folder) as world:
            world.embed_in(1_536)
            world.place(file, path)
            peak = world.work(worker="tests.endurance.lean_worker")
            record = world.record(path)
        assert record is not None
        assert record.status == "indexed"
        return peak

    return measured


@pytest.fixture(scope="module")
def small_mb(peak_mb: Callable[[str, bytes], float]) -> float:
    """What a PDF of 100 pages takes."""
    return peak_mb("small.pdf", pdf(100))


def pdf(pages: int) -> bytes:
    """Pages of two paragraphs."""
    return books.as_pdf(
        replace(page, paragraphs=page.paragraphs[:2]) for page in books.pages(pages)
    )


def test_a_pdf_of_many_pages_takes_little_more_than_a_small_one(
    peak_mb: Callable[[str, bytes], float], small_mb: float
) -> None:
    assert peak_mb("large.pdf", pdf(1_500)) <= MOST * small_mb


def test_no_more_vectors_are_held_than_are_embedded_together(
    peak_mb: Callable[[str, bytes], float], small_mb: float
) -> None:
    # One part, of 8,000 chunks whose vectors would take 400 MB.
    assert peak_mb("long.txt", books.as_text(list(books.pages(1_400)))) <= MOST * small_mb
