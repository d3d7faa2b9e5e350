"""A vector index in Pinecone: a document index with a dense field and full-text fields."""

from __future__ import annotations

import ssl
import time
from collections.abc import Collection, Sequence
from typing import Any

from pinecone.client.documents import Documents
from pinecone.models.documents.score_by import DenseVectorQuery, TextQuery

from nexus.adapters.pinecone.batches import (
    COUNT_PAGE,
    FETCH_PAGE,
    MOST_IDS,
    MOST_TOP_K,
    batches,
    pages,
)
from nexus.adapters.pinecone.connection import connect
from nexus.adapters.pinecone.errors import existing_namespace, translated
from nexus.adapters.pinecone.records import (
    HIT_FIELDS,
    TEXT_FIELD,
    TITLE_FIELD,
    VECTOR_FIELD,
    check_dimension,
    of_document,
    to_document,
    to_filter,
    to_groups,
    to_hit,
    to_indexed_chunk,
    to_record,
    up_to_stamp,
)
from nexus.errors import UpstreamUnavailable
from nexus.models import Filters, Hit, IndexedChunk, IndexRecord
from nexus.ports import ScannedPage
from nexus.text.query_words import query_words

# How long written chunks may take to be found; Pinecone speaks of seconds.
SEARCHABLE_S = 60.0
FIRST_PAUSE_S = 0.05


