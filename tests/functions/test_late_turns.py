"""What was answered before a document was erased, and stored after it, is nowhere to be read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from moto import mock_aws

from tests.functions.scripted_day import Day, dynamodb

MORNING = datetime(2026, 3, 10, 8, tzinfo=UTC)
SPAN = {"from": "2026-03-10", "to": "2026-03-10"}
QUESTION, WORDS = "How much is the tuition fee?", "nine million"
KEY = {"x-api-key": "nx_web"}


class Late:
    """A stage, and a turn that came after its document was erased, and uploaded anew."""

    def __init__(self, day: Day, client: Any, clock: time_machine.Traveller) -> None:
        self.day = day
        self._client = client
        fees = day.put("fees.md", "The tuition fee is nine million rupiah.")
        self.answer = day.ask("web", QUESTION).json()
        assert WORDS in self.answer["answer"]
        self.conversation = f"/v1/conversations/{self.answer['conversation_id']}"
        self._late = [item for item in self._items("conversations") if "answer" in item]
        self._fees, self._clock = fees, clock

    def rate(self) -> Any:
        """Rates the answer, and quotes it."""
        sent = self.day.rate("web", self.answer, "up", comment=f"Yes, {WORDS}.")
        assert sent.status_code == 200, sent.text
        return sent.json()

    def erased(self) -> None:
        """Erases the document, stores after it what was there, and uploads it anew."""
        ratings = [item for item in self._items("insights") if "rated_at" in item]
        self._clock.shift(timedelta(seconds=30))
        assert self.day.eraser().erase("acme", self._fees).complete
        for table, items in (("conversations", self._late), ("insights", ratings)):
            for item in items:
                self._client.put_item(TableName=table, Item=item)
        self._clock.shift(timedelta(seconds=30))
        self.day.put("fees.md", "The tuition fee is waived.")

    def shown(self) -> str:
        """All that the chat function tells of the conversation."""
        paths = (
            self.conversation,
            f"{self.conversation}/export?format=markdown",
            f"{self.conversation}/export?format=json",
            f"/v1/conversations?text={WORDS}",
        )
        responses = [self.day.chat.get(path, headers=KEY) for path in paths]
        assert {one.status_code for one in responses} == {200}
        return "".join(one.text for one in responses)

    def _items(self, table: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._client.scan(TableName=table)["Items"]
        return found


@pytest.fixture
def late() -> Iterator[Late]:
    with mock_aws(), time_machine.travel(MORNING, tick=False) as clock:
        client = dynamodb()
        yield Late(Day(client), client, clock)


def test_a_late_turn_is_not_shown_exported_or_found_by_its_words(late: Late) -> None:
    assert WORDS in late.shown()
    late.erased()
    assert WORDS not in late.shown()
    assert "no longer available" in late.shown()


def test_a_rating_of_it_keeps_none_of_its_words(late: Late) -> None:
    late.erased()
    assert not late.rate()["comment_kept"]
    assert WORDS not in late.day.stored()


def test_a_rating_that_was_stored_late_is_told_without_its_words(late: Late) -> None:
    assert late.rate()["comment_kept"]
    assert WORDS in json.dumps(late.day.told("ratings", **SPAN))
    late.erased()
    [told] = late.day.told("ratings", **SPAN)["rated"]
    assert told["rating"] == "up"
    assert (told["answer"], told["comment"], told["sources"]) == ("", "", [])
    assert WORDS not in json.dumps(told)
