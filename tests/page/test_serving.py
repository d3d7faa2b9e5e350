"""The page as it is served: what a browser refuses to do with it, for whoever asks.

Each test is an attempt, made in a real browser against the running stack.
"""

from __future__ import annotations

import json
import re
import socket
import stat
from collections.abc import Callable
from urllib.parse import urlsplit

import httpx2
import pytest
from playwright.sync_api import BrowserContext, Page

from tests.page.asking import answered, form_of, hint_of
from tests.page.conftest import ANA, ROOT, Served, sign_in


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


def test_a_browser_runs_no_script_that_stands_in_the_document(ana: Page) -> None:
    refused: list[str] = []
    ana.on("console", lambda message: refused.append(message.text))
    ana.evaluate(
        """() => new Promise((done) => {
          const script = document.createElement('script');
          script.textContent = 'window.injected = 1';
          document.body.append(script);
          const held = '<p id="held" style="position: fixed"><a href="javascript:injected = 2">';
          document.body.insertAdjacentHTML('beforeend', held);
          const image = new Image();
          image.onload = image.onerror = () => done();
          image.setAttribute('onerror', 'window.injected = 3');
          image.addEventListener('error', () => done());
          image.src = './no-such-picture.png';
        })"""
    )
    ana.locator("#held a").dispatch_event("click")
    assert ana.evaluate("window.injected") is None
    assert ana.evaluate("getComputedStyle(document.querySelector('#held')).position") == ("static")
    assert len([text for text in refused if "Content Security Policy" in text]) >= 3


# Each way a page has of sending something elsewhere; it ends when it is known how it went.
WAYS = {
    "fetch": "fetch(url, {mode: 'no-cors'}).catch(() => 0)",
    "picture": "new Promise((done) => { const one = new Image(); one.onerror = one.onload = done; "
    "one.src = url })",
    "script": "new Promise((done) => { const one = document.createElement('script'); "
    "one.onerror = one.onload = done; one.src = url; document.body.append(one) })",
    "style": "new Promise((done) => { const one = document.createElement('link'); "
    "one.rel = 'stylesheet'; one.onerror = one.onload = done; one.href = url; "
    "document.head.append(one) })",
    "beacon": "Promise.resolve(navigator.sendBeacon(url, 'held'))",
    "socket": "new Promise((done) => { const one = new WebSocket(url.replace('http', 'ws')); "
    "one.onerror = one.onopen = done })",
    "events": "new Promise((done) => { const one = new EventSource(url); "
    "one.onerror = one.onopen = done })",
    "form": "new Promise((done) => { const one = document.createElement('form'); "
    "one.action = url; one.method = 'POST'; one.target = '_blank'; document.body.append(one); "
    "addEventListener('securitypolicyviolation', done); one.submit() })",
    "frame": "new Promise((done) => { const one = document.createElement('iframe'); "
    "addEventListener('securitypolicyviolation', done); one.src = url; "
    "document.body.append(one) })",
}


@pytest.mark.parametrize("way", WAYS)
def test_a_browser_sends_nothing_from_the_page_to_anybody_else(ana: Page, way: str) -> None:
    with socket.socket() as elsewhere:
        elsewhere.bind(("127.0.0.1", 0))
        elsewhere.listen()
        elsewhere.setblocking(False)
        address = f"http://127.0.0.1:{elsewhere.getsockname()[1]}/held"
        ana.evaluate(f"(url) => {WAYS[way]}.catch(() => 0).then(() => 0)", address)
        assert sent_to(elsewhere) == b""


def sent_to(listener: socket.socket) -> bytes:
    """What somebody has sent; a browser may connect ahead, before it knows that it may not."""
    try:
        connection, _ = listener.accept()
    except BlockingIOError:
        return b""
    with connection:
        connection.settimeout(1)
        try:
            return connection.recv(1000)
        except TimeoutError:
            return b""


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
