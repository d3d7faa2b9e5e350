"""A page of documents that a text stands in: in titles and paths first, then in what they say.

Titles and paths are gone through page by page, as a list without a text is; what documents say is
searched anew for each page, so that a cursor only has to tell how many of those were shown. A
document whose title or path has the text is told by the first part alone, with its lines.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from nexus.documents.listing import Listing, Page, not_ours
from nexus.documents.text_search import FoundText
from nexus.models import DocumentRecord

# Where the titles have been gone through, a cursor says so; then how many were found by their text.
_DONE = "."
_CURSOR = re.compile(r"(.*?)(?:\+([0-9]{1,3}))?")


def found_page(
    by_name: Callable[[int, str], Page],
    by_text: Sequence[FoundText],
    as_they_are: Callable[[Sequence[DocumentRecord]], Sequence[DocumentRecord]],
    asked: Listing,
    limit: int,
    cursor: str,
) -> Page:
    """At most `limit` documents.

    `by_name` gives so many of those whose title or path has the text, from its own cursor on;
    `as_they_are` the records that still are what is asked for. A page can be short, even empty, and
    still not be the last. Raises InvalidRequest naming `cursor`.
    """
    walk, shown = _read(cursor)
    lines = {found.record.document_id: found.lines for found in by_text}
    records: list[DocumentRecord] = []
    if walk != _DONE:
        named = by_name(limit, walk)
        records += named.records
        walk = _DONE if named.cursor is None else named.cursor
    rest = [found.record for found in by_text if not asked.names(found.record)]
    taken = rest[shown : shown + limit - len(records)]
    records += as_they_are(taken)
    shown += len(taken)
    more = walk != _DONE or shown < len(rest)
    page = Page(tuple(records), f"{walk}+{shown}" if more else None)
    told = {item.document_id: lines.get(item.document_id, ()) for item in records}
    return replace(page, lines=told)


def _read(cursor: str) -> tuple[str, int]:
    found = _CURSOR.fullmatch(cursor)
    if found is None:
        raise not_ours()
    return found[1], int(found[2] or 0)
