"""A source opens beside its answer where the quote stands; a refusal offers what is closest."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.page.chatting import READS, READS_TITLE, UNANSWERED, ask, open_source, whole


def test_a_number_opens_the_pdf_at_the_quoted_page_with_the_quote_marked(ana: Page) -> None:
    panel = open_source(ask(ana, READS))
    expect(panel.get_by_role("heading")).to_contain_text(READS_TITLE)
    expect(panel.locator(".pdf-bar").get_by_text("Page 7 of")).to_be_visible()
    expect(panel.get_by_text("The quote is marked.")).to_be_visible()
    canvas = panel.locator(".pdf-sheet canvas").bounding_box()
    assert canvas
    assert canvas["width"] > 200
    marks = panel.locator(".pdf-sheet mark")
    expect(marks.first).to_be_in_viewport()
    assert "1,250,000" in " ".join(marks.all_inner_texts())
    panel.get_by_role("button", name="Next page").click()
    expect(panel.locator(".pdf-bar").get_by_text("Page 8 of")).to_be_visible()
    panel.get_by_role("button", name="To the quote").click()
    expect(panel.locator(".pdf-bar").get_by_text("Page 7 of")).to_be_visible()
    panel.get_by_role("button", name="Close the source").click()
    expect(panel).to_have_count(0)


def test_what_leads_to_a_row_opens_the_table_at_that_row(ana: Page) -> None:
    answer = ask(ana, "How much does a single room in Asrama Cendrawasih cost per month?")
    expect(answer).to_contain_text("1,050,000")
    panel = open_source(answer)
    marked = panel.locator(".source-marked")
    expect(marked.first).to_be_in_viewport()
    expect(marked.first).to_contain_text("Cendrawasih")


def test_a_source_of_plain_text_opens_at_the_quoted_passage(ana: Page) -> None:
    answer = ask(ana, "How much do I pay per day if a library book is late?")
    panel = open_source(answer)
    expect(panel.get_by_role("heading").first).to_contain_text("Library Rules")
    expect(panel.locator("mark").first).to_be_in_viewport()


def test_a_refusal_says_what_comes_closest_and_asks_it_alone(ana: Page) -> None:
    refused = ask(ana, UNANSWERED)
    expect(refused.locator("summary")).to_have_text("Not in the documents")
    closest = refused.get_by_role("region", name="What comes closest")
    expect(closest.get_by_role("listitem").first).to_be_visible()
    first = closest.get_by_role("listitem").first
    title = first.get_by_role("button").first.inner_text()
    first.get_by_role("button").first.click()
    panel = ana.locator("aside.source-panel")
    expect(panel.get_by_role("heading").first).to_contain_text(title)
    ana.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    first.get_by_role("button", name="Ask this document alone").click()
    expect(ana.get_by_text("Only this document")).to_contain_text(title)
    again = whole(ana.locator("article .answer").last)
    for shown in again.locator(".source-title bdi").all_inner_texts():
        assert shown == title
