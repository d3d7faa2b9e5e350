"""Conversations in the list: opened again, renamed, searched for, saved and deleted."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.page.chatting import READS, READS_TELLS, ask

LATE = "What is the fine for returning a book late?"


def listed(page: Page, title: str) -> Locator:
    """The conversations of the list with a title."""
    return page.locator(".conversation").filter(has_text=title)


def choose(page: Page, title: str, option: str) -> None:
    """Chooses what is done with the conversation that is open, which others may be called like."""
    item = listed(page, title).filter(has=page.locator("[aria-current]"))
    item.get_by_role("button", name="Options of").click()
    item.get_by_role("button", name=option).click()


def test_a_conversation_is_kept_renamed_continued_and_deleted(budi: Page) -> None:
    ask(budi, READS)
    choose(budi, READS, "Rename")
    budi.get_by_label("New title").fill("Books that are paid for")
    budi.get_by_role("button", name="Save", exact=True).click()
    expect(listed(budi, "Books that are paid for")).to_have_count(1)
    budi.get_by_role("link", name="New conversation").click()
    expect(budi.locator("article")).to_have_count(0)
    ask(budi, LATE)
    listed(budi, "Books that are paid for").get_by_role("link").click()
    expect(budi.locator("article")).to_contain_text(READS_TELLS)
    budi.reload()
    expect(budi.locator("article")).to_contain_text(READS_TELLS)
    ask(budi, "How many credits does one need to keep it?")
    expect(budi.locator("article")).to_have_count(2)
    choose(budi, "Books that are paid for", "Delete")
    budi.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(listed(budi, "Books that are paid for")).to_have_count(0)
    expect(budi.locator("article")).to_have_count(0)
    expect(listed(budi, LATE).first).to_be_visible()


def test_a_search_finds_a_conversation_by_what_was_said_in_it(budi: Page) -> None:
    ask(budi, READS)
    budi.get_by_role("link", name="New conversation").click()
    ask(budi, LATE)
    search = budi.get_by_role("searchbox", name="Search conversations")
    search.fill(READS_TELLS)
    expect(listed(budi, LATE)).to_have_count(0)
    expect(budi.locator(".conversation mark").first).to_be_visible()
    search.fill("nobody-ever-said-this")
    expect(budi.get_by_text("No conversation has this text.")).to_be_visible()


def test_a_conversation_is_saved_as_a_file_with_its_answers(budi: Page) -> None:
    ask(budi, READS)
    with budi.expect_download() as saved:
        choose(budi, READS, "Save as Markdown")
    assert saved.value.suggested_filename.endswith(".md")
    assert READS_TELLS in Path(saved.value.path()).read_text()


def test_all_conversations_of_one_person_go_and_nobody_else_s(ana: Page, budi: Page) -> None:
    ask(ana, READS)
    for question in (READS, LATE):
        budi.get_by_role("link", name="New conversation").click()
        ask(budi, question)
    budi.get_by_role("button", name="Delete all").click()
    budi.get_by_role("dialog").get_by_role("button", name="Delete all").click()
    expect(budi.get_by_text("No conversation yet.")).to_be_visible()
    ana.reload()
    expect(listed(ana, READS).first).to_be_visible()
