"""Everything is indexed anew while questions and edits go on, and nobody notices."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from cli.connection import DEMO_TENANT, Connection
from nexus.adapters.sqlite.index import SqliteIndex
from nexus.generations.lifecycle import existing
from nexus.models import Generations
from nexus.object_keys import document_id
from tests.e2e.conftest import Deployed
from tests.e2e.test_answers import plain
from tests.e2e.test_documents import delete, put, until
from tests.e2e.waiting import eventually

GAUGE = "generations/gauge.md"
MARK = re.compile(r"mark (\d+)")


class Traffic:
    """Asks and edits in threads of its own until it is stopped; `faults` is what went wrong."""

    def __init__(
        self, stack: Deployed, connection: Connection, golden: list[dict[str, Any]]
    ) -> None:
        self.stack, self.connection, self.golden = stack, connection, golden
        self.faults: list[str] = []
        self.asked = self.edits = 0
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._repeat, args=(work,))
            for work in (self._ask, self._search, self._edit)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join(60)

    def _repeat(self, work: Callable[[int], None]) -> None:
        number = 0
        while not self._stopping.wait(0.3):
            try:
                work(number)
            except BaseException as error:  # noqa: BLE001 - told by the test
                self.faults.append(f"{type(error).__name__}: {error}")
            number += 1

    def _ask(self, number: int) -> None:
        question = self.golden[number % len(self.golden)]
        answer = self.stack.ask(question["question"])
        self.asked += 1
        if not any(plain(text) in plain(answer["answer"]) for text in question["answers"]):
            self.faults.append(f"{question['question']} → {answer['answer']}")

    def _search(self, _number: int) -> None:
        """Every passage of the gauge's document must be of one and the same version."""
        body = {
            "query": "tide gauge mark reading",
            "top_k": 20,
            "filters": {"document_ids": [document_id(DEMO_TENANT, GAUGE)]},
        }
        response = self.stack.call("POST", "/v1/search", body)
        if response.status_code != 200:
            self.faults.append(response.text)
            return
        marks = {
            mark for found in response.json()["passages"] for mark in MARK.findall(found["text"])
        }
        if len(marks) != 1:
            self.faults.append(f"a mixture of versions: {sorted(marks)}")

    def _edit(self, _number: int) -> None:
        self.edits += 1
        put(self.connection, GAUGE, gauge(self.edits))


def gauge(mark: int) -> bytes:
    places = ("north pier", "south pier", "harbour mouth", "dry dock")
    parts = (f"# The {place}\n\nThe tide gauge at the {place} has mark {mark}." for place in places)
    return "\n\n".join(parts).encode()


@pytest.fixture
def traffic(
    stack: Deployed, connection: Connection, golden: list[dict[str, Any]]
) -> Iterator[Traffic]:
    put(connection, GAUGE, gauge(0))
    until(connection, GAUGE, "indexed")
    steady = [
        question for question in golden if question["answerable"] and answers(stack, question)
    ][:12]
    made = Traffic(stack, connection, steady)
    made.start()
    yield made
    made.stop()
    delete(connection, GAUGE)


def answers(stack: Deployed, question: dict[str, Any]) -> bool:
    answer = stack.ask(question["question"])
    return any(plain(text) in plain(answer["answer"]) for text in question["answers"])


def test_a_generation_is_changed_and_changed_back_under_questions_and_edits(
    stack: Deployed, connection: Connection, traffic: Traffic
) -> None:
    def generations() -> Generations:
        return existing(connection.operator.generations, connection.settings.generation)

    before = generations()
    planned = json.loads(stack.nexus("reindex", "--plan", "--chunk-chars", "700", "--json").stdout)
    assert planned["documents"] >= 16
    assert planned["dollars"] >= 0
    assert generations() == before

    golden = "tests/golden/sample_questions.jsonl"
    done = stack.nexus("reindex", "--run", "--chunk-chars", "700", "--golden", golden)
    changed = generations()
    assert (changed.previous, changed.building) == (before.live, "")
    assert changed.live == planned["planned"]["generation_id"] in done.stdout
    going_on(traffic)

    stack.nexus("reindex", "--rollback")
    assert generations().live == before.live
    going_on(traffic)
    traffic.stop()
    assert traffic.faults == []

    # Both have followed every edit: the last one is found in either.
    last = f"mark {traffic.edits}"
    found = eventually(lambda: _found(stack, last), "last edit in the generation before")
    assert found
    stack.nexus("reindex", "--drop", changed.live)
    index = SqliteIndex(connection.settings.sqlite_path)
    assert index.count(f"{DEMO_TENANT}.{changed.live}") == 0
    assert index.count(f"{DEMO_TENANT}.{before.live}") > 0
    assert [one.generation_id for one in generations().known] == [before.live]


def going_on(traffic: Traffic) -> None:
    """Lets more questions and edits pass."""
    asked, edits = traffic.asked, traffic.edits
    eventually(lambda: traffic.asked > asked + 5 and traffic.edits > edits + 3, "traffic")


def _found(stack: Deployed, words: str) -> bool:
    body = {"query": f"tide gauge {words}", "top_k": 20}
    passages = stack.call("POST", "/v1/search", body).json()["passages"]
    return any(words in passage["text"] for passage in passages)
