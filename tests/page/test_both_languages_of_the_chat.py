"""Every text of the chat is there in English and in Indonesian, and no text is the same in both."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Browser, Page, expect

from tests.page.asking import answered
from tests.page.chatting import (
    READS,
    UNANSWERED,
    answers,
    ask,
    begin_anew,
    choose_language,
    open_source,
    send,
)
from tests.page.conftest import ANA, WAIT_MS, Served, sign_in
from tests.page.wording import words_of

# Names, and words that both languages spell in the same way.
SAME = {"Nexus", "English", "Bahasa Indonesia", "Filter", "Menu", "Tag"}


def in_both(page: Page, once_chosen: Callable[[], None] = lambda: None) -> set[str]:
    """The texts of what is on the screen that are the same in both languages.

    `once_chosen` opens what a click elsewhere closes.
    """
    said = {}
    for language in ("en", "id"):
        choose_language(page, language)
        once_chosen()
        said[language] = words_of(page)
    choose_language(page, "en")
    assert min(map(len, said.values())) >= 5
    return (said["en"] & said["id"]) - SAME - {ANA}


def test_no_text_of_the_chat_is_left_in_the_other_language(
    signed_in: Callable[[str], Page], served: Served
) -> None:
    page = signed_in(ANA)
    same = {"the welcome": in_both(page)}
    answer = ask(page, READS)
    answer.locator("details.confidence summary").click()
    answer.get_by_role("button", name="Good answer").click()
    same["an answer"] = in_both(page)
    answer.get_by_role("button", name="Bad answer").click()
    expect(answer.get_by_text("What was wrong?")).to_be_visible()
    same["what was wrong"] = in_both(page)
    expect(open_source(answer).get_by_text("The quote is marked.")).to_be_visible()
    same["a page of a PDF"] = in_both(page)
    row = ask(page, "How much does a single room in Asrama Cendrawasih cost per month?")
    expect(open_source(row).locator(".source-marked").first).to_be_visible()
    same["a table"] = in_both(page)
    page.get_by_role("button", name="Close the source").click()
    page.get_by_role("button", name="Filters").click()
    page.get_by_label("Dated from").fill("2026-05-02")
    page.get_by_label("Dated until").fill("2026-05-01")
    same["filters"] = in_both(page)
    page.get_by_role("button", name="Clear all filters").click()
    page.get_by_role("button", name="Filters").click()
    begin_anew(page)
    refused = ask(page, UNANSWERED)
    refused.locator("details.confidence summary").click()
    expect(refused.get_by_role("region", name="What comes closest")).to_be_visible()
    same["a refusal"] = in_both(page)
    options = page.locator(".conversation-line button").first
    same["options"] = in_both(page, options.click)
    options.click()
    page.locator(".conversation").get_by_role("button", name="Rename").first.click()
    same["a new title"] = in_both(page)
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("searchbox").fill("nobody-ever-said-this")
    expect(page.get_by_text("No conversation has this text.")).to_be_visible()
    same["a search"] = in_both(page)
    page.get_by_role("searchbox").fill("")
    page.context.set_offline(True)
    send(page, READS)
    expect(answers(page).last.get_by_role("alert")).to_be_visible()
    same["no network"] = in_both(page)
    page.context.set_offline(False)
    page.goto(f"{served.origin}/#/no-such-view")
    expect(page.get_by_text("There is no such view.")).to_be_visible()
    same["no such view"] = in_both(page)
    assert not {view: texts for view, texts in same.items() if texts}


def test_who_wishes_for_indonesian_gets_examples_and_answers_in_it(
    served: Served, browser: Browser
) -> None:
    context = browser.new_context(locale="id-ID")
    context.set_default_timeout(WAIT_MS)
    page = context.new_page()
    sign_in(page, served, ANA)
    expect(page.locator("html")).to_have_attribute("lang", "id")
    [first, *_] = answered(served, "/config.json").json()["questions"]["id"]
    page.get_by_role("button", name=first).click()
    expect(page.locator("article .sources button").first).to_be_visible()
    expect(page.locator(".thread > .unseen")).to_contain_text("Jawaban sudah lengkap.")
    context.close()
