"""Signing in at the page: who gets a form that is filled in, and where the provider leads back to.

Each test is an attempt, made in a real browser against the running stack.
"""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
import pytest
from playwright.sync_api import BrowserContext, Response, expect

from tests.page.asking import answered, form_of, hint_of
from tests.page.conftest import ANA, BUDI, CITRA, Served, sign_in


@pytest.mark.parametrize("hint", ["", "0" * 32, ANA])
def test_without_this_run_s_hint_the_form_holds_nobody_s_password(
    served: Served, context: BrowserContext, hint: str
) -> None:
    page = context.new_page()
    page.goto(form_of(served, hint))
    expect(page.get_by_role("textbox", name="Password")).to_have_value("")
    assert page.get_by_role("button").all_inner_texts() == ["Sign in"]


def test_with_it_every_demo_person_is_one_click_away(
    served: Served, context: BrowserContext
) -> None:
    page = context.new_page()
    shown: list[Response] = []
    page.on("response", lambda answer: shown.append(answer))  # noqa: PLW0108 - a list's is no function
    page.goto(form_of(served, hint_of(served)))
    names = page.get_by_role("button").all_inner_texts()
    assert [name.split()[3] for name in names] == [ANA, BUDI, CITRA]
    assert shown[0].headers["cache-control"] == "no-store"
    assert shown[0].headers["referrer-policy"] == "same-origin"


def test_two_clicks_lead_a_first_visitor_to_an_answer_with_its_source(
    served: Served, context: BrowserContext
) -> None:
    page = context.new_page()
    page.goto(served.link)
    page.get_by_role("button", name=f"Sign in as {ANA}").click()
    [first, *_] = answered(served, "/config.json").json()["questions"]["en"]
    page.get_by_role("button", name=first).click()
    expect(page.get_by_text("IDR 1,000 per book per day").first).to_be_visible()
    expect(page.get_by_text("Library Rules").first).to_be_visible()


@pytest.mark.parametrize(
    "back",
    [
        "https://evil.example/",
        "//evil.example/",
        "{origin}.evil.example/",
        "{origin}@evil.example/",
        "{origin}/../evil",
        "{origin}/index.html",
        "{origin}/?next=https://evil.example",
        "javascript:alert(1)",
    ],
)
def test_the_provider_leads_back_to_the_page_and_nowhere_else(served: Served, back: str) -> None:
    address = form_of(served, redirect_uri=back.format(origin=served.origin))
    refused = httpx2.get(address, trust_env=False, follow_redirects=False)
    assert refused.status_code == 400
    assert "<form" not in refused.text


@pytest.mark.parametrize(
    "query",
    [
        {"code": "stolen", "state": "made-up"},
        {
            "error": "access_denied",
            "error_description": "<img src=x onerror=alert(1)>",
            "state": "x",
        },
        {"code": "c", "state": "s", "next": "https://evil.example/"},
        {"redirect": "https://evil.example/", "url": "//evil.example"},
    ],
)
def test_an_answer_that_nobody_asked_for_leads_nowhere_and_signs_nobody_in(
    served: Served, context: BrowserContext, query: dict[str, str]
) -> None:
    page = context.new_page()
    visited: list[str] = []
    page.on("framenavigated", lambda frame: visited.append(frame.url))
    page.goto(f"{served.origin}/?{urlencode(query)}#//evil.example")
    page.wait_for_load_state("networkidle")
    own = {urlsplit(served.origin).netloc, urlsplit(served.api).netloc}
    assert {urlsplit(url).netloc for url in visited} <= own
    kept = page.evaluate("Object.keys(sessionStorage).concat(Object.keys(localStorage)).join()")
    assert "user:" not in kept
    assert page.locator("img[src=x]").count() == 0


def test_a_sign_in_ends_at_the_page_with_no_code_and_no_hint_in_its_address(
    served: Served, context: BrowserContext
) -> None:
    page = context.new_page()
    sign_in(page, served, BUDI)
    page.wait_for_load_state("networkidle")
    address = urlsplit(page.url)
    assert not parse_qs(address.query)
    assert "hint" not in address.fragment
    assert page.evaluate("document.referrer") == ""
    assert hint_of(served) not in page.evaluate("JSON.stringify([localStorage, document.cookie])")
