"""The view of keys and people in a browser: made, shown once, used, rotated, revoked, removed."""

from __future__ import annotations

from collections.abc import Callable

import httpx2
from playwright.sync_api import Locator, Page, expect

from tests.page.administration import READ_MS, shown, view
from tests.page.conftest import ANA, Served, sign_in

RUNS = "<img src=x onerror=window.ran=1>"


def status_of(served: Served, key: str) -> int:
    """What the API answers to who asks with a key."""
    headers = {"x-api-key": key}
    return httpx2.get(f"{served.api}/v1/me", headers=headers, trust_env=False).status_code


def make_key(page: Page, name: str, *groups: str) -> str:
    """Makes a client; its key, as it is shown."""
    page.get_by_role("button", name="New key").click()
    form = page.locator(".access-form")
    form.get_by_label("Name").fill(name)
    for group in groups:
        form.get_by_label(group, exact=True).check()
    form.get_by_label("Requests a day").fill("500")
    form.get_by_role("button", name="Make the key").click()
    return shown_key(page, name)


def shown_key(page: Page, name: str) -> str:
    """The key that stands there this once."""
    made = page.get_by_role("region", name=f"The new key of {name}")
    expect(made.get_by_role("heading")).to_be_focused()
    return made.get_by_label("Key", exact=True).input_value()


def card(page: Page, name: str) -> Locator:
    """The card of a client or of a person."""
    return page.locator(".access-list > li").filter(
        has=page.locator("h3 > bdi").get_by_text(name, exact=True)
    )


def confirm(page: Page, action: str) -> None:
    page.get_by_role("dialog").get_by_role("button", name=action, exact=True).click()


def test_a_key_is_shown_once_works_is_rotated_and_revoked(served: Served, citra: Page) -> None:
    view(citra, served, "access")
    first = make_key(citra, "boat desk", "finance")
    assert status_of(served, first) == 200
    shown(citra, "access-new-key")
    expect(card(citra, "boat desk").get_by_text("finance")).to_be_visible()
    expect(card(citra, "boat desk").get_by_text("500").first).to_be_visible()

    citra.get_by_role("link", name="Analytics").click()
    expect(card(citra, "boat desk")).to_have_count(0)
    citra.go_back()
    expect(card(citra, "boat desk")).to_be_visible()
    assert first not in citra.content()
    kept = "JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])"
    assert first not in citra.evaluate(kept)

    card(citra, "boat desk").get_by_role("button", name="Another key").click()
    card(citra, "boat desk").get_by_role("button", name="Make another key").click()
    second = shown_key(citra, "boat desk")
    assert second != first
    expect(citra.get_by_text("The key of before works until")).to_be_visible()
    assert [status_of(served, key) for key in (first, second)] == [200, 200]
    citra.get_by_role("button", name="I have kept it: hide it").click()
    expect(citra.get_by_role("region", name="The new key of boat desk")).to_have_count(0)
    assert second not in citra.content()
    shown(citra, "access-keys")

    card(citra, "boat desk").get_by_role("button", name="End the replaced key now").click()
    confirm(citra, "End the replaced key now")
    expect(citra.get_by_text("The replaced key of boat desk is ended.")).to_be_visible()
    card(citra, "boat desk").get_by_role("button", name="Revoke").click()
    confirm(citra, "Revoke")
    expect(card(citra, "boat desk")).to_have_count(0)
    expect(citra.get_by_role("heading", name="Keys", exact=True)).to_be_focused()


def test_a_key_that_is_revoked_before_its_first_use_never_works(
    served: Served, citra: Page
) -> None:
    view(citra, served, "access")
    key = make_key(citra, "never used")
    card(citra, "never used").get_by_role("button", name="Revoke").click()
    confirm(citra, "Revoke")
    expect(card(citra, "never used")).to_have_count(0)
    assert status_of(served, key) in (401, 403)


def test_what_cannot_be_made_is_explained_and_a_client_is_changed(
    served: Served, citra: Page
) -> None:
    view(citra, served, "access")
    make_key(citra, "twice")
    citra.get_by_role("button", name="New key").click()
    citra.locator(".access-form").get_by_label("Name").fill("twice")
    citra.get_by_role("button", name="Make the key").click()
    expect(citra.locator(".access-form").get_by_role("alert")).to_be_visible()
    citra.locator(".access-form").get_by_role("button", name="Cancel").click()
    expect(citra.get_by_role("button", name="New key")).to_be_focused()
    one = card(citra, "twice")
    one.get_by_role("button", name="Change", exact=True).click()
    one.get_by_label("Department", exact=True).fill("library")
    one.get_by_role("button", name="Save").click()
    expect(citra.get_by_text("twice is changed.")).to_be_visible()
    expect(one.get_by_text("library", exact=True)).to_be_visible()
    one.get_by_role("button", name="Revoke").click()
    confirm(citra, "Revoke")


