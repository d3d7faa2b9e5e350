"""Reads what was taken from a document when it was ingested: its passages, in its own order."""

from __future__ import annotations

from collections.abc import Sequence

from nexus.models import IndexRecord, Locator
from nexus.ports import Catalogue, VectorIndex
from nexus.text.titles import shown_place

# What of a document is given at once: passages, and characters.
MOST_PASSAGES, MOST_CHARS = 100, 60_000


def passages_of(
    catalogue: Catalogue,
    index: VectorIndex,
    namespace: str,
    tenant: str,
    document_id: str,
    offset: int,
) -> tuple[Sequence[tuple[str, Locator]], int | None]:
    """The passages from one on, and the number of the next one; None after the last.

    Whether the reader sees the document has been asked before.
    """
    manifest = catalogue.manifest(tenant, document_id)
    every = manifest.chunk_ids if manifest else ()
    ids = every[offset : offset + MOST_PASSAGES]
    stored = index.fetch(namespace, ids) if ids else {}
    given: list[tuple[str, Locator]] = []
    for chunk_id in ids:
        held: IndexRecord | None = stored.get(chunk_id)
        text = held.chunk.text if held else ""
        if given and sum(len(one) for one, _ in given) + len(text) > MOST_CHARS:
            break
        given.append((text, shown_place(held.chunk.locator) if held else Locator()))
    following = offset + len(given)
    return given, following if following < len(every) else None
