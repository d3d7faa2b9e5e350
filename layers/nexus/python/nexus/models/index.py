"""What an index holds and finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from nexus.models.documents import Chunk, DocumentMetadata, Locator


@dataclass(frozen=True, slots=True)
class IndexRecord:
    """A chunk as it is written to a vector index.

    `title` is what the chunk stands under, the document's title and the headings; its words are
    searched too. `added_in` is the stamp of the run that brought the chunk (`ingestion.revisions`):
    readers ignore it until that is published. `metadata` is stored filterable: date as it is,
    and department, tags and groups in the form in which they are compared.
    """

    chunk: Chunk
    document_id: str
    title: str
    uri: str
    added_in: int
    vector: tuple[float, ...]
    metadata: DocumentMetadata


@dataclass(frozen=True, slots=True)
class IndexedChunk:
    """What a scan of an index tells of a chunk: whose it is, and the stamp it was added with."""

    namespace: str
    chunk_id: str
    document_id: str
    added_in: int


@dataclass(frozen=True, slots=True)
class Filters:
    """Which documents a search may return; an empty field does not restrict.

    A document passes when its department is one of `departments`, it has at least one of `tags`,
    its date lies in [`date_from`, `date_to`] (YYYY-MM-DD, inclusive; a document without a date
    fails any date bound), and its id is one of `document_ids`. `groups` are those of who searches,
    compared as tags are: a document that has groups passes if one of them is among these, and one
    that has none passes. None does not restrict; () leaves only the latter.
    """

    departments: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    date_from: str | None = None
    date_to: str | None = None
    document_ids: tuple[str, ...] = ()
    groups: tuple[str, ...] | None = None


class Hit(NamedTuple):  # a question finds a hundred: a dataclass takes four times as long
    """One chunk as a search of an index returns it; a higher score is a better match.

    Dense scores are cosines (-1 to 1); lexical scores are BM25 (0 and up). The two do not compare.
    """

    chunk_id: str
    document_id: str
    title: str
    uri: str
    text: str
    locator: Locator
    ordinal: int
    added_in: int
    score: float


# What an answer can rest on: a document's text, rows computed from its table, a tool's result.
SourceKind = Literal["document", "table", "tool"]


@dataclass(frozen=True, slots=True)
class Passage:
    """A retrieved text with where it stands, and its relevance to the question from 0 to 1.

    `url` is the document's own web address, or "". The
    `document_id` of a tool's result is the tool's name. `said` is what decided who may see the
    document as it was read; None in what was kept before that was.
    """

    chunk_id: str
    document_id: str
    title: str
    uri: str
    version: str
    locator: Locator
    text: str
    score: float
    url: str = ""
    kind: SourceKind = "document"
    said: DocumentMetadata | None = None
