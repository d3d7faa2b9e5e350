"""The page as it is served: what a browser refuses to do with it, for whoever asks.

Each test is an attempt, made in a real browser against the running stack.
"""

from __future__ import annotations

import json
import re
import socket
import stat
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import httpx2
import pytest
from playwright.sync_api import BrowserContext

from tests.page.asking import answered, form_of, hint_of
from tests.page.conftest import ANA, ROOT, Served, sign_in

SECOND_START_S = 5.0


def test_up_and_status_print_the_link_and_the_page_is_told_of_this_deployment(
    served: Served,
) -> None:
    assert f"page {served.link}" in served.first_output
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/#hint=[0-9a-f]{32}", served.link)
    assert served.link in served.nexus("status").stdout
    assert served.link in served.nexus("up").stdout
    config = answered(served, "/config.json").json()
    assert config["api"] == served.api
    assert config["questions"]["en"]
    assert config["questions"]["id"]
    emulator = "{0.scheme}://{0.netloc}".format(urlsplit(served.api))
    assert config["sign_in"]["metadata"]["authorization_endpoint"] == f"{emulator}/oauth2/authorize"
    assert "✓ page" in served.nexus("doctor").stdout


def test_what_fills_the_form_in_is_kept_for_this_user_alone(served: Served) -> None:
    people = ROOT / "demo-people.json"
    assert stat.S_IMODE(people.stat().st_mode) == 0o600
    hint = served.link.partition("#hint=")[2]
    assert json.loads(people.read_text())["hint"] == hint
    assert hint not in answered(served, "/config.json").text


def test_security_headers_come_with_every_file(served: Served) -> None:
    for path in ("/", "/embed.html", "/config.json", "/nothing-here"):
        said = answered(served, path).headers
        assert "default-src 'none'" in said["content-security-policy"]
        assert "frame-ancestors 'none'" in said["content-security-policy"]
        assert "unsafe" not in said["content-security-policy"]
        assert said["x-content-type-options"] == "nosniff"
        assert said["x-frame-options"] == "DENY"
        assert "server" not in said


def test_a_browser_runs_no_script_that_stands_in_the_document(
    served: Served, context: BrowserContext
) -> None:
    page = context.new_page()
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text))
    page.route("**/authorize*", lambda route: route.abort())
    page.goto(served.origin)
    page.evaluate(
        """() => {
          const script = document.createElement('script');
          script.textContent = 'window.injected = 1';
          document.body.append(script);
          const image = '<img src="x" onerror="window.injected = 2">';
          document.body.insertAdjacentHTML('beforeend', image);
        }"""
    )
    page.wait_for_function("document.querySelector('img[src=x]').complete")
    assert page.evaluate("window.injected") is None
    assert any("Content Security Policy" in text for text in refused)


@pytest.mark.parametrize("address", ["https://evil.example/x", "http://127.0.0.1:1/x"])
def test_a_browser_sends_nothing_from_the_page_to_anybody_else(
    served: Served, context: BrowserContext, address: str
) -> None:
    page = context.new_page()
    page.route("**/authorize*", lambda route: route.abort())
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(served.origin)
    failed = page.evaluate(
        "(url) => fetch(url, {mode: 'no-cors'}).then(() => 'sent', () => 'refused')", address
    )
    page.evaluate("(url) => { new Image().src = url }", address)
    assert failed == "refused"
    assert not [url for url in asked if not url.startswith((served.origin, "data:", "blob:"))
                and "/oauth2/authorize" not in url]  # fmt: skip


def test_the_page_asks_nobody_but_its_origin_the_api_and_the_provider(
    served: Served, context: BrowserContext
) -> None:
    page = context.new_page()
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
    sign_in(page, served, ANA)
    page.wait_for_load_state("networkidle")
    assert asked <= {urlsplit(served.origin).netloc, urlsplit(served.api).netloc}


@pytest.mark.parametrize("path", ["/", "/embed.html"])
def test_no_other_page_shows_it_in_a_frame(
    served: Served,
    context: BrowserContext,
    elsewhere: Callable[[str], str],
    path: str,
) -> None:
    page = context.new_page()
    page.goto(elsewhere(f'<iframe src="{served.origin}{path}"></iframe>'))
    page.wait_for_load_state("networkidle")
    frame = page.frames[1]
    assert not frame.url.startswith(served.origin)
    assert frame.locator("#page").count() == 0


def test_the_sign_in_form_is_shown_in_no_frame(
    served: Served, context: BrowserContext, elsewhere: Callable[[str], str]
) -> None:
    page = context.new_page()
    page.goto(
        elsewhere(f'<iframe src="{form_of(served, hint=hint_of(served)).replace("&", "&amp;")}">')
    )
    page.wait_for_load_state("networkidle")
    assert page.frames[1].locator("form").count() == 0


def test_another_page_reads_nothing_of_it(
    served: Served, context: BrowserContext, elsewhere: Callable[[str], str]
) -> None:
    page = context.new_page()
    page.goto(elsewhere("<title>another</title>"))
    for url in (
        f"{served.origin}/config.json",
        f"{served.origin}/",
        form_of(served, hint_of(served)),
    ):
        read = "(url) => fetch(url).then((answer) => answer.text(), () => 'refused')"
        assert page.evaluate(read, url) == "refused"


@pytest.mark.parametrize(
    "target",
    [
        "/../../run.json",
        "/..%2f..%2f.local%2fcredentials.json",
        "/%2e%2e/%2e%2e/.git/config",
        "/assets/..%5c..%5cpackage.json",
        "/assets/",
        "/%00",
        "/.%2fconfig.json%2f..%2f..%2fpackage.json",
        "//etc/passwd",
    ],
)
def test_no_address_leads_out_of_the_page(served: Served, target: str) -> None:
    # As bytes: a client of HTTP would tidy the path first.
    host = urlsplit(served.origin).netloc
    with socket.create_connection((host.partition(":")[0], int(host.partition(":")[2]))) as asking:
        asking.sendall(
            f"GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode()
        )
        answer = b""
        while part := asking.recv(65536):
            answer += part
    assert answer.startswith((b"HTTP/1.1 404", b"HTTP/1.1 400"))
    for held in (b"models_key", b"root:", b"[core]", b'"dependencies"', b"pid"):
        assert held not in answer


def test_a_name_that_points_here_and_a_page_elsewhere_are_refused(served: Served) -> None:
    assert answered(served, host="evil.example").status_code == 403
    assert answered(served, "/config.json", origin="https://evil.example").status_code == 403
    port = urlsplit(served.origin).port
    other = httpx2.get(f"http://localhost:{port}/x", trust_env=False)
    assert (other.status_code, other.headers["location"]) == (308, f"{served.origin}/")


def test_a_second_start_takes_no_longer_than_it_may_and_has_a_link_of_its_own(
    served: Served,
) -> None:
    port = str(urlsplit(served.api).port)
    served.nexus("down")
    with socket.socket() as free:  # the page's server has ended, too
        free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        free.bind(("127.0.0.1", int(port) + 2))
    begun = time.monotonic()
    again = served.nexus("up", "--detach", "--port", port)
    took_s = time.monotonic() - begun
    [link] = re.findall(r"http://127\.0\.0\.1:\d+/#hint=\w+", again.stdout)
    assert link != served.link
    assert took_s <= 3 * SECOND_START_S, again.stdout  # on a machine that does other work, too
