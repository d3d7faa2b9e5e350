"""A spoken question, with a microphone that Chromium makes up; and who answers, without agents."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.page.accessibility import faults
from tests.page.chatting import READS, ask
from tests.page.conftest import ANA, SHOWN, Served, sign_in

SPEAK = "Speak your question"


@pytest.fixture
def speaker(served: Served, context: BrowserContext) -> Page:
    """Ana, who lets the page use a microphone."""
    context.grant_permissions(["microphone"])
    page = context.new_page()
    sign_in(page, served, ANA)
    return page


def test_a_recording_tells_its_length_and_is_discarded(speaker: Page) -> None:
    speaker.get_by_role("button", name=SPEAK).click()
    panel = speaker.get_by_role("group", name="Speaking a question")
    expect(panel.get_by_text("Recording")).to_be_visible()
    expect(panel.get_by_role("timer")).to_have_text("0:02")
    expect(panel.get_by_role("button", name="Stop and ask")).to_be_focused()
    assert faults(speaker) == []
    speaker.screenshot(path=SHOWN / "chat-recording-1280.png")
    panel.get_by_role("button", name="Discard").click()
    expect(panel).to_have_count(0)
    expect(speaker.get_by_role("button", name=SPEAK)).to_be_focused()
    expect(speaker.locator("article")).to_have_count(0)


def test_a_recording_that_is_stopped_waits_until_it_is_asked_or_discarded(speaker: Page) -> None:
    speaker.get_by_role("button", name=SPEAK).click()
    panel = speaker.get_by_role("group", name="Speaking a question")
    expect(panel.get_by_role("timer")).to_have_text("0:01")
    panel.get_by_role("button", name="Stop", exact=True).click()
    expect(panel.get_by_text("The recording is over.")).to_be_visible()
    expect(panel.get_by_role("button", name="Ask", exact=True)).to_be_focused()
    speaker.keyboard.press("Escape")
    expect(panel).to_have_count(0)


def test_a_microphone_that_is_refused_is_told_with_what_to_do(ana: Page) -> None:
    ana.get_by_role("button", name=SPEAK).click()
    panel = ana.get_by_role("group", name="Speaking a question")
    expect(panel.get_by_role("alert")).to_contain_text("may not use the microphone")
    expect(panel.get_by_role("button", name="Try again")).to_be_focused()
    assert faults(ana) == []
    panel.get_by_role("button", name="Close").click()
    ask(ana, READS)


def test_without_agents_nobody_is_asked_to_choose_one(ana: Page) -> None:
    expect(ana.get_by_role("button", name=SPEAK)).to_be_visible()
    assert ana.get_by_label("Who answers").count() == 0
    ask(ana, READS)
    assert ana.locator(".answer-agent").count() == 0
