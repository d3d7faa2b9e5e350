"""Documents are found by what they say, over HTTP and SQLite's own search: what is live alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from nexus.adapters.sqlite.index import SqliteIndex
from nexus.documents.listing import Listing
from nexus.models import Filters
from tests.functions.documents_services import ADMIN_KEY, RIVAL_KEY, Office
from tests.functions.gateway import documents_app as create_app

FEES = "# Payment\n\nThe late fee of a book is nine crowns.\n\nA lost book costs more.\n"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(SqliteIndex(tmp_path / "index.db"))


@pytest.fixture
def api(office: Office) -> TestClient:
    return TestClient(create_app(office.services), headers={"x-api-key": ADMIN_KEY})


def listed(api: TestClient, **asked: Any) -> dict[str, Any]:
    response = api.get("/v1/documents", params=asked)
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


def paths(api: TestClient, **asked: Any) -> list[str]:
    return [found["path"] for found in listed(api, **asked)["documents"]]


def test_a_document_is_found_by_what_it_says_with_the_line_that_says_it(
    office: Office, api: TestClient
) -> None:
    office.put("library.md", FEES)
    office.put("pool.md", "The harbour opens at seven.")
    [found] = listed(api, text="late fees for books")["documents"]
    assert found["path"] == "library.md"
    [match, *_] = found["matches"]
    assert match["text"] == "The late fee of a book is nine crowns."
    marked = [match["text"][begin:end] for begin, end in match["positions"]]
    assert marked == ["late", "fee", "book"]
    assert match["locator"]["heading"] == ["Payment"]
    assert paths(api, text="submarine") == []
    assert listed(api, text="harbour")["cursor"] is None


def test_without_a_text_no_document_has_matches(office: Office, api: TestClient) -> None:
    office.put("library.md", FEES)
    assert [found["matches"] for found in listed(api)["documents"]] == [[]]


def test_titles_and_paths_come_first_and_each_document_once(
    office: Office, api: TestClient
) -> None:
    office.put("library.md", FEES)
    office.put("crowns/a.md", "Nothing of the kind.")
    office.put("b.md", "Nine crowns are nine crowns.", title="All crowns")
    found = listed(api, text="crowns")["documents"]
    assert {one["path"] for one in found[:2]} == {"crowns/a.md", "b.md"}
    assert [one["path"] for one in found[2:]] == ["library.md"]
    by_path = {one["path"]: one["matches"] for one in found}
    assert by_path["crowns/a.md"] == []
    assert by_path["b.md"][0]["text"] == "Nine crowns are nine crowns."


def test_most_of_the_words_come_first(office: Office, api: TestClient) -> None:
    office.put("a.md", "crowns crowns crowns crowns")
    office.put("b.md", "A long text about a boat, a harbour, and crowns that nobody ever paid.")
    assert paths(api, text="harbour crowns") == ["b.md", "a.md"]


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 100])
def test_pages_give_every_document_once(office: Office, api: TestClient, limit: int) -> None:
    for number in range(4):
        office.put(f"crowns-{number}.md", "Nothing of the kind.")
        office.put(f"text-{number}.md", f"Number {number} costs nine crowns.")
    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = listed(api, text="crowns", limit=limit, cursor=cursor)
        assert len(page["documents"]) <= limit
        found += [one["path"] for one in page["documents"]]
        cursor = page["cursor"]
    assert sorted(found) == sorted(set(found))
    assert [path[:5] for path in found] == ["crown"] * 4 + ["text-"] * 4


@pytest.mark.parametrize("cursor", [".", "+", ".+1234", ".+x", "+-1", "x+1", "~+1+1"])
def test_a_cursor_of_nobody_s_is_refused(api: TestClient, cursor: str) -> None:
    response = api.get("/v1/documents", params={"text": "crowns", "cursor": cursor})
    assert (response.status_code, response.json()["field"]) == (422, "cursor")


def test_other_filters_hold_as_well(office: Office, api: TestClient) -> None:
    office.put("a.md", FEES, department="Library", tags=("money", "books"))
    office.put("b.md", FEES, department="Pool")
    assert paths(api, text="crowns", department="LIBRARY") == ["a.md"]
    assert paths(api, text="crowns", tag="Books") == ["a.md"]
    assert paths(api, text="crowns", tag="money", department="Pool") == []
    assert sorted(paths(api, text="crowns", status="indexed")) == ["a.md", "b.md"]
    assert paths(api, text="crowns", status="failed") == []


def test_what_is_not_live_or_another_s_is_not_found(office: Office, api: TestClient) -> None:
    office.put("a.md", FEES)
    office.put("b.md", FEES)
    office.put("c.md", "One shilling.", tenant="rival")
    office.put("b.md", "A wholly other text.")
    assert paths(api, text="crowns") == ["a.md"]
    office.drop("a.md")
    assert paths(api, text="crowns") == paths(api, text="shilling") == []
    rival = TestClient(create_app(office.services), headers={"x-api-key": RIVAL_KEY})
    assert paths(rival, text="shilling") == ["c.md"]


def test_nothing_out_of_sight_is_found(office: Office) -> None:
    office.put("a.md", FEES, department="Library")
    office.put("b.md", FEES)
    texts = office.services.curators.live().texts
    asked = Listing(text="crowns")

    def found(rights: Filters, asked: Listing = asked) -> list[str]:
        return sorted(one.record.path for one in texts.find("acme", asked, rights))

    assert found(Filters()) == ["a.md", "b.md"]
    assert found(Filters(departments=("library",))) == ["a.md"]
    assert found(Filters(departments=("Pool",))) == []
    assert found(Filters(departments=("Pool",)), Listing(text="crowns", department="x")) == []


def test_three_lines_at_most_those_with_most_of_the_words_first(
    office: Office, api: TestClient
) -> None:
    sections = [f"# Part {number}\n\n" + f"Only the boat {number}. " * 60 for number in range(6)]
    office.put("a.md", "\n\n".join([*sections, "# End\n\nThe boat costs crowns."]))
    [found] = listed(api, text="boat crowns")["documents"]
    assert len(found["matches"]) == 3
    assert found["matches"][0]["text"] == "The boat costs crowns."
    assert len({match["text"] for match in found["matches"]}) == 3


@pytest.mark.parametrize(
    ("says", "text", "marked"),
    [
        ("Die Gebühren der Bibliothek sind seit dem Winter höher.", "Gebühr", "Gebühren"),
        ("Los estudiantes pagan en marzo.", "el estudiante", "estudiantes"),
        ("图书馆每天八点开门。", "图书馆", "图书馆"),
        ("Denda bukunya dibayar di perpustakaan.", "buku", "bukunya"),
    ],
)
def test_words_are_found_by_their_stems_in_other_languages(
    office: Office, api: TestClient, says: str, text: str, marked: str
) -> None:
    office.put("a.md", says)
    office.put("b.md", "The harbour opens at seven.")
    [found] = listed(api, text=text)["documents"]
    [match] = found["matches"]
    [(begin, end)] = match["positions"]
    assert match["text"][begin:end] == marked


def test_chunks_that_are_not_published_are_not_found(office: Office, api: TestClient) -> None:
    document = office.put("a.md", FEES)
    namespace = office.settings.generation.namespace("acme")
    [hit] = office.index.search_text(namespace, "crowns", 9, Filters())
    [record] = office.index.fetch(namespace, [hit.chunk_id]).values()
    chunk = replace(record.chunk, chunk_id="late", text="A shilling is to come.")
    office.index.upsert(namespace, [replace(record, chunk=chunk, added_in=record.added_in + 99)])
    assert office.index.search_text(namespace, "shilling", 9, Filters())[0].document_id == document
    assert paths(api, text="shilling") == []
