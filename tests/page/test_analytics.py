"""The view of analytics in a browser: what was asked, refused, disliked, and is to write."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.page.administration import READ_MS, ask, drop, ready, shown, view
from tests.page.conftest import Served

COMMENT = "=cmd()|'/C calc'!A0 <img src=x onerror=window.ran=1>"
# Nothing in the documents answers them; one of them is a formula to a spreadsheet.
UNKNOWN = "Which telescope does the observatory on the moon use?"
FORMULA = (
    '=HYPERLINK("https://evil.example") <img src=x onerror=window.ran=1> which zeppelin crossed '
    "Greenland?"
)


def figure(page: Page, name: str) -> int:
    """A count of the first section."""
    tile = (
        page.get_by_role("region", name="Questions")
        .locator(".tiles > div")
        .filter(has=page.locator("dt").get_by_text(name, exact=True))
    )
    return int(tile.locator("strong").inner_text())


def counted(page: Page) -> None:
    """Waits until every section is read."""
    expect(page.locator("section[aria-busy=false]")).to_have_count(9, timeout=READ_MS)


def saved(page: Page, name: str) -> tuple[str, str]:
    """The name and the text of a list that is saved."""
    with page.expect_download() as saving:
        page.get_by_role("button", name=name).click()
    return saving.value.suggested_filename, Path(saving.value.path()).read_bytes().decode()


def test_what_was_asked_refused_and_disliked_appears_and_is_exported(
    served: Served, citra: Page, tmp_path: Path
) -> None:
    faults: list[str] = []
    citra.on("pageerror", lambda fault: faults.append(str(fault)))
    view(citra, served, "analytics")
    counted(citra)
    before = {name: figure(citra, name) for name in ("Questions", "Answered", "Refused")}

    ask(citra, served, "When does the library open on Saturday?")
    ask(citra, served, UNKNOWN)
    ask(citra, served, FORMULA)
    ask(citra, served, "What does a lost library card cost?")
    citra.get_by_role("button", name="Bad answer").click()
    citra.get_by_label("It is out of date").check()
    citra.get_by_label("Comment").fill(COMMENT)
    citra.get_by_role("button", name="Send", exact=True).click()
    expect(citra.get_by_text("Thank you: those who look after the documents")).to_be_visible()

    view(citra, served, "analytics")
    counted(citra)
    assert figure(citra, "Questions") == before["Questions"] + 4
    assert figure(citra, "Refused") == before["Refused"] + 2
    assert figure(citra, "Answered") == before["Answered"] + 2
    satisfaction = citra.get_by_role("region", name="Satisfaction")
    expect(satisfaction.get_by_role("row", name="It is out of date")).to_be_visible()
    gaps = citra.get_by_role("region", name="Gaps")
    for text in (UNKNOWN, FORMULA, "What does a lost library card cost?"):
        expect(gaps.get_by_text(text)).to_be_visible()
    # People by their e-mail addresses, not by what their tokens call them.
    spending = citra.get_by_role("region", name="Spend")
    expect(spending.get_by_text("citra@example.org")).to_be_visible()
    expect(spending.get_by_text(re.compile(r"^Person \S"))).to_have_count(0)
    popular = citra.get_by_role("region", name="Asked most often")
    expect(popular.get_by_text("When does the library open on Saturday?").first).to_be_visible()
    cited = citra.get_by_role("region", name="Documents")
    expect(cited.get_by_role("row", name="Library Rules").first).to_be_visible()
    shown(citra, "analytics")

    name, markdown = saved(citra, "As Markdown")
    assert name.endswith(".md")
    assert f"- [ ] **{UNKNOWN}**" in markdown
    assert "<img" not in markdown.replace("\\<img", "")
    name, table = saved(citra, "As a table (CSV)")
    assert name.endswith(".csv")
    rows = list(csv.reader(io.StringIO(table.removeprefix("\ufeff"))))
    assert rows[0][:3] == ["asked", "refused", "rated bad"]
    lines = [line for row in rows for cell in row for line in cell.split("\n")]
    assert any(line.startswith("'=HYPERLINK") for line in lines)
    assert not [
        line
        for line in lines
        if line.lstrip(" \"'\t").startswith(("=", "+", "@")) and line[0] != "'"
    ]
    assert citra.evaluate("window.ran") is None
    assert citra.locator("img[src=x]").count() == 0
    assert faults == []


def test_a_period_is_chosen_kept_in_the_address_and_a_wrong_one_is_explained(
    served: Served, citra: Page
) -> None:
    view(citra, served, "analytics")
    citra.get_by_role("button", name="Last 7 days").click()
    expect(citra.get_by_role("button", name="Last 7 days")).to_have_attribute(
        "aria-pressed", "true"
    )
    assert "from=" in citra.url
    citra.reload()
    expect(citra.get_by_role("button", name="Last 7 days")).to_have_attribute(
        "aria-pressed", "true"
    )
    citra.get_by_label("From").fill("2026-11-20")
    citra.get_by_label("To", exact=True).fill("2026-11-10")
    citra.get_by_role("button", name="Show", exact=True).click()
    expect(citra.get_by_role("alert").get_by_text("after the last one")).to_be_visible()
    view(citra, served, "analytics?from=2021-02-01&to=2021-02-03")
    expect(citra.get_by_role("region", name="Gaps").get_by_text("No question")).to_be_visible()
    expect(citra.get_by_text("Nobody rated an answer in this period.")).to_be_visible()


def test_a_document_with_a_hostile_name_stands_in_the_figures_as_its_name(
    served: Served, citra: Page, tmp_path: Path
) -> None:
    torn = tmp_path / "=cmd()<img src=x onerror=window.ran=1>.pdf"
    torn.write_bytes(b"%PDF-1.7 torn")
    fine = tmp_path / "@SUM(1+1).md"
    fine.write_text("# <img src=x onerror=window.ran=2>\n\nThe dirigible hangar opens at 06:10.\n")
    view(citra, served, "documents")
    drop(citra, torn, fine)
    ready(citra, fine.name)
    expect(citra.get_by_text("The file is damaged").first).to_be_visible(timeout=READ_MS)
    ask(citra, served, "When does the dirigible hangar open?")
    view(citra, served, "analytics")
    expect(citra.get_by_role("region", name="Errors").get_by_text(torn.name).first).to_be_attached()
    expect(
        citra.get_by_role("region", name="Documents").get_by_text(fine.name).first
    ).to_be_attached()
    assert citra.evaluate("window.ran") is None
    assert citra.locator("img[src=x]").count() == 0
