"""A stack that is started again serves its page anew, with a link of its own."""

from __future__ import annotations

import re
import socket
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, expect

from tests.page.asking import form_of, hint_of
from tests.page.conftest import Served


def test_the_page_ends_with_the_stack_and_each_start_has_a_link_of_its_own(
    served: Served, context: BrowserContext
) -> None:
    port = urlsplit(served.api).port or 0
    served.nexus("down")
    with socket.socket() as free:
        free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        free.bind(("127.0.0.1", port + 2))
    again = served.nexus("up", "--detach", "--port", str(port)).stdout
    [link] = re.findall(r"http://127\.0\.0\.1:\d+/#hint=\w+", again)
    assert link.startswith(served.origin)
    assert link != served.link
    page = context.new_page()
    page.goto(form_of(served, hint_of(served)))  # of the run before
    expect(page.get_by_role("textbox", name="Password")).to_have_value("")
