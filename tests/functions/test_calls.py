"""How many calls a turn and a document make, and how many of them wait for one another.

Counted, not timed, with the real SDKs over real sockets. Two calls wait for each other if one came
to an end before the other began; each is held for a while by its server, so that calls made at once
overlap. What still falls apart by chance on a busy machine makes a chain longer, never shorter: the
shortest of three tries is taken. The numbers are today's: whoever makes them smaller says so here,
and nobody makes them larger unseen.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import wait
from dataclasses import dataclass, replace
from typing import Any

import botocore.session
import pytest
from botocore.config import Config
from mangum import Mangum

from functions.chat.app import create_app
from functions.ingest.performing import perform
from nexus.ingestion.tasks import ChangedObject
from nexus.settings import Settings
from nexus.wiring.aws_clients import THREADS
from nexus.wiring.chat import chat_services
from nexus.wiring.ingest import ingest_services
from tests.bench.checking import check
from tests.bench.replay import Call
from tests.bench.seeding import BUCKET, TENANT, asked, questions
from tests.bench.upstreams import Upstreams, running_upstreams
from tests.noting_executor import NotingExecutor

HELD_S = 0.03
TRIES = 3
NEW = iter(questions(1_000))
# Each makes another question of the one before, whose embedding is not in the cache yet.
FOLLOW_UPS = ("And per day?", "And per book?", "And per overdue day?")

DYNAMODB = {"BatchGetItem", "BatchWriteItem", "GetItem", "PutItem", "Query", "UpdateItem"}

Aws = Callable[[str], Any]


@dataclass(frozen=True)
class Counted:
    """The calls of one piece of work, and how long the chain was that its end waited for."""

    made: Counter[str]
    chain: int

    @property
    def number(self) -> int:
        """How many calls there were."""
        return self.made.total()

    @property
    def of_dynamodb(self) -> int:
        """How many of them DynamoDB answered."""
        return sum(n for label, n in self.made.items() if label.split()[0] in DYNAMODB)


def chain_length(calls: Sequence[Call]) -> int:
    """How many calls at most came one after another, each begun when the one before had ended."""
    length, free = 0, float("-inf")
    for call in sorted(calls, key=lambda call: call.ended):
        if call.begun >= free:
            length, free = length + 1, call.ended
    return length


@pytest.fixture(scope="module")
def upstreams() -> Iterator[Upstreams]:
    with running_upstreams() as running:
        running.delay(HELD_S)
        yield running


@pytest.fixture(scope="module")
def aws(upstreams: Upstreams) -> Aws:
    session = botocore.session.Session()
    config = Config(max_pool_connections=THREADS)

    def client(service: str) -> Any:
        return session.create_client(
            service,
            region_name=upstreams.aws["AWS_REGION"],
            endpoint_url=upstreams.aws["AWS_ENDPOINT_URL"],
            aws_access_key_id=upstreams.aws["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=upstreams.aws["AWS_SECRET_ACCESS_KEY"],
            config=config,
        )

    return client


class Chat:
    """A warm chat function; `counted` waits for what it does behind its answers, too."""

    def __init__(
        self,
        upstreams: Upstreams,
        aws: Aws,
        budget: Mapping[str, float] | None = None,
        **changes: Any,
    ) -> None:
        self._budget = budget
        self._executor = NotingExecutor()
        settings = replace(Settings.from_environ(upstreams.own), **changes)
        services = chat_services(settings, aws, self._executor)
        self._upstreams = upstreams
        self._handle = Mangum(create_app(services), lifespan="off")

    def counted(self, question: str, conversation: str | None, *, cached: bool = False) -> Counted:
        """The calls of one turn, which has to give a cited, remembered answer."""
        self._drain()
        self._upstreams.calls()
        event = asked(question, conversation)
        if self._budget:
            told = event["requestContext"]["authorizer"]
            principal = {**json.loads(told["principal"]), "budget": self._budget}
            told["principal"] = json.dumps(principal)
        response = self._handle(event, None)  # type: ignore[arg-type]
        answered = time.perf_counter()
        check("chat, cached" if cached else "chat", response)
        self._drain()
        calls = [call for _, call in self._upstreams.calls()]
        waited_for = [call for call in calls if call.ended <= answered]
        return Counted(Counter(call.label for call in calls), chain_length(waited_for))

    def close(self) -> None:
        self._executor.shutdown()

    def _drain(self) -> None:
        """Returns when the executor has nothing left to do, nor what that began."""
        while begun := self._executor.taken():
            assert not wait(begun, 30).not_done


@pytest.fixture
def chat(upstreams: Upstreams, aws: Aws) -> Iterator[Chat]:
    # One for each test: who calls is remembered for a minute, in which a test has long ended.
    made = Chat(upstreams, aws)
    made.counted(next(NEW), "earlier")  # what stands where is learnt
    made.counted(next(NEW), "earlier")  # and what is visible
    yield made
    made.close()


def shortest(tries: Sequence[Counted]) -> Counted:
    """The try with the shortest chain; all of them make the same calls."""
    assert all(one.made == tries[0].made for one in tries), [one.made for one in tries]
    return min(tries, key=lambda one: one.chain)


def test_the_first_turn_of_a_conversation(chat: Chat) -> None:
    found = shortest([chat.counted(next(NEW), None) for _ in range(TRIES)])
    # What is known and the embedding; the search; the answer; its turn.
    assert (found.number, found.chain) == (8, 4), found
    assert found.of_dynamodb == 4, found


def test_a_budget_adds_no_trip_to_a_turn(upstreams: Upstreams, aws: Aws) -> None:
    budget = {"requests_day": 10**6, "dollars_month": 10**6}
    made = Chat(upstreams, aws, budget)
    for _ in range(2):
        made.counted(next(NEW), None)
    found = shortest([made.counted(next(NEW), None) for _ in range(TRIES)])
    made.close()
    # Reserved beside the first trip, as it is far from its caps, and settled beside the last write.
    assert (found.number, found.chain) == (10, 4), found
    assert found.made["UpdateItem insights"] == 2, found


def test_the_first_turn_after_the_documents_changed(chat: Chat, aws: Aws) -> None:
    key = {"pk": {"S": f"tenant#{TENANT}#{Settings().generation.generation_id}"}}
    aws("dynamodb").put_item(
        TableName="catalogue",
        Item={**key, "sk": {"S": "version"}, "version": {"N": "77"}, "changed_at": {"N": "0"}},
    )
    found = chat.counted(next(NEW), None)
    # The version that was tried is not the one that is there: the cache is asked a second time,
    # and the catalogue what is visible.
    assert found.number == 10, found
    assert found.chain <= 6, found


def test_a_turn_whose_question_is_new(chat: Chat) -> None:
    found = shortest([chat.counted(next(NEW), "earlier") for _ in range(TRIES)])
    # It is searched as it stands, and as the conversation makes it, side by side: the talk before;
    # what it makes of the question, embedded; the search; the answer; the turn.
    assert (found.number, found.chain) == (12, 5), found
    assert found.of_dynamodb == 5, found


def test_a_first_turn_whose_answer_is_in_the_cache(chat: Chat) -> None:
    question = next(NEW)
    chat.counted(question, None)
    found = shortest([chat.counted(question, None, cached=True) for _ in range(TRIES)])
    assert (found.number, found.chain) == (3, 2), found


def test_a_turn_whose_answer_is_in_the_cache(chat: Chat) -> None:
    question = next(NEW)
    chat.counted(question, "earlier")
    # The conversation may make another question of it: that is known only when both were searched.
    first = chat.counted(question, "earlier", cached=True)
    assert first.number == 9, first
    # It stays the same one however often it is asked, and this process holds its embedding by then.
    found = shortest([chat.counted(question, "earlier", cached=True) for _ in range(TRIES)])
    assert (found.number, found.chain) == (8, 3), found


def test_a_turn_whose_question_a_model_rewrites(upstreams: Upstreams, aws: Aws) -> None:
    made = Chat(upstreams, aws, rewrite_model="gpt-5.4-nano")
    for _ in range(2):
        made.counted(next(NEW), "rewritten")
    # Of so many calls one is late more often on a busy machine.
    found = shortest([made.counted(next(NEW), "rewritten") for _ in range(3 * TRIES)])
    made.close()
    # Before it is searched: which answers of before may still be seen, and the rewriting.
    assert (found.number, found.chain) == (14, 7), found
    assert found.made["/v1/responses"] == 2, found


def test_a_follow_up(chat: Chat) -> None:
    tries = []
    for number, question in enumerate(FOLLOW_UPS):
        chat.counted(next(NEW), f"followed-{number}")
        tries.append(chat.counted(question, f"followed-{number}"))
    # What the conversation makes of it differs, and so does which embedding is in the cache.
    assert max(one.number for one in tries) <= 12, tries
    # One more where the talk's reading is answered: which of its answers may still be seen.
    assert min(one.chain for one in tries) <= 6, tries


def test_a_small_document_that_is_new(upstreams: Upstreams, aws: Aws) -> None:
    services = ingest_services(Settings.from_environ(upstreams.own), aws)
    bucket = aws("s3")
    tries = []
    for number in range(1 + TRIES):
        key = f"documents/{TENANT}/new-{number}.md"
        body = f"# Notice {number}\n\nThe ferry to island {number} leaves from pier {number}.\n"
        bucket.put_object(Bucket=BUCKET, Key=key, Body=body.encode())
        upstreams.calls()
        [report] = perform(ChangedObject(key), services)
        assert (report.outcome, report.chunks) == ("indexed", 1)
        calls = [call for _, call in upstreams.calls()]
        tries.append(Counted(Counter(call.label for call in calls), chain_length(calls)))
    found = shortest(tries[1:])  # the first one reads the keys
    # Who answers, the record and the object; the attempt; the content; what is known of its
    # text; its vector; the index; what precedes a publication; that.
    assert (found.number, found.chain) == (13, 8), found


def test_calls_at_once_are_no_chain_and_calls_after_one_another_are() -> None:
    def call(begun: float, ended: float) -> Call:
        return Call("POST", "/", {}, b"", begun, ended)

    assert chain_length([]) == 0
    assert chain_length([call(0, 3), call(1, 4), call(2, 5)]) == 1
    assert chain_length([call(0, 1), call(1, 2), call(2, 3)]) == 3
    assert chain_length([call(0, 9), call(0, 1), call(2, 3), call(4, 5), call(9, 10)]) == 4
