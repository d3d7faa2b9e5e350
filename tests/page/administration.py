"""What an administrator does at the page, as the tests say it: go, upload, wait, ask."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.page.conftest import SHOWN, Served

READ_MS = 90_000  # a document's way from the browser to answers, on a busy machine
WIDTHS = (390, 800, 1366)


def view(page: Page, served: Served, name: str) -> None:
    """Opens a view such as "documents" by its address, and waits until it is there."""
    # A sign-in that is not yet over would be lost with the page that it goes on in.
    expect(page.locator(".frame")).to_be_visible()
    page.goto(f"{served.origin}/#/{name}")
    expect(page.locator(".frame-content h1")).to_be_visible()


def upload_files(page: Page, *files: Path) -> None:
    """Picks files as a person does, in the browser's own dialogue."""
    with page.expect_file_chooser() as asked:
        page.get_by_role("button", name="Choose files").click()
    asked.value.set_files([str(path) for path in files])


def upload_folder(page: Page, folder: Path) -> None:
    """Picks a folder with all that is in it."""
    with page.expect_file_chooser() as asked:
        page.get_by_role("button", name="Choose a folder").click()
    asked.value.set_files(str(folder))


def drop(page: Page, *paths: Path) -> None:
    """Drops files and folders on the page as the desktop does: the browser reads them itself."""
    desktop = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    for step in ("dragEnter", "dragOver", "drop"):
        desktop.send("Input.dispatchDragEvent", {"type": step, "x": 400, "y": 300, "data": data})
    desktop.detach()


def row(page: Page, path: str) -> Locator:
    """The line of the document at a path."""
    return page.locator(".documents-list > li").filter(
        has=page.locator(".document-path", has_text=re.compile(f"^{re.escape(path)}$"))
    )


def ready(page: Page, path: str) -> Locator:
    """The line of a document, once it is read."""
    line = row(page, path)
    expect(line.locator(".document-state")).to_have_attribute(
        "data-state", "indexed", timeout=READ_MS
    )
    return line


def details(page: Page, path: str) -> Locator:
    """The line of a document with all that is known of it."""
    line = row(page, path)
    title = line.locator(".document-title")
    if title.get_attribute("aria-expanded") != "true":
        title.click()
    expect(line.locator(".document-details")).to_be_visible()
    return line


def ask(page: Page, served: Served, question: str) -> Locator:
    """Asks in a new conversation; the thread, once the answer is whole."""
    expect(page.locator(".frame")).to_be_visible()
    page.goto(f"{served.origin}/#/")
    copy = page.get_by_role("button", name="Copy with sources")
    # The answer before would be taken for this one's, which the next question then breaks off.
    expect(copy).to_have_count(0)
    page.get_by_role("textbox", name="Your question").fill(question)
    page.get_by_role("textbox", name="Your question").press("Enter")
    expect(copy.last).to_be_visible(timeout=READ_MS)
    # The address follows when the stream has ended, also if it was left for "#/" before.
    expect(page).to_have_url(re.compile("#/c/"))
    return page.locator("main")


def erase(page: Page, path: str) -> None:
    """Deletes a document by its details."""
    details(page, path).get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(row(page, path)).to_have_count(0, timeout=READ_MS)


def shown(page: Page, name: str) -> None:
    """Screenshots at three widths, for a person; nothing may be wider than the screen."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=SHOWN / f"{name}-{width}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} at {width}"
    page.set_viewport_size({"width": 1280, "height": 800})
