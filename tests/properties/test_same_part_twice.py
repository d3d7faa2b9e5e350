"""Two workers with parts of one document, at each other's worst moment: what is published stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from nexus.errors import DocumentTooLarge
from nexus.ingestion.messages import reconcile_message
from nexus.ingestion.parsing import cutting
from tests.properties.test_interrupted import FIRST, ID, KEY, SPACE, House, Life, Mortal


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setattr(cutting, "PART_BYTES", 4096)
    monkeypatch.setattr(cutting, "WINDOW_BYTES", 1024)
    return House()


def all_but_last(house: House) -> str:
    """Indexes all parts of a new document but the last, whose message this is."""
    house.documents.put("acme", "book.txt", FIRST)
    house.handle(reconcile_message(KEY))
    *others, last = house.queue.bodies
    house.queue.bodies.clear()
    for message in others:
        house.handle(message)
    return last


class Meanwhile(Mortal):
    """A fake of which one method first has something else done."""

    def __init__(self, fake: Any, method: str, other: Callable[[], None]) -> None:
        super().__init__(fake, Life())
        self._method, self._other = method, other

    def __getattr__(self, name: str) -> Any:
        call = super().__getattr__(name)
        if name != self._method:
            return call

        def later(*values: Any, **named: Any) -> Any:
            self._other()
            return call(*values, **named)

        return later


class TooLarge(Mortal):
    """Documents of which one worker has no memory for any."""

    def __init__(self, fake: Any, before: Callable[[], None] = lambda: None) -> None:
        super().__init__(fake, Life())
        self._before = before

    def open(self, *_: Any) -> Any:
        self._before()
        raise DocumentTooLarge("The file needs more memory than there is.")


def test_who_counts_all_parts_after_another_has_joined_them_takes_nothing_back(
    house: House,
) -> None:
    last = all_but_last(house)
    # The part comes twice: this one counts all of them, and is slow to read what they were.
    slow = Meanwhile(house.catalogue, "finished_parts", lambda: house.handle(last))
    house.handle(last, catalogue=slow)
    assert house.seen()


def test_a_part_that_is_rejected_after_the_publication_takes_nothing_back(house: House) -> None:
    last = all_but_last(house)
    house.handle(last, documents=TooLarge(house.documents, lambda: house.handle(last)))
    assert house.seen()


def test_what_is_rejected_before_its_publication_is_not_published(house: House) -> None:
    last = all_but_last(house)

    def rejected() -> None:
        house.handle(last, documents=TooLarge(house.documents))

    house.handle(last, catalogue=Meanwhile(house.catalogue, "publish", rejected))
    record = house.catalogue.get("acme", ID)
    assert record is not None
    assert (record.status, record.live_revision) == ("failed", 0)
    assert not house.index.spaces.get(SPACE)