def test_hostile_names_of_clients_and_departments_run_nothing(served: Served, citra: Page) -> None:
    faults: list[str] = []
    citra.on("pageerror", lambda fault: faults.append(str(fault)))
    for name in (RUNS, "=cmd()|' '!A0", "\u202enimda"):
        view(citra, served, "access/clients")
        citra.get_by_role("button", name="New key").click()
        form = citra.locator(".access-form")
        form.get_by_label("Name").fill(name)
        form.get_by_label("Department", exact=True).fill(f'"><svg onload=window.ran=2>{RUNS}')
        form.get_by_role("button", name="Make the key").click()
        said = form.get_by_role("alert")
        expect(citra.locator("#new-key").or_(said).first).to_be_visible(timeout=READ_MS)
        if said.count():
            form.get_by_role("button", name="Cancel").click()
        else:
            citra.get_by_role("button", name="I have kept it: hide it").click()
    shown(citra, "access-hostile")
    view(citra, served, "access/groups")
    expect(citra.get_by_role("table")).to_be_visible()
    view(citra, served, "access/clients")
    for made in (RUNS, "=cmd()|' '!A0", "\ufffdnimda"):
        if card(citra, made).count():
            card(citra, made).get_by_role("button", name="Revoke").click()
            confirm(citra, "Revoke")
            expect(card(citra, made)).to_have_count(0)
    assert citra.evaluate("window.ran") is None
    assert citra.locator("img[src=x], svg[onload]").count() == 0
    assert faults == []


def test_a_person_is_added_given_groups_and_removed(served: Served, citra: Page) -> None:
    view(citra, served, "access/people")
    citra.get_by_role("button", name="Add a person").click()
    form = citra.locator(".access-form")
    form.get_by_label("E-mail address").fill("dewi@example.org")
    form.get_by_label("hr", exact=True).check()
    form.get_by_role("button", name="Add and invite").click()
    expect(citra.get_by_text("dewi@example.org is added and invited.")).to_be_visible()
    dewi = card(citra, "dewi@example.org")
    expect(dewi.get_by_text("Invited, has not signed in yet")).to_be_visible()
    expect(dewi.locator("dd").get_by_text("hr", exact=True)).to_be_visible()
    dewi.get_by_role("button", name="Groups", exact=True).click()
    dewi.get_by_label("hr", exact=True).uncheck()
    dewi.get_by_label("finance", exact=True).check()
    shown(citra, "access-people")
    dewi.get_by_role("button", name="Save").click()
    expect(dewi.locator("dd").get_by_text("finance", exact=True)).to_be_visible()
    citra.reload()
    expect(dewi.locator("dd").get_by_text("finance", exact=True)).to_be_visible()
    view(citra, served, "access/groups")
    expect(citra.get_by_role("row", name="finance")).to_contain_text("dewi@example.org")
    shown(citra, "access-groups")
    view(citra, served, "access/people")
    dewi.get_by_role("button", name="Remove", exact=True).click()
    confirm(citra, "Remove")
    expect(dewi).to_have_count(0)
    expect(citra.get_by_role("heading", name="People", exact=True)).to_be_focused()
    citra.reload()
    expect(card(citra, ANA)).to_be_visible()
    expect(dewi).to_have_count(0)


def test_who_is_stopped_signs_in_no_more_until_it_is_permitted(
    served: Served, citra: Page, signed_in: Callable[[str], Page]
) -> None:
    view(citra, served, "access/people")
    ana = card(citra, ANA)
    ana.get_by_role("button", name="Stop sign-in").click()
    confirm(citra, "Stop sign-in")
    expect(ana.get_by_text("Stopped")).to_be_visible()
    try:
        page = citra.context.browser.new_context().new_page()  # type: ignore[union-attr]
        page.goto(served.link)
        page.get_by_role("button", name=f"Sign in as {ANA}").click()
        page.wait_for_load_state("networkidle")
        assert page.locator(".frame").count() == 0
        page.context.close()
    finally:
        ana.get_by_role("button", name="Permit sign-in").click()
        expect(ana.get_by_text("Permitted")).to_be_visible()
    again = citra.context.browser.new_context().new_page()  # type: ignore[union-attr]
    sign_in(again, served, ANA)
    expect(again.locator(".frame")).to_be_visible(timeout=READ_MS)
    again.context.close()
