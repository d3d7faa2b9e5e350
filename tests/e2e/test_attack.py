"""A page in this machine's browser, and a stranger's program, try the running stack."""

from __future__ import annotations

from typing import Any

import boto3
import httpx
import pytest
from botocore.exceptions import ClientError

from cli.connection import Connection
from cli.local.layout import Layout
from cli.local.run_record import read_record
from tests.e2e.conftest import ROOT, Deployed
from tests.e2e.waiting import eventually

EVIL = "https://evil.example"
OWN_PAGE = "http://localhost:3000"  # the stage's `cors_origins`
LIST_SECRETS = {"X-Amz-Target": "secretsmanager.ListSecrets", "Content-Type": "text/plain"}
GET_FUNCTIONS = "/2015-03-31/functions/"


@pytest.fixture
def aws(connection: Connection) -> str:
    return str(connection.client("s3").meta.endpoint_url)


@pytest.fixture
def models() -> str:
    current = read_record(Layout(ROOT))
    assert current is not None
    return current.models_url


def send(method: str, url: str, headers: dict[str, str], body: Any = b"{}") -> httpx.Response:
    if method == "POST":
        headers = {"Content-Type": "application/json"} | headers
    return httpx.request(method, url, headers=headers, content=body, timeout=30, trust_env=False)


def refused(answer: httpx.Response) -> None:
    assert answer.status_code == 403
    assert answer.json()["message"].endswith(".")
    assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": EVIL},
        {"Origin": "null"},
        {"Origin": "http://localhost:8080", "Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Host": "evil.example:{port}"},
        {"Host": "evil.example"},
        {},
        {"Authorization": "AWS4-HMAC-SHA256 Credential=test/20261128/us-east-1/s3/aws4_request"},
    ],
)
def test_no_aws_call_of_a_page_or_a_stranger_is_served(aws: str, headers: dict[str, str]) -> None:
    port = aws.rsplit(":", 1)[1]
    headers = {name: value.format(port=port) for name, value in headers.items()}
    refused(send("POST", aws, LIST_SECRETS | headers))
    refused(send("GET", aws + GET_FUNCTIONS, headers, b""))
    refused(send("GET", f"{aws}/_aws/sqs/messages", headers, b""))
    refused(send("POST", f"{aws}/_ministack/reset", headers))
    refused(send("POST", f"{aws}/_aws/execute-api/x", LIST_SECRETS | headers))
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "*"}
    refused(send("OPTIONS", aws, headers | asked, b""))


def test_an_sdk_with_yesterdays_credentials_is_refused(aws: str, connection: Connection) -> None:
    stranger = boto3.client(
        "secretsmanager",
        endpoint_url=aws,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    with pytest.raises(ClientError, match="403"):
        stranger.list_secrets()
    assert connection.client("secretsmanager").list_secrets()["SecretList"]


def test_a_name_that_a_page_had_point_here_reaches_nothing(stack: Deployed) -> None:
    for path in ("/health", "/docs", "/v1/chat"):
        refused(send("GET", stack.url + path, {"Host": "evil.example"}, b""))


def test_the_model_server_answers_neither(stack: Deployed, models: str) -> None:
    body = b'{"model": "multilingual-e5-small-neutral", "input": "hello"}'
    for headers in ({"Origin": EVIL}, {"Host": "evil.example"}, {"Sec-Fetch-Site": "same-site"}):
        assert send("POST", f"{models}/embeddings", headers, body).status_code == 403
    for headers in ({}, {"Authorization": "Bearer local"}):
        assert send("POST", f"{models}/embeddings", headers, body).status_code == 401


def test_the_api_and_its_reference_still_answer_the_pages_that_are_allowed(stack: Deployed) -> None:
    page = {"Origin": OWN_PAGE, "Sec-Fetch-Site": "cross-site", "x-api-key": stack.key}
    asked = {"Access-Control-Request-Method": "POST", "Origin": OWN_PAGE}
    assert send("OPTIONS", f"{stack.url}/v1/chat", asked, b"").headers[
        "access-control-allow-origin"
    ] in (OWN_PAGE, "*")

    def answered() -> httpx.Response | None:
        body = b'{"message": "What is the fine for returning a book late?"}'
        found = send("POST", f"{stack.url}/v1/chat", page, body)
        return None if found.status_code == 429 else found

    answer = eventually(answered, "request within the rate")
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == OWN_PAGE
    assert send("GET", f"{stack.url}/docs", {}, b"").status_code == 200


def test_a_signed_upload_still_works_from_the_page_that_is_allowed(
    stack: Deployed, connection: Connection
) -> None:
    key, _ = connection.access.keys.create("demo", "uploader", "admin")
    try:
        content = b"# Tram\n\nThe night tram of the harbour leaves at 23:47.\n"
        files = [{"path": "tram.md", "size": len(content), "metadata": {"title": "Tram"}}]
        made = eventually(
            lambda: (
                answer
                if (
                    answer := stack.call("POST", "/v1/documents", {"files": files}, key=key)
                ).is_success
                else None
            ),
            "signed upload",
        )
        upload = made.json()["uploads"][0]
        page = {"Origin": OWN_PAGE, "Sec-Fetch-Site": "cross-site"}
        asked = {"Access-Control-Request-Method": "PUT", "Origin": OWN_PAGE}
        allowed = send("OPTIONS", upload["url"], asked, b"")
        assert allowed.headers["access-control-allow-origin"] == OWN_PAGE
        foreign = send("OPTIONS", upload["url"], {**asked, "Origin": EVIL}, b"")
        assert foreign.status_code == 403
        refused(send("PUT", f"{upload['url']}0", page | upload["headers"], content))
        done = send("PUT", upload["url"], page | upload["headers"], content)
        assert done.status_code == 200
        assert done.headers["access-control-allow-origin"] == OWN_PAGE
    finally:
        connection.access.keys.revoke("demo", "uploader")


def test_only_this_user_can_read_what_the_stack_keeps(stack: Deployed) -> None:
    layout = Layout(ROOT)
    assert layout.root.stat().st_mode & 0o777 == 0o700
    secret = [layout.credentials_file, layout.aws_config, layout.root / "demo-key.json"]
    kept = [path for path in layout.state.rglob("*") if path.is_file()]
    assert kept
    for path in (*secret, *kept):
        assert path.stat().st_mode & 0o077 == 0, path
