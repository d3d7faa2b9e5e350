"""The values that pass between the parts of Nexus; frozen, and free of any library's types."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

DocumentStatus = Literal["pending", "indexing", "indexed", "failed", "deleted"]
Role = Literal["user", "admin"]
ConfidenceLevel = Literal["high", "medium", "low"]


class Language(StrEnum):
    """The languages that users write."""

    ENGLISH = "en"
    INDONESIAN = "id"


@dataclass(frozen=True, slots=True)
class Locator:
    """Where in a document a text stands.

    `page`, `slide` and `row` count from 1; `heading` is the path of headings from the outermost.
    A chunk that spans several rows names its first.
    """

    page: int | None = None
    heading: tuple[str, ...] = ()
    slide: int | None = None
    sheet: str | None = None
    row: int | None = None

    def describe(self) -> str:
        """The locator for a reader: "page 12", "sheet Fees, row 14", "Fees › Payment"; or ""."""
        parts = []
        if self.page is not None:
            parts.append(f"page {self.page}")
        if self.slide is not None:
            parts.append(f"slide {self.slide}")
        if self.sheet is not None:
            parts.append(f"sheet {self.sheet}")
        if self.row is not None:
            parts.append(f"row {self.row}")
        if self.heading:
            parts.append(" › ".join(self.heading))
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class LocatedText:
    """A run of text that a parser took from one place of a document."""

    text: str
    locator: Locator = field(default_factory=Locator)


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """What a parser found: texts in reading order, the document's own title, and its page count.

    `pages` is pages of a PDF, slides of a presentation, sheets of a workbook; 1 for other formats.
    """

    texts: tuple[LocatedText, ...]
    title: str | None = None
    pages: int = 1


@dataclass(frozen=True, slots=True)
class DocumentMetadata:
    """What the uploader said of a document (`x-amz-meta-*`); filterable. `date` is YYYY-MM-DD."""

    title: str | None = None
    author: str | None = None
    department: str | None = None
    date: str | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a document, small enough to embed; `ordinal` is its place in it, from 0."""

    chunk_id: str
    text: str
    locator: Locator
    ordinal: int


@dataclass(frozen=True, slots=True)
class IndexRecord:
    """A chunk as it is written to a vector index.

    `title` is what the chunk stands under, the document's title and the headings; its words are
    searched too. `added_in` is the stamp of the run that brought the chunk (`nexus.revisions`):
    readers ignore it until that is published. `metadata.date` and `metadata.tags` are stored
    filterable.
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
    fails any date bound), and its id is one of `document_ids`.
    """

    departments: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    date_from: str | None = None
    date_to: str | None = None
    document_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
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


@dataclass(frozen=True, slots=True)
class Passage:
    """A retrieved text with where it stands, and its relevance to the question from 0 to 1."""

    chunk_id: str
    document_id: str
    title: str
    uri: str
    version: str
    locator: Locator
    text: str
    score: float


@dataclass(frozen=True, slots=True)
class Source:
    """A passage that an answer cites as `[number]`; `quote` stands verbatim in the passage."""

    number: int
    passage: Passage
    quote: str


@dataclass(frozen=True, slots=True)
class Confidence:
    """How sure an answer is: `score` from 0 to 1, and its level for a reader."""

    level: ConfidenceLevel
    score: float


@dataclass(frozen=True, slots=True)
class Usage:
    """What an answer cost in tokens, as the model's endpoint counted them."""

    embedding_tokens: int = 0
    input_tokens: int = 0
    output_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and its answer in a conversation; `created_at` is UTC ISO 8601 with Z.

    `document_ids` are the documents that the answer cites. Once one of them is deleted, it is also
    in `deleted_document_ids`, and the answer is "".
    """

    message_id: str
    question: str
    answer: str
    refused: bool
    created_at: str
    document_ids: tuple[str, ...] = ()
    deleted_document_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """One turn's result; `remembered` is False if the conversation store did not take it."""

    message_id: str
    conversation_id: str
    text: str
    sources: tuple[Source, ...]
    confidence: Confidence
    refused: bool
    usage: Usage
    timings_ms: dict[str, float]
    remembered: bool


