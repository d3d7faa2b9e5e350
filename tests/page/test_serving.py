"""The page as it is served and signed into: what a browser refuses to do with it, for whoever asks.

Each test is an attempt, made in a real browser against the running stack.
"""

from __future__ import annotations

import json
import re
import socket
import stat
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
import pytest
from playwright.sync_api import BrowserContext, Page, Response, expect

from tests.page.conftest import ANA, BUDI, CITRA, ROOT, Served, sign_in

SECOND_START_S = 5.0


@pytest.fixture
def elsewhere() -> Iterator[Callable[[str], str]]:
    """Serves a document at another origin of this machine; gives its address."""
    servers: list[HTTPServer] = []

    def serve(document: str) -> str:
        class Foreign(BaseHTTPRequestHandler):
            def do_GET(self) -> None:  # noqa: N802 - http.server's name
                body = document.encode()
                self.send_response(200)
                self.send_header("content-type", "text/html; charset=utf-8")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                return

        server = HTTPServer(("127.0.0.1", 0), Foreign)
        servers.append(server)
        Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}/"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


def answered(served: Served, path: str = "/", **headers: str) -> httpx2.Response:
    said = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx2.get(served.origin + path, headers=said, trust_env=False)


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
          document.body.insertAdjacentHTML('beforeend', '<img src="x" onerror="window.injected = 2">');
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
    page.goto(elsewhere(f'<iframe src="{_form(served, hint=_hint(served)).replace("&", "&amp;")}">'))
    page.wait_for_load_state("networkidle")
    assert page.frames[1].locator("form").count() == 0


def test_another_page_reads_nothing_of_it(
    served: Served, context: BrowserContext, elsewhere: Callable[[str], str]
) -> None:
    page = context.new_page()
    page.goto(elsewhere("<title>another</title>"))
    for url in (f"{served.origin}/config.json", f"{served.origin}/", _form(served, _hint(served))):
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
        asking.sendall(f"GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
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


def _hint(served: Served) -> str:
    return served.link.partition("#hint=")[2]


def _form(served: Served, hint: str = "", **more: str) -> str:
    """The address of the provider's sign-in form."""
    sign_in = answered(served, "/config.json").json()["sign_in"]
    asked = {
        "response_type": "code",
        "client_id": sign_in["client_id"],
        "redirect_uri": f"{served.origin}/",
        "scope": "openid email profile",
        "state": "of-the-test",
        "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        "code_challenge_method": "S256",
        **({"login_hint": hint} if hint else {}),
        **more,
    }
    return f"{sign_in['metadata']['authorization_endpoint']}?{urlencode(asked)}"


@pytest.mark.parametrize("hint", ["", "0" * 32, ANA])
def test_without_this_run_s_hint_the_form_holds_nobody_s_password(
    served: Served, context: BrowserContext, hint: str
) -> None:
    page = context.new_page()
    page.goto(_form(served, hint))
    expect(page.get_by_role("textbox", name="Password")).to_have_value("")
    assert page.get_by_role("button").all_inner_texts() == ["Sign in"]


def test_with_it_every_demo_person_is_one_click_away(
    served: Served, context: BrowserContext
) -> None:
    page = context.new_page()
    shown: list[Response] = []
    page.on("response", lambda answer: shown.append(answer))
    page.goto(_form(served, _hint(served)))
    names = page.get_by_role("button").all_inner_texts()
    assert [name.split()[3] for name in names] == [ANA, BUDI, CITRA]
    assert shown[0].headers["cache-control"] == "no-store"
    assert shown[0].headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize(
    "back",
    [
        "https://evil.example/",
        "//evil.example/",
        "{origin}.evil.example/",
        "{origin}@evil.example/",
        "{origin}/../evil",
        "{origin}/index.html",
        "{origin}/?next=https://evil.example",
        "javascript:alert(1)",
    ],
)
def test_the_provider_leads_back_to_the_page_and_nowhere_else(served: Served, back: str) -> None:
    address = _form(served, redirect_uri=back.format(origin=served.origin))
    refused = httpx2.get(address, trust_env=False, follow_redirects=False)
    assert refused.status_code == 400
    assert "<form" not in refused.text


@pytest.mark.parametrize(
    "query",
    [
        {"code": "stolen", "state": "made-up"},
        {"error": "access_denied", "error_description": "<img src=x onerror=alert(1)>", "state": "x"},
        {"code": "c", "state": "s", "next": "https://evil.example/"},
        {"redirect": "https://evil.example/", "url": "//evil.example"},
    ],
)
def test_an_answer_that_nobody_asked_for_leads_nowhere_and_signs_nobody_in(
    served: Served, context: BrowserContext, query: dict[str, str]
) -> None:
    page = context.new_page()
    visited: list[str] = []
    page.on("framenavigated", lambda frame: visited.append(frame.url))
    page.goto(f"{served.origin}/?{urlencode(query)}#//evil.example")
    page.wait_for_load_state("networkidle")
    own = {urlsplit(served.origin).netloc, urlsplit(served.api).netloc}
    assert {urlsplit(url).netloc for url in visited} <= own
    kept = page.evaluate("Object.keys(sessionStorage).concat(Object.keys(localStorage)).join()")
    assert "user:" not in kept
    assert page.locator("img[src=x]").count() == 0


def test_a_sign_in_ends_at_the_page_with_no_code_and_no_hint_in_its_address(
    served: Served, context: BrowserContext
) -> None:
    page = context.new_page()
    sign_in(page, served, BUDI)
    page.wait_for_load_state("networkidle")
    address = urlsplit(page.url)
    assert not parse_qs(address.query)
    assert "hint" not in address.fragment
    assert page.evaluate("document.referrer") == ""
    assert _hint(served) not in page.evaluate("JSON.stringify([localStorage, document.cookie])")


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
