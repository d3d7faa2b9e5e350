"""The local servers trust this machine's programs, and no page that its browser shows."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import httpx
import pytest
from botocore.awsrequest import AWSPreparedRequest
from botocore.config import Config

from cli.failure import Failure
from cli.local.access import credentials, signatures
from cli.local.access.bearer import KeyedServer
from cli.local.access.bodies import Message, Receive, Scope, Send
from cli.local.access.emulator import Guarded
from cli.local.access.sign_in import SignInRules
from cli.local.layout import Layout
from cli.stacks import local_session

PORT = 4777
OWN = f"http://127.0.0.1:{PORT}"
API = "/_aws/execute-api/abc/live/v1/chat"
EVIL = "https://evil.example"


async def everything(scope: Scope, receive: Receive, send: Send) -> None:
    """Stands for the emulator: answers everybody, says so to all origins, repeats the body."""
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    headers = [(b"access-control-allow-origin", b"*"), (b"access-control-allow-headers", b"*")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class OneOrigin:
    """A bucket whose CORS configuration names one origin."""

    def preflight(self, path: str, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        allowed = self.allowed(path, headers.get("access-control-request-method", ""), headers)
        return (200, allowed, b"") if allowed else (403, {}, b"<Error/>")

    def allowed(self, path: str, method: str, headers: dict[str, str]) -> dict[str, str]:
        assert path.startswith("/documents/")
        is_named = headers.get("origin") == "http://localhost:3000"
        return {"Access-Control-Allow-Origin": headers["origin"]} if is_named else {}


async def names_the_first_origin(_scope: Any, _receive: Any, send: Any) -> None:
    """As the emulator answers a preflight for the API, whoever asks."""
    headers = [(b"Access-Control-Allow-Origin", b"http://first.example")]
    await send({"type": "http.response.start", "status": 204, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(tmp_path)


@pytest.fixture
def session(layout: Layout) -> boto3.Session:
    credentials.renew(layout, PORT)
    return local_session(layout)


@pytest.fixture
def emulator(layout: Layout, session: boto3.Session) -> Guarded:
    known = {credentials.ACCESS_KEY_ID: credentials.current(layout).secret_access_key}
    return Guarded(everything, OneOrigin(), PORT, known.get)


def call(
    app: Any, method: str, url: str, headers: dict[str, str] | None = None, body: bytes = b""
) -> httpx.Response:
    async def sent() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as client:
            return await client.request(method, url, headers=headers, content=body)

    return asyncio.run(sent())


class Taken(Exception):
    """The request was taken; nothing is sent."""


def as_sent(session: boto3.Session, service: str, operation: str, **given: Any) -> Any:
    """The request that an SDK makes of a call, taken right before it goes out."""
    client = session.client(service)  # type: ignore[call-overload]
    taken: list[AWSPreparedRequest] = []

    def take(request: AWSPreparedRequest, **_: Any) -> None:
        taken.append(request)
        raise Taken

    client.meta.events.register("before-send", take)
    with pytest.raises(Taken):
        getattr(client, operation)(**given)
    return taken[0]


def forwarded(app: Any, request: Any, **changed: str) -> httpx.Response:
    headers = {
        name: value.decode() if isinstance(value, bytes) else str(value)
        for name, value in request.headers.items()
    }
    body = request.body or b""
    if not isinstance(body, bytes):
        body = body.read() if hasattr(body, "read") else body.encode()
    return call(app, request.method, request.url, headers | changed, body)


CALLS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "JSON": ("dynamodb", "get_item", {"TableName": "t", "Key": {"pk": {"S": "é/ü"}}}),
    "form": ("cloudformation", "describe_stacks", {"StackName": "nexus local"}),
    "path": ("lambda", "get_function", {"FunctionName": "arn:aws:lambda:x:1:function:chat:live"}),
    "object": ("s3", "put_object", {"Bucket": "documents", "Key": "a b/ü+~(1).md", "Body": b"x"}),
    "query": ("s3", "list_objects_v2", {"Bucket": "documents", "Prefix": "demo/ä &=/"}),
    "secret": ("secretsmanager", "get_secret_value", {"SecretId": "models"}),
}


@pytest.mark.parametrize("name", CALLS)
def test_an_sdk_with_the_credentials_of_this_run_is_served(
    name: str, session: boto3.Session, emulator: Guarded
) -> None:
    service, operation, given = CALLS[name]
    answer = forwarded(emulator, as_sent(session, service, operation, **given))
    assert answer.status_code == 200
    # Nothing says any more that pages of every origin may read it.
    assert not [header for header in answer.headers if header.startswith("access-control")]


@pytest.mark.parametrize("name", CALLS)
def test_an_sdk_with_other_credentials_or_a_changed_request_is_refused(
    name: str, layout: Layout, session: boto3.Session, emulator: Guarded
) -> None:
    service, operation, given = CALLS[name]
    request = as_sent(session, service, operation, **given)
    assert refused(call(emulator, request.method, request.url, body=b"x"))
    assert refused(forwarded(emulator, request, **{"X-Amz-Date": "20200101T000000Z"}))
    other = str(request.url).replace("127.0.0.1", "localhost")
    headers = {name: str(value) for name, value in request.headers.items()}
    assert refused(call(emulator, request.method, other, headers))
    if service != "s3":  # S3's states the hash of its body
        assert refused(
            call(emulator, request.method, str(request.url), headers, b'{"TableName": "other"}')
        )
    credentials.renew(layout, PORT)
    later = as_sent(local_session(layout), service, operation, **given)
    assert refused(forwarded(emulator, later))


def refused(answer: httpx.Response) -> bool:
    return answer.status_code == 403 and answer.json()["message"].endswith((".", "…"))


SECRETS = {"X-Amz-Target": "secretsmanager.ListSecrets"}
ATTACKS: dict[str, tuple[str, str, dict[str, str]]] = {
    "a simple request": ("POST", OWN, {"Content-Type": "text/plain", "Origin": EVIL, **SECRETS}),
    "a page without an origin": ("POST", OWN, {"Origin": "null", **SECRETS}),
    "a page of another port": ("POST", OWN, {"Origin": "http://127.0.0.1:3000", **SECRETS}),
    "an image": ("GET", f"{OWN}/documents?list-type=2", {"Sec-Fetch-Site": "cross-site"}),
    "an image of another port": ("GET", f"{OWN}/documents", {"Sec-Fetch-Site": "same-site"}),
    "a preflight": ("OPTIONS", OWN, {"Origin": EVIL, "Access-Control-Request-Method": "POST"}),
    "a name that points here": ("GET", f"http://evil.example:{PORT}{API}", {}),
    "a name that points here, for AWS": ("POST", f"http://evil.example:{PORT}", SECRETS),
    "a name that holds ours": ("GET", f"http://127.0.0.1.evil.example:{PORT}{API}", {}),
    "another port": ("GET", f"http://127.0.0.1:80{API}", {}),
    "an unsigned call": ("POST", OWN, SECRETS),
    "an unsigned call of our own origin": ("POST", OWN, {"Origin": OWN, **SECRETS}),
    "a reset": ("POST", f"{OWN}/_ministack/reset", {}),
    "the messages of all queues": ("GET", f"{OWN}/_aws/sqs/messages", {}),
    "a function's code": ("GET", f"{OWN}/_ministack/lambda-code/chat", {}),
    "a way around": ("POST", f"{OWN}/_aws/execute-api/a/b/@connections/c", {}),
    "what looks like the API": ("POST", f"{OWN}/_aws/execute-api/a", SECRETS),
    "an API without a name": ("POST", f"{OWN}/_aws/execute-api//live/v1", SECRETS),
    "an API without a stage": ("POST", f"{OWN}/_aws/execute-api/a//v1", SECRETS),
    "another way to the API": ("POST", f"{OWN}/restapis/a/live/_user_request_/v1/chat", SECRETS),
    "an answer to CloudFormation by a page": (
        "PUT", f"{OWN}/_ministack/cfn-response/token", {"Origin": EVIL},
    ),
    "a signature made up": (
        "GET",
        f"{OWN}/documents/a?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=000000000000/"
        "20260101/us-east-1/s3/aws4_request&X-Amz-Date=20260101T000000Z&X-Amz-Expires=604800&"
        f"X-Amz-SignedHeaders=host&X-Amz-Signature={'0' * 64}",
        {},
    ),
    "a signature of nothing": ("GET", f"{OWN}/documents/a?X-Amz-Signature=", {}),
}  # fmt: skip


@pytest.mark.parametrize("name", ATTACKS)
def test_what_a_page_or_a_stranger_sends_is_refused_in_one_sentence(
    name: str, emulator: Guarded
) -> None:
    method, url, headers = ATTACKS[name]
    assert refused(call(emulator, method, url, headers, b"{}"))


def test_two_hosts_are_none(emulator: Guarded) -> None:
    scope = {"type": "http", "method": "GET", "path": API, "raw_path": API.encode()}
    hosts = [(b"host", f"127.0.0.1:{PORT}".encode()), (b"host", b"evil.example")]
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request"}

    asyncio.run(emulator({**scope, "headers": hosts, "query_string": b""}, receive, send))
    assert sent[0]["status"] == 403


def test_the_api_decides_for_itself_whom_it_answers(emulator: Guarded) -> None:
    answer = call(emulator, "POST", OWN + API, {"Origin": EVIL}, b"{}")
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"  # what stands behind said so
    assert call(emulator, "GET", f"http://localhost:{PORT}{API}").status_code == 200


def test_health_and_the_reports_of_functions_need_no_signature(emulator: Guarded) -> None:
    assert call(emulator, "GET", f"{OWN}/_ministack/health").status_code == 200
    assert call(emulator, "PUT", f"{OWN}/_ministack/cfn-response/token", {}, b"{}").text == "{}"


def presigned(session: boto3.Session, life_s: int = 60) -> str:
    s3 = session.client("s3", config=Config(signature_version="s3v4"))
    given = {"Bucket": "documents", "Key": "demo/ü b.md", "Metadata": {"title": "T"}}
    return s3.generate_presigned_url("put_object", given, ExpiresIn=life_s)


def test_a_signed_upload_works_from_the_page_that_the_bucket_names(
    session: boto3.Session, emulator: Guarded
) -> None:
    url, metadata = presigned(session), {"x-amz-meta-title": "T"}
    page = {"Origin": "http://localhost:3000", "Sec-Fetch-Site": "cross-site"}
    asked = call(emulator, "OPTIONS", url, {**page, "Access-Control-Request-Method": "PUT"})
    assert asked.headers["access-control-allow-origin"] == "http://localhost:3000"
    done = call(emulator, "PUT", url, page | metadata, b"content")
    assert (done.status_code, done.text) == (200, "content")
    assert done.headers.get_list("access-control-allow-origin") == ["http://localhost:3000"]
    # A program needs no origin, and a page that the bucket does not name reads nothing.
    assert call(emulator, "PUT", url, metadata, b"content").status_code == 200
    foreign = {**page, "Origin": EVIL}
    assert call(emulator, "OPTIONS", url, foreign).status_code == 403
    assert (
        "access-control-allow-origin" not in call(emulator, "PUT", url, foreign | metadata).headers
    )


def test_a_signed_upload_is_for_what_was_signed(
    session: boto3.Session, emulator: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, metadata = presigned(session), {"x-amz-meta-title": "T"}
    assert refused(call(emulator, "GET", url, metadata))
    assert refused(call(emulator, "PUT", url, {"x-amz-meta-title": "other"}))
    path = urlsplit(url).path
    assert refused(call(emulator, "PUT", url.replace(path, "/documents/other.md"), metadata))
    expires = url.replace("X-Amz-Expires=60", "X-Amz-Expires=999999")
    assert refused(call(emulator, "PUT", expires, metadata))
    monkeypatch.setattr(signatures, "_SKEW", timedelta(0))
    assert refused(call(emulator, "PUT", presigned(session, life_s=-1), metadata))


@pytest.fixture
def models(layout: Layout) -> KeyedServer:
    return KeyedServer(everything, PORT, credentials.renew(layout, 4566).models_key)


def test_the_model_server_answers_programs_that_hold_the_key_of_this_run(
    models: KeyedServer, layout: Layout
) -> None:
    url = f"{OWN}/v1/embeddings"
    right = {"Authorization": f"Bearer {credentials.current(layout).models_key}"}
    assert call(models, "POST", url, right, b"{}").status_code == 200
    assert call(models, "GET", f"{OWN}/health").status_code == 200
    for wrong in ({}, {"Authorization": "Bearer local"}, {"Authorization": ""}):
        answer = call(models, "POST", url, wrong, b"{}")
        assert answer.status_code == 401
        assert answer.json()["error"]["code"] == "invalid_api_key"
    for foreign in ({"Origin": EVIL}, {"Sec-Fetch-Site": "same-site"}, {"Host": "evil.example"}):
        answer = call(models, "POST", url, right | foreign, b"{}")
        assert answer.status_code == 403
        assert answer.json()["error"]["message"].endswith(".")


def test_what_is_kept_of_a_run_is_for_this_user_alone(layout: Layout) -> None:
    layout.make_private()
    made = credentials.renew(layout, PORT)
    assert layout.root.stat().st_mode & 0o777 == 0o700
    for path in (layout.credentials_file, layout.aws_config):
        assert path.stat().st_mode & 0o777 == 0o600
    assert credentials.current(layout) == made
    assert credentials.renew(layout, PORT) != made
    assert json.loads(layout.credentials_file.read_text())["models_key"] != made.models_key


def test_before_the_first_start_there_are_no_credentials(layout: Layout) -> None:
    with pytest.raises(Failure, match="nexus up"):
        credentials.current(layout)
    with pytest.raises(Failure, match="holds no key"):
        credentials.read_models_key(layout.credentials_file)


@pytest.mark.parametrize(
    ("origin", "named"),
    [
        ("http://second.example", "http://second.example"),
        ("http://evil.example", "http://first.example"),
    ],
)
def test_each_allowed_page_is_named_by_the_answer_to_its_preflight(origin: str, named: str) -> None:
    pages = SignInRules(["http://first.example", "http://second.example"])
    app = Guarded(names_the_first_origin, OneOrigin(), PORT, lambda _key: None, pages)
    url = f"http://127.0.0.1:{PORT}/_aws/execute-api/a1/live/v1/chat"
    answer = call(app, "OPTIONS", url, {"Origin": origin})
    assert answer.headers["access-control-allow-origin"] == named
