"""The administrators' views in a browser: for whom they are, in both languages, by keyboard."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.page.administration import READ_MS, shown, view
from tests.page.conftest import Served

VIEWS = (
    "documents",
    "analytics",
    "access",
    "access/clients",
    "access/people",
    "access/groups",
    "documents/000000000000000000000000",
)
ROOMS = ("documents", "analytics", "access")
TEXTS = Path("web/src/language")


@pytest.mark.parametrize("address", VIEWS)
def test_who_is_no_administrator_sees_no_such_view_and_asks_nothing_for_it(
    served: Served, budi: Page, address: str
) -> None:
    expect(budi.locator(".frame")).to_be_visible()
    expect(budi.get_by_role("navigation", name="Views")).to_have_count(0)
    asked: list[str] = []
    budi.on("request", lambda request: asked.append(request.url))
    budi.goto(f"{served.origin}/#/{address}")
    expect(budi.get_by_role("heading", name="There is no such view.")).to_be_visible()
    expect(budi.get_by_role("link", name="Ask a question")).to_be_visible()
    assert not [url for url in asked if re.search(r"/v1/(documents|analytics|clients|people)", url)]
    assert not [url for url in asked if re.search(r"(Documents|Analytics|Access)View", url)]


def english(room: str) -> Iterator[str]:
    """Every fixed text of a room's English, of more than one word, that Indonesian has not."""
    said = set(re.findall(r': "([^"]{4,})"', (TEXTS / "en" / f"{room}.ts").read_text()))
    other = set(re.findall(r': "([^"]{4,})"', (TEXTS / "id" / f"{room}.ts").read_text()))
    return (text for text in said - other if " " in text)


@pytest.mark.parametrize("room", ROOMS)
def test_a_view_in_indonesian_shows_no_english_of_its_own(
    served: Served, citra: Page, room: str
) -> None:
    view(citra, served, room)
    citra.get_by_role("button", name="Menu").click()
    citra.get_by_label("Language").select_option("id")
    citra.keyboard.press("Escape")
    parts = ("access/clients", "access/people", "access/groups") if room == "access" else (room,)
    for part in parts:
        view(citra, served, part)
        expect(citra.locator("[aria-busy=true]")).to_have_count(0, timeout=READ_MS)
        if room == "documents":
            citra.locator(".document-title").first.click()
            expect(citra.locator(".document-details")).to_be_visible()
        if part == "access/clients":
            citra.locator(".access-head button").click()
        read = citra.locator("main").evaluate(
            """(main) => main.innerText + [...main.querySelectorAll('[aria-label], [title]')]
            .map((one) => `\\n${one.ariaLabel ?? one.title}`).join('')"""
        )
        assert [text for text in english(room) if text in read.splitlines()] == []
        shown(citra, f"{part.replace('/', '-')}-indonesian")
    assert citra.locator("html").get_attribute("lang") == "id"


def tabbed_to(page: Page, name: str, most: int = 60) -> None:
    """Presses Tab until what is named so has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        told = page.evaluate(
            "() => document.activeElement.ariaLabel || document.activeElement.innerText || ''"
        )
        if told.strip() == name:
            return
    raise AssertionError(f"Tab does not lead to {name!r}")


def test_a_document_is_found_opened_and_kept_by_keyboard_alone(served: Served, citra: Page) -> None:
    expect(citra.locator(".frame")).to_be_visible()
    tabbed_to(citra, "Documents")
    citra.keyboard.press("Enter")
    expect(citra.locator(".frame-content h1")).to_be_visible()
    expect(citra.get_by_role("button", name="Library Rules 2026/2027", exact=True)).to_be_visible()
    tabbed_to(citra, "What is said of the next files (seen by everybody)")
    citra.keyboard.press("Tab")
    listed = citra.locator(".documents-list > li").count()
    citra.keyboard.type("library-rules")
    expect(citra.locator(".documents-list > li")).not_to_have_count(listed)
    tabbed_to(citra, "Library Rules 2026/2027")
    citra.keyboard.press("Enter")
    expect(citra.locator(".document-details")).to_be_visible()
    tabbed_to(citra, "Delete")
    citra.keyboard.press("Enter")
    expect(citra.get_by_role("dialog").get_by_role("button", name="Cancel")).to_be_focused()
    citra.keyboard.press("Escape")
    expect(citra.get_by_role("dialog")).to_have_count(0)
    expect(citra.get_by_role("button", name="Delete", exact=True)).to_be_focused()


def test_a_key_is_made_and_revoked_by_keyboard_alone(served: Served, citra: Page) -> None:
    view(citra, served, "access")
    tabbed_to(citra, "New key")
    citra.keyboard.press("Enter")
    citra.keyboard.type("by keyboard")
    tabbed_to(citra, "Make the key")
    citra.keyboard.press("Enter")
    made = citra.get_by_role("region", name="The new key of by keyboard")
    expect(made.get_by_role("heading")).to_be_focused()
    tabbed_to(citra, "I have kept it: hide it")
    citra.keyboard.press("Enter")
    expect(made).to_have_count(0)
    mine = citra.locator(".access-list > li").filter(has_text="by keyboard")
    mine.get_by_role("button", name="Revoke").focus()
    citra.keyboard.press("Enter")
    tabbed_to(citra, "Revoke", most=3)
    citra.keyboard.press("Enter")
    expect(mine).to_have_count(0)
    expect(citra.get_by_role("heading", name="Keys", exact=True)).to_be_focused()
