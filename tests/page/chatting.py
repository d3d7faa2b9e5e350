"""What a person does in the chat, and what they look at: for the tests of its views."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

READS = "How large is the book allowance of the Kencana Merit Scholarship?"
READS_TELLS = "1,250,000"
READS_TITLE = "Scholarship Guide 2026/2027"
_STOP = re.compile("^(Stop|Hentikan)$")
UNANSWERED = "How much does a parking permit cost for visitors?"


def question_box(page: Page) -> Locator:
    """Where a question is typed."""
    return page.locator(".composer-text")


def answers(page: Page) -> Locator:
    """The answers on the screen, the latest last."""
    return page.locator("article .answer")


def ask(page: Page, question: str) -> Locator:
    """Types a question, sends it by the keyboard; gives its answer once it is whole."""
    # An answer is whole a moment before its stream ends, and until then nothing is sent.
    expect(page.get_by_role("button", name=_STOP)).to_have_count(0)
    with page.expect_response("**/v1/chat/stream"):
        send(page, question)
    return whole(answers(page).last)


def send(page: Page, question: str) -> None:
    """Types a question and sends it by the keyboard."""
    question_box(page).fill(question)
    question_box(page).press("Enter")


def begin_anew(page: Page) -> None:
    """A new conversation, in which nothing that was asked before is understood with a question."""
    page.goto(f"{page.url.partition('#')[0]}#/")
    expect(answers(page)).to_have_count(0)


def whole(answer: Locator) -> Locator:
    """An answer, when it is complete: its confidence is told."""
    expect(answer).to_have_attribute("aria-busy", "false")
    expect(answer.locator("details.confidence")).to_be_visible()
    return answer


def open_source(answer: Locator, number: int = 1) -> Locator:
    """Opens the source that `[number]` in the answer's text names; gives the panel beside it."""
    page = answer.page
    answer.locator(".markdown button.citation").filter(has_text=str(number)).first.click()
    panel = page.locator("aside.source-panel")
    expect(panel.get_by_role("heading").first).to_be_focused()
    return panel


def choose_language(page: Page, name: str) -> None:
    """Chooses a language in the menu; what is on the screen stays."""
    menu = page.locator(".account > button")
    menu.click()
    page.locator(".account-panel select").first.select_option(name)
    menu.click()
    expect(page.locator("html")).to_have_attribute("lang", name)


def sideways(page: Page) -> int:
    """By how many CSS pixels the page is wider than the screen."""
    wider = page.evaluate(
        "Math.max(document.documentElement.scrollWidth, document.body.scrollWidth) - innerWidth"
    )
    return int(wider)
