"""Markup in documents, titles, names, questions, answers and links: it is shown, and never runs.

Each test is an attempt: whatever ran would set `window.ran`, open a dialog, or ask a foreign host.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.page.chatting import ask, send, whole
from tests.page.conftest import ANA, Served
from tests.page.pacing import answering

FOREIGN = "http://evil.example"
RUNS = (
    '<img src=x onerror="window.ran=1"><svg onload="window.ran=2"><script>window.ran=3</script>'
    f'<iframe src="javascript:parent.ran=4"></iframe><img src="{FOREIGN}/picture.png">'
)
LEADS = (
    "[press here](javascript:window.ran=5) [or here](data:text/html,<script>window.ran=6</script>) "
    f"![seen]({FOREIGN}/seen.png) <a href='javascript:window.ran=7'>this</a> </script>"
)
TITLE = '"><img src=x onerror="window.ran=8"><b>Aviary</b>'

# A document each: its file's name, its text, and a question that it answers.
DOCUMENTS = {
    "markdown": (
        "<img src=x onerror=window.ran=9> aviary.md",
        "# The aviary\n\nThe aviary is fed with 12 kg of sunflower seed a day.\n\n"
        f"{RUNS}\n\n{LEADS}\n\n{RUNS}\n\n[1]: javascript:window.ran=10\n",
        "How much sunflower seed is the aviary fed with a day?",
        "12 kg",
    ),
    "html": (
        "observatory'onload='window.ran=11.html",
        f"<!doctype html><title>x</title><h1>The observatory</h1><p>The observatory's dome weighs "
        f"31 tonnes.</p><p>&lt;img src=x onerror=window.ran=12&gt; {RUNS}</p>"
        "<script>window.ran=13</script>"
        f"<p onclick='window.ran=14'>It was built in 1911. {LEADS}</p>",
        "How much does the observatory's dome weigh?",
        "31 tonnes",
    ),
    "table": (
        "herbarium-window.csv",
        f'plant,"place {RUNS.replace(chr(34), chr(39))}"\n'
        '"Tembusu <img src=x onerror=window.ran=15>",'
        '"Cabinet 47 [see](javascript:window.ran=16) </script>"\n'
        '"Gaharu","=HYPERLINK(""http://evil.example"")"\n',
        "In which cabinet of the herbarium is Tembusu?",
        "Cabinet 47",
    ),
}


class Watch:
    """What a page asks for and what it opens, from now on."""

    def __init__(self, page: Page, served: Served) -> None:
        self.page = page
        self.dialogs: list[str] = []
        self.foreign: list[str] = []
        own = {urlsplit(served.origin).netloc, urlsplit(served.api).netloc, ""}

        def asked(url: str) -> None:
            if urlsplit(url).netloc not in own:
                self.foreign.append(url)

        page.on("request", lambda request: asked(request.url))
        page.on("dialog", self._opened)

    def _opened(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def nothing_ran(self) -> None:
        """Fails if anything ran, was asked for elsewhere, or stands ready to run."""
        page = self.page
        page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50)))")
        assert page.evaluate("window.ran") is None
        assert self.dialogs == []
        assert self.foreign == []
        assert (
            page.locator("#page script, #page iframe, #page img[src=x], #page [onerror]").count()
            == 0
        )
        links = page.locator("#page a[href]").evaluate_all("(all) => all.map((one) => one.href)")
        assert {urlsplit(link).scheme for link in links} <= {"http", "https", "blob"}


@pytest.fixture
def watched(served: Served, signed_in: Callable[[str], Page]) -> Iterator[Watch]:
    """Signed in, and watched; in the end it is seen that nothing ran."""
    page = signed_in(ANA)
    expect(page.locator(".composer-text")).to_be_visible()
    watch = Watch(page, served)
    yield watch
    watch.nothing_ran()


@pytest.fixture(scope="module")
def hostile(served: Served, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The documents, uploaded with a title that is markup, too."""
    folder: Path = tmp_path_factory.mktemp("hostile")
    for name, text, _, _ in DOCUMENTS.values():
        (folder / name).write_text(text)
        served.nexus("upload", str(folder / name), "--title", TITLE)


@pytest.mark.usefixtures("hostile")
@pytest.mark.parametrize("kind", DOCUMENTS)
def test_a_document_is_shown_as_it_is_written(watched: Watch, kind: str) -> None:
    _, _, question, told = DOCUMENTS[kind]
    answer = ask(watched.page, question)
    expect(answer).to_contain_text(told)
    # A model may refuse what looks so; then the document is what comes closest.
    answer.locator(".markdown button.citation, .closest li button").first.click()
    panel = watched.page.locator("aside.source-panel")
    expect(panel.get_by_role("heading").first).to_contain_text("Aviary")
    expect(panel.locator("mark, .source-marked").first).to_be_visible()
    expect(panel.locator(".source-content")).to_contain_text(told)
    for link in answer.locator(".markdown a").all():
        link.click()
    watched.nothing_ran()


