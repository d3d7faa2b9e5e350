"""The view of documents in a browser: what comes in, answers, is changed, restored and erased."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.e2e.generated_documents import word
from tests.page.administration import (
    READ_MS,
    ask,
    details,
    drop,
    erase,
    ready,
    row,
    shown,
    upload_folder,
    view,
)
from tests.page.conftest import Served


def folder_of(tmp_path: Path, name: str, **texts: str) -> Path:
    folder = tmp_path / name
    folder.mkdir(parents=True)
    for stem, text in texts.items():
        (folder / f"{stem}.md").write_text(text)
    return folder


def test_a_folder_is_uploaded_read_asked_about_and_erased_with_its_receipt(
    served: Served, citra: Page, tmp_path: Path
) -> None:
    folder = folder_of(
        tmp_path,
        "boathouse",
        canoes="# Canoes\n\nA canoe of the boathouse costs IDR 41,500 per hour.\n",
        jackets="# Life jackets\n\nEvery paddler wears an orange life jacket.\n",
    )
    (folder / "inner").mkdir()
    (folder / "inner" / "tides.md").write_text("# Tides\n\nHigh tide at the pier is at 05:20.\n")
    (folder / ".DS_Store").write_text("a desktop's own")
    view(citra, served, "documents")
    upload_folder(citra, folder)
    expect(citra.get_by_text("3 of 3 files uploaded")).to_be_visible(timeout=READ_MS)
    expect(citra.get_by_text("1 hidden or temporary file was left out.")).to_be_visible()
    for path in ("boathouse/canoes.md", "boathouse/jackets.md", "boathouse/inner/tides.md"):
        ready(citra, path)
    shown(citra, "documents-uploaded")

    answer = ask(citra, served, "What does a canoe of the boathouse cost per hour?")
    expect(answer.get_by_text("41,500").first).to_be_visible()

    view(citra, served, "documents")
    details(citra, "boathouse/canoes.md").get_by_role("button", name="Delete", exact=True).click()
    shown(citra, "documents-sure")
    citra.get_by_role("dialog").get_by_role("button", name="Delete").click()
    receipt = citra.get_by_role("region", name="Receipts of deletion")
    expect(receipt.get_by_text("1 document is deleted, and nothing of it is left.")).to_be_visible(
        timeout=READ_MS
    )
    for what in ("Stored versions", "Passages in the index", "Answers in conversations"):
        line = receipt.get_by_role("row", name=what)
        found, removed, left = line.get_by_role("cell").all_inner_texts()
        assert found == removed != "0"
        assert left == "0"
    shown(citra, "documents-receipt")
    with citra.expect_download() as saving:
        receipt.get_by_role("button", name="Save the receipt").click()
    [kept] = json.loads(Path(saving.value.path()).read_text()).get("receipts", [None]) or [None]
    assert kept is None or kept["path"] == "boathouse/canoes.md"
    expect(row(citra, "boathouse/canoes.md")).to_have_count(0)
    answer = ask(citra, served, "What does a canoe of the boathouse cost per hour?")
    expect(answer.get_by_text("41,500")).to_have_count(0)


def test_a_dropped_folder_says_who_may_see_it_and_shows_how_far_it_is(
    served: Served, citra: Page, tmp_path: Path
) -> None:
    folder = folder_of(tmp_path, "orchard", pears="# Pears\n\nPears ripen in week 37.\n")
    long = "\n\n".join(
        f"## Tree {n}\n\n" + f"Tree {n} bears {n * 7} apples. " * 60 for n in range(25)
    )
    (folder / "trees.md").write_text(f"# Trees\n\n{long}\n")
    (folder / "metadata.json").write_text(
        json.dumps({"pears.md": {"title": "Pears of the orchard", "groups": ["finance"]}})
    )
    view(citra, served, "documents")
    # It may be gone before anybody looks: whether it has been there is noted as it happens.
    citra.evaluate(
        """() => new MutationObserver(() => {
            window.saidWhatIsDue ||= document.body.innerText.includes("still to be read");
        }).observe(document.body, { childList: true, subtree: true, characterData: true })"""
    )
    drop(citra, folder)
    expect(citra.get_by_text("2 of 2 files uploaded")).to_be_visible(timeout=READ_MS)
    citra.wait_for_function("window.saidWhatIsDue", timeout=READ_MS)
    ready(citra, "orchard/trees.md")
    line = ready(citra, "orchard/pears.md")
    expect(line.get_by_role("button", name="Pears of the orchard")).to_be_visible()
    expect(line.get_by_text("Seen by finance")).to_be_visible()
    expect(citra.get_by_text("still to be read")).to_have_count(0, timeout=READ_MS)


def test_what_is_said_of_a_document_is_changed_where_it_stands_and_kept(
    served: Served, citra: Page, tmp_path: Path
) -> None:
    view(citra, served, "documents")
    drop(citra, folder_of(tmp_path, "loom", weaving="# Weaving\n\nThe loom has 8 shafts.\n"))
    ready(citra, "loom/weaving.md")
    line = details(citra, "loom/weaving.md")
    line.get_by_role("button", name="Change: Title").click()
    line.get_by_role("textbox", name="Title").fill("Weaving for everybody")
    line.get_by_role("textbox", name="Title").press("Enter")
    expect(line.get_by_role("button", name="Change: Title")).to_be_focused()
    line.get_by_role("button", name="Change: Tags").click()
    line.get_by_label("Tags").fill("craft, evening")
    line.get_by_role("button", name="Save").click()
    expect(line.get_by_role("button", name="Change: Tags")).to_be_focused()
    line.get_by_role("button", name="Change: Date").click()
    line.get_by_label("Date", exact=True).fill("2026-03-14")
    line.get_by_role("button", name="Save").click()
    expect(line.get_by_role("button", name="Change: Date")).to_be_focused()
    line.get_by_role("button", name="Change: Author").click()
    line.get_by_role("textbox", name="Author").fill("Somebody else")
    line.get_by_role("textbox", name="Author").press("Escape")
    shown(citra, "documents-details")

    citra.reload()
    ready(citra, "loom/weaving.md")
    line = details(citra, "loom/weaving.md")
    expect(line.get_by_role("button", name="Weaving for everybody", exact=True)).to_be_visible()
    for text in ("craft", "evening", "2026-03-14"):
        expect(line.locator("dd").get_by_text(text)).to_be_visible()
    expect(line.get_by_text("Somebody else")).to_have_count(0)
    citra.get_by_role("textbox", name="Tag", exact=True).or_(
        citra.get_by_role("combobox", name="Tag", exact=True)
    ).fill("evening")
    expect(citra.locator(".documents-list > li")).to_have_count(1)


def with_new_version(page: Page, path: str, file: Path) -> Locator:
    """Uploads a file in the place of a document; the list of the two versions."""
    line = details(page, path)
    with page.expect_file_chooser() as asked:
        line.get_by_role("button", name="Upload a new version").click()
    asked.value.set_files(str(file))
    line.get_by_role("button", name="Versions").click()
    versions = line.get_by_role("region", name="Versions")
    expect(versions.get_by_role("listitem")).to_have_count(2, timeout=READ_MS)
    return versions


def test_versions_of_an_office_file_are_compared_by_what_they_say(
    served: Served, citra: Page, tmp_path: Path
) -> None:
    folder = tmp_path / "pier"
    folder.mkdir()
    (folder / "rates.docx").write_bytes(word("Rates", "A berth costs IDR 310 a day.", []))
    view(citra, served, "documents")
    drop(citra, folder)
    ready(citra, "pier/rates.docx")
    corrected = tmp_path / "corrected.docx"
    corrected.write_bytes(word("Rates", "A berth costs IDR 355 a day.", []))
    versions = with_new_version(citra, "pier/rates.docx", corrected)
    versions.get_by_role("button", name="Compare").click()
    expect(versions.locator("ins")).to_contain_text("A berth costs IDR 355 a day.")
    expect(versions.locator("del")).to_contain_text("A berth costs IDR 310 a day.")
    citra.get_by_label("Order").select_option(label="By title")
    titles = citra.locator(".document-title").all_inner_texts()
    # Where signs stand, a browser's order and Python's are not the same.
    named = [title for title in titles if title[0].isalpha()]
    assert len(named) > 5
    assert named == sorted(named, key=str.casefold)
    erase(citra, "pier/rates.docx")


def test_a_version_is_compared_and_restored_and_answers_again(
    served: Served, citra: Page, tmp_path: Path
) -> None:
    folder = folder_of(tmp_path, "ferry", fares="# Fares\n\nThe ferry ticket costs IDR 17,250.\n")
    view(citra, served, "documents")
    drop(citra, folder)
    ready(citra, "ferry/fares.md")
    corrected = tmp_path / "corrected.md"
    corrected.write_text("# Fares\n\nThe ferry ticket costs IDR 19,990.\n")
    versions = with_new_version(citra, "ferry/fares.md", corrected)
    expect(versions.get_by_role("listitem").first).to_contain_text(
        "what readers see, newest", timeout=READ_MS
    )
    versions.get_by_role("button", name="Compare").click()
    expect(versions.get_by_text("1 line added, 1 removed")).to_be_visible()
    expect(versions.locator("ins")).to_contain_text("19,990")
    expect(versions.locator("del")).to_contain_text("17,250")
    shown(citra, "documents-versions")
    assert "19,990" in ask(citra, served, "What does the ferry ticket cost?").inner_text()

    view(citra, served, "documents")
    line = details(citra, "ferry/fares.md")
    line.get_by_role("button", name="Versions").click()
    versions = line.get_by_role("region", name="Versions")
    versions.get_by_role("button", name="Restore the version").click()
    citra.get_by_role("dialog").get_by_role("button", name="Restore").click()
    expect(versions.get_by_role("listitem")).to_have_count(3, timeout=READ_MS)
    expect(versions.get_by_role("listitem").first).to_contain_text(
        "what readers see, newest", timeout=READ_MS
    )
    assert "17,250" in ask(citra, served, "What does the ferry ticket cost?").inner_text()
    view(citra, served, "documents")
    erase(citra, "ferry/fares.md")
