"""Finds the documents that say something, with the lines that say it: the index's search by words.

What the catalogue does not show, as it is gone, not live, or out of the reader's sight, is not
found, whatever the index still holds of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from nexus.documents.reading import passages_of
from nexus.models import DocumentRecord, Filters, Hit, Locator
from nexus.ports import Catalogue, VectorIndex
from nexus.retrieval.rights import narrow, permits, visible
from nexus.text.matching import MatchingLine, Wanted

if TYPE_CHECKING:
    from nexus.documents.listing import Listing

# Chunks that one search takes from the index, the best; so no more documents are found by it.
MOST_HITS = 300
MOST_LINES = 3


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of a document that holds words which were looked for, and where it stands."""

    line: MatchingLine
    locator: Locator


@dataclass(frozen=True, slots=True)
class FoundText:
    """A document, with up to three of its lines: those with most of the words first."""

    record: DocumentRecord
    lines: tuple[TextLine, ...]


class TextSearch:
    """Searches what the documents of one index generation say."""

    def __init__(
        self, index: VectorIndex, catalogue: Catalogue, namespace: Callable[[str], str]
    ) -> None:
        self._index = index
        self._catalogue = catalogue
        self._namespace = namespace

    def find(self, tenant: str, asked: Listing, rights: Filters) -> list[FoundText]:
        """The documents whose text or title has words of `asked.text`, most of the words first.

        They are those that `asked` includes but for its text, and that who has these rights may
        see: at most 300, of the 300 best chunks. Raises UpstreamError.
        """
        narrowed = narrow(rights, _filters(asked))
        if narrowed is None:
            return []
        hits = self._index.search_text(self._namespace(tenant), asked.text, MOST_HITS, narrowed)
        ids = list(dict.fromkeys(hit.document_id for hit in hits))
        records = self._catalogue.get_many(tenant, ids, consistently=True) if ids else {}
        besides = replace(asked, text="")
        shown = {
            item: record
            for item, record in records.items()
            if record.live_revision > 0
            and not record.erasing
            and permits(rights, record)
            and besides.includes(record)
        }
        grouped: dict[str, list[Hit]] = {}
        for hit in visible(hits, shown, rights):
            grouped.setdefault(hit.document_id, []).append(hit)
        wanted = Wanted(asked.text)
        ranked = [
            (wanted.count_in("\n".join((own[0].title, *(hit.text for hit in own)))), item)
            for item, own in grouped.items()
        ]
        # The index's ranking decides between those with as many of the words: sorting is stable.
        ranked.sort(key=lambda pair: -pair[0])
        return [FoundText(shown[item], _lines(wanted, grouped[item])) for _, item in ranked]

    def read(
        self, tenant: str, document_id: str, offset: int
    ) -> tuple[Sequence[tuple[str, Locator]], int | None]:
        """A document's passages from one on, as `reading.passages_of` gives them."""
        namespace = self._namespace(tenant)
        return passages_of(self._catalogue, self._index, namespace, tenant, document_id, offset)


def _filters(asked: Listing) -> Filters:
    return Filters(
        departments=(asked.department,) if asked.department else (),
        tags=(asked.tag,) if asked.tag else (),
    )


def _lines(wanted: Wanted, hits: list[Hit]) -> tuple[TextLine, ...]:
    found: dict[str, TextLine] = {}
    for hit in hits:
        line = wanted.best_line(hit.text)
        # Neighbouring chunks may share a line.
        if line is not None:
            found.setdefault(line.text, TextLine(line, hit.locator))
    ranked = sorted(found.values(), key=lambda one: -one.line.words)
    return tuple(ranked[:MOST_LINES])
