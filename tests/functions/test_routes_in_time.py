"""An app that builds its routes in time is the same API as one that has them all at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from functions.chat.app import ROUTES, create_app
from tests.functions.chat_services import World

FIRST = ("chat", "search", "health")


def app(first: tuple[str, ...]) -> FastAPI:
    return create_app(World().services, first=first)


def test_it_describes_itself_as_the_whole_does() -> None:
    described = [TestClient(app(first)).get("/openapi.json").json() for first in (FIRST, ROUTES)]
    assert described[0] == described[1]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/models"),
        ("GET", "/api/health"),
        ("POST", "/mcp"),
        ("DELETE", "/v1/chat"),
        ("GET", "/nothing"),
        ("POST", "/v1/chat/completions"),
    ],
)
def test_each_route_answers_the_first_request_for_it(method: str, path: str) -> None:
    told = []
    for first in (FIRST, ROUTES):
        response = TestClient(app(first), follow_redirects=False).request(method, path)
        told.append((response.status_code, response.headers.get("content-type")))
    assert told[0] == told[1]


def test_until_another_is_asked_for_only_the_first_are_built() -> None:
    made = app(FIRST)
    api = TestClient(made)
    assert api.get("/health").status_code == 200
    before = len(made.routes)
    assert before < len(app(ROUTES).routes)
    api.get("/v1/models")
    assert len(made.routes) == len(app(ROUTES).routes)


def test_many_first_requests_at_once_build_the_others_once() -> None:
    made = app(FIRST)
    api = TestClient(made)
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(api.get, "/openapi.json") for _ in range(8)]
        assert {one.result().status_code for one in asked} == {200}
    assert len(made.routes) == len(app(ROUTES).routes)
