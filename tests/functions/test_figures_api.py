"""GET /v1/metrics as its callers see it."""

from __future__ import annotations

import json

import pytest
from mangum import Mangum
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from cli.local.layout import PROJECT
from nexus.models import Figure, Readings
from tests.functions.documents_services import (
    ADMIN_KEY,
    NARROW_KEY,
    RIVAL_KEY,
    USER_KEY,
    Office,
)
from tests.functions.gateway import documents_app as create_app

RECORDED = {
    Figure("requests", "Sum"): {"": 7.0},
    Figure("request_duration", "p95", "route"): {"/v1/chat": 812.5},
}


@pytest.fixture
def office() -> Office:
    made = Office()
    made.recorded.readings = Readings(RECORDED)
    return made


def caller(office: Office, key: str | None) -> TestClient:
    headers = {"x-api-key": key} if key else {}
    return TestClient(create_app(office.services), headers=headers, raise_server_exceptions=False)


def test_an_administrator_reads_the_last_day_as_json(office: Office) -> None:
    response = caller(office, ADMIN_KEY).get("/v1/metrics")
    assert response.status_code == 200
    body = response.json()
    assert body["stage"] == "test"
    assert body["complete"] is True
    assert body["figures"]["traffic"]["requests"] == 7
    assert body["figures"]["latency_ms"]["p95"] == {"/v1/chat": 812.5}
    assert body["figures"]["refusals"]["share"] is None


@pytest.mark.parametrize(
    ("query", "accept"),
    [("?format=prometheus", "application/json"), ("", "text/plain;version=0.0.4;q=0.3,*/*;q=0.1")],
)
def test_a_scraper_reads_them_as_text(office: Office, query: str, accept: str) -> None:
    response = caller(office, ADMIN_KEY).get(f"/v1/metrics{query}", headers={"accept": accept})
    assert response.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    samples = [
        one for each in text_string_to_metric_families(response.text) for one in each.samples
    ]
    assert ("nexus_day_latency_ms_p95", {"route": "/v1/chat", "stage": "test"}, 812.5) in [
        (one.name, one.labels, one.value) for one in samples
    ]


def test_the_gateway_is_given_the_text_as_text(office: Office) -> None:
    event = json.loads((PROJECT / "events" / "documents.json").read_text(encoding="utf-8"))
    event |= {"path": "/v1/metrics", "httpMethod": "GET", "body": None}
    event["queryStringParameters"] = {"format": "prometheus"}
    event["multiValueQueryStringParameters"] = {"format": ["prometheus"]}
    for headers in (event["headers"], event.get("multiValueHeaders", {})):
        for name in list(headers):
            if name.lower() == "x-api-key":
                headers[name] = [ADMIN_KEY] if isinstance(headers[name], list) else ADMIN_KEY
    # As functions/documents/handler.py has it.
    app = Mangum(
        create_app(office.services), lifespan="off", text_mime_types=["text/", "application/json"]
    )
    answer = app(event, None)  # type: ignore[arg-type]
    assert answer["statusCode"] == 200, answer
    assert not answer["isBase64Encoded"]
    assert answer["body"].startswith("# HELP ")


@pytest.mark.parametrize("format_", ["yaml", ""])
def test_another_form_is_refused(office: Office, format_: str) -> None:
    response = caller(office, ADMIN_KEY).get("/v1/metrics", params={"format": format_})
    assert response.status_code == 422


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (None, "missing"),
        ("nx_unknown", "known"),
        (USER_KEY, "role admin"),
        (NARROW_KEY, "sees all"),
        (RIVAL_KEY, "NEXUS_METRICS_TENANTS"),
    ],
)
def test_nobody_else_sees_them_nor_has_them_read(
    office: Office, key: str | None, words: str
) -> None:
    response = caller(office, key).get("/v1/metrics")
    assert response.status_code == 403
    assert words in response.json()["detail"]
    assert not office.recorded.asked
