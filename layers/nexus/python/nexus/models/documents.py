"""Documents as they are parsed, described, chunked and catalogued."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from nexus.models.index import Hit

DocumentStatus = Literal["pending", "indexing", "indexed", "failed", "deleted"]


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
class TableRow:
    """How one line of a text says a row of a table: "Name: cell; Name: cell".

    `columns` are the columns that the line has room for, from 0, in the order in which it says
    them; `names` are the lengths of their names (0: the cell stands alone) and `cells` those of the
    cells (0: left out), below zero where the file itself holds a number. `begins` is True of a
    table's first row. A row that is too long for one line goes on in others, which begin with
    `repeats` of its cells again; None for a line that begins its row. `again` are the places in
    `columns` of the cells that are merged with those above them. Rows of one `level` are of one
    table, among which those of another may stand, as records within records do.
    """

    columns: tuple[int, ...]
    names: tuple[int, ...]
    cells: tuple[int, ...]
    begins: bool = False
    repeats: int | None = None
    again: tuple[int, ...] = ()
    level: int = 0


@dataclass(frozen=True, slots=True)
class LocatedText:
    """A run of text that a parser took from one place of a document.

    Where it is of a table, each of its lines has its entry in `rows`, None for one that is no row.
    """

    text: str
    locator: Locator = field(default_factory=Locator)
    rows: tuple[TableRow | None, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadingWarning:
    """What of a document could not be read, or was left out: never in silence.

    `what` says it in a few words, `where` is the place as a reader finds it ("page 3", "sheet Fees,
    B7"; "" for the whole), and `advice` what to do about it. None of them quotes the document.
    """

    what: str
    where: str
    advice: str


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """What a parser found: texts in reading order, the document's own title, and its page count.

    `pages` is pages of a PDF, slides of a presentation, sheets of a workbook; 1 for other formats.
    `warnings` name what of it was not read.
    """

    texts: tuple[LocatedText, ...]
    title: str | None = None
    pages: int = 1
    warnings: tuple[ReadingWarning, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentMetadata:
    """What the uploader said of a document (`x-amz-meta-*`); filterable. `date` is YYYY-MM-DD.

    `url` is where the document came from on the web, as `object_keys.web_address` has it.

    `groups` may see the document, and nobody else; where there are none, everybody may who sees the
    tenant's documents.
    """

    title: str | None = None
    author: str | None = None
    department: str | None = None
    date: str | None = None
    tags: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a document, small enough to embed; `ordinal` is its place in it, from 0.

    `table` tells the cells of those of its lines that are rows of tables, as `text.row_layouts`
    writes it; "" for none.
    """

    chunk_id: str
    text: str
    locator: Locator
    ordinal: int
    table: str = ""


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
    attempt began. `warnings` name what of the live revision was not read, 50 at most. Times are UTC
    ISO 8601 with Z.
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
    warnings: tuple[ReadingWarning, ...] = ()
    created_at: str = ""
    updated_at: str = ""

    def shows(self, hit: Hit) -> bool:
        """Whether a hit belongs to the version of the document that readers see."""
        return hit.added_in in self.published and hit.chunk_id not in self.hidden
