"""Two people of two groups ask the same, and each sees what their group may see."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.page.chatting import ask, open_source
from tests.page.conftest import Served

QUESTION = "Which hotel is booked for the yearly staff retreat?"
HOTELS = {"finance": "Hotel Melati Raya", "hr": "Wisma Anggrek"}


@pytest.fixture(scope="module")
def retreats(served: Served, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A document for each group, which answers the same question in another way."""
    folder: Path = tmp_path_factory.mktemp("retreats")
    for group, hotel in HOTELS.items():
        document = folder / f"retreat-{group}.md"
        document.write_text(
            f"# Yearly staff retreat\n\nThe hotel that is booked for the yearly staff retreat is "
            f"{hotel}. The retreat lasts two days.\n"
        )
        served.nexus("upload", str(document), "--title", "Staff retreat", "--groups", group)


@pytest.mark.usefixtures("retreats")
def test_the_same_question_is_answered_from_what_each_group_may_see(ana: Page, budi: Page) -> None:
    for page, own, other in ((ana, "finance", "hr"), (budi, "hr", "finance")):
        answer = ask(page, QUESTION)
        expect(answer).to_contain_text(HOTELS[own])
        panel = open_source(answer)
        expect(panel.locator("mark").first).to_contain_text(HOTELS[own])
        assert HOTELS[other] not in page.locator("body").inner_text()
        page.locator(".account > button").click()
        expect(page.get_by_text(f"Groups: {own}")).to_be_visible()


@pytest.mark.usefixtures("retreats")
def test_the_link_to_another_s_conversation_opens_nothing(ana: Page, budi: Page) -> None:
    ask(ana, QUESTION)
    fragment = ana.evaluate("location.hash")
    assert fragment.startswith("#/c/")
    budi.evaluate("(fragment) => { location.hash = fragment }", fragment)
    expect(budi.get_by_text("This conversation is not there any more")).to_be_visible()
    assert HOTELS["finance"] not in budi.locator("body").inner_text()
