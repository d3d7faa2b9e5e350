"""What the catalogue adds to the figures: documents that came, failed, or are never cited."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from nexus.insights.analytics import Range
from nexus.models import DocumentRecord
from nexus.ports import Catalogue

# Documents that a request looks through at most, a thousand or so a page.
MOST_LISTED = 10_000
MOST_TOLD = 100


@dataclass(slots=True)
class Inventory:
    """A tenant's documents; `complete` is False where there are more than were looked through.

    `uploads` counts by day those whose first version came in the range. `never_cited` and `failed`
    are the first 100 by path, of so many.
    """

    documents: int = 0
    uploads: Counter[str] = field(default_factory=Counter)
    never_cited: list[DocumentRecord] = field(default_factory=list)
    never_cited_count: int = 0
    failed: list[DocumentRecord] = field(default_factory=list)
    failed_count: int = 0
    complete: bool = True


def taken(catalogue: Catalogue, tenant: str, asked: Range, cited: Collection[str]) -> Inventory:
    """Looks through the tenant's documents; `cited` are the ids of those that answers cite."""
    found = Inventory()
    never, failed = [], []
    for record in catalogue.list_documents(tenant):
        if found.documents == MOST_LISTED:
            found.complete = False
            break
        if record.status == "deleted":
            continue
        found.documents += 1
        day = record.created_at[:10]
        if asked.first <= day <= asked.last:
            found.uploads[day] += 1
        if record.status == "failed":
            failed.append(record)
        elif record.status == "indexed" and record.document_id not in cited:
            never.append(record)
    found.never_cited, found.never_cited_count = _first(never), len(never)
    found.failed, found.failed_count = _first(failed), len(failed)
    return found


def described(catalogue: Catalogue, tenant: str, ids: Sequence[str]) -> dict[str, DocumentRecord]:
    """Those of the documents that are still there, by id."""
    found = catalogue.get_many(tenant, list(dict.fromkeys(ids)))
    return {name: record for name, record in found.items() if record.status != "deleted"}


def _first(records: list[DocumentRecord]) -> list[DocumentRecord]:
    return sorted(records, key=lambda record: record.path)[:MOST_TOLD]
