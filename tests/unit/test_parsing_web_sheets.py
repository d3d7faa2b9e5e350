"""Style sheets that came with a saved page or a book count for the pages that link to them."""

from __future__ import annotations

import time
from collections.abc import Mapping

import pytest

from tests.formats import made
from tests.unit.documents_made import lines, read

LINK = "<link rel=stylesheet href=cid:css-1>"
ENDS = "<p>Boats moor until noon.</p><p class=x>It closes at dusk.</p>"


def _saved(head: str) -> bytes:
    page = f"<html><head>{head}</head><body>{ENDS}</body></html>"
    return made.mhtml(page.encode()).replace(b"body { color: STYLESHEET }", b".x { display: none }")


def _book(link: str, extra: Mapping[str, str | bytes] | None = None) -> bytes:
    return made.epub(
        {"text/a.xhtml": f"{link}<p>Boats moor until noon.</p><p class='x'>It closes at dusk.</p>"},
        extra={"OEBPS/style/book.css": ".x { display: none }", **(extra or {})},
    )


def test_a_linked_sheet_hides_what_it_means() -> None:
    book = '<link rel="stylesheet" href="../style/book.css"/>'
    imported = '<link rel="stylesheet" href="../style/main.css"/>'
    main: dict[str, str | bytes] = {"OEBPS/style/main.css": "@import 'book.css' screen;"}
    for found in (
        read(_saved(LINK), "a.mht"),
        read(_book(book), "a.epub"),
        read(_book(imported, main), "a.epub"),
    ):
        said = " ".join(lines(found))
        assert "until noon" in said
        assert "dusk" not in said
        assert [one.what for one in found.warnings] == ["hidden text is left out"]


@pytest.mark.parametrize(
    "head",
    [
        "",
        "<link rel=stylesheet href=cid:css-1 media=print>",
        "<link rel='alternate stylesheet' href=cid:css-1>",
        "<link rel=stylesheet href=cid:css-1 disabled>",
        "<link rel=stylesheet href=cid:other>",
        LINK + "<style>.x{display:block}</style>",
    ],
)
def test_a_sheet_that_a_page_does_not_use_hides_nothing(head: str) -> None:
    assert "It closes at dusk." in " ".join(lines(read(_saved(head), "a.mht")))
    in_book = head.replace("cid:css-1", "../style/book.css")
    assert "It closes at dusk." in " ".join(lines(read(_book(in_book), "a.epub")))


def test_sheets_that_import_one_another_end() -> None:
    around = "".join(f"@import 'b{n}.css';" for n in range(100))
    sheets: dict[str, str | bytes] = {f"OEBPS/style/b{n}.css": around for n in range(100)}
    start = time.process_time()
    found = read(_book('<link rel="stylesheet" href="../style/b1.css"/>' * 50, sheets), "a.epub")
    assert "It closes at dusk." in " ".join(lines(found))
    assert time.process_time() - start < 5


def test_a_sheet_is_read_once_for_a_book_of_many_chapters() -> None:
    link = "".join(f'<link rel="stylesheet" href="s{n}.css"/>' for n in range(5))
    rules = "".join(f".c{n} .d{n}{{color:red;display:block;font-size:1em}}" for n in range(3_000))
    book = made.epub(
        {f"c{n}.xhtml": f"{link}<p class='d1'>Chapter {n}.</p>" for n in range(300)},
        extra={f"OEBPS/s{n}.css": rules for n in range(5)},
    )
    start = time.process_time()
    assert len(lines(read(book, "a.epub"))) == 300
    assert time.process_time() - start < 5
