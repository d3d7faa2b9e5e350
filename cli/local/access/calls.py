"""Which rights an AWS call needs: IAM's actions and the resources that they are asked for.

By the Service Authorization Reference, for the services that the functions call:
https://docs.aws.amazon.com/service-authorization/latest/reference/
A call that is not known here gets the action `service:Unknown`, which no policy allows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from cli.local.access.signatures import SignedRequest

_SCOPE = re.compile(r"Credential=[^/,\s]+/\d+/([^/,\s]+)/([^/,\s]+)/aws4_request")
_OBJECTS = re.compile(rb"<Object>(.*?)</Object>", re.DOTALL)
_KEY = re.compile(rb"<Key>(.*?)</Key>", re.DOTALL)
_BATCHES = {
    "SendMessageBatch": "SendMessage",
    "DeleteMessageBatch": "DeleteMessage",
    "ChangeMessageVisibilityBatch": "ChangeMessageVisibility",
}
_TRANSACTED = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
    "Get": "GetItem",
}
_FUNCTION = re.compile(r"/2015-03-31/functions/([^/]+)")
_VERSIONS = re.compile(r"/2015-03-31/functions/([^/]+)(/versions|/aliases/[^/]+)")
_INVOKED = re.compile(r"/2015-03-31/functions/([^/]+)/invocations")


@dataclass(frozen=True, slots=True)
class Call:
    """An action such as "dynamodb:GetItem", and the ARN that it is asked for.

    `leading_keys` are the partition keys of the items that a call of DynamoDB touches.
    """

    action: str
    resource: str
    leading_keys: tuple[str, ...] = ()


def calls(request: SignedRequest, account: str) -> list[Call]:
    """What a request to AWS asks for; empty if it is signed in no way."""
    given = dict(request.query)
    scope = _SCOPE.search(request.header("authorization"))
    if "X-Amz-Credential" in given:
        scope = _SCOPE.search(f"Credential={given['X-Amz-Credential']}")
    if scope is None:
        return []
    region, service = scope.groups()
    place = f"{region}:{account}"
    operation = request.header("x-amz-target").rpartition(".")[2]
    found = [Call(f"{service}:Unknown", operation or request.target.partition("?")[0])]
    if service == "s3":
        found = list(_s3(request))
    elif service == "lambda":
        found = _lambda(request, given, place) or found
    elif service == "apigateway":
        # Its actions are the methods, its resources the paths.
        path = unquote(request.target.partition("?")[0])
        found = [Call(f"apigateway:{request.method}", f"arn:aws:apigateway:{region}::{path}")]
    elif operation:
        body = _object(request.body)
        if service == "dynamodb":
            found = list(_dynamodb(operation, body, f"arn:aws:dynamodb:{place}:table/"))
        elif service == "sqs":
            name = str(body.get("QueueUrl", "")).rpartition("/")[2]
            action = _BATCHES.get(operation, operation)
            found = [Call(f"sqs:{action}", f"arn:aws:sqs:{place}:{name}")]
        elif service == "logs":
            group = f"arn:aws:logs:{place}:log-group:{body.get('logGroupName', '')}:*"
            found = [Call(f"logs:{operation}", group)]
        elif service == "cognito-idp":
            pool = f"arn:aws:cognito-idp:{place}:userpool/{body.get('UserPoolId', '')}"
            found = [Call(f"cognito-idp:{operation}", pool)]
        elif service == "secretsmanager":
            found = [Call(f"secretsmanager:{operation}", str(body.get("SecretId", "")))]
    return found


def _object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _lambda(request: SignedRequest, given: Mapping[str, str], place: str) -> list[Call]:
    path = unquote(request.target.partition("?")[0])
    if request.method == "GET" and (kept := _VERSIONS.fullmatch(path)):
        action = "GetAlias" if kept[2].startswith("/aliases") else "ListVersionsByFunction"
        return [Call(f"lambda:{action}", f"arn:aws:lambda:{place}:function:{kept[1]}")]
    if request.method == "DELETE" and (removed := _FUNCTION.fullmatch(path)):
        version = f":{given['Qualifier']}" if "Qualifier" in given else ""
        return [
            Call("lambda:DeleteFunction", f"arn:aws:lambda:{place}:function:{removed[1]}{version}")
        ]
    named = _INVOKED.fullmatch(path)
    if request.method != "POST" or named is None:
        return []
    qualifier = f":{given['Qualifier']}" if "Qualifier" in given else ""
    name = named[1].rpartition(":function:")[2] + qualifier
    return [Call("lambda:InvokeFunction", f"arn:aws:lambda:{place}:function:{name}")]


def _dynamodb(operation: str, body: Mapping[str, Any], tables: str) -> Iterator[Call]:
    if operation in ("BatchGetItem", "BatchWriteItem"):
        for table, asked in body.get("RequestItems", {}).items():
            if operation == "BatchGetItem":
                items = asked["Keys"]
            else:
                items = [part.get("Item") or part["Key"] for one in asked for part in one.values()]
            yield Call(f"dynamodb:{operation}", tables + table, _leading(items))
    elif operation in ("TransactWriteItems", "TransactGetItems"):
        for one in body.get("TransactItems", ()):
            for kind, part in one.items():
                found = _leading([part.get("Item") or part["Key"]])
                yield Call(f"dynamodb:{_TRANSACTED[kind]}", tables + part["TableName"], found)
    else:
        index = f"/index/{body['IndexName']}" if "IndexName" in body else ""
        resource = f"{tables}{body.get('TableName', '')}{index}"
        touched = [body[part] for part in ("Item", "Key") if part in body]
        yield Call(f"dynamodb:{operation}", resource, _leading(touched))


def _leading(items: list[Mapping[str, Any]]) -> tuple[str, ...]:
    return tuple(sorted({str(item.get("pk", {}).get("S", "")) for item in items}))


def _s3(request: SignedRequest) -> Iterator[Call]:
    given = dict(request.query)
    names = {name for name, _ in request.query} | _valueless(request.target)
    bucket, _, key = unquote(request.target.partition("?")[0]).lstrip("/").partition("/")
    arn = f"arn:aws:s3:::{bucket}"
    version = "Version" if "versionId" in given else ""
    if not key:
        if request.method == "POST" and "delete" in names:
            for one in _OBJECTS.findall(request.body):
                named = _KEY.search(one)
                suffix = "Version" if b"<VersionId>" in one else ""
                text = unquote(named[1].decode()) if named else ""
                yield Call(f"s3:DeleteObject{suffix}", f"{arn}/{text}")
        elif request.method in ("GET", "HEAD"):
            yield Call("s3:ListBucketVersions" if "versions" in names else "s3:ListBucket", arn)
        else:
            yield Call("s3:Unknown", arn)
        return
    resource = f"{arn}/{key}"
    if request.method in ("GET", "HEAD"):
        tagging = "Tagging" if "tagging" in names else ""
        yield Call(f"s3:GetObject{version}{tagging}", resource)
    elif request.method == "DELETE":
        action = "AbortMultipartUpload" if "uploadId" in names else f"DeleteObject{version}"
        yield Call(f"s3:{action}", resource)
    elif request.method == "PUT" and "tagging" in names:
        yield Call(f"s3:PutObject{version}Tagging", resource)
    elif request.method == "PUT" or (request.method == "POST" and names & {"uploads", "uploadId"}):
        yield Call("s3:PutObject", resource)
        if source := request.header("x-amz-copy-source"):
            path, _, copied = source.partition("?versionId=")
            action = "GetObjectVersion" if copied else "GetObject"
            yield Call(f"s3:{action}", f"arn:aws:s3:::{unquote(path).lstrip('/')}")
    else:
        yield Call("s3:Unknown", resource)


def _valueless(target: str) -> set[str]:
    """Names of the query, those among them that have no value ("?delete")."""
    return {pair.partition("=")[0] for pair in target.partition("?")[2].split("&")}
