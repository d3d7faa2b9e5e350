"""A client's key is rotated on the running stack; days pass by moving its entry's moments."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from cli.connection import Connection
from nexus.access.key_times import moment
from nexus.clients import hash_key
from nexus.models import ApiClient
from tests.e2e.conftest import Deployed
from tests.e2e.waiting import eventually

DAY_S = 86_400
QUESTION = "What is the fine for returning a book late?"


@pytest.fixture
def first_key(stack: Deployed) -> Iterator[str]:
    """The key of a client that the gateway lets through."""
    key = json.loads(stack.nexus("keys", "create", "turner", "--json").stdout)["key"]
    yield str(key)
    stack.nexus("keys", "revoke", "turner")


def test_a_key_is_rotated_ends_after_its_grace_and_is_removed_by_the_nightly_run(
    stack: Deployed, connection: Connection, first_key: str
) -> None:
    conversation = ask(stack, first_key)["conversation_id"]
    rotated = json.loads(stack.nexus("keys", "rotate", "turner", "--json").stdout)
    second_key = rotated["key"]
    for key in (second_key, first_key):
        assert ask(stack, key, conversation)["conversation_id"] == conversation
    for key in (first_key, second_key):
        turns = stack.call("GET", f"/v1/conversations/{conversation}", key=key).json()["turns"]
        assert len(turns) == 3

    table = stack.nexus("keys", "list").stdout
    mine = [line for line in table.splitlines() if " turner " in line]
    assert ["(in grace)" in line for line in mine] == [True, False]
    assert all("0 days" in line for line in mine)
    in_seven_days = moment(int(time.time()) + 7 * DAY_S)
    assert rotated["old_until"][:10] in (in_seven_days[:10], moment(int(time.time()) + 6)[:10])
    assert rotated["old_until"][:10] in mine[0]

    nightly(connection)
    old = entry_of(connection, first_key)
    assert old is not None
    assert at_the_gateway(connection, old)  # in its grace nobody removes it

    pass_days(connection, first_key, 8)
    # The gateway still knows it: here it is the function that refuses it, when it looks again.
    refused = eventually(lambda: refusal(stack, first_key), "refusal of the old key")
    removed = nightly(connection)
    assert any(line["gateway_key_id"] == old.gateway_key_id for line in removed["key_removed"])
    assert entry_of(connection, first_key) is None
    assert not at_the_gateway(connection, old)
    assert eventually(lambda: refusal(stack, first_key), "refusal by the gateway") == refused
    assert ask(stack, second_key, conversation)["conversation_id"] == conversation


def test_a_key_of_ninety_days_is_told_by_the_nightly_run_and_in_the_list(
    stack: Deployed, connection: Connection, first_key: str
) -> None:
    assert not named(nightly(connection)["key_to_rotate"])
    pass_days(connection, first_key, 90)
    told = nightly(connection)
    assert [line["age_days"] for line in named(told["key_to_rotate"])] == [90]
    assert told["keys_to_rotate"] == [[1.0]]
    listed = stack.nexus("keys", "list")
    assert "1 key in use for 90 days and more" in listed.stderr
    [mine] = [line for line in listed.stdout.splitlines() if " turner " in line]
    assert "90 days" in mine
    stack.nexus("keys", "rotate", "turner", "--grace", "0")
    assert not named(nightly(connection)["key_to_rotate"])
    assert "90 days" not in stack.nexus("keys", "list").stderr
    eventually(lambda: refusal(stack, first_key), "refusal of a key without grace")


def ask(stack: Deployed, key: str, conversation: str | None = None) -> dict[str, Any]:
    """An answer; a new key takes the gateway a moment to learn of."""
    body = {"message": QUESTION, "conversation_id": conversation}

    def answered() -> dict[str, Any] | None:
        response = stack.call("POST", "/v1/chat", body, key=key)
        return dict(response.json()) if response.status_code == 200 else None

    return eventually(answered, "answer")


def refusal(stack: Deployed, key: str) -> dict[str, Any] | None:
    """What a key is refused with, without the id of the request; None while it is not."""
    response = stack.call("GET", "/v1/conversations/nobody", key=key)
    if response.status_code != 403:
        return None
    # The gateway's own refusals are told in OpenAI's form, too.
    beside = ("request_id", "error")
    return {name: value for name, value in response.json().items() if name not in beside}


def entry_of(connection: Connection, key: str) -> ApiClient | None:
    return connection.operator.clients.find(hash_key(key))


def at_the_gateway(connection: Connection, entry: ApiClient) -> bool:
    gateway = connection.client("apigateway")
    try:
        gateway.get_api_key(apiKey=entry.gateway_key_id)
    except gateway.exceptions.NotFoundException:
        return False
    return True


def pass_days(connection: Connection, key: str, days: int) -> None:
    """Moves a key's moments into the past, which is what days that pass do to them."""
    table = connection.deployment.clients_table
    dynamodb = connection.client("dynamodb")
    at = {"pk": {"S": hash_key(key)}}
    entry = entry_of(connection, key)
    assert entry is not None
    made = moment(int(time.time()) - days * DAY_S)
    change, values = "SET created_at = :made", {":made": {"S": made}}
    if entry.principal.expires_at is not None:
        change += ", expires_at = :ends"
        values[":ends"] = {"N": str(entry.principal.expires_at - days * DAY_S)}
    dynamodb.update_item(
        TableName=table, Key=at, UpdateExpression=change, ExpressionAttributeValues=values
    )


def named(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those that are about this client."""
    return [line for line in lines if line["client"] == "turner"]


def nightly(connection: Connection) -> dict[str, Any]:
    """Runs the nightly function; its lines by their message, and what it counted."""
    client, logs = connection.client("lambda"), connection.client("logs")
    name = connection.deployment.reindex_function
    group = client.get_function_configuration(FunctionName=name)["LoggingConfig"]["LogGroup"]

    def lines() -> list[str]:
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group)
        return [event["message"] for page in pages for event in page["events"]]

    before = len(lines()) if exists(logs, group) else 0

    def run(event: dict[str, Any]) -> None:
        response = client.invoke(FunctionName=name, Payload=json.dumps(event))
        assert "FunctionError" not in response

    def written() -> list[str] | None:
        new = lines()[before:]
        if any("keys_to_rotate" in line for line in new):  # its last: what it counted
            return new
        # What a worker writes later than 50 ms after its answer, the emulator hands over with its
        # next call alone: one that has nothing left to do.
        run({"progress": {"phase": "done"}})
        return None

    run({"verify": False})
    new = eventually(written, "line of the run in its log")
    found: dict[str, Any] = {"key_removed": [], "key_to_rotate": [], "keys_to_rotate": []}
    for line in (json.loads(text) for text in new if text.startswith("{")):
        if line.get("message") in found:
            found[line["message"]].append(line)
        if "keys_to_rotate" in line:
            found["keys_to_rotate"].append(line["keys_to_rotate"])
    return found


def exists(logs: Any, group: str) -> bool:
    return any(
        one["logGroupName"] == group
        for one in logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
    )
