"""Answers arrive while they are written: through the URL of `make run`, by a paced model.

The model takes 20 ms for each word. Figures are compared within one run, never with a clock's.
"""

from __future__ import annotations

import json
import re
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest

from cli.connection import Connection
from tests.e2e.conftest import Deployed
from tests.e2e.paced_models import Paced, paced
from tests.e2e.waiting import eventually

QUESTION = {"message": "What is the fine for returning a book late?"}
ANEW = {"cache-control": "no-cache"}
ROUNDS = 5
_CITED = re.compile(r"\[\d+(\.\d+)?\]")


@dataclass(frozen=True)
class Event:
    """An event, and when it came."""

    at: float
    name: str
    data: dict[str, Any]


@pytest.fixture(scope="module")
def key(connection: Connection) -> Iterator[str]:
    """A key of these tests' own, whose rate no other test uses."""
    made, _ = connection.access.keys.create("demo", "streams", "admin")
    yield made
    connection.access.keys.revoke("demo", "streams")


@pytest.fixture(scope="module")
def models(connection: Connection) -> Iterator[Paced]:
    """The model server of both chat functions, paced; before and after it is the local one."""
    client = connection.client("lambda")
    behind, before = "", {}
    deployed = connection.deployment
    addresses = (deployed.chat_function, deployed.stream_function)
    for address in addresses:
        name = address.partition(":")[0]
        before[name] = client.get_alias(FunctionName=name, Name="live")["FunctionVersion"]
        configured = client.get_function_configuration(FunctionName=name)
        behind = configured["Environment"]["Variables"]["NEXUS_MODELS_URL"]
    with paced(behind) as server:
        for name in before:
            configured = client.get_function_configuration(FunctionName=name)
            variables = {**configured["Environment"]["Variables"], "NEXUS_MODELS_URL": server.url}
            client.update_function_configuration(
                FunctionName=name, Environment={"Variables": variables}
            )
            version = client.publish_version(FunctionName=name)["Version"]
            client.update_alias(FunctionName=name, Name="live", FunctionVersion=version)
        yield server
        for name, version in before.items():
            variables["NEXUS_MODELS_URL"] = behind
            client.update_alias(FunctionName=name, Name="live", FunctionVersion=version)
            client.update_function_configuration(
                FunctionName=name, Environment={"Variables": {**variables, **_own(client, name)}}
            )


def _own(client: Any, name: str) -> dict[str, str]:
    configured = client.get_function_configuration(FunctionName=name)
    variables: dict[str, str] = configured["Environment"]["Variables"]
    return {one: value for one, value in variables.items() if one != "NEXUS_MODELS_URL"}


def events(url: str, key: str, most: int | None = None, encoding: str = "identity") -> list[Event]:
    """The events of a streamed answer, with when each came; the first `most` if that is given."""
    found: list[Event] = []
    name = ""
    sent = {"x-api-key": key, **ANEW, "accept-encoding": encoding}
    with httpx2.stream(
        "POST", f"{url}/v1/chat/stream", json=QUESTION, headers=sent, timeout=60, trust_env=False
    ) as response:
        assert response.status_code == 200
        for line in response.iter_lines():
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                data = json.loads(line.removeprefix("data: "))
                found.append(Event(time.monotonic(), name, data))
                if len(found) == most:
                    break
    return found


def first(told: list[Event], name: str) -> Event:
    return next(event for event in told if event.name == name)


def test_a_stream_is_no_slower_than_an_answer_and_its_sources_come_at_once(
    stack: Deployed, key: str, models: Paced
) -> None:
    events(stack.url, key)
    stack.call("POST", "/v1/chat", QUESTION, key=key, **ANEW)
    sources, whole, first_sentence = [], [], []
    for _ in range(ROUNDS):
        begun = time.monotonic()
        answer = stack.call("POST", "/v1/chat", QUESTION, key=key, **ANEW)
        buffered = time.monotonic() - begun
        begun = time.monotonic()
        told = events(stack.url, key)
        assert first(told, "done").data["answer"] == answer.json()["answer"]
        sources.append((first(told, "sources").at - begun) / buffered)
        whole.append((first(told, "done").at - begun) / buffered)
        written = "".join(token for _, token in models.streamed[-1].sent)
        end = _CITED.search(written)
        assert end is not None
        last = next(
            at
            for place, (at, _) in enumerate(models.streamed[-1].sent)
            if len("".join(token for _, token in models.streamed[-1].sent[: place + 1]))
            >= end.end()
        )
        first_sentence.append((first(told, "delta").at - last) * 1000)
    figures = {
        "sources / buffered": round(statistics.median(sources), 3),
        "whole / buffered": round(statistics.median(whole), 3),
        # What else the machine does only adds to it: the least of them is the service's own.
        "first sentence after its last token, ms": round(min(first_sentence), 1),
    }
    print(json.dumps(figures))  # noqa: T201 - what `pytest -s` is for
    assert figures["sources / buffered"] <= 0.2
    assert figures["whole / buffered"] <= 1.05
    assert figures["first sentence after its last token, ms"] <= 50


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_sentences_are_seen_arriving(
    stack: Deployed, key: str, models: Paced, encoding: str
) -> None:
    told = events(stack.url, key, encoding=encoding)
    deltas = [event.at for event in told if event.name == "delta"]
    words = len(models.streamed[-1].sent)
    assert len(deltas) > 1
    assert deltas[-1] - deltas[0] > words * 0.02 / 3


def test_who_closes_the_connection_ends_the_generation(
    stack: Deployed, key: str, models: Paced
) -> None:
    told = events(stack.url, key, most=3)
    assert told[-1].name == "delta"
    written = models.streamed[-1]
    time_of_two_words = 0.04
    count = -1

    def has_stopped() -> bool:
        nonlocal count
        before, count = count, len(written.sent)
        time.sleep(time_of_two_words * 2)
        return before == len(written.sent)

    eventually(has_stopped, "end of the generation")
    assert not written.is_whole


def test_each_stream_is_one_request_of_the_keys_quota(
    stack: Deployed, connection: Connection
) -> None:
    made, _ = connection.access.keys.create("demo", "few", "user")
    gateway, deployed = connection.client("apigateway"), connection.deployment
    pages = gateway.get_paginator("get_api_keys").paginate(includeValues=True)
    keys = [one for page in pages for one in page["items"]]
    name = next(one["id"] for one in keys if one.get("value") == made)
    gateway.delete_usage_plan_key(usagePlanId=deployed.standard_plan_id, keyId=name)
    few = gateway.create_usage_plan(
        name="few",
        apiStages=[{"apiId": deployed.rest_api_id, "stage": "live"}],
        quota={"limit": 2, "period": "DAY"},
    )["id"]
    gateway.create_usage_plan_key(usagePlanId=few, keyId=name, keyType="API_KEY")
    statuses = [
        stack.call("POST", "/v1/chat/stream", QUESTION, key=made).status_code for _ in range(3)
    ]
    gateway.delete_usage_plan_key(usagePlanId=few, keyId=name)
    connection.access.keys.revoke("demo", "few")
    assert statuses == [200, 200, 429]
