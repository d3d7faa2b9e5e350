"""The question log on DynamoDB: in the turn's one write, and no reason for a turn to fail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from nexus.adapters.dynamodb.cache import DynamoCache
from nexus.adapters.dynamodb.conversations import DynamoConversations
from nexus.adapters.dynamodb.question_log import DynamoQuestionLog
from nexus.adapters.dynamodb.question_traces import DynamoQuestionTraces
from nexus.adapters.dynamodb.rollups import DynamoRollups
from nexus.adapters.dynamodb.turns import DynamoTurns
from nexus.insights.rolling import Roller
from nexus.models import Feedback, LoggedQuestion, RatedSource, Spent, Turn
from tests.contract.test_turns import Watched
from tests.fakes import FakeClock

# FakeClock's now.
MOMENT, DAY = "2025-06-15T15:06:40.000Z", "2025-06-15"
TURN = Turn("m1", "When?", "Today.", False, MOMENT, ("d1",))
LOGGED = LoggedQuestion(
    *("m1", MOMENT, "web", "high", 0.9),
    spent=(Spent("chat", 10, 2, 30),),
    document_ids=("d1",),
    vector=b"\x01\xff",
    asked="digest",
    text="When?",
)
RATED = Feedback("m1", "c", MOMENT, MOMENT, "web", "up", document_ids=("d1",), answer="Today.")
CITED = (RatedSource(1, "d1", "page 2", "It is due today."), RatedSource(2, "d2", "", "Or later."))


class Stage:
    """The tables, and what works on them."""

    def __init__(self, make_table: Callable[..., str], client: Any) -> None:
        self.clock, self.client = FakeClock(), Watched(client)
        for name, *keys in (
            *(("catalogue", "pk", "sk"), ("conversations", "pk", "sk")),
            *(("cache", "pk"), ("insights", "pk", "sk")),
        ):
            make_table(name, *keys)
        watched: Any = self.client
        self.log = DynamoQuestionLog(watched, "insights", 90, self.clock)
        self.traces = DynamoQuestionTraces(watched, "insights", "conversations", self.clock)
        self.rollups = DynamoRollups(watched, "insights", 90, 400, self.clock)
        self.conversations = DynamoConversations(
            watched,
            "conversations",
            24,
            self.clock,
            logged_s=self.log.kept_s,
            traces=self.traces,
        )
        cache = DynamoCache(watched, "cache", "conversations", self.clock)
        self.turns = DynamoTurns(
            *(watched, "catalogue", self.conversations, "conversations"),
            *(cache, "cache", self.clock, self.log),
        )

    def append(self, turn: Turn = TURN, logged: LoggedQuestion = LOGGED) -> None:
        self.turns.append("acme", "web", "c", turn, begins=True, kept=(), logged=logged)

    def said(self) -> list[Turn]:
        return self.conversations.history("acme", "web", "c", 9)

    def logged(self) -> list[LoggedQuestion]:
        return list(self.log.questions("acme", DAY))


@pytest.fixture
def stage(make_table: Callable[..., str], dynamodb_client: Any) -> Stage:
    return Stage(make_table, dynamodb_client)


def test_a_question_is_logged_in_the_turns_one_write(stage: Stage) -> None:
    stage.append()
    assert stage.client.calls == ["BatchWriteItem"]
    assert stage.logged() == [LOGGED]
    assert list(stage.log.questions("rival", DAY)) == []
    assert stage.rollups.tenants(DAY) == ["acme"]
    assert stage.rollups.days_asked("acme", [DAY, "2025-06-16"]) == {DAY}


def test_a_log_that_refuses_its_question_costs_no_turn(stage: Stage) -> None:
    stage.client.refused = 1
    stage.append()
    assert stage.said() == [TURN]
    assert stage.logged() == []


def test_a_question_that_dynamodb_leaves_unprocessed_is_let_go(stage: Stage) -> None:
    stage.client.unprocessed = ["insights"]
    stage.append()
    assert stage.client.calls == ["BatchWriteItem"]
    assert (stage.said(), stage.logged()) == ([TURN], [])


def test_what_is_logged_is_not_read_once_its_days_are_over(stage: Stage) -> None:
    stage.append()
    stage.log.rate("acme", RATED)
    stage.clock.advance(90 * 86_400 - 1)
    assert stage.logged() == [LOGGED]
    stage.clock.advance(2)
    assert stage.logged() == []
    assert list(stage.log.ratings("acme", DAY, DAY)) == []
    assert stage.log.texts("acme", [(MOMENT, "m1")]) == {}


def test_a_rating_keeps_its_quotes_until_their_document_is_erased(stage: Stage) -> None:
    stage.append()
    rated = replace(RATED, document_ids=("d1", "d2"), sources=CITED)
    stage.log.rate("acme", rated)
    assert list(stage.log.ratings("acme", DAY, DAY)) == [rated]
    stage.traces.redact("acme", "d1")
    [left] = stage.log.ratings("acme", DAY, DAY)
    assert (left.document_ids, left.sources, left.answer) == (("d2",), CITED[1:], "")


def test_a_document_is_found_in_the_log_long_after_its_conversation_is_gone(
    stage: Stage,
) -> None:
    stage.append()
    stage.append(replace(TURN, message_id="m2"), replace(LOGGED, message_id="m2"))
    stage.log.rate("acme", RATED)
    over = stage.clock() + 90 * 86_400
    register = stage.client.scan(TableName="conversations")["Items"]
    entered = [item for item in register if item["pk"] == {"S": "acme#d1"}]
    assert [int(item["expires_at"]["N"]) >= int(over) for item in entered] == [True, True]
    stage.clock.advance(80 * 86_400)
    assert stage.traces.count_naming("acme", "d1") == 3
    assert stage.traces.count_naming("rival", "d1") == 0
    assert stage.traces.redact("acme", "d1") == 3
    assert stage.traces.count_naming("acme", "d1") == 0
    assert [one.document_ids for one in stage.logged()] == [(), ()]
    [rated] = stage.log.ratings("acme", DAY, DAY)
    assert (rated.document_ids, rated.answer, rated.rating) == ((), "", "up")


def test_forgetting_what_expired_brings_no_stump_back(stage: Stage) -> None:
    stage.traces.forget("acme", [(MOMENT, "m1")])
    assert stage.logged() == []


def test_a_day_that_changes_while_it_is_rolled_up_stays_stale(stage: Stage) -> None:
    stage.append()
    stage.clock.advance(86_400)
    began = stage.clock()
    late = replace(RATED, rated_at="2025-06-16T15:06:40.000Z")
    stage.clock.advance(1)
    stage.log.rate("acme", late)
    stage.rollups.keep("acme", DAY, {"questions": 1}, [], began)
    assert stage.rollups.stale("acme", DAY, DAY) == {DAY}
    stage.clock.advance(1)
    stage.rollups.keep("acme", DAY, {"questions": 1}, [], stage.clock())
    assert stage.rollups.stale("acme", DAY, DAY) == set()


def test_a_night_that_has_no_time_leaves_days_for_the_next_one(stage: Stage) -> None:
    stage.append()
    stage.clock.advance(86_400)
    roller = Roller(stage.log, stage.rollups, 90, 0.9, stage.clock)
    idle = roller.roll(lambda: False)
    assert (idle.days, idle.left) == (0, 1)
    done = roller.roll(lambda: True)
    assert (done.days, done.left) == (1, 0)
    assert [day for day, _ in stage.rollups.rolled("acme", DAY, DAY)] == [DAY]


def test_what_was_thought_of_answers_is_told_by_their_ids(stage: Stage) -> None:
    stage.log.rate("acme", RATED)
    stage.log.rate("acme", replace(RATED, message_id="m2", rating="down"))
    stage.log.rate("acme", replace(RATED, message_id="m2", rating="up"))
    places = [(MOMENT, one) for one in ("m1", "m2", "m3", "m1")]
    assert stage.log.rated("acme", places) == {"m1": "up", "m2": "up"}
    assert stage.log.rated("rival", places) == {}
    assert stage.log.rated("acme", []) == {}
    stage.clock.advance(90 * 86_400 + 1)
    assert stage.log.rated("acme", places) == {}
