"""Cuts what is asked of Pinecone into requests within its limits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from nexus.adapters.pinecone.records import document_bytes

# What Pinecone takes in one request.
MOST_TOP_K = 10_000
MOST_IDS = 1_000
MOST_PER_UPSERT = 1_000
MOST_UPSERT_BYTES = 2_000_000

# Vectors are large as JSON; an answer stays within a few megabytes.
FETCH_PAGE = 100
COUNT_PAGE = 10_000
# The longest a number of a vector gets as JSON: "-1.2345678901234567e-05,".
BYTES_PER_NUMBER = 25


def pages(ids: Sequence[str], size: int) -> Iterator[list[str]]:
    """The ids, each once, in lists of at most `size`."""
    remaining = iter(dict.fromkeys(ids))
    while page := list(islice(remaining, size)):
        yield page


def batches(
    documents: Sequence[dict[str, Any]], dimension: int
) -> Iterator[Sequence[dict[str, Any]]]:
    """Runs of documents that each fit one request."""
    largest = max(map(document_bytes, documents), default=0)
    # JSON may double a text, by escapes.
    size = MOST_UPSERT_BYTES // (dimension * BYTES_PER_NUMBER + 2 * largest)
    size = max(1, min(MOST_PER_UPSERT, size))
    for start in range(0, len(documents), size):
        yield documents[start : start + size]