@dataclass(frozen=True, slots=True)
class Principal:
    """Who calls, as the API key says: never anything that the request's body claims.

    `expires_at` is a Unix time in seconds after which the key no longer works, or None.
    """

    tenant: str
    client: str
    role: Role
    plan: str
    filters: Filters = field(default_factory=Filters)
    expires_at: int | None = None


@dataclass(frozen=True, slots=True)
class ApiClient:
    """A key's entry in the clients table; the key itself is never stored, only its SHA-256."""

    key_hash: str
    gateway_key_id: str
    principal: Principal
    created_at: str


@dataclass(frozen=True, slots=True)
class ObjectState:
    """What the bucket says of one object now. `tenant` and `path` come from its key.

    `path` is the key without `documents/{tenant}/`; `etag` changes whenever the content does.
    """

    tenant: str
    path: str
    key: str
    size: int
    etag: str
    version: str
    content_type: str
    metadata: DocumentMetadata
    last_modified: str


@dataclass(frozen=True, slots=True)
class Generation:
    """One way of indexing every document: embedding model, chunking, and where the vectors lie.

    `generation_id` is 8 hex digits, or more where a snapshot was restored; `pinecone_host` is that
    of its Pinecone index, "" for the configured one. `created_at` is UTC ISO 8601 with Z.
    """

    generation_id: str
    embedding_model: str
    embedding_dimension: int
    chunk_chars: int
    chunk_overlap: int
    pinecone_host: str = ""
    created_at: str = ""

    def namespace(self, tenant: str) -> str:
        """The index namespace of a tenant in this generation; a tenant's name holds no dot."""
        return f"{tenant}.{self.generation_id}"


@dataclass(frozen=True, slots=True)
class Generations:
    """The generations that exist, and which one readers see.

    Every one of `known` receives every change of the documents. `live` is the one that answers,
    `previous` the one before it, to which can be rolled back, and `building` the one that is being
    made; the last two are "" where there is none. `edition` grows by one with every change.
    """

    live: str
    known: tuple[Generation, ...]
    previous: str = ""
    building: str = ""
    edition: int = 0

    def get(self, generation_id: str) -> Generation | None:
        """The generation of this id, if it exists."""
        return next((one for one in self.known if one.generation_id == generation_id), None)

    @property
    def answering(self) -> Generation:
        """The live generation."""
        return next(one for one in self.known if one.generation_id == self.live)


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """A document as the catalogue of one index generation knows it.

    `revision` grows by one with every begun attempt; `live_revision` is the one readers see (0:
    none). `published` are the stamps whose chunks the live revision is made of; `hidden` are
    chunk ids that it no longer has but the index may still hold. A reader sees exactly the chunks
    whose `added_in` is published and whose id is not hidden. `sequencer` is the S3 sequencer of the
    last finished event; `fingerprint` says what was indexed: content, metadata and generation.
    `erasing` is True once an erasure has hidden the document, until it finds nothing of it left.

    A large document is indexed in `parts`, of which `parts_done` are finished; `underway` says of
    which content, version and metadata, once all of them are queued. `started_at` is when the last
    attempt began. Times are UTC ISO 8601 with Z.
    """

    tenant: str
    document_id: str
    path: str
    uri: str
    title: str
    status: DocumentStatus
    revision: int = 0
    live_revision: int = 0
    published: tuple[int, ...] = ()
    version: str = ""
    etag: str = ""
    size: int = 0
    sequencer: str = ""
    fingerprint: str = ""
    reason: str | None = None
    pages: int = 0
    chunks: int = 0
    tokens_embedded: int = 0
    chunks_embedded: int = 0
    parts: int = 0
    parts_done: int = 0
    underway: str = ""
    started_at: str = ""
    duration_ms: float = 0.0
    metadata: DocumentMetadata = field(default_factory=DocumentMetadata)
    hidden: frozenset[str] = frozenset()
    erasing: bool = False
    created_at: str = ""
    updated_at: str = ""

    def shows(self, hit: Hit) -> bool:
        """Whether a hit belongs to the version of the document that readers see."""
        return hit.added_in in self.published and hit.chunk_id not in self.hidden
