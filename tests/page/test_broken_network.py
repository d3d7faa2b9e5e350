"""A network that breaks before, within or behind an answer: the page says so and loses no text."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.page.chatting import (
    READS,
    READS_TELLS,
    answers,
    ask,
    open_source,
    question_box,
    send,
    whole,
)
from tests.page.pacing import paced


def test_a_question_asked_without_a_network_stays_and_is_asked_again(ana: Page) -> None:
    expect(question_box(ana)).to_be_visible()
    ana.context.set_offline(True)
    send(ana, READS)
    expect(answers(ana).get_by_role("alert")).to_contain_text("The service cannot be reached")
    expect(ana.locator(".question")).to_contain_text(READS)
    ana.context.set_offline(False)
    answers(ana).get_by_role("button", name="Try again").click()
    expect(whole(answers(ana))).to_contain_text(READS_TELLS)
    expect(ana.locator(".question")).to_have_count(1)


def test_an_answer_that_breaks_off_keeps_what_has_come_and_goes_on_when_asked(ana: Page) -> None:
    with paced(ana) as line:
        send(ana, READS)
        line.let_through("delta")
        arrived = answers(ana).locator(".markdown")
        expect(arrived).to_contain_text(READS_TELLS)
        line.cut()
        expect(answers(ana).get_by_role("alert")).to_contain_text("The connection broke off")
        expect(arrived).to_contain_text(READS_TELLS)
        expect(ana.locator(".question")).to_contain_text(READS)
    answers(ana).get_by_role("button", name="Try again").click()
    expect(whole(answers(ana))).to_contain_text(READS_TELLS)
    expect(answers(ana).get_by_role("alert")).to_have_count(0)
    expect(ana.locator(".question")).to_have_count(1)


def test_what_was_typed_or_not_answered_outlives_a_new_load(ana: Page) -> None:
    ana.route("**/v1/chat/stream", lambda route: route.abort())
    send(ana, READS)
    expect(answers(ana).get_by_role("alert")).to_be_visible()
    question_box(ana).fill("What I was going to ask next,\nin two lines")
    ana.reload()
    expect(question_box(ana)).to_have_value("What I was going to ask next,\nin two lines")
    expect(ana.locator(".question")).to_contain_text(READS)
    answers(ana).get_by_role("button", name="Change the question").click()
    expect(question_box(ana)).to_have_value(READS)


def test_a_refusal_of_the_service_is_told_in_its_own_words(ana: Page) -> None:
    problem = (
        '{"type": "about:blank", "title": "Too many requests", "status": 429, '
        '"detail": "<img src=x onerror=alert(1)> Wait a little.", "request_id": "r-1"}'
    )
    ana.route(
        "**/v1/chat/stream",
        lambda route: route.fulfill(
            status=429,
            content_type="application/problem+json",
            headers={
                "retry-after": "7",
                "access-control-allow-origin": "*",
                "access-control-expose-headers": "retry-after",
            },
            body=problem,
        ),
    )
    send(ana, READS)
    told = answers(ana).get_by_role("alert")
    expect(told).to_contain_text("Wait a little.")
    expect(told).to_contain_text("Try again in 7 s.")
    expect(told).to_contain_text("r-1")
    assert ana.locator("img[src=x]").count() == 0


def test_a_source_that_cannot_be_had_still_shows_its_quote(ana: Page) -> None:
    answer = ask(ana, READS)
    ana.context.set_offline(True)
    panel = open_source(answer)
    expect(panel.get_by_role("alert")).to_contain_text("The service cannot be reached")
    expect(panel.locator("blockquote")).to_contain_text(READS_TELLS)
    ana.context.set_offline(False)
    panel.get_by_role("button", name="Try again").click()
    expect(panel.locator(".pdf-bar").get_by_text("Page 7 of")).to_be_visible()