@pytest.mark.parametrize(
    "question", [RUNS, LEADS, "</script><script>window.ran=17</script>", TITLE]
)
def test_a_question_and_its_conversation_are_shown_as_they_are_typed(
    watched: Watch, question: str
) -> None:
    page = watched.page
    ask(page, question)
    expect(page.locator(".question")).to_contain_text(question.strip())
    expect(page.locator(".conversation").first).to_contain_text(question[:20].strip())
    page.reload()
    expect(page.locator(".question")).to_contain_text(question.strip())
    watched.nothing_ran()
    page.get_by_role("button", name="Options of").first.click()
    page.locator(".conversation").get_by_role("button", name="Rename").first.click()
    page.get_by_label("New title").fill(TITLE)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".conversation-title").first).to_have_text(TITLE)


ANSWERS = {
    "html": f"Before {RUNS} {LEADS} after [1]",
    "block": f"{RUNS}\n\n<div onclick='window.ran=18'>after</div>",
    "links": "[after](JaVaScRiPt:window.ran=19) [a](java\tscript:window.ran=20) "
    "[b](&#106;avascript:window.ran=21) <javascript:window.ran=22> "
    "[c](vbscript:x) [d](//evil.example/x) [e](blob:x)",
    "pictures": f"![after]({FOREIGN}/a.png) ![x][p]\n\n[p]: {FOREIGN}/b.png",
    "definitions": "after [1] [2]\n\n[1]: javascript:window.ran=23\n[2]: https://evil.example/",
    "table": f"| after | b |\n|---|---|\n| {RUNS} | [x](javascript:window.ran=24) |",
    "code": f"after\n\n```html\n{RUNS}\n```\n\n`{RUNS}`",
    "fence": "after\n\n```mermaid\nclick A javascript:window.ran=25\n```\n\n"
    "$$\\href{javascript:1}{x}$$",
}


@pytest.mark.parametrize("kind", ANSWERS)
def test_a_model_s_answer_runs_nothing_and_fetches_nothing(watched: Watch, kind: str) -> None:
    page = watched.page
    source = {
        "number": 1,
        "document_id": "made-up",
        "title": TITLE,
        "uri": "javascript:window.ran=26",
        "version": "<b>1</b>",
        "locator": {"page": None, "slide": None, "sheet": RUNS, "row": 2, "heading": [RUNS]},
        "score": 0.9,
        "quote": RUNS,
        "kind": "document",
        "link": "javascript:window.ran=27",
    }
    answering(page, ANSWERS[kind], [source])
    send(page, "What does the model say?")
    answer = whole(page.locator("article .answer").last)
    expect(answer).to_contain_text("after")
    for link in answer.locator(".markdown a").all():
        assert urlsplit(link.get_attribute("href") or "").scheme in {"http", "https"}
        assert "noopener" in (link.get_attribute("rel") or "")
    page.locator(".sources button").first.click()
    expect(page.locator("aside.source-panel").get_by_role("heading").first).to_contain_text(TITLE)
    expect(page.locator("aside.source-panel blockquote")).to_contain_text(RUNS)
    assert page.locator("aside.source-panel a").count() == 0


@pytest.mark.parametrize(
    "fragment",
    [
        "#/c/<img src=x onerror=window.ran=28>",
        "#/c/..%2f..%2fv1%2fclients",
        "#javascript:window.ran=29",
        "#//evil.example/",
        "#/%3Cscript%3Ewindow.ran=30%3C/script%3E",
        "#/c/%E0%A4%A",
    ],
)
def test_an_address_that_somebody_sends_leads_nowhere_else(
    served: Served, watched: Watch, fragment: str
) -> None:
    asked: list[str] = []
    watched.page.on("request", lambda request: asked.append(request.url))
    watched.page.goto(f"{served.origin}/{fragment}")
    watched.page.reload()
    expect(watched.page.locator("main")).not_to_be_empty()
    watched.page.wait_for_load_state("networkidle")
    assert urlsplit(watched.page.url).netloc == urlsplit(served.origin).netloc
    assert not [url for url in asked if url.endswith("/v1/clients")]


def test_a_draft_that_somebody_planted_is_text(watched: Watch) -> None:
    planted = json.dumps([{"id": RUNS, "question": RUNS, "parts": [LEADS], "progress": "failed"}])
    watched.page.evaluate(
        "(text) => { sessionStorage['nexus-draft'] = atob(text); }",
        base64.b64encode(RUNS.encode()).decode(),
    )
    watched.page.evaluate("(text) => { sessionStorage['nexus-unanswered:'] = text }", planted)
    watched.page.reload()
    expect(watched.page.locator(".composer-text")).to_be_visible()
