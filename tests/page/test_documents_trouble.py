"""The view of documents where something is amiss: files that fail, many at once, hostile names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Dialog, Page, expect

from tests.page.administration import (
    READ_MS,
    ask,
    details,
    drop,
    ready,
    row,
    shown,
    upload_files,
    view,
)
from tests.page.conftest import ANA, BUDI, CITRA, Served

RUNS = "<img src=x onerror=window.ran=1>"


def written(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(text)
    return path


def chosen(page: Page, *paths: str) -> None:
    for path in paths:
        row(page, path).get_by_role("checkbox").check()


def bulk(page: Page, action: str) -> None:
    page.get_by_role("toolbar").get_by_role("button", name=action, exact=True).click()


def test_a_file_that_fails_says_why_and_what_to_do(
    served: Served, citra: Page, tmp_path: Path
) -> None:
    broken = tmp_path / "torn.pdf"
    broken.write_bytes(b"%PDF-1.7\nthis is no more a PDF than a letter is\n%%EOF")
    empty = written(tmp_path, "empty.md", "")
    odd = tmp_path / "picture.xyz"
    odd.write_bytes(b"\x00\x01\x02\x03")
    view(citra, served, "documents")
    upload_files(citra, broken, empty, odd)
    uploads = citra.get_by_role("region", name="Upload")
    expect(
        uploads.get_by_text("The file is empty: there is nothing to answer from.")
    ).to_be_visible()
    expect(uploads.get_by_text("picture.xyz")).to_be_visible()
    line = row(citra, "torn.pdf")
    expect(line.locator(".document-state")).to_have_attribute(
        "data-state", "failed", timeout=READ_MS
    )
    told = details(citra, "torn.pdf").locator(".trouble")
    expect(told.get_by_text("This document could not be read")).to_be_visible()
    expect(told.get_by_text("upload the corrected file in its place")).to_be_visible()
    assert len(told.get_by_role("paragraph").first.inner_text()) > 20
    shown(citra, "documents-failed")

    mended = written(tmp_path, "mended.pdf", "")
    mended.write_bytes(Path("cli/local/sample_documents/scholarship-guide.pdf").read_bytes())
    with citra.expect_file_chooser() as asked:
        line.get_by_role("button", name="Upload a new version").click()
    asked.value.set_files(str(mended))
    ready(citra, "torn.pdf")
    expect(line.locator(".trouble")).to_have_count(0)


def test_what_is_done_to_many_at_once_is_done_to_each(
    served: Served, citra: Page, tmp_path: Path
) -> None:
    folder = tmp_path / "many"
    paths = []
    for number in range(3):
        written(folder, f"note-{number}.md", f"# Note {number}\n\nNote {number} names {number}.\n")
        paths.append(f"many/note-{number}.md")
    view(citra, served, "documents")
    drop(citra, folder)
    for path in paths:
        ready(citra, path)
    chosen(citra, *paths)
    expect(citra.get_by_role("toolbar").get_by_text("3 chosen")).to_be_visible()
    bulk(citra, "Set the department")
    citra.get_by_role("dialog").get_by_label("Department").fill("Boat yard")
    shown(citra, "documents-bulk")
    citra.get_by_role("dialog").get_by_role("button", name="Change 3 documents").click()
    expect(citra.get_by_text("Done for 3.")).to_be_visible(timeout=READ_MS)
    for path in paths:
        expect(row(citra, path).get_by_text("Boat yard")).to_be_visible()

    chosen(citra, *paths[:2])
    bulk(citra, "Set groups")
    citra.get_by_role("dialog").get_by_label("Groups that may see it").fill("hr")
    citra.get_by_role("dialog").get_by_label("Groups that may see it").press("Enter")
    citra.get_by_role("dialog").get_by_role("button", name="Change the groups of 2").click()
    expect(citra.get_by_text("Done for 2.")).to_be_visible(timeout=READ_MS)
    expect(row(citra, paths[0]).get_by_text("Seen by hr")).to_be_visible()
    expect(row(citra, paths[2]).get_by_text("Seen by everybody")).to_be_visible()
    for path in paths:
        ready(citra, path)

    chosen(citra, *paths)
    bulk(citra, "Delete")
    citra.get_by_role("dialog").get_by_role("button", name="Delete 3 documents").click()
    receipts = citra.get_by_role("region", name="Receipts of deletion")
    expect(receipts.get_by_text("3 documents are deleted")).to_be_visible(timeout=READ_MS)
    for path in paths:
        expect(row(citra, path)).to_have_count(0)


def test_only_the_groups_that_may_see_a_document_get_answers_from_it(
    served: Served, signed_in: Callable[[str], Page], tmp_path: Path
) -> None:
    citra = signed_in(CITRA)
    view(citra, served, "documents")
    drop(citra, written(tmp_path, "vault.md", "# Vault\n\nThe vault code word is marmalade.\n"))
    ready(citra, "vault.md")
    line = details(citra, "vault.md")
    line.get_by_role("button", name="Change: Groups that may see it").click()
    line.get_by_label("Groups that may see it").fill("finance")
    line.get_by_role("button", name="Save").click()
    expect(line.get_by_text("Seen by finance")).to_be_visible()
    ready(citra, "vault.md")
    question = "What is the vault code word?"
    expect(ask(signed_in(ANA), served, question).get_by_text("marmalade").first).to_be_visible()
    expect(ask(signed_in(BUDI), served, question).get_by_text("marmalade")).to_have_count(0)


def test_hostile_names_titles_and_departments_are_shown_and_run_nothing(
    served: Served, citra: Page, tmp_path: Path
) -> None:
    faults: list[str] = []
    citra.on("pageerror", lambda fault: faults.append(str(fault)))

    def asked(dialog: Dialog) -> None:
        faults.append(dialog.message)
        dialog.dismiss()

    citra.on("dialog", asked)
    folder = tmp_path / "hostile"
    names = (f"{RUNS}.md", "=cmd()|' ' !A0.md", "\u202egnp.exe.md", "-- x' OR 1=1.md")
    for name in names:
        written(folder, name, f"# {RUNS}\n\n<script>window.ran=2</script> {RUNS} text\n")
    view(citra, served, "documents")
    drop(citra, folder)
    for name in names:
        # What would turn a name round is shown as a mark.
        ready(citra, f"hostile/{name.replace(chr(0x202E), chr(0xFFFD))}")
    path = f"hostile/{names[0]}"
    line = details(citra, path)
    for field, text in (
        ("Title", f"{RUNS} \u202eeltit"),
        ("Author", "=HYPERLINK(1)"),
        ("Department", f'"><svg onload=window.ran=3>{RUNS}'),
    ):
        line.get_by_role("button", name=f"Change: {field}").click()
        box = line.locator(f"form input[aria-label='{field}']")
        box.fill(text)
        box.press("Enter")
        expect(line.get_by_role("button", name=f"Change: {field}")).to_be_focused()
    line.get_by_role("button", name="Change: Web address").click()
    box = line.get_by_label("Web address")
    box.fill("javascript:window.ran=4")
    line.get_by_role("button", name="Save").click()
    expect(
        line.get_by_role("alert").or_(line.get_by_text("javascript:window.ran=4")).first
    ).to_be_visible()
    assert line.locator("a[href^='javascript']").count() == 0
    shown(citra, "documents-hostile")
    citra.keyboard.press("Escape")
    ready(citra, path)
    line.get_by_role("button", name="Delete", exact=True).click()
    citra.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(citra.get_by_role("region", name="Receipts of deletion")).to_be_visible(timeout=READ_MS)
    assert citra.evaluate("window.ran") is None
    assert citra.locator("img[src=x], svg[onload]").count() == 0
    assert faults == []


def test_a_stored_page_that_is_opened_is_saved_and_runs_nothing_at_an_origin_of_ours(
    served: Served, citra: Page, tmp_path: Path
) -> None:
    script = "<script>document.title='ran'</script>"
    page = written(tmp_path, "active.html", f"<h1>Active</h1><p>It is active.</p>{script}")
    view(citra, served, "documents")
    upload_files(citra, page)
    ready(citra, "active.html")
    with citra.expect_response(lambda answer: "/content" in answer.url) as asked:
        details(citra, "active.html").get_by_role("button", name="Open", exact=True).click()
    tab = citra.context.new_page()
    with tab.expect_download() as saving:
        tab.evaluate("(url) => location.assign(url)", asked.value.json()["url"])
    assert saving.value.suggested_filename == "active.html"
    assert tab.url == "about:blank"
