"""The analytics of a day tell what its thousand questions did, before and after it is rolled up."""

from __future__ import annotations

import json
import math
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from moto import mock_aws

from tests.functions.scripted_day import CLIENTS, Day, dynamodb

QUESTIONS = 1_000
DAY, NEXT = datetime(2026, 3, 10, 8, tzinfo=UTC), datetime(2026, 3, 11, 18, tzinfo=UTC)
TODAY = "2026-03-10"


@dataclass
class Seen:
    """What the callers saw of the day, and what the models charged for it."""

    answers: list[dict[str, Any]] = field(default_factory=list)
    failed: int = 0
    up: int = 0
    down: int = 0
    asked_by: Counter[str] = field(default_factory=Counter)
    dollars_by: Counter[str] = field(default_factory=Counter)
    dollars_of: Counter[str] = field(default_factory=Counter)
    cited: Counter[str] = field(default_factory=Counter)

    @property
    def refused(self) -> int:
        return sum(answer["refused"] for answer in self.answers)

    @property
    def cached(self) -> int:
        return sum("cache" in answer["timings"] for answer in self.answers)


@pytest.fixture(scope="module")
def played() -> Iterator[tuple[Day, Seen]]:
    """The day, after a thousand questions in an order that a seed gives."""
    chance = random.Random(18)
    with mock_aws(), time_machine.travel(DAY, tick=True):
        day, seen = Day(dynamodb()), Seen()
        fees = day.put("fees.md", "The tuition fee is nine million rupiah.")
        day.put("pool.md", "The boat harbour opens at seven.")
        day.meter.taken()
        with time_machine.travel(datetime(2026, 3, 10, 9, tzinfo=UTC), tick=True):
            for number in range(QUESTIONS):
                client = chance.choice(CLIENTS)
                response = day.ask(client, question(chance, number))
                note(day, seen, client, response, fees, chance)
            yield day, seen


def question(chance: random.Random, number: int) -> str:
    """One that is asked again and again, a new one, one that is refused, or one that fails."""
    kind = chance.random()
    if kind < 0.3:
        return "How much is the tuition fee?"
    if kind < 0.7:
        return f"How much is the tuition fee of student {number}?"
    if kind < 0.97:
        return f"How much is the unknown tuition fee {number % 50}?"
    return f"How much is the broken tuition fee {number}?"


def note(
    day: Day, seen: Seen, client: str, response: Any, fees: str, chance: random.Random
) -> None:
    seen.asked_by[client] += 1
    for model, _, _, dollars in day.meter.taken():
        seen.dollars_by[client] += dollars  # type: ignore[assignment]
        seen.dollars_of[model] += dollars  # type: ignore[assignment]
    if response.status_code != 200:
        seen.failed += 1
        return
    answer = response.json()
    seen.answers.append(answer)
    if not answer["refused"]:
        assert {source["document_id"] for source in answer["sources"]} == {fees}
        seen.cited[fees] += 1
    if chance.random() < 0.1:
        rating = "down" if answer["refused"] else "up"
        assert day.rate(client, answer, rating).status_code == 200
        seen.up, seen.down = seen.up + (rating == "up"), seen.down + (rating == "down")


def check(day: Day, seen: Seen) -> None:
    """All that the analytics tell, against what was seen."""
    told = day.told("overview", **{"from": TODAY, "to": TODAY})
    assert told["complete"]
    totals = told["totals"]
    assert totals["questions"] == QUESTIONS
    assert totals["refused"] == seen.refused > 100
    assert totals["failed"] == seen.failed > 10
    assert totals["answered"] == QUESTIONS - seen.refused - seen.failed
    assert totals["cached"] == seen.cached > 200
    assert totals["clients"] == len(CLIENTS)
    assert (totals["up"], totals["down"]) == (seen.up, seen.down)
    assert told["satisfaction"] == pytest.approx(seen.up / (seen.up + seen.down))
    answered = [answer for answer in seen.answers if not answer["refused"]]
    levels = Counter(answer["confidence"]["level"] for answer in answered)
    assert told["confidence"] == {level: levels[level] for level in ("high", "medium", "low")}
    scores = Counter(min(int(answer["confidence"]["score"] * 10), 9) for answer in answered)
    assert told["scores"] == [scores[place] for place in range(10)]
    took = sorted(answer["timings"]["total"] for answer in seen.answers)
    assert told["latency_ms"]["within"] == 0.01
    for share in (50, 95, 99):
        exact = took[math.ceil(share / 100 * len(took)) - 1]
        assert told["latency_ms"][f"p{share}"] == pytest.approx(exact, rel=0.01)
    [of_day] = told["days"]
    assert (of_day["day"], of_day["questions"], of_day["uploads"]) == (TODAY, QUESTIONS, 2)

    spend = day.told("spend", **{"from": TODAY, "to": TODAY})
    assert spend["dollars"] == pytest.approx(seen.dollars_by.total(), abs=1e-6)
    by_client = {one["name"]: one["dollars"] for one in spend["clients"]}
    assert by_client == pytest.approx(dict(seen.dollars_by), abs=1e-6)
    by_model = {one["name"]: one["dollars"] for one in spend["models"]}
    assert by_model == pytest.approx(dict(seen.dollars_of), abs=1e-6)

    people = day.told("people", **{"from": TODAY, "to": TODAY})
    assert {one["client"]: one["questions"] for one in people["people"]} == dict(seen.asked_by)
    assert {one["client"]: one["kind"] for one in people["people"]}["person/ann"] == "person"

    documents = day.told("documents", **{"from": TODAY, "to": TODAY})
    assert [(one["path"], one["cited"]) for one in documents["cited"]][:1] == [
        ("fees.md", seen.cited.total())
    ]
    assert [one["path"] for one in documents["never_cited"]] == ["pool.md"]

    errors = day.told("errors", **{"from": TODAY, "to": TODAY})
    assert errors["questions"] == {"models: UpstreamUnavailable": seen.failed}
    assert len(errors["recent"]) == min(50, seen.failed)


def test_a_day_is_told_as_it_was_before_and_after_it_is_rolled_up(
    played: tuple[Day, Seen],
) -> None:
    day, seen = played
    check(day, seen)
    with time_machine.travel(NEXT, tick=True):
        assert day.roll() == 1
        assert day.roll() == 0
        check(day, seen)


def test_what_is_asked_most_and_what_is_missing_are_told_in_words(
    played: tuple[Day, Seen],
) -> None:
    day, seen = played
    popular = day.told("questions")["clusters"]
    assert "How much is the tuition fee?" in popular[0]["examples"]
    gaps = day.told("gaps", limit=100)
    assert sum(one["refused"] + one["disliked"] for one in gaps["clusters"]) == seen.refused
    assert all("unknown" in text for one in gaps["clusters"] for text in one["examples"])
    assert {named["path"] for one in gaps["clusters"] for named in one["documents"]} >= {"fees.md"}
    table = day.documents.get(
        "/v1/analytics/gaps", params={"format": "csv"}, headers={"x-api-key": "nx_admin"}
    )
    assert table.text.splitlines()[0] == "count,refused,disliked,examples,closest documents"


def test_another_tenant_sees_nothing_of_it(played: tuple[Day, Seen]) -> None:
    day, _ = played
    for what in ("overview", "spend", "people", "documents", "questions", "gaps", "errors"):
        told = json.dumps(day.told(what, key="nx_rival"))
        assert "tuition" not in told
        assert "web" not in told
        assert "fees" not in told
    assert day.told("overview", key="nx_rival")["totals"]["questions"] == 0
