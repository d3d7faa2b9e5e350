"""Calls DynamoDB, Secrets Manager and S3 Vectors in JSON, without botocore's own clients.

botocore's own clients read a model of each service and the rules for its address when they are
made, and interpret them at each call: most of what a call cost. What a function asks of these is
a JSON object to one address, and the answer is one; S3 Vectors has a path for each operation, where
the other two have a header. Credentials, certificates, proxies, when to
try again, and all errors are botocore's own; `signing` and `connections` say why those are not. As
with botocore, a clock that is wrong is not corrected. What botocore adds and this leaves out is an
id for each call and the number of each try, sent for AWS's own records, and addresses by account,
FIPS and dual stack (`addresses.is_plain`).

aiodynamo, which goes without botocore, too, is for asyncio and DynamoDB alone, and signs and finds
credentials by code of its own.
"""

from __future__ import annotations

import base64
import json
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import SplitResult, urlsplit
from zlib import crc32

import botocore
from botocore.credentials import RefreshableCredentials
from botocore.exceptions import (
    BotoCoreError,
    ChecksumError,
    ClientError,
    HTTPClientError,
    NoCredentialsError,
)

from nexus.adapters.aws.addresses import address_of
from nexus.adapters.aws.connections import connections_to
from nexus.adapters.aws.retrying import Retries
from nexus.adapters.aws.signing import Signer
from nexus.adapters.aws.spans import called
from nexus.adapters.http_answers import Reply
from nexus.deadline import current
from nexus.tracing import is_traced

# Each service's protocol: what its calls are named by (a path, where that is empty), and what kind
# of JSON it speaks.
_PROTOCOLS = {
    "dynamodb": ("DynamoDB_20120810", "application/x-amz-json-1.0"),
    "secretsmanager": ("secretsmanager", "application/x-amz-json-1.1"),
    "s3vectors": ("", "application/json"),
}
# All that is asked of them; an operation beyond these may need what botocore adds to it.
OPERATIONS = {
    "dynamodb": {
        "batch_get_item", "batch_write_item", "delete_item", "get_item", "put_item", "query",
        "scan", "transact_write_items", "update_item",
    },
    "secretsmanager": {"get_secret_value"},
    "s3vectors": {
        "create_index", "delete_index", "delete_vectors", "get_vectors", "list_indexes",
        "list_vectors", "put_vectors", "query_vectors",
    },
}  # fmt: skip
TRIES = 3
# How long an answer is waited for. Megabytes of vectors take longer than an item.
READ_S = 2.0
VECTORS_READ_S = 10.0
# A socket takes no time at all for "do not wait".
_LEAST_S = 0.001
_NOT_IN_AN_APP_ID = re.compile(r"[^A-Za-z0-9!#$%&'*+\-.^_`|~]")


