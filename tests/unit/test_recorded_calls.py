"""Which rights an AWS call needs is read from the requests that botocore really sends."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config

from cli.local.access.bodies import Message, Receive, Scope, Send
from cli.local.access.calls import Call, calls
from cli.local.access.recording import Recording
from cli.local.access.signatures import SignedRequest
from tests.unit.cli_stage import aws_session

ACCOUNT = "000000000000"
TABLE = f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/t"
QUEUE = f"arn:aws:sqs:us-east-1:{ACCOUNT}:q"
OBJECT = "arn:aws:s3:::b/documents/demo/a b.md"
KEY = {"pk": {"S": "p"}, "sk": {"S": "s"}}
PUT = {"Item": {**KEY, "text": {"S": "secret words"}}}


def sent(service: str, call: Callable[[Any], object]) -> SignedRequest:
    """The request that a client sends for a call, which is not answered."""
    client = aws_session().client(
        service,  # type: ignore[call-overload]
        endpoint_url="http://127.0.0.1:4566",
        config=Config(
            s3={"addressing_style": "path"},
            user_agent_appid="nexus-local-chat",  # type: ignore[call-arg]
        ),
    )
    caught: list[SignedRequest] = []

    def catch(request: Any, **_: Any) -> AWSResponse:
        headers = tuple(
            (
                name.lower().encode(),
                value if isinstance(value, bytes) else str(value).encode("latin-1"),
            )
            for name, value in request.headers.items()
        )
        body = request.body.read() if hasattr(request.body, "read") else request.body or b""
        body = body.encode() if isinstance(body, str) else body
        target = request.url.removeprefix("http://127.0.0.1:4566")
        caught.append(SignedRequest(request.method, target, headers, body))
        raise InterruptedError

    client.meta.events.register("before-send", catch)
    with pytest.raises(InterruptedError):
        call(client)
    return caught[0]


@pytest.mark.parametrize(
    ("service", "call", "expected"),
    [
        (
            "dynamodb",
            lambda c: c.get_item(TableName="t", Key=KEY),
            [Call("dynamodb:GetItem", TABLE, ("p",))],
        ),
        (
            "dynamodb",
            lambda c: c.put_item(TableName="t", **PUT),
            [Call("dynamodb:PutItem", TABLE, ("p",))],
        ),
        (
            "dynamodb",
            lambda c: c.query(TableName="t", IndexName="index", KeyConditionExpression="pk = :p"),
            [Call("dynamodb:Query", f"{TABLE}/index/index")],
        ),
        (
            "dynamodb",
            lambda c: c.batch_get_item(RequestItems={"t": {"Keys": [KEY, KEY]}}),
            [Call("dynamodb:BatchGetItem", TABLE, ("p",))],
        ),
        (
            "dynamodb",
            lambda c: c.batch_write_item(
                RequestItems={"t": [{"PutRequest": PUT}, {"DeleteRequest": {"Key": KEY}}]}
            ),
            [Call("dynamodb:BatchWriteItem", TABLE, ("p",))],
        ),
        (
            "dynamodb",
            lambda c: c.transact_write_items(
                TransactItems=[
                    {"Put": {"TableName": "t", **PUT}},
                    {"Delete": {"TableName": "u", "Key": KEY}},
                ]
            ),
            [
                Call("dynamodb:PutItem", TABLE, ("p",)),
                Call("dynamodb:DeleteItem", f"{TABLE[:-1]}u", ("p",)),
            ],
        ),
        (
            "sqs",
            lambda c: c.send_message_batch(
                QueueUrl="http://127.0.0.1:4566/000000000000/q",
                Entries=[{"Id": "1", "MessageBody": "x"}],
            ),
            [Call("sqs:SendMessage", QUEUE)],
        ),
        (
            "secretsmanager",
            lambda c: c.get_secret_value(SecretId="arn:of:the:secret"),
            [Call("secretsmanager:GetSecretValue", "arn:of:the:secret")],
        ),
        (
            "logs",
            lambda logs: logs.filter_log_events(logGroupName="nexus-chat", limit=1),
            [
                Call(
                    "logs:FilterLogEvents",
                    f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:nexus-chat:*",
                )
            ],
        ),
        (
            "lambda",
            lambda c: c.invoke(FunctionName="nexus-local-backup:live", Payload=b"{}"),
            [
                Call(
                    "lambda:InvokeFunction",
                    f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:nexus-local-backup:live",
                )
            ],
        ),
        (
            "s3",
            lambda c: c.head_object(Bucket="b", Key="documents/demo/a b.md"),
            [Call("s3:GetObject", OBJECT)],
        ),
        (
            "s3",
            lambda c: c.get_object(Bucket="b", Key="documents/demo/a b.md", VersionId="v1"),
            [Call("s3:GetObjectVersion", OBJECT)],
        ),
        (
            "s3",
            lambda c: c.put_object(Bucket="b", Key="documents/demo/a b.md", Body=b"x"),
            [Call("s3:PutObject", OBJECT)],
        ),
        (
            "s3",
            lambda c: c.copy_object(
                Bucket="b",
                Key="documents/demo/a b.md",
                CopySource={"Bucket": "b", "Key": "documents/demo/a b.md", "VersionId": "v1"},
            ),
            [Call("s3:PutObject", OBJECT), Call("s3:GetObjectVersion", OBJECT)],
        ),
        (
            "s3",
            lambda c: c.delete_objects(
                Bucket="b",
                Delete={"Objects": [{"Key": "documents/demo/a b.md", "VersionId": "v1"}]},
            ),
            [Call("s3:DeleteObjectVersion", OBJECT)],
        ),
        (
            "s3",
            lambda c: c.delete_object(Bucket="b", Key="documents/demo/a b.md"),
            [Call("s3:DeleteObject", OBJECT)],
        ),
        (
            "s3",
            lambda c: c.get_object_tagging(Bucket="b", Key="documents/demo/a b.md"),
            [Call("s3:GetObjectTagging", OBJECT)],
        ),
        (
            "s3",
            lambda c: c.list_objects_v2(Bucket="b", Prefix="documents/"),
            [Call("s3:ListBucket", "arn:aws:s3:::b")],
        ),
        (
            "s3",
            lambda c: c.list_object_versions(Bucket="b"),
            [Call("s3:ListBucketVersions", "arn:aws:s3:::b")],
        ),
        (
            "s3",
            lambda c: c.create_multipart_upload(Bucket="b", Key="documents/demo/a b.md"),
            [Call("s3:PutObject", OBJECT)],
        ),
        (
            "s3",
            lambda c: c.abort_multipart_upload(
                Bucket="b", Key="documents/demo/a b.md", UploadId="u"
            ),
            [Call("s3:AbortMultipartUpload", OBJECT)],
        ),
        # What is not known is a right that no policy gives.
        ("s3", lambda c: c.create_bucket(Bucket="b"), [Call("s3:Unknown", "arn:aws:s3:::b")]),
        ("iam", lambda c: c.list_roles(), [Call("iam:Unknown", "/")]),
        (
            "lambda",
            lambda c: c.get_function(FunctionName="f"),
            [Call("lambda:Unknown", "/2015-03-31/functions/f")],
        ),
    ],
)
def test_a_call_needs_the_rights_that_aws_documents(
    service: str, call: Callable[[Any], object], expected: list[Call]
) -> None:
    assert calls(sent(service, call), ACCOUNT) == expected


def test_a_signed_url_needs_the_right_of_the_request_that_it_signs() -> None:
    config = Config(signature_version="s3v4", s3={"addressing_style": "path"})
    client = aws_session().client("s3", config=config)
    given = {"Bucket": "b", "Key": "documents/demo/a b.md"}
    url = client.generate_presigned_url("put_object", given)
    request = SignedRequest("PUT", "/b" + url.partition("/b")[2], ())
    assert calls(request, ACCOUNT) == [Call("s3:PutObject", OBJECT)]


def test_each_new_call_is_written_once_without_its_content(tmp_path: Path) -> None:
    file = tmp_path / "calls.jsonl"
    request = sent("dynamodb", lambda client: client.put_item(TableName="t", **PUT))
    received: list[bytes] = []

    async def app(_scope: Scope, receive: Receive, _send: Send) -> None:
        received.append((await receive())["body"])

    async def receive() -> Message:
        return {"type": "http.request", "body": request.body, "more_body": False}

    async def send(_message: Message) -> None: ...

    recording = Recording(app, file, ACCOUNT)
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/",
        "query_string": b"",
        "headers": list(request.headers),
    }
    others = {
        **scope,
        "headers": [(key, value) for key, value in request.headers if key != b"user-agent"],
    }
    for one in (scope, scope, others):
        asyncio.run(recording(one, receive, send))
    assert received == [request.body] * 3
    [line] = file.read_text(encoding="utf-8").splitlines()
    assert json.loads(line) == {
        "function": "nexus-local-chat",
        "action": "dynamodb:PutItem",
        "resource": TABLE,
        "leading_keys": ["p"],
    }
