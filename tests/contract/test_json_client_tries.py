"""The functions' client for AWS tries again what botocore's own would, as often and as long."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import botocore.session
import pytest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import (
    ChecksumError,
    ClientError,
    EndpointConnectionError,
    HTTPClientError,
    ReadTimeoutError,
)

from nexus.adapters.aws.json_client import TRIES, JsonClient
from nexus.deadline import Deadline, meeting, within
from tests.scripted_aws import GOOD, HANGING, Endpoint, Reply, Scripted, fault, scripted_endpoints

REGION = "eu-west-1"
KEY = {"pk": {"S": "a"}, "sk": {"S": "b"}}


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    with scripted_endpoints(monkeypatch) as make:
        yield make


def a_client(**more: Any) -> JsonClient:
    return JsonClient("dynamodb", REGION, Credentials("testing", "testing"), 4, **more)


BROKEN = [
    None,
    fault(500, "InternalServerError"),
    (503, {}, b"<html>"),
    (429, {}, b""),
    fault(400, "ProvisionedThroughputExceededException"),
    fault(400, "ReplicatedWriteConflictException"),
    (200, {"x-amz-crc32": "1"}, b"{}"),
    (200, {}, b"{"),
    (200, {"content-length": "27", "connection": "close"}, b""),
]


@pytest.mark.parametrize("passing", BROKEN)
def test_what_fails_in_passing_is_tried_twice_more(
    endpoint: Endpoint, passing: Reply | None
) -> None:
    server = endpoint(passing, passing, GOOD)
    pauses: list[float] = []
    answer = a_client(sleep=pauses.append).get_item(TableName="t", Key=KEY)
    assert answer["Item"] == {"a": {"S": "b"}}
    assert answer["ResponseMetadata"]["RetryAttempts"] == 2
    assert len(server.seen) == 3
    throttled = passing is not None and passing in (BROKEN[3], BROKEN[4])
    scale = 1 if throttled else 0.025
    assert 0 <= pauses[0] <= scale
    assert 0 <= pauses[1] <= 2 * scale


def test_a_pause_that_aws_asks_for_is_made(endpoint: Endpoint) -> None:
    status, _, body = fault(400, "ThrottlingException")
    endpoint((status, {"x-amz-retry-after": "4200"}, body), GOOD)
    pauses: list[float] = []
    a_client(sleep=pauses.append).get_item(TableName="t", Key=KEY)
    assert 4.2 <= pauses[0] <= 5


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (None, HTTPClientError),
        (fault(500, "InternalServerError"), ClientError),
        ((200, {"x-amz-crc32": "1"}, b"{}"), ChecksumError),
    ],
)
def test_a_third_failure_in_passing_is_told(
    endpoint: Endpoint, reply: Reply | None, error: type[Exception]
) -> None:
    server = endpoint(reply, reply, reply, GOOD)
    with pytest.raises(error):
        a_client(sleep=lambda _: None).get_item(TableName="t", Key=KEY)
    assert len(server.seen) == 3


@pytest.mark.parametrize("code", ["InternalServerError", "ThrottlingException"])
def test_a_service_that_stays_down_is_tried_as_often_as_by_botocore(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)
    down = fault(500, code)
    # A call that comes to a good end gives back what it spent of the quota; the others do not.
    script = [*[down, GOOD] * 60, *[down] * 180]

    def tries_of(client: Any, server: Scripted) -> list[int]:
        tries = []
        for _ in range(130):
            before = len(server.seen)
            with suppress(ClientError):
                client.get_item(TableName="t", Key=KEY)
            tries.append(len(server.seen) - before)
        return tries

    server = endpoint(*script)
    ours = tries_of(a_client(sleep=lambda _: None), server)
    server = endpoint(*script)
    config = Config(retries={"mode": "standard", "total_max_attempts": TRIES})
    theirs: Any = botocore.session.Session()
    theirs.set_credentials("testing", "testing")
    theirs = theirs.create_client("dynamodb", region_name=REGION, config=config)
    assert ours == tries_of(theirs, server)
    assert ours[:61] == [2] * 60 + [3]
    assert ours[-1] == 1


def test_no_try_begins_that_the_request_has_no_time_for(endpoint: Endpoint) -> None:
    status, _, body = fault(400, "ThrottlingException")
    server = endpoint((status, {"x-amz-retry-after": "4200"}, body), GOOD)
    with meeting(Deadline(3, lambda: 0.0)), pytest.raises(ClientError):
        a_client().get_item(TableName="t", Key=KEY)
    assert len(server.seen) == 1


def test_a_call_that_hangs_ends_with_the_requests_time(endpoint: Endpoint) -> None:
    endpoint(HANGING, HANGING, HANGING)
    began = time.monotonic()
    with within(0.1), pytest.raises(ReadTimeoutError):
        a_client().get_item(TableName="t", Key=KEY)
    assert time.monotonic() - began < 1.5


def test_a_connection_that_was_closed_in_between_is_replaced(
    endpoint: Endpoint,
) -> None:
    server = endpoint(GOOD, GOOD, GOOD)
    server.closes = True
    client = a_client(sleep=lambda _: None)
    for _ in range(3):
        assert client.get_item(TableName="t", Key=KEY)["Item"] == {"a": {"S": "b"}}


def test_what_no_second_try_mends_is_told_at_once(endpoint: Endpoint) -> None:
    server = endpoint(fault(400, "ValidationException"), (403, {}, b"<html>"))
    client = a_client()
    with pytest.raises(ClientError, match="ValidationException"):
        client.get_item(TableName="t", Key=KEY)
    with pytest.raises(ClientError) as err:
        client.get_item(TableName="t", Key=KEY)
    assert err.value.response["Error"]["Code"] == "403"
    assert len(server.seen) == 2


def test_nobody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(EndpointConnectionError):
        a_client(sleep=lambda _: None).get_item(TableName="t", Key=KEY)
