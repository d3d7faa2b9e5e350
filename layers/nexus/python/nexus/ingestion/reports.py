"""What became of one object, or of one part of it, as whoever asked for the indexing is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from nexus.ports import PartResult

Outcome = Literal["indexed", "part", "unchanged", "deleted", "failed", "superseded", "ignored"]


@dataclass(frozen=True, slots=True)
class IndexingReport:
    """What became of one object, or ("part") of one part of it.

    `reason` is a sentence for its owner when it failed. `chunks` are those seen, of which
    `chunks_embedded` cost `tokens_embedded`; of a document in parts, those of this part.
    """

    outcome: Outcome
    tenant: str = ""
    document_id: str = ""
    reason: str | None = None
    chunks: int = 0
    chunks_embedded: int = 0
    tokens_embedded: int = 0
    duration_ms: float = 0.0


def report_of(outcome: Outcome, results: Sequence[PartResult]) -> IndexingReport:
    """A report that adds up what these parts came to."""
    return IndexingReport(
        outcome,
        chunks=sum(len(result.chunk_ids) for result in results),
        chunks_embedded=sum(result.chunks_embedded for result in results),
        tokens_embedded=sum(result.tokens_embedded for result in results),
    )
