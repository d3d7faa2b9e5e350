"""Cuts what is asked of S3 Vectors into requests within its limits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

# What S3 Vectors takes in one request (botocore's model of it, and
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-vectors-limitations.html).
MOST_PER_WRITE = 500
MOST_PER_GET = 100
MOST_PER_PAGE = 1_000
MOST_WRITE_BYTES = 15 * 1024 * 1024
MOST_QUERY_CHARS = 1_024
# Results that come in one answer; more come in pages.
PAGE_OF_RESULTS = 100
MOST_TOP_K = 10_000
# The longest that a number of a vector gets as JSON: "-1.2345678901234567e-05,".
_BYTES_PER_NUMBER = 25


def pages(ids: Sequence[str], size: int) -> Iterator[list[str]]:
    """The ids, each once, in lists of at most `size`."""
    remaining = iter(dict.fromkeys(ids))
    while page := list(islice(remaining, size)):
        yield page


def batches(vectors: list[dict[str, Any]], dimension: int) -> Iterator[list[dict[str, Any]]]:
    """Runs of vectors that each fit one request, whose metadata JSON may double by escapes."""
    largest = max(
        (len(str(one["metadata"]).encode("utf-8", "replace")) for one in vectors), default=0
    )
    size = MOST_WRITE_BYTES // (dimension * _BYTES_PER_NUMBER + 6 * largest + 2048)
    size = max(1, min(MOST_PER_WRITE, size))
    for start in range(0, len(vectors), size):
        yield vectors[start : start + size]


def within(words: list[str]) -> str:
    """As many of the words, each once, as one query takes; the first at least in part."""
    text = " ".join(dict.fromkeys(words))
    if len(text) <= MOST_QUERY_CHARS:
        return text
    cut = text[: MOST_QUERY_CHARS + 1].rpartition(" ")[0]
    return cut or text[:MOST_QUERY_CHARS]
