"""The chat for whoever has no mouse, a large letter, a dark screen or a reader of screens."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.page.accessibility import faults
from tests.page.chatting import (
    READS,
    READS_TELLS,
    UNANSWERED,
    answers,
    ask,
    begin_anew,
    open_source,
    sideways,
)
from tests.page.conftest import ANA, Served, sign_in


def tab_to(page: Page, wanted: Locator, *, back: bool = False) -> None:
    """Presses Tab until this has the focus."""
    for _ in range(80):
        if wanted.count() and wanted.evaluate("(one) => one === document.activeElement"):
            return
        page.keyboard.press("Shift+Tab" if back else "Tab")
    pytest.fail(f"no Tab leads to {wanted}")


def test_the_keyboard_alone_leads_from_the_sign_in_to_an_opened_source_and_back(
    served: Served, context: BrowserContext
) -> None:
    page = context.new_page()
    page.goto(served.link)
    tab_to(page, page.get_by_role("button", name=f"Sign in as {ANA}"))
    page.keyboard.press("Enter")
    page.wait_for_url(f"{served.origin}/**")
    expect(page.locator(".composer-text")).to_be_focused()
    page.keyboard.type(READS)
    page.keyboard.press("Enter")
    expect(answers(page)).to_contain_text(READS_TELLS)
    expect(answers(page).locator("details.confidence")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="The answer is complete.")).to_be_attached()
    citation = answers(page).locator(".markdown button.citation").first
    tab_to(page, citation, back=True)
    assert citation.evaluate("(one) => getComputedStyle(one).outlineStyle") != "none"
    page.keyboard.press("Enter")
    panel = page.locator("aside.source-panel")
    expect(panel.get_by_role("heading").first).to_be_focused()
    expect(panel.get_by_text("The quote is marked.")).to_be_visible()
    tab_to(page, panel.get_by_role("button", name="Next page"))
    page.keyboard.press("Enter")
    expect(panel.locator(".pdf-bar").get_by_text("Page 8 of")).to_be_visible()
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    expect(citation).to_be_focused()
    tab_to(page, answers(page).get_by_role("button", name="Good answer"))
    page.keyboard.press("Enter")
    expect(answers(page).get_by_role("button", name="Send")).to_be_visible()


def test_the_first_tab_skips_to_the_content(ana: Page) -> None:
    expect(ana.locator(".composer-text")).to_be_focused()
    ana.evaluate("document.body.tabIndex = -1, document.body.focus()")
    ana.keyboard.press("Tab")
    expect(ana.get_by_role("link", name="Skip to the content")).to_be_focused()
    ana.keyboard.press("Enter")
    expect(ana.locator("main")).to_be_focused()


def test_a_letter_twice_as_large_needs_no_scrolling_sideways(ana: Page) -> None:
    # WCAG 2.2, 1.4.10 and 1.4.4: 1280 x 800 at 200 % is a screen of 640 x 400 CSS pixels.
    ana.set_viewport_size({"width": 640, "height": 400})
    assert sideways(ana) <= 0
    answer = ask(ana, READS)
    assert sideways(ana) <= 0
    expect(answer).to_be_in_viewport()
    panel = open_source(answer)
    expect(panel.get_by_text("The quote is marked.")).to_be_visible()
    assert sideways(ana) <= 0
    panel.get_by_role("button", name="Close the source").click()
    ana.get_by_role("button", name="Filters").click()
    ana.get_by_label("Dated until").scroll_into_view_if_needed()
    expect(ana.get_by_label("Dated until")).to_be_in_viewport()
    expect(ana.locator(".composer-text")).to_be_in_viewport()
    assert sideways(ana) <= 0
    ana.get_by_role("button", name="Filters").click()
    begin_anew(ana)
    ask(ana, UNANSWERED)
    assert sideways(ana) <= 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_grave_in_the_chat(signed_in: Callable[[str], Page], scheme: str) -> None:
    page = signed_in(ANA)
    page.locator(".account > button").click()
    page.get_by_label("Appearance").select_option(scheme)
    page.emulate_media(reduced_motion="reduce")
    found = {"the menu": faults(page)}
    page.locator(".account > button").click()
    found["the welcome"] = faults(page)
    answer = ask(page, READS)
    answer.locator("details.confidence summary").click()
    answer.get_by_role("button", name="Bad answer").click()
    expect(answer.get_by_role("button", name="Send")).to_be_visible()
    found["an answer"] = faults(page)
    expect(open_source(answer).get_by_text("The quote is marked.")).to_be_visible()
    found["a page of a PDF"] = faults(page)
    row = ask(page, "How much does a single room in Asrama Cendrawasih cost per month?")
    expect(open_source(row).locator(".source-marked").first).to_be_visible()
    found["a table"] = faults(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Filters").click()
    begin_anew(page)
    refused = ask(page, UNANSWERED)
    expect(refused.get_by_role("region", name="What comes closest")).to_be_visible()
    found["a refusal, with filters"] = faults(page)
    page.get_by_role("button", name="Options of").first.click()
    found["the options of a conversation"] = faults(page)
    page.locator(".conversation").get_by_role("button", name="Delete").first.click()
    found["a question before it is deleted"] = faults(page)
    assert not {view: one for view, one in found.items() if one}


def test_axe_finds_nothing_grave_on_a_phone_and_before_the_sign_in(
    served: Served, context: BrowserContext
) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(served.link)
    as_ana = page.get_by_role("button", name=f"Sign in as {ANA}")
    expect(as_ana).to_be_visible()
    # Behind the form stands a line of the emulator's own.
    found = {"the sign-in": faults(page, within="form")}
    as_ana.click()
    page.wait_for_url(f"{served.origin}/**")
    expect(open_source(ask(page, READS)).get_by_text("The quote is marked.")).to_be_visible()
    found["a source"] = faults(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Show the conversations").click()
    found["the conversations"] = faults(page)
    page.get_by_role("button", name="Hide the conversations").click()
    other = context.new_page()
    sign_in(other, served, ANA)
    expect(other.get_by_role("textbox", name="Your question")).to_be_visible()  # it hears
    page.locator(".account > button").click()
    page.get_by_role("button", name="Sign out").click()
    expect(other.get_by_role("heading", name="You are signed out.")).to_be_visible()
    found["another tab, signed out"] = faults(other)
    assert not {view: one for view, one in found.items() if one}
