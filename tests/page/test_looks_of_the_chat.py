"""The chat at three widths, in light and dark: pictures for a person to look at."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.page.chatting import READS, UNANSWERED, ask, begin_anew, open_source, sideways
from tests.page.conftest import ANA, SHOWN

WIDTHS = {390: 844, 800: 1000, 1366: 768}


@pytest.mark.parametrize("width", WIDTHS)
def test_pictures_of_the_chat_a_source_and_a_refusal(
    signed_in: Callable[[str], Page], width: int
) -> None:
    page = signed_in(ANA)
    page.set_viewport_size({"width": width, "height": WIDTHS[width]})

    def shown(name: str) -> None:
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.screenshot(path=SHOWN / f"chat-{name}-{width}-{scheme}.png")
        assert sideways(page) <= 0

    expect(page.locator(".welcome")).to_be_visible()
    shown("welcome")
    answer = ask(page, READS)
    shown("answer")
    expect(open_source(answer).get_by_text("The quote is marked.")).to_be_visible()
    shown("source")
    page.keyboard.press("Escape")
    begin_anew(page)
    refused = ask(page, UNANSWERED)
    expect(refused.get_by_role("region", name="What comes closest")).to_be_visible()
    shown("refusal")
    page.get_by_role("button", name="Filters").click()
    shown("filters")
