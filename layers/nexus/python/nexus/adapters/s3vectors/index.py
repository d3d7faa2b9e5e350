"""A vector index in Amazon S3 Vectors: a vector index for each namespace, in one vector bucket."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from nexus.adapters.aws.errors import translate
from nexus.adapters.s3vectors.places import index_name, prefix_of
from nexus.adapters.s3vectors.records import (
    DOCUMENT_WORD,
    WORDS,
    check_vector,
    document_word,
    index_settings,
    to_filter,
    to_hit,
    to_indexed_chunk,
    to_record,
    to_vector,
    up_to_stamp,
)
from nexus.adapters.s3vectors.requests import (
    MOST_PER_GET,
    MOST_PER_PAGE,
    MOST_PER_WRITE,
    MOST_TOP_K,
    PAGE_OF_RESULTS,
    batches,
    pages,
    within,
)
from nexus.adapters.s3vectors.tokens import as_tokens
from nexus.errors import UpstreamRefused, UpstreamUnavailable
from nexus.models import Filters, Hit, IndexedChunk, IndexRecord
from nexus.ports import ScannedPage
from nexus.text.query_words import query_words

# Writes are seen at once (s3-vectors-ingesting-full-text-data.html), so this is seldom waited for.
SEARCHABLE_S = 30.0
FIRST_PAUSE_S = 0.05


class S3VectorsIndex:
    """`nexus.ports.VectorIndex` in one vector bucket.

    `client` is of `nexus.adapters.aws.json_client` or botocore's own. An index is made with its
    namespace's first record, and goes with the namespace. Safe to share between threads.
    """

    def __init__(
        self,
        client: Any,
        bucket: str,
        dimension: int,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if not bucket:
            raise UpstreamRefused("index", "NEXUS_VECTOR_BUCKET must name the vector bucket.")
        self._client = client
        self._bucket = bucket
        self._dimension = dimension
        self._sleep = sleep

    def upsert(self, namespace: str, records: Sequence[IndexRecord]) -> None:
        """Writes records in requests within the service's limits; the last of equal ids stands.

        A request that fails ends the call with those before it written; trying again is safe.
        """
        latest = {record.chunk.chunk_id: record for record in records}
        vectors = [to_vector(namespace, record, self._dimension) for record in latest.values()]
        for batch in batches(vectors, self._dimension):
            with translate("index"):
                self._put(namespace, batch)

    def search_dense(
        self, namespace: str, vector: Sequence[float], top_k: int, filters: Filters
    ) -> list[Hit]:
        """The nearest by cosine; at most 10,000. Raises UpstreamRefused for a wrong vector."""
        check_vector(vector, self._dimension)
        asked = {"queryVector": {"float32": list(vector)}, "returnDistance": True}
        return [
            to_hit(found, 1.0 - float(found["distance"]))
            for found in self._query(namespace, asked, top_k, to_filter(filters))
        ]

    def search_text(self, namespace: str, query: str, top_k: int, filters: Filters) -> list[Hit]:
        """The best by BM25 over title and text, in our stems; at most 10,000."""
        words = within(as_tokens(query_words(query)))
        if not words:
            return []
        asked = {"queryTexts": [{"text": words, "metadataKey": WORDS}], "returnScores": True}
        return [
            to_hit(found, sum(float(one["score"]) for one in found["scores"]["bm25Scores"]))
            for found in self._query(namespace, asked, top_k, to_filter(filters))
        ]

    def fetch(self, namespace: str, chunk_ids: Sequence[str]) -> dict[str, IndexRecord]:
        """The records with these ids, in as many requests as it takes."""
        found: dict[str, IndexRecord] = {}
        for keys in pages(chunk_ids, MOST_PER_GET):
            for vector in self._get(namespace, keys, returnData=True, returnMetadata=True):
                found[vector["key"]] = to_record(vector)
        return found

    def regroup(self, namespace: str, document_id: str, groups: Sequence[str]) -> None:
        """Gives the document's chunks other groups, by writing them again, a hundred at a time."""
        held = self._of_document(namespace, document_id, MOST_TOP_K, None)
        for keys in pages(held, MOST_PER_GET):
            found = self.fetch(namespace, keys).values()
            self.upsert(
                namespace,
                [
                    replace(one, metadata=replace(one.metadata, groups=tuple(groups)))
                    for one in found
                ],
            )

    def delete_chunks(self, namespace: str, chunk_ids: Sequence[str]) -> None:
        """Removes these chunks, in as many requests as it takes."""
        for keys in pages(chunk_ids, MOST_PER_WRITE):
            self._asked("delete_vectors", namespace, keys=keys)

    def delete_document(
        self, namespace: str, document_id: str, through_stamp: int, keep: Collection[int] = ()
    ) -> None:
        """Removes the chunks with stamps up to this one, a hundred at a time, until none is left.

        They are found by the document's own word: an index of words leaves none out, where one of
        vectors answers with the nearest that it comes upon.
        """
        condition = up_to_stamp(document_id, through_stamp, keep)
        before: list[str] = []
        while keys := self._of_document(namespace, document_id, PAGE_OF_RESULTS, condition):
            if keys == before:
                raise UpstreamUnavailable("index", "S3 Vectors did not delete chunks; try again.")
            self.delete_chunks(namespace, keys)
            before = keys

    def delete_namespace(self, namespace: str) -> None:
        """Removes a namespace's index, with all that is in it."""
        self._asked("delete_index", namespace)

    def scan(self, generation_id: str, cursor: str, most: int) -> ScannedPage:
        """A page of one namespace's chunks; the cursor is its index's name and the service's token.

        Tokens hold no space, names neither.
        """
        name, _, token = cursor.partition(" ")
        following = ""
        if not token:
            name, following = self._next_index(generation_id, after=name)
        if not name:
            return ScannedPage((), "")
        more = {"nextToken": token} if token else {}
        page = self._asked(
            "list_vectors",
            named=name,
            maxResults=max(1, min(most, MOST_PER_PAGE)),
            returnMetadata=True,
            **more,
        )
        chunks: tuple[IndexedChunk, ...] = tuple(map(to_indexed_chunk, page.get("vectors", ())))
        if page.get("nextToken"):
            return ScannedPage(chunks, f"{name} {page['nextToken']}")
        if token:
            following = self._next_index(generation_id, after=name)[0]
        return ScannedPage(chunks, name if following else "")

    def wait_until_searchable(self, namespace: str, chunk_ids: Sequence[str]) -> None:
        """Asks for the chunks until all are there, which they are once they are written."""
        deadline = time.monotonic() + SEARCHABLE_S
        for keys in pages(chunk_ids, MOST_PER_GET):
            left, pause = set(keys), FIRST_PAUSE_S
            while left := left - {one["key"] for one in self._get(namespace, sorted(left))}:
                if time.monotonic() > deadline:
                    raise UpstreamUnavailable(
                        "index", "S3 Vectors does not show new chunks in time; try again."
                    )
                self._sleep(pause)
                pause = min(pause * 2, 1.0)

    def count(self, namespace: str, document_id: str | None = None) -> int:
        """How many chunks: of a namespace by listing them, of a document by its word."""
        if document_id is not None:
            return len(self._of_document(namespace, document_id, MOST_TOP_K, None))
        total = 0
        more: dict[str, str] = {}
        while True:
            page = self._asked("list_vectors", namespace, maxResults=MOST_PER_PAGE, **more)
            total += len(page.get("vectors", ()))
            if not page.get("nextToken"):
                return total
            more = {"nextToken": page["nextToken"]}

    def ping(self) -> None:
        """Returns when the service knows the bucket."""
        with translate("index"):
            self._client.list_indexes(vectorBucketName=self._bucket, maxResults=1)

    def _put(self, namespace: str, vectors: list[dict[str, Any]]) -> None:
        place = {"vectorBucketName": self._bucket, "indexName": index_name(namespace)}
        try:
            self._client.put_vectors(**place, vectors=vectors)
        except self._client.exceptions.NotFoundException:
            # Another process may be faster.
            with suppress(self._client.exceptions.ConflictException):
                self._client.create_index(**place, **index_settings(self._dimension))
            self._client.put_vectors(**place, vectors=vectors)

    def _asked(
        self, operation: str, namespace: str = "", *, named: str = "", **parameters: Any
    ) -> dict[str, Any]:
        """A call's answer; nothing where the namespace has no index, as nobody wrote to it."""
        with translate("index"):
            try:
                answer: dict[str, Any] = getattr(self._client, operation)(
                    vectorBucketName=self._bucket,
                    indexName=named or index_name(namespace),
                    **parameters,
                )
            except self._client.exceptions.NotFoundException:
                return {}
        return answer

    def _query(
        self, namespace: str, asked: dict[str, Any], top_k: int, condition: dict[str, Any] | None
    ) -> Iterator[dict[str, Any]]:
        """What a query finds, best first, page by page."""
        if top_k < 1:
            return
        asked = {"returnMetadata": True, **asked, "topK": min(top_k, MOST_TOP_K)}
        if condition is not None:
            asked["filter"] = condition
        left = asked["topK"]
        while left > 0:
            page = self._asked("query_vectors", namespace, **asked)
            yield from page.get("vectors", ())[:left]
            left -= len(page.get("vectors", ()))
            if not page.get("nextToken"):
                return
            asked["nextToken"] = page["nextToken"]

    def _of_document(
        self, namespace: str, document_id: str, most: int, condition: dict[str, Any] | None
    ) -> list[str]:
        word = {"text": document_word(document_id), "metadataKey": DOCUMENT_WORD}
        asked = {"queryTexts": [word], "returnMetadata": False}
        return [found["key"] for found in self._query(namespace, asked, most, condition)]

    def _get(self, namespace: str, keys: list[str], **options: Any) -> list[dict[str, Any]]:
        if not keys:
            return []
        found: list[dict[str, Any]] = self._asked(
            "get_vectors", namespace, keys=keys, **options
        ).get("vectors", [])
        return found

    def _next_index(self, generation_id: str, after: str) -> tuple[str, str]:
        """The generation's first two indexes behind a name; "" for those that are not there."""
        prefix, names = prefix_of(generation_id), set[str]()
        more: dict[str, str] = {}
        while True:
            with translate("index"):
                page = self._client.list_indexes(
                    vectorBucketName=self._bucket, prefix=prefix, **more
                )
            names |= {one["indexName"] for one in page["indexes"] if one["indexName"] > after}
            if not page.get("nextToken"):
                first, second = (*sorted(names)[:2], "", "")[:2]
                return first, second
            more = {"nextToken": page["nextToken"]}