class JsonClient:
    """Has the operations of a service as methods that take and return what botocore's do.

    A call that AWS refuses raises ClientError of the class that `exceptions` names. One that fails
    in passing (a broken connection, a time-out, throttling, a 5xx) is tried twice more, if the
    request's time and the quota of `Retries` allow; writes are, too, as by botocore: a condition,
    or writing the same, is what makes them safe. Safe to share between threads; connections are
    opened when they are needed, and one that its peer has closed is replaced. `refused` gets the
    error code of each try that AWS refuses, of those too that a later one makes good.
    `ends_in_time` is whether all calls end by the deadline, wherever the other side hangs.
    """

    def __init__(
        self,
        service: str,
        region: str,
        credentials: Any,
        connections: int,
        refused: Callable[[str], None] | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        prefix, kind = _PROTOCOLS[service]
        self._service = service
        self._target = prefix
        url = address_of(service, region)
        parts = urlsplit(url)
        self._path = parts.path or "/"
        self._read_s = VECTORS_READ_S if service == "s3vectors" else READ_S
        self._host = _host(parts)
        self._headers = {"content-type": kind}
        self._user_agent = _user_agent()
        self._signer = Signer(service, region)
        self._credentials = credentials
        self._refused = refused
        self._sleep = sleep
        self._retries = Retries(service, TRIES)
        self._http = connections_to(url, connections)
        self.exceptions = Exceptions()
        # Credentials that are fetched are waited for as long as botocore does.
        fetches = isinstance(credentials, RefreshableCredentials)
        self.ends_in_time = self._http.ends_in_time and not fetches

    def __getattr__(self, name: str) -> Callable[..., dict[str, Any]]:
        if name not in OPERATIONS[self.__dict__["_service"]]:
            raise AttributeError(f"Nexus does not call {name} of {self._service}.")
        operation = name.title().replace("_", "")

        def call(**parameters: Any) -> dict[str, Any]:
            if is_traced():
                with called(self._service, operation, parameters):
                    return self._call(operation, parameters)
            return self._call(operation, parameters)

        self.__dict__[name] = call
        return call

    def get_paginator(self, name: str) -> Pages:
        """What goes through all pages of `query` or `scan`."""
        return Pages(getattr(self, name))

    def _call(self, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        body = _written(parameters).encode()
        spent: dict[str, Any] = {}
        tried = 1
        while True:
            try:
                answer = self._try(operation, body, tried - 1)
            except (ClientError, BotoCoreError) as err:
                pause_s = self._retries.pause_s(tried, err, spent)
                if pause_s is None or not current().fits(pause_s):
                    raise
            else:
                self._retries.succeeded(spent)
                return answer
            self._sleep(pause_s)
            tried += 1

    def _try(self, operation: str, body: bytes, retries: int) -> dict[str, Any]:
        if self._credentials is None:
            raise NoCredentialsError
        path, named = self._path, {"x-amz-target": f"{self._target}.{operation}"}
        if not self._target:
            path, named = f"{path.rstrip('/')}/{operation}", {}
        headers = self._signer.signed(
            self._host,
            path,
            {**self._headers, **named},
            body,
            self._credentials.get_frozen_credentials(),
            time.time(),
        )
        headers["user-agent"] = self._user_agent
        left_s = current().remaining()
        response = self._http.post(headers, body, max(_LEAST_S, min(self._read_s, left_s)), path)
        _check(response.headers, response.content)
        answer = _decoded(response.content, response.status)
        metadata = {
            "RequestId": response.headers.get("x-amzn-requestid", ""),
            "HTTPStatusCode": response.status,
            "HTTPHeaders": response.headers,
            "RetryAttempts": retries,
        }
        if response.status >= 300:
            code, message = _fault(response, answer)
            if self._refused is not None:
                self._refused(code)
            error = {"Code": code, "Message": message}
            told: Any = {**answer, "Error": error, "ResponseMetadata": metadata}
            raise self.exceptions.of(code)(told, operation)
        return {**answer, "ResponseMetadata": metadata}


class Pages:
    """All pages of an operation that tells where the next one begins."""

    def __init__(self, call: Callable[..., dict[str, Any]]) -> None:
        self._call = call

    def paginate(self, **parameters: Any) -> Iterator[dict[str, Any]]:
        """The pages, each asked for when it is needed."""
        while True:
            page = self._call(**parameters)
            yield page
            if not page.get("LastEvaluatedKey"):
                return
            parameters["ExclusiveStartKey"] = page["LastEvaluatedKey"]


class Exceptions:
    """The classes of a service's errors by their codes, made when they are first named."""

    def __init__(self) -> None:
        self._classes: dict[str, type[ClientError]] = {}

    def __getattr__(self, code: str) -> type[ClientError]:
        return self.of(code)

    def of(self, code: str) -> type[ClientError]:
        """The class of a code, which is ClientError's own for what is no name."""
        if not code.isidentifier():
            return ClientError
        found = self._classes.get(code)
        if found is None and len(self._classes) < 1000:  # a name that a stranger may have given
            found = self._classes.setdefault(code, type(code, (ClientError,), {}))
        return found or ClientError


def _user_agent() -> str:
    # `app/` is how AWS_SDK_UA_APP_ID reaches CloudTrail and the local recording of rights.
    app = _NOT_IN_AN_APP_ID.sub("-", os.environ.get("AWS_SDK_UA_APP_ID", ""))[:50]
    return f"nexus Botocore/{botocore.__version__}" + (f" app/{app}" if app else "")


def _host(address: SplitResult) -> str:
    """The header Host, which a usual port does not stand in."""
    name = address.hostname or ""
    name = f"[{name}]" if ":" in name else name
    usual = {"http": 80, "https": 443}.get(address.scheme)
    return f"{name}:{address.port}" if address.port not in (None, usual) else name


def _encoded(value: object) -> str:
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode()
    raise TypeError(f"No attribute holds a {type(value).__name__}.")


# `json` makes an encoder for each text that it writes with a `default`.
_written = json.JSONEncoder(default=_encoded).encode


def _bytes_of(found: dict[str, Any]) -> dict[str, Any]:
    # A binary attribute; a map's own key may be B, too, but what it holds is an attribute.
    if len(found) == 1 and isinstance(found.get("B"), str):
        return {"B": base64.b64decode(found["B"])}
    return found


# As `loads` would make one for each text.
_with_bytes = json.JSONDecoder(object_hook=_bytes_of)


def _decoded(content: bytes, status: int) -> dict[str, Any]:
    try:
        if b'"B"' in content:
            text = content.decode(json.detect_encoding(content), "surrogatepass")
            answer = _with_bytes.decode(text)
        else:
            answer = json.loads(content or b"{}")
    except (ValueError, RecursionError) as err:
        if status >= 300:  # a gateway's page says no more than its status
            return {}
        raise HTTPClientError(error="the answer is not JSON") from err
    return answer if isinstance(answer, dict) else {}


def _check(headers: Mapping[str, str], content: bytes) -> None:
    length = headers.get("content-length", "")
    if length.isdigit() and int(length) != len(content):  # botocore would take it as it is
        raise HTTPClientError(error=f"{len(content)} of the answer's {length} bytes came")
    expected = headers.get("x-amz-crc32", "")
    if expected.isdigit() and int(expected) != crc32(content):
        raise ChecksumError(
            checksum_type="crc32", expected_checksum=expected, actual_checksum=str(crc32(content))
        )


def _fault(response: Reply, answer: Mapping[str, Any]) -> tuple[str, str]:
    """The code and the message of a refusal; the code is the status where it names none."""
    code = answer.get("__type") or answer.get("code") or response.headers.get("x-amzn-errortype")
    message = answer.get("message") or answer.get("Message") or ""
    # "com.amazonaws.dynamodb.v20120810#ThrottlingException", "AccessDenied:http://…"
    short = str(code or response.status).rpartition("#")[2].partition(":")[0]
    return short, str(message)
