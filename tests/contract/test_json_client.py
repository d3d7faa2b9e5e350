"""The functions' client for DynamoDB and secrets does what botocore's own does, over a socket."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import botocore.session
import pytest
from botocore.credentials import Credentials
from botocore.exceptions import (
    ChecksumError,
    ClientError,
    EndpointConnectionError,
    HTTPClientError,
    NoCredentialsError,
)

from cli.local.access.recording import _APPLICATION
from nexus.adapters.aws.json_client import JsonClient
from tests.aws_server import running_aws_server

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

Reply = tuple[int, dict[str, str], bytes]


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


class Scripted:
    """An endpoint that gives these replies in turn; None breaks the connection."""

    def __init__(self, replies: list[Reply | None]) -> None:
        self.seen: list[dict[str, str]] = []
        script = iter(replies)
        scripted = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["content-length"]))
                scripted.seen.append({k.lower(): v for k, v in self.headers.items()})
                reply = next(script)
                if reply is None:
                    self.close_connection = True
                    return
                status, headers, body = reply
                self.send_response(status)
                for name, value in {**headers, "content-length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Scripted]]:
    made: list[Scripted] = []

    def make(*replies: Reply | None) -> Scripted:
        made.append(Scripted(list(replies)))
        port = made[-1].server.server_address[1]
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
        return made[-1]

    yield make
    for one in made:
        one.server.shutdown()
        one.server.server_close()


def fault(status: int, code: str) -> Reply:
    return status, {}, json.dumps({"__type": f"com.amazonaws#{code}", "message": "so"}).encode()


GOOD: Reply = (200, {}, b'{"Item": {"a": {"S": "b"}}}')


@pytest.mark.parametrize(
    "passing",
    [
        None,
        fault(500, "InternalServerError"),
        (503, {}, b"<html>"),
        fault(400, "ProvisionedThroughputExceededException"),
        (200, {"x-amz-crc32": "1"}, b"{}"),
        (200, {}, b"{"),
    ],
)
def test_what_fails_in_passing_is_tried_once_more(
    endpoint: Callable[..., Scripted], passing: Reply | None
) -> None:
    server = endpoint(passing, GOOD)
    pauses: list[float] = []
    answer = a_client(sleep=pauses.append).get_item(TableName="t", Key=KEY)
    assert answer["Item"] == {"a": {"S": "b"}}
    assert answer["ResponseMetadata"]["RetryAttempts"] == 1
    assert len(server.seen) == 2
    [pause] = pauses
    assert 0 <= pause <= 1


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (None, HTTPClientError),
        (fault(500, "InternalServerError"), ClientError),
        ((200, {"x-amz-crc32": "1"}, b"{}"), ChecksumError),
    ],
)
def test_a_second_failure_in_passing_is_told(
    endpoint: Callable[..., Scripted], reply: Reply | None, error: type[Exception]
) -> None:
    server = endpoint(reply, reply, GOOD)
    with pytest.raises(error):
        a_client(sleep=lambda _: None).get_item(TableName="t", Key=KEY)
    assert len(server.seen) == 2


def test_what_no_second_try_mends_is_told_at_once(endpoint: Callable[..., Scripted]) -> None:
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


def test_a_call_says_whose_it_is_and_is_signed(
    endpoint: Callable[..., Scripted], monkeypatch: pytest.MonkeyPatch
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


def test_a_body_does_not_wait_for_the_headers_to_be_acknowledged() -> None:
    options = a_client()._http._socket_options
    assert (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1) in options


def test_without_credentials_a_call_says_so(endpoint: Callable[..., Scripted]) -> None:
    endpoint(GOOD)
    with pytest.raises(NoCredentialsError):
        a_client(keys=None).get_item(TableName="t", Key=KEY)
