"""The local page of figures: at a secret address, for no other page, loading nothing."""

from __future__ import annotations

import asyncio
import os
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from cli.commands.dashboard import local_figures_url
from cli.failure import Failure
from cli.local.access import credentials
from cli.local.access.bearer import KeyedServer
from cli.local.figures_page import TITLES, FiguresPage, figures_path, local_figures, page_of
from cli.local.layout import Layout
from cli.local.processes import Process, birth
from cli.local.run_record import Running, write_record
from nexus.models import Figure
from nexus.operations.figures import SECTIONS, Figures
from tests.fake_figures import FakeFigures

PORT = 4778
KEY = "local-key"
OWN = f"http://127.0.0.1:{PORT}"
HOSTILE = "<script>alert(1)</script>"
RECORDED = {
    Figure("requests", "Sum"): {"": 1234.0},
    Figure("requests", "Sum", "route"): {"/v1/chat": 1200.0, HOSTILE: 34.0},
    Figure("request_duration", "p95", "route"): {"/v1/chat": 812.5},
    Figure("refusals", "Average"): {"": 0.125},
}


def recorded() -> Figures:
    return Figures(FakeFigures(RECORDED), "local")


def unreachable() -> Figures:
    raise Failure("The local stack <b>is not running</b>.")


def server(connect: Any = recorded) -> KeyedServer:
    path = figures_path(KEY)
    page = Starlette(routes=[Route(path, FiguresPage(connect).show)])
    return KeyedServer(PlainTextResponse("models"), PORT, KEY, (path, page))


def get(
    url: str,
    method: str = "GET",
    to: KeyedServer | None = None,
    headers: dict[str, str] | None = None,
) -> Any:
    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(app=to or server())
        async with httpx.AsyncClient(transport=transport) as client:
            return await client.request(method, url, headers=headers)

    return asyncio.run(send())


def test_the_page_shows_every_section_and_what_was_recorded() -> None:
    answer = get(OWN + figures_path(KEY))
    assert answer.status_code == 200
    assert set(TITLES) == set(SECTIONS)
    for title in TITLES.values():
        assert f"<h2>{title}</h2>" in answer.text
    for shown in ("1,234", "1,200", "812.5", "0.125", "/v1/chat"):
        assert shown in answer.text


def test_what_was_recorded_is_text_and_nothing_is_loaded_or_run() -> None:
    answer = get(OWN + figures_path(KEY))
    assert HOSTILE not in answer.text
    assert not re.search(r"<(script|img|link|iframe|form|object)|src=|href=|url\(", answer.text)
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["referrer-policy"] == "no-referrer"


def test_only_who_knows_the_address_sees_it() -> None:
    for path in ("/figures", "/figures/", figures_path("other"), figures_path(KEY)[:-1]):
        assert get(OWN + path).status_code == 401
    assert KEY not in figures_path(KEY)
    assert get(OWN + figures_path(KEY), "POST").status_code == 405


@pytest.mark.parametrize(
    "foreign",
    [
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Host": "evil.example"},
    ],
)
def test_no_other_page_gets_it(foreign: dict[str, str]) -> None:
    assert get(OWN + figures_path(KEY), headers=foreign).status_code == 403


def test_a_person_s_browser_gets_it() -> None:
    assert get(OWN + figures_path(KEY), headers={"Sec-Fetch-Site": "none"}).status_code == 200


def test_a_stage_that_cannot_be_asked_says_so_as_text() -> None:
    answer = get(OWN + figures_path(KEY), to=server(unreachable))
    assert answer.status_code == 503
    assert "&lt;b&gt;is not running" in answer.text


def test_what_could_not_all_be_read_is_told() -> None:
    part = Figures(FakeFigures({}, complete=False), "local").last_day()
    assert "More was recorded" in page_of(part)


def test_the_address_is_of_the_run_that_goes_on(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    with pytest.raises(Failure, match="nexus up"):
        local_figures_url(layout)
    made = credentials.renew(layout, 4566)
    born = str(birth(os.getpid()))
    these = [Process(name, os.getpid(), born, 4566) for name in ("emulator", "models", "page")]
    write_record(layout, Running(4566, PORT, tuple(these)))
    assert local_figures_url(layout) == OWN + figures_path(made.models_key)


def test_a_folder_without_a_stage_has_no_figures(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="nexus up"):
        local_figures(tmp_path)
