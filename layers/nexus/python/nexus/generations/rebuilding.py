"""Prepares the change from one index generation to another: what it costs, and whether it is ready.

The generation that is being built receives every change of the documents, as the live one does; a
reindexing run queues what it has not got yet. Here both are compared, before the pointer moves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from nexus.ingestion.revisions import age_s
from nexus.models import DocumentRecord, Filters, Generation
from nexus.ports import Catalogue, VectorIndex

T = TypeVar("T")

PAGE = 500
# A document that changed less than this ago may be in one generation and on its way to the other.
SETTLING_S = 60.0
# Characters a token, of English and Indonesian prose; for an estimate.
CHARACTERS_A_TOKEN = 4.0
# Documents whose chunks are counted and looked up before the pointer moves.
SAMPLED = 100
# A chunk must be among so many nearest to its own vector: others may say the same.
NEAREST = 10


@dataclass(frozen=True, slots=True)
class Workplace:
    """Where one generation's documents are known and found."""

    generation: Generation
    catalogue: Catalogue
    index: VectorIndex


@dataclass(frozen=True, slots=True)
class Estimate:
    """What building another generation takes: `minutes` of work for one worker, and dollars."""

    documents: int = 0
    chunks: int = 0
    tokens: int = 0
    dollars: float = 0.0
    minutes: float = 0.0


@dataclass(frozen=True, slots=True)
class Comparison:
    """How far a generation is behind the live one.

    Of the live one's `documents`, `same` are in the other in the same version, or failed in both;
    `moving` changed in the last minute; `behind` are not there yet, or in an old version.
    """

    documents: int = 0
    same: int = 0
    moving: int = 0
    behind: int = 0


@dataclass(frozen=True, slots=True)
class Check:
    """What a sample says of a generation: chunks that are lacking, and that are not found."""

    sampled: int = 0
    miscounted: int = 0
    lost: int = 0

    @property
    def passed(self) -> bool:
        """Whether the sample is as it should be."""
        return not self.miscounted and not self.lost


def estimate(live: Workplace, dollars_per_million: float) -> Estimate:
    """What embedding all of the live documents again takes, from what indexing them took."""
    documents = chunks = 0
    duration_ms = 0.0
    for record in live.catalogue.list_documents(None, "indexed"):
        documents += 1
        chunks += record.chunks
        duration_ms += record.duration_ms
    tokens = round(chunks * live.generation.chunk_chars / CHARACTERS_A_TOKEN)
    dollars = tokens * dollars_per_million / 1_000_000
    return Estimate(documents, chunks, tokens, dollars, duration_ms / 60_000)


def compare(live: Workplace, other: Workplace, now: float) -> Comparison:
    """Reads both catalogues side by side, in flat memory."""
    documents = same = moving = behind = 0
    for page in _pages(live.catalogue.list_documents(None), PAGE):
        for tenant, records in _by_tenant(page):
            found = other.catalogue.get_many(tenant, [one.document_id for one in records])
            for record in records:
                if record.status == "deleted":
                    continue
                documents += 1
                if _agree(record, found.get(record.document_id)):
                    same += 1
                elif age_s(record.updated_at, now) < SETTLING_S and record.revision > 1:
                    moving += 1
                else:
                    behind += 1
    return Comparison(documents, same, moving, behind)


def check(place: Workplace) -> Check:
    """Counts and looks up the chunks of some documents; nothing is embedded."""
    sampled = miscounted = lost = 0
    for record in islice(place.catalogue.list_documents(None, "indexed"), SAMPLED):
        manifest = place.catalogue.manifest(record.tenant, record.document_id)
        if manifest is None or record.hidden:
            continue
        sampled += 1
        space = place.generation.namespace(record.tenant)
        miscounted += place.index.count(space, record.document_id) < len(manifest.chunk_ids)
        wanted = manifest.chunk_ids[len(manifest.chunk_ids) // 2]
        found = place.index.fetch(space, [wanted]).get(wanted)
        lost += found is None or not _is_near(place, space, found.vector, found.chunk.text)
    return Check(sampled, miscounted, lost)


def clear(place: Workplace) -> int:
    """Removes a generation's vectors and its part of the catalogue; how many tenants it had.

    Nobody may use the generation any more. Broken off, it can be called again.
    """
    tenants = 0
    while True:
        # The catalogue goes after the vectors: as long as it names a tenant, there may be some.
        record = next(place.catalogue.list_documents(None), None)
        if record is None:
            return tenants
        place.index.delete_namespace(place.generation.namespace(record.tenant))
        place.catalogue.drop(record.tenant)
        tenants += 1


def _is_near(place: Workplace, space: str, vector: Sequence[float], text: str) -> bool:
    hits = place.index.search_dense(space, vector, NEAREST, Filters())
    return any(hit.text == text for hit in hits)


def _agree(record: DocumentRecord, other: DocumentRecord | None) -> bool:
    if other is None or other.status != record.status:
        return False
    if record.status == "failed":
        return True
    return record.status == "indexed" and (record.etag, record.metadata) == (
        other.etag,
        other.metadata,
    )


def _by_tenant(page: Iterable[DocumentRecord]) -> Iterator[tuple[str, list[DocumentRecord]]]:
    tenants: dict[str, list[DocumentRecord]] = {}
    for record in page:
        tenants.setdefault(record.tenant, []).append(record)
    return iter(tenants.items())


def _pages(items: Iterator[T], size: int) -> Iterator[list[T]]:
    while page := list(islice(items, size)):
        yield page
