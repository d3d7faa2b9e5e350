"""What was thought of an answer is told with its turn, to who asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from moto import mock_aws

from nexus.errors import UpstreamUnavailable
from nexus.insights.rating import Ratings
from nexus.models import Principal, Turn
from tests.functions.scripted_day import Day, dynamodb

TURN = Turn("m1", "When?", "Today.", False, "2026-03-10T08:00:00.000Z")


@pytest.fixture
def day() -> Iterator[Day]:
    with mock_aws():
        day = Day(dynamodb())
        day.put("fees.md", "The tuition fee is nine million rupiah.")
        yield day


def told(day: Day, conversation: str, more: str = "") -> list[Any]:
    response = day.chat.get(
        f"/v1/conversations/{conversation}{more}", headers={"x-api-key": "nx_web"}
    )
    assert response.status_code == 200, response.text
    return [turn["rating"] for turn in response.json()["turns"]]


def test_each_turn_is_told_with_what_was_last_thought_of_it(day: Day) -> None:
    first = day.ask("web", "What is the tuition fee?").json()
    conversation = first["conversation_id"]
    more = day.ask("web", "How high is the tuition fee?", conversation_id=conversation).json()
    assert told(day, conversation) == [None, None]
    assert day.rate("web", more, "up").status_code == 200
    assert day.rate("web", more, "down", reasons=["wrong"]).status_code == 200
    assert told(day, conversation) == [None, "down"]
    assert told(day, conversation, "/export?format=json") == [None, "down"]


class Broken:
    """A log that cannot be read."""

    def rated(self, tenant: str, places: Any) -> Any:
        raise UpstreamUnavailable("insights", "It is down.")


def test_a_conversation_is_shown_where_the_ratings_cannot_be_read() -> None:
    nothing: Any = Broken()
    ratings = Ratings(nothing, nothing, nothing, keeps_text=False)
    assert ratings.given(Principal("acme", "web", "user", "standard"), [TURN]) == {}
