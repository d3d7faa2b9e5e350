"""The functions' client for DynamoDB and secrets does what botocore's own does, over a socket."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import botocore.session
import pytest
from botocore.credentials import Credentials
from botocore.exceptions import (
    ClientError,
    NoCredentialsError,
)

from cli.local.access.recording import _APPLICATION
from nexus.adapters.aws.json_client import JsonClient
from tests.aws_server import running_aws_server
from tests.scripted_aws import GOOD, Endpoint, scripted_endpoints

REGION = "eu-west-1"
KEY = {"pk": {"S": "a"}, "sk": {"S": "b"}}
ITEM = {
    **KEY,
    "text": {"S": 'ünïcode \U0001f600 "B"'},
    "whole": {"N": "12345678901234567890"},
    "bytes": {"B": bytes(range(256))},
    "none": {"NULL": True},
    "yes": {"BOOL": True},
    "B": {"S": "an attribute of this name"},
    "map": {"M": {"B": {"B": b"\x00"}, "S": {"L": [{"N": "1.5"}, {"B": b""}]}}},
}

TESTING = Credentials("testing", "testing")


def a_client(service: str = "dynamodb", keys: Any = TESTING, **more: Any) -> JsonClient:
    return JsonClient(service, REGION, keys, 4, **more)


@pytest.fixture
def both(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[JsonClient, Any]]:
    """Ours and botocore's, of one DynamoDB with a table."""
    with running_aws_server(REGION) as aws:
        for name, value in aws.environ.items():
            monkeypatch.setenv(name, value)
        theirs: Any = botocore.session.Session().create_client("dynamodb")
        theirs.create_table(
            TableName="t",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in KEY],
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
        )
        yield a_client(), theirs


def without_metadata(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def test_every_kind_of_value_is_written_and_read_as_by_botocore(
    both: tuple[JsonClient, Any],
) -> None:
    ours, theirs = both
    ours.put_item(TableName="t", Item=ITEM)
    assert theirs.get_item(TableName="t", Key=KEY)["Item"] == ITEM
    asked: dict[str, dict[str, Any]] = {
        "get_item": {"TableName": "t", "Key": KEY},
        "batch_get_item": {"RequestItems": {"t": {"Keys": [KEY], "ConsistentRead": True}}},
        "query": {
            "TableName": "t",
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": {"S": "a"}},
        },
        "scan": {"TableName": "t", "ProjectionExpression": "pk, #b",
                 "ExpressionAttributeNames": {"#b": "bytes"}},
        "update_item": {
            "TableName": "t", "Key": KEY, "UpdateExpression": "SET n = :n",
            "ExpressionAttributeValues": {":n": {"B": b"new"}}, "ReturnValues": "ALL_NEW",
        },
    }  # fmt: skip
    for name, parameters in asked.items():
        found = getattr(ours, name)(**parameters)
        told = getattr(theirs, name)(**parameters)
        assert without_metadata(found) == without_metadata(told), name
        assert found["ResponseMetadata"]["HTTPStatusCode"] == 200
    ours.batch_write_item(RequestItems={"t": [{"DeleteRequest": {"Key": KEY}}]})
    assert "Item" not in ours.get_item(TableName="t", Key=KEY)
    ours.put_item(TableName="t", Item=ITEM)
    ours.delete_item(TableName="t", Key=KEY)
    assert ours.scan(TableName="t")["Items"] == []


def test_pages_follow_one_another_to_the_last(both: tuple[JsonClient, Any]) -> None:
    ours, _ = both
    for number in range(5):
        ours.put_item(TableName="t", Item={"pk": {"S": "a"}, "sk": {"S": str(number)}})
    query = {
        "TableName": "t",
        "Limit": 2,
        "KeyConditionExpression": "pk = :pk",
        "ExpressionAttributeValues": {":pk": {"S": "a"}},
    }
    pages = list(ours.get_paginator("query").paginate(**query))
    assert [item["sk"]["S"] for page in pages for item in page["Items"]] == list("01234")
    assert len(pages) >= 3
    assert len(list(ours.get_paginator("scan").paginate(TableName="t"))) == 1


def test_a_refusal_is_an_error_of_its_own_class_as_botocore_has_it(
    both: tuple[JsonClient, Any],
) -> None:
    ours, theirs = both
    once = {"TableName": "t", "Item": ITEM, "ConditionExpression": "attribute_not_exists(pk)"}
    ours.put_item(**once)
    with pytest.raises(ours.exceptions.ConditionalCheckFailedException) as mine:
        ours.put_item(**once)
    with pytest.raises(theirs.exceptions.ConditionalCheckFailedException) as botocores:
        theirs.put_item(**once)
    assert mine.value.response["Error"] == botocores.value.response["Error"]
    assert mine.value.operation_name == "PutItem"
    assert isinstance(mine.value, ClientError)
    with pytest.raises(ours.exceptions.ResourceNotFoundException):
        ours.get_item(TableName="none", Key=KEY)


def test_a_secret_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    with running_aws_server(REGION) as aws:
        for name, value in aws.environ.items():
            monkeypatch.setenv(name, value)
        theirs: Any = botocore.session.Session().create_client("secretsmanager")
        theirs.create_secret(Name="s", SecretString="the key")
        ours = a_client("secretsmanager")
        assert ours.get_secret_value(SecretId="s")["SecretString"] == "the key"
        with pytest.raises(ours.exceptions.ResourceNotFoundException):
            ours.get_secret_value(SecretId="other")
        with pytest.raises(AttributeError, match="put_secret_value"):
            ours.put_secret_value(SecretId="s", SecretString="x")


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    with scripted_endpoints(monkeypatch) as make:
        yield make


def test_a_call_says_whose_it_is_and_is_signed(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SDK_UA_APP_ID", "nexus-prod chat")
    server = endpoint(GOOD)
    a_client(keys=Credentials("AKID", "secret", "token")).get_item(TableName="t", Key=KEY)
    [seen] = server.seen
    application = _APPLICATION.search(seen["user-agent"])
    assert application is not None
    assert application[1] == "nexus-prod-chat"
    assert seen["x-amz-target"] == "DynamoDB_20120810.GetItem"
    assert seen["x-amz-security-token"] == "token"
    assert f"/{REGION}/dynamodb/aws4_request" in seen["authorization"]


def test_a_body_does_not_wait_for_the_headers_to_be_acknowledged(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[socket.socket] = []
    create = socket.create_connection

    def noted(*args: Any) -> socket.socket:
        made.append(create(*args))
        return made[-1]

    monkeypatch.setattr(socket, "create_connection", noted)
    endpoint(GOOD)
    a_client().get_item(TableName="t", Key=KEY)
    assert made[0].getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_without_credentials_a_call_says_so(endpoint: Endpoint) -> None:
    endpoint(GOOD)
    with pytest.raises(NoCredentialsError):
        a_client(keys=None).get_item(TableName="t", Key=KEY)
