"""Drives Open WebUI in a browser; run by the interpreter that has it, as `__main__.py` does it."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

# What is asked in one conversation, and what its answer has to say.
TURNS = (
    ("source", "What is the fine for returning a book late?", r"IDR 1,000"),
    ("follow-up", "And for a short loan with a red label?", r"IDR 5,000"),
    ("refusal", "What is the capital of Mongolia?", r"documents|dokumen"),
)
_WITHIN_MS = 60_000


def ask(page: Page, question: str) -> str:
    """What the front end shows as the answer, once it offers to copy it."""
    before = page.locator(".chat-assistant").count()
    box = page.locator("#chat-input")
    box.click()
    page.keyboard.type(question)
    page.keyboard.press("Enter")
    answer = page.locator(".chat-assistant").nth(before)
    answer.wait_for(timeout=_WITHIN_MS)
    page.locator("button.copy-response-button").nth(before).wait_for(timeout=_WITHIN_MS)
    page.wait_for_timeout(1500)  # what is drawn once the answer is whole
    return str(answer.inner_text())


def main() -> None:
    """Asks each question, saves its picture, and exits 1 if an answer lacks what it has to say."""
    address, pictures, chromium = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
    wrong = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(f"{address}/?models=nexus", timeout=_WITHIN_MS)
        page.locator("#chat-input").wait_for(timeout=_WITHIN_MS)
        page.keyboard.press("Escape")
        page.screenshot(path=pictures / "0-start.png")
        for number, (name, question, said) in enumerate(TURNS, 1):
            answer = ask(page, question)
            page.screenshot(path=pictures / f"{number}-{name}.png")
            sys.stdout.write(f"{name}: {answer}\n\n")
            if not re.search(said, answer):
                wrong.append(name)
        browser.close()
    if wrong:
        raise SystemExit(f"Not as it has to be: {', '.join(wrong)}.")


if __name__ == "__main__":
    main()
