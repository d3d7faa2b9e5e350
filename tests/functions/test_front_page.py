"""What whoever opens the bare URL sees, and where the older paths lead."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any
from urllib.parse import urljoin

import pytest
from starlette.testclient import TestClient

from cli.local.access.emulator import Guarded
from functions.chat.app import create_app
from tests.functions.chat_services import ACME_KEY, World
from tests.functions.gateway import chat_app

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


@pytest.fixture
def world() -> World:
    return World()


class NoBuckets:
    """The rules of buckets, of which there are none."""

    def preflight(self, path: str, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        return 403, {}, b""

    def allowed(self, path: str, method: str, headers: dict[str, str]) -> dict[str, str]:
        return {}


class Told:
    """An app behind a gateway that tells the path as the caller wrote it."""

    def __init__(self, world: World, written: str) -> None:
        self._app = create_app(world.services)
        self._written = written

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        scope["aws.event"] = {"requestContext": {"path": self._written}}
        await self._app(scope, receive, send)


def test_a_browser_sees_a_page_and_a_program_reads_json(world: World) -> None:
    api = TestClient(create_app(world.services))
    page = api.get("/", headers={"accept": BROWSER})
    assert page.headers["content-type"].startswith("text/html")
    assert "organisation's own documents" in page.text
    for accept in ("*/*", "application/json"):
        told = api.get("/", headers={"accept": accept})
        assert told.json()["links"]["docs"] == "docs"
        assert told.headers["vary"] == page.headers["vary"] == "Accept"


@pytest.mark.parametrize("written", ["/", "/live", "/live/", "/mapped"])
def test_every_link_of_the_page_leads_somewhere(world: World, written: str) -> None:
    page = TestClient(Told(world, written)).get("/", headers={"accept": BROWSER})
    api = TestClient(create_app(world.services))
    links = re.findall(r'href="([^":]+)"', page.text)
    assert len(links) == 4
    for link in links:
        there = urljoin(f"https://api.example{written}", link).removeprefix("https://api.example")
        beginning = written.rstrip("/")
        assert there.startswith(beginning)
        assert api.get(there.removeprefix(beginning)).status_code == 200


def test_the_page_runs_no_script_and_takes_no_other_style(world: World) -> None:
    page = TestClient(create_app(world.services)).get("/", headers={"accept": BROWSER})
    policy = page.headers["content-security-policy"]
    (style,) = re.findall(r"<style>(.*?)</style>", page.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert "default-src 'none'" in policy
    assert f"'sha256-{digest}'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<script|style=|\son\w+=", page.text)


def test_an_older_path_takes_the_same_request_to_where_it_is_answered(world: World) -> None:
    api = TestClient(chat_app(world.services), headers={"x-api-key": ACME_KEY})
    moved = api.post("/api/chat", json={"message": "?"}, follow_redirects=False)
    assert (moved.status_code, moved.headers["location"]) == (308, "../v1/chat")
    answer = api.post("/api/chat", json={"message": "How much is the tuition fee?"})
    assert answer.json()["sources"]
    assert api.get("/api/health").json()["status"] == "ok"


@pytest.mark.parametrize(
    ("method", "path", "there"),
    [
        ("POST", "/api/chat", "/v1/chat"),
        ("POST", "/api/documents/upload", "/v1/documents"),
        ("GET", "/api/health", "/health"),
        ("GET", "/api/analytics?from=2026-01-01", "/v1/analytics/overview?from=2026-01-01"),
        ("GET", "/metrics?format=prometheus", "/v1/metrics?format=prometheus"),
    ],
)
def test_older_paths_lead_to_the_routes_of_today(
    world: World, method: str, path: str, there: str
) -> None:
    api = TestClient(chat_app(world.services), headers={"x-api-key": ACME_KEY})
    moved = api.request(method, path, follow_redirects=False)
    assert moved.status_code == 308
    url = "https://api.example/live"
    assert urljoin(url + path, moved.headers["location"]) == url + there


@pytest.mark.parametrize(("slash", "status"), [("", 308), ("/", 200)])
def test_locally_the_bare_url_is_given_its_slash(world: World, slash: str, status: int) -> None:
    async def emulator(scope: Any, receive: Any, send: Any) -> None:
        await create_app(world.services)({**scope, "path": "/"}, receive, send)

    guarded = Guarded(emulator, NoBuckets(), 4777, lambda _: None)
    local = TestClient(guarded, base_url="http://127.0.0.1:4777")
    url = "/_aws/execute-api/abc/live"
    answer = local.get(url + slash, follow_redirects=False)
    assert answer.status_code == status
    if status == 308:
        assert urljoin(url, answer.headers["location"]) == f"{url}/"
