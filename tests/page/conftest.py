"""The page in a browser, on a running local stack, signed in as each of the demo people."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from cli.local import stack as local_stack
from cli.local.layout import PROJECT, Layout
from cli.local.models.prepare import ensure_model
from tests.e2e.conftest import free_port, run_nexus
from tests.page import chromium

ROOT = PROJECT / ".local" / "page-tests"
# Screenshots, and what a test that failed saw: for a person to look at.
SHOWN = ROOT / "shown"
ANA, BUDI, CITRA = "ana@example.org", "budi@example.org", "citra@example.org"
WAIT_MS = 20_000
expect.set_options(timeout=WAIT_MS)

_BROWSER = chromium.found()
if _BROWSER is None and os.environ.get(chromium.NEEDED):
    raise pytest.UsageError(chromium.NONE)
if _BROWSER is None:
    collect_ignore_glob = ["test_*.py"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What starts the stack again comes last: the others know the link of the first start."""
    items.sort(key=lambda item: item.path.name == "test_starting_again.py")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """One line on a machine without a Chromium, where the tests here are not even collected."""
    if _BROWSER is None:
        terminalreporter.write_line(chromium.NONE)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Without a Chromium there is nothing to collect here, and that is no failure."""
    here = Path(__file__).parent
    only_here = all(Path(one).resolve().is_relative_to(here) for one in session.config.args)
    if _BROWSER is None and only_here and exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
        session.exitstatus = pytest.ExitCode.OK


@dataclass(frozen=True)
class Served:
    """A running local stack, with its page: `link` is what `nexus up` prints."""

    link: str
    api: str
    key: str
    environ: dict[str, str]
    first_output: str

    @property
    def origin(self) -> str:
        """The page's origin."""
        return self.link.partition("/#")[0]

    def nexus(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs the CLI."""
        return run_nexus(self.environ, *arguments)


@pytest.fixture(scope="session")
def served() -> Iterator[Served]:
    """The stack with the sample documents ingested, started and stopped as a person would."""
    shared, own = Layout(), Layout(ROOT)
    local_stack.prepare(shared, ensure_model, lambda _what: None)
    subprocess.run(["rm", "-rf", str(ROOT)], check=True)
    SHOWN.mkdir(parents=True)
    for tool in ("emulator", "node", "models"):
        (own.root / tool).symlink_to(getattr(shared, tool))
    foreign = ("OPENAI_", "PINECONE_", "NEXUS_", "AWS_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    environ = {**kept, "NEXUS_LOCAL_DIR": str(ROOT), "COLUMNS": "160"}
    first = run_nexus(environ, "up", "--detach", "--port", str(free_port()))
    try:
        told = json.loads(run_nexus(environ, "status", "--json").stdout)
        yield Served(told["page"], told["url"], told["key"], environ, first.stdout)
    finally:
        run_nexus(environ, "down")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A Chromium without a window; it asks no proxy for this machine's own servers."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=_BROWSER,
            args=["--no-sandbox", "--no-proxy-server", "--use-fake-device-for-media-stream"],
        )
        yield started
        started.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A person's browser that has seen nothing yet."""
    made = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 800})
    made.set_default_timeout(WAIT_MS)
    yield made
    made.close()


@pytest.fixture
def signed_in(served: Served, browser: Browser) -> Iterator[Callable[[str], Page]]:
    """Opens the page as one of the demo people, each in a browser of their own."""
    opened: list[BrowserContext] = []

    def enter(email: str) -> Page:
        made = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 800})
        made.set_default_timeout(WAIT_MS)
        opened.append(made)
        page = made.new_page()
        sign_in(page, served, email)
        return page

    yield enter
    for made in opened:
        made.close()


def sign_in(page: Page, served: Served, email: str) -> None:
    """The link, and one click at the form that is filled in."""
    page.goto(served.link)
    page.get_by_role("button", name=f"Sign in as {email}").click()
    page.wait_for_url(f"{served.origin}/**")
    expect(page.locator("#page")).not_to_be_empty()


@pytest.fixture
def elsewhere() -> Iterator[Callable[[str], str]]:
    """Serves a document at another origin of this machine; gives its address."""
    servers: list[HTTPServer] = []

    def serve(document: str) -> str:
        class Foreign(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
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


@pytest.fixture
def ana(signed_in: Callable[[str], Page]) -> Page:
    """Signed in, of the group finance."""
    return signed_in(ANA)


@pytest.fixture
def budi(signed_in: Callable[[str], Page]) -> Page:
    """Signed in, of the group hr."""
    return signed_in(BUDI)


@pytest.fixture
def citra(signed_in: Callable[[str], Page]) -> Page:
    """Signed in, an administrator."""
    return signed_in(CITRA)
