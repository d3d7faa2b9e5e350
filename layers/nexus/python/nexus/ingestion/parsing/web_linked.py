"""Gives the style sheets that came with pages, as a book's chapters or a saved page link to them.

Each is read once, whatever the number of pages that link to it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from urllib.parse import urldefrag, urljoin

from nexus.ingestion.parsing.web_rules import UNKNOWN, Sheet, read_sheet
from nexus.ingestion.parsing.web_sheets import Linked

# Of all the sheets of a document, so many characters are read.
_MOST_CSS = 4_000_000


class LinkedSheets:
    """The style sheets of one document; `read` gives the text at an address, None if none is."""

    def __init__(self, read: Callable[[str], str | None]) -> None:
        self._read = read
        self._known: dict[str, Sheet | None] = {}
        self._left = _MOST_CSS

    def of(self, page: str) -> Linked:
        """What gives the sheets that the page at this address links to."""
        return partial(self._at, page)

    def _at(self, page: str, link: str) -> Sheet | None:
        try:
            address = urldefrag(urljoin(page, link.strip())).url
        except ValueError:
            return None
        if address not in self._known:
            self._known[address] = self._sheet(address)
        return self._known[address]

    def _sheet(self, address: str) -> Sheet | None:
        text = self._read(address)
        if text is None:
            return None
        self._left -= len(text)
        if self._left < 0:
            return UNKNOWN
        sheet = read_sheet(text)
        imports = tuple((_joined(address, link), state) for link, state in sheet.imports)
        return replace(sheet, imports=imports)


def _joined(address: str, link: str) -> str:
    try:
        return urljoin(address, link)
    except ValueError:
        return link