class PineconeIndex:
    """`nexus.ports.VectorIndex` on one Pinecone document index, made by `create_index`.

    Writes show up in reads after moments, not at once. `host` is the index's, with http:// only for
    a local server. `verify` is False, or an SSL context to share. After a passing failure a request
    is tried `retries` times more, waiting at most `longest_wait_s` (times 1.5) before each.
    """

    def __init__(
        self,
        host: str,
        api_key: str,
        dimension: int,
        *,
        timeout_s: float = 10.0,
        retries: int = 2,
        longest_wait_s: float = 2.0,
        verify: bool | ssl.SSLContext = True,
    ) -> None:
        self._http = connect(
            host,
            api_key,
            timeout_s=timeout_s,
            retries=retries,
            longest_wait_s=longest_wait_s,
            verify=verify,
        )
        client: Any = self._http  # which has the one method of the SDK's that documents call
        self._documents = Documents(http=client, host=self._http.host)
        self._dimension = dimension

    def ends_in_time(self, method: str) -> bool:
        """As `nexus.deadline.ends_in_time` asks; to wait for what was written is another thing."""
        return self._http.ends_in_time and method in ("search_dense", "search_text", "fetch")

    def upsert(self, namespace: str, records: Sequence[IndexRecord]) -> None:
        """Writes records in requests within Pinecone's limits; the last of equal ids stands.

        A request that fails ends the call with those before it written; trying again is safe.
        """
        latest = {record.chunk.chunk_id: record for record in records}
        documents = [to_document(record, self._dimension) for record in latest.values()]
        # Not `batch_upsert`: after four failures of any request in the process it refuses batches
        # unsent for 30 s, with an error that no longer says why the requests failed.
        for batch in batches(documents, self._dimension):
            with translated():
                self._documents.upsert(namespace=namespace, documents=batch)

    def search_dense(
        self, namespace: str, vector: Sequence[float], top_k: int, filters: Filters
    ) -> list[Hit]:
        """The nearest by cosine; at most 10,000. Raises UpstreamRefused for a wrong dimension."""
        check_dimension(vector, self._dimension)
        return self._search(
            namespace, DenseVectorQuery(field=VECTOR_FIELD, values=list(vector)), top_k, filters
        )

    def search_text(self, namespace: str, query: str, top_k: int, filters: Filters) -> list[Hit]:
        """The best by BM25 over title and text, English words stemmed; at most 10,000."""
        words = query_words(query)
        if not words:
            return []
        clause = TextQuery(query=" ".join(words), fields=[TITLE_FIELD, TEXT_FIELD])
        return self._search(namespace, clause, top_k, filters)

    def fetch(self, namespace: str, chunk_ids: Sequence[str]) -> dict[str, IndexRecord]:
        """The records with these ids, in as many requests as it takes."""
        records: dict[str, IndexRecord] = {}
        for ids in pages(chunk_ids, FETCH_PAGE):
            with existing_namespace():
                found = self._documents.fetch(namespace=namespace, ids=ids)
                for chunk_id, document in found.documents.items():
                    records[chunk_id] = to_record(document.to_dict())
        return records

    def regroup(self, namespace: str, document_id: str, groups: Sequence[str]) -> None:
        """Gives the document's chunks other groups, in one request."""
        with existing_namespace():
            self._documents.update(
                namespace=namespace, filter=of_document(document_id), **to_groups(groups)
            )

    def delete_chunks(self, namespace: str, chunk_ids: Sequence[str]) -> None:
        """Removes these chunks, in as many requests as it takes."""
        for ids in pages(chunk_ids, MOST_IDS):
            with existing_namespace():
                self._documents.delete(namespace=namespace, ids=ids)

    def delete_document(
        self,
        namespace: str,
        document_id: str,
        through_stamp: int,
        keep: Collection[int] = (),
    ) -> None:
        """Removes the chunks with stamps up to this one, in one request."""
        with existing_namespace():
            self._documents.delete(
                namespace=namespace, filter=up_to_stamp(document_id, through_stamp, keep)
            )

    def delete_namespace(self, namespace: str) -> None:
        """Removes everything in a namespace, in one request."""
        with existing_namespace():
            self._documents.delete(namespace=namespace, delete_all=True)

    def scan(self, generation_id: str, cursor: str, most: int) -> ScannedPage:
        """A page of one namespace's chunks; the cursor is the namespace and Pinecone's own token.

        Namespaces are known from statistics, which lag behind writes by moments, and which are
        asked for once a namespace; the page behind the last one is empty.
        """
        name, _, token = cursor.partition(" ")
        if not token:
            name = self._next_namespace(generation_id, after=name)
        if not name:
            return ScannedPage((), "")
        chunks: tuple[IndexedChunk, ...] = ()
        following = ""
        with existing_namespace():
            page = self._documents.fetch(
                namespace=name,
                filter={"added_in": {"$gte": 0}},
                include_fields=["document_id", "added_in"],
                limit=most,
                pagination_token=token or None,
            )
            chunks = tuple(
                to_indexed_chunk(name, chunk_id, document.to_dict())
                for chunk_id, document in page.documents.items()
            )
            following = (page.pagination.next if page.pagination is not None else None) or ""
        return ScannedPage(chunks, f"{name} {following}".rstrip())

    def _next_namespace(self, generation_id: str, after: str) -> str:
        """The generation's namespace behind another; "" for none. One call, for a namespace."""
        ending = f".{generation_id}"
        names = (name for name in self._namespace_counts() if name.endswith(ending))
        return min((name for name in names if name > after), default="")

    def wait_until_searchable(self, namespace: str, chunk_ids: Sequence[str]) -> None:
        """Asks for the chunks until all are there: Pinecone's writes are seen moments later."""
        deadline = time.monotonic() + SEARCHABLE_S
        for ids in pages(list(dict.fromkeys(chunk_ids)), FETCH_PAGE):
            left, pause = list(ids), FIRST_PAUSE_S
            while left := self._unseen(namespace, left):
                if time.monotonic() > deadline:
                    raise UpstreamUnavailable(
                        "index", "Pinecone has not made new chunks searchable in time; try again."
                    )
                time.sleep(pause)
                pause = min(pause * 2, 1.0)

    def _unseen(self, namespace: str, chunk_ids: list[str]) -> list[str]:
        with existing_namespace():
            found = self._documents.fetch(
                namespace=namespace, ids=chunk_ids, include_fields=["ordinal"]
            ).documents
            return [chunk_id for chunk_id in chunk_ids if chunk_id not in found]
        return chunk_ids

    def count(self, namespace: str, document_id: str | None = None) -> int:
        """How many chunks; of a document by paging through them, of a namespace from statistics.

        The statistics lag behind writes by moments.
        """
        if document_id is None:
            return self._namespace_counts().get(namespace, 0)
        total = 0
        token = None
        with existing_namespace():
            while True:
                page = self._documents.fetch(
                    namespace=namespace,
                    filter=of_document(document_id),
                    include_fields=["ordinal"],
                    limit=COUNT_PAGE,
                    pagination_token=token,
                )
                total += len(page.documents)
                token = page.pagination.next if page.pagination is not None else None
                if token is None:
                    break
        return total

    def ping(self) -> None:
        """Returns when the index answers with its statistics."""
        self._namespace_counts()

    def close(self) -> None:
        """Closes the connections."""
        self._http.close()

    def _search(
        self, namespace: str, clause: DenseVectorQuery | TextQuery, top_k: int, filters: Filters
    ) -> list[Hit]:
        hits: list[Hit] = []
        if top_k < 1:
            return hits
        with existing_namespace():
            found = self._documents.search(
                namespace=namespace,
                score_by=[clause],
                top_k=min(top_k, MOST_TOP_K),
                include_fields=HIT_FIELDS,
                filter=to_filter(filters),
            )
            hits.extend(to_hit(match.to_dict()) for match in found.matches)
        return hits

    def _namespace_counts(self) -> dict[str, int]:
        with translated():
            statistics = self._http.post("/describe_index_stats", json={}).json()
        found = statistics.get("namespaces") or {}
        return {name: int(about.get("vectorCount") or 0) for name, about in found.items()}
