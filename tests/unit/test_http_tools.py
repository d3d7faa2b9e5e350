"""A tool that calls a web service: filled in, signed, tried again only where that is safe."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from nexus.agents.configuration import Auth, HttpTool, OpenApiTools
from nexus.agents.credentials import Credentials
from nexus.agents.http_tool import HttpTools
from nexus.agents.openapi import openapi_tools
from nexus.agents.results import text_of_value
from nexus.agents.schemas import fault_of
from nexus.agents.tools import Asking, Given, Tool
from nexus.deadline import within
from nexus.errors import ConfigurationError, UpstreamUnavailable
from nexus.models import Principal
from nexus.ports.tool_chats import WebRequest, WebResponse
from tests.fakes import FakeClock, FakeSecrets

ASKING = Asking(Principal("acme", "web", "user", "standard"), call_id="a-1")


def gives(body: Any, status: int = 200, kind: str = "application/json", **more: Any) -> WebResponse:
    return WebResponse(status, kind, json.dumps(body).encode(), **more)


class ScriptedWeb:
    """A WebClient that answers as scripted, the last answer for ever."""

    def __init__(self, *script: WebResponse | Exception) -> None:
        self._script = list(script)
        self.sent: list[WebRequest] = []

    def send(self, request: WebRequest) -> WebResponse:
        self.sent.append(request)
        said = self._script.pop(0) if len(self._script) > 1 else self._script[0]
        if isinstance(said, Exception):
            raise said
        return said


class Service:
    """One tool over a scripted service."""

    def __init__(
        self,
        script: Sequence[WebResponse | Exception],
        secrets: dict[str, str] | None = None,
        **source: Any,
    ) -> None:
        self.web = ScriptedWeb(*script)
        self.pauses: list[float] = []
        self.clock = FakeClock()
        credentials = Credentials(FakeSecrets(**(secrets or {})), self.web, self.clock)
        self.http = HttpTools(self.web, credentials, self.pauses.append, lambda _low, high: high)
        url = source.pop("url", "https://api.example.edu/fees")
        self.tool: Tool = self.http.of("fees", HttpTool(url=url, description="Fees.", **source))

    def call(self, **arguments: Any) -> Given:
        return self.tool.call(arguments, ASKING)


PARAMETERS = {"student": {"type": "string"}, "year": {"type": "integer"}}


def test_arguments_go_into_the_path_escaped_and_into_the_query() -> None:
    service = Service(
        [gives({"due": 1})], url="https://x.edu/s/{student}/fees", parameters=PARAMETERS
    )
    service.call(student="../a b?c", year=2026)
    [sent] = service.web.sent
    assert sent.url == "https://x.edu/s/..%2Fa%20b%3Fc/fees?year=2026"
    service.call(student="..")
    assert service.web.sent[1].url == "https://x.edu/s/%252E%252E/fees"
    assert service.tool.form.parameters["required"] == ["student"]


def test_a_name_in_the_path_may_have_strokes_and_dots() -> None:
    wanted = {"student-id": {"type": "string"}, "term.year": {"type": "string"}}
    url = "https://x.edu/s/{student-id}/fees/{term.year}"
    service = Service([gives({"due": 1})], url=url, parameters=wanted)
    service.call(**{"student-id": "7", "term.year": "2026"})
    assert service.web.sent[0].url == "https://x.edu/s/7/fees/2026"


def test_what_is_posted_stands_in_the_body_with_a_key_that_names_the_call() -> None:
    service = Service([gives({"ok": True})], method="POST", parameters=PARAMETERS)
    assert service.tool.changes
    service.call(student="7", year=2026)
    [sent] = service.web.sent
    assert sent.body == {"student": "7", "year": 2026}
    assert sent.headers["idempotency-key"] == "a-1"


def test_a_reading_is_tried_again_after_growing_waits() -> None:
    failed = gives({}, 503)
    service = Service([failed, UpstreamUnavailable("tools", "no"), gives({"due": "5"})])
    given = service.call()
    assert given.passages[0].text == "due: 5"
    assert given.passages[0].kind == "tool"
    assert service.pauses == [0.2, 0.4]


def test_what_changes_something_without_being_idempotent_is_sent_once() -> None:
    service = Service([gives({}, 503)], method="POST")
    assert service.call().outcome == "failed"
    assert len(service.web.sent) == 1
    broken = Service([UpstreamUnavailable("tools", "no")], method="POST")
    with pytest.raises(UpstreamUnavailable):
        broken.call()
    assert len(broken.web.sent) == 1


def test_a_wait_that_the_time_has_no_room_for_is_not_waited() -> None:
    service = Service([gives({}, 503, retry_after_s=3.0)])
    with within(1.0):
        assert service.call().detail == "HTTP 503"
    assert not service.pauses
    assert len(service.web.sent) == 1


@pytest.mark.parametrize(
    ("kind", "value", "header"),
    [
        ("bearer", "key", ("authorization", "Bearer key")),
        ("api_key", "key", ("x-api-key", "key")),
    ],
)
def test_a_call_is_signed_by_what_its_secret_holds(kind, value, header) -> None:
    service = Service([gives({})], {"s": value}, auth=Auth(kind=kind, secret="s"))
    service.call()
    assert service.web.sent[0].headers[header[0]] == header[1]


def test_a_secret_that_would_break_a_header_is_not_sent() -> None:
    service = Service([gives({})], {"s": "a\r\nx: y"}, auth=Auth(kind="bearer", secret="s"))
    with pytest.raises(ConfigurationError):
        service.call()
    assert not service.web.sent


def test_a_token_is_asked_for_kept_and_renewed_when_it_ends_or_is_refused() -> None:
    auth = Auth(kind="oauth2", secret="s", token_url="https://x.edu/token", scope="read")
    secrets = {"s": '{"client_id": "me", "client_secret": "word"}'}
    token = gives({"access_token": "one", "expires_in": 600})
    again = gives({"access_token": "two", "expires_in": 600})
    third = gives({"access_token": "three"})
    fine = gives({"due": 1})
    script = [token, fine, fine, gives({}, 401), again, fine, third, fine]
    service = Service(script, secrets, auth=auth)
    service.call()
    asked = service.web.sent[0]
    assert asked.form == {
        "grant_type": "client_credentials",
        "client_id": "me",
        "client_secret": "word",
        "scope": "read",
    }
    service.call()
    assert [one.headers.get("authorization") for one in service.web.sent[1:]] == ["Bearer one"] * 2
    service.call()  # is refused, and signed anew
    assert service.web.sent[-1].headers["authorization"] == "Bearer two"
    service.clock.advance(541)
    service.call()
    assert service.web.sent[-1].headers["authorization"] == "Bearer three"


@pytest.mark.parametrize(
    ("response", "outcome"),
    [
        (gives({}, 404), "ok"),
        (gives({}, 500), "failed"),
        (gives("x", kind="image/png"), "failed"),
        (WebResponse(200, "application/json", b"{"), "failed"),
        (gives({"a": 1}, cut=True), "failed"),
        (WebResponse(204, "", b""), "ok"),
    ],
)
def test_what_a_service_says_wrongly_is_no_source(response: WebResponse, outcome: str) -> None:
    given = Service([response], retries=0).call()
    assert given.outcome == outcome
    assert not given.passages
    assert given.said


@pytest.mark.parametrize("status", [404, 410])
def test_what_was_to_be_changed_and_is_not_there_was_not_changed(status: int) -> None:
    given = Service([gives({}, status)], method="POST", retries=0, parameters=PARAMETERS).call()
    assert given.outcome == "failed"
    given = Service([gives({}, status)], method="POST", changes=False, retries=0).call()
    assert given.outcome == "ok"


def test_json_is_told_in_lines_that_each_keep_their_names_and_exact_numbers() -> None:
    value = json.loads(
        '{"student": {"id": "7", "paid": true}, "fees": [{"term": "2026/1", "due": 1234567.10}],'
        '"tags": ["a", "b"], "note": null}'
    )
    assert text_of_value(value).splitlines() == [
        "note: none",
        "student: id: 7; paid: yes",
        "fees 1: term: 2026/1; due: 1234567.1",
        "tags: a, b",
    ]
    assert len(text_of_value([{"n": "x" * 100}] * 10_000)) < 9_000


def test_arguments_are_checked_by_the_schema() -> None:
    schema = {
        "type": "object",
        "properties": {"n": {"type": "integer", "minimum": 1}, "to": {"enum": ["a"]}},
        "required": ["n"],
        "additionalProperties": False,
    }
    assert fault_of({"n": 1, "to": "a"}, schema) == ""
    for wrong in ({}, {"n": True}, {"n": 0}, {"n": "1"}, {"n": 1, "to": "b"}, {"n": 1, "x": 1}):
        assert fault_of(wrong, schema)
    deep: Any = []
    for _ in range(50):
        deep = [deep]
    nested: Any = {"type": "array"}
    nested["items"] = nested
    assert "nest" in fault_of(deep, nested)


OPENAPI = {
    "openapi": "3.1.0",
    "servers": [{"url": "https://api.example.edu/v2"}],
    "paths": {
        "/students/{id}/balance": {
            "parameters": [{"$ref": "#/components/parameters/Id"}],
            "get": {
                "operationId": "getBalance",
                "summary": "What a student owes",
                "parameters": [{"name": "term", "in": "query", "schema": {"type": "string"}}],
            },
            "post": {
                "operationId": "pay",
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/Payment"}}
                    },
                },
            },
        },
        "/odd": {
            "get": {
                "operationId": "odd",
                "parameters": [{"name": "x-key", "in": "header", "required": True}],
            }
        },
    },
    "components": {
        "parameters": {
            "Id": {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
        },
        "schemas": {
            "Payment": {
                "type": "object",
                "properties": {"amount": {"type": "integer"}, "next": {"$ref": "#/components/x"}},
                "required": ["amount"],
            },
            "x": {"$ref": "#/components/x"},
        },
    },
}


def test_operations_of_an_openapi_file_are_tools(tmp_path: Path) -> None:
    (tmp_path / "api.json").write_text(json.dumps(OPENAPI))
    service = Service([gives({"due": 3})])

    def made(*operations: str) -> list[Tool]:
        source = OpenApiTools(openapi="api.json", operations=operations)
        return openapi_tools("uni", source, tmp_path, service.http)

    balance, pay = made("getBalance", "pay")
    assert (balance.name, balance.title) == ("uni_getBalance", "What a student owes")
    assert (balance.changes, pay.changes) == (False, True)
    assert balance.call({"id": "7", "term": "1"}, ASKING).passages[0].text == "due: 3"
    assert service.web.sent[0].url == "https://api.example.edu/v2/students/7/balance?term=1"
    assert fault_of({"id": "7", "body": {}}, pay.form.parameters) == "body.amount is missing."
    pay.call({"id": "7", "body": {"amount": 5}}, ASKING)
    assert service.web.sent[1].body == {"amount": 5}
    with pytest.raises(ConfigurationError, match="no operation refund; it has getBalance"):
        made("refund")
    with pytest.raises(ConfigurationError, match="x-key in header"):
        made("odd")
