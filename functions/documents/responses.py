"""What the management API answers, as it is documented in /docs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Literal

from pydantic import BaseModel, Field

from nexus import models
from nexus.documents.curating import Upload, Version
from nexus.documents.erasing import Erasable, Receipt
from nexus.documents.progress import progress_of
from nexus.documents.seen import Text
from nexus.documents.text_search import TextLine


class UploadBody(BaseModel):
    """A request that uploads one file without further credentials."""

    document_id: str
    path: str
    url: str
    method: Literal["PUT"] = "PUT"
    headers: dict[str, str] = Field(
        description="To be sent as they are: the URL is signed for them."
    )
    expires_at: str

    @classmethod
    def of(cls, upload: Upload) -> UploadBody:
        """From the core's upload."""
        return cls(
            document_id=upload.document_id,
            path=upload.path,
            url=upload.url,
            headers=dict(upload.headers),
            expires_at=upload.expires_at,
        )


class UploadResponse(BaseModel):
    """The uploads, in the order of the files."""

    uploads: list[UploadBody]


class MetadataBody(BaseModel):
    """What is said of a document."""

    title: str | None
    author: str | None
    department: str | None
    date: str | None
    tags: list[str]
    url: str | None
    groups: list[str] = Field(
        description="Who may see it; everybody where it is empty. Who does not manage documents is "
        "told of its own groups only."
    )


class ProgressBody(BaseModel):
    """How much of a document is ingested."""

    parts_done: int
    parts: int = Field(description="0 while they are not counted.")
    percent: int


class WarningBody(BaseModel):
    """What of a document was not read."""

    what: str
    where: str = Field(description="The place as a reader finds it; empty for the whole document.")
    advice: str


class LocatorBody(BaseModel):
    """Where in the document a line stands; counts start at 1."""

    page: int | None
    slide: int | None
    sheet: str | None
    row: int | None
    heading: list[str]


class LineBody(BaseModel):
    """A line of the document that holds words which were looked for."""

    text: str
    positions: list[tuple[int, int]] = Field(
        description="Where each of the words begins and ends in the text, in characters."
    )
    locator: LocatorBody

    @classmethod
    def of(cls, found: TextLine) -> LineBody:
        """From the core's line."""
        return cls(
            text=found.line.text,
            positions=list(found.line.positions),
            locator=LocatorBody.model_validate(asdict(found.locator)),
        )


class DocumentBody(BaseModel):
    """A document as the catalogue knows it."""

    document_id: str
    path: str
    title: str
    status: models.DocumentStatus
    reason: str | None = Field(description="Why it failed, or waits to be tried again.")
    warnings: list[WarningBody] = Field(
        description="What of the version that readers see was not read; at most 50."
    )
    version: str = Field(description="The version that readers see.")
    metadata: MetadataBody
    size: int
    pages: int
    chunks: int
    tokens_embedded: int
    progress: ProgressBody
    seconds_left: float | None = Field(description="Until it is ingested; null when unknown.")
    created_at: str
    updated_at: str
    matches: list[LineBody] = Field(
        default=[],
        description="In a list by `text`: up to three lines of what the document says.",
    )

    @classmethod
    def of(
        cls, record: models.DocumentRecord, now: float, lines: Sequence[TextLine] = ()
    ) -> DocumentBody:
        """From the core's record, at a Unix time in seconds."""
        said = record.metadata
        made = progress_of(record, now)
        left = made.seconds_left
        return cls(
            document_id=record.document_id,
            path=record.path,
            title=record.title,
            status=record.status,
            reason=record.reason,
            warnings=[WarningBody.model_validate(asdict(one)) for one in record.warnings],
            version=record.version,
            metadata=MetadataBody(
                title=said.title,
                author=said.author,
                department=said.department,
                date=said.date,
                tags=list(said.tags),
                url=said.url,
                groups=list(said.groups),
            ),
            size=record.size,
            pages=record.pages,
            chunks=record.chunks,
            tokens_embedded=record.tokens_embedded,
            progress=ProgressBody(
                parts_done=made.parts_done, parts=made.parts, percent=made.percent
            ),
            seconds_left=None if left is None else round(left, 1),
            created_at=record.created_at,
            updated_at=record.updated_at,
            matches=list(map(LineBody.of, lines)),
        )


class DocumentsResponse(BaseModel):
    """A page of documents, in no order that means anything, but for what a text is found in."""

    documents: list[DocumentBody]
    cursor: str | None = Field(
        description="Gives the next page; null after the last. A short page need not be the last."
    )


class VersionBody(BaseModel):
    """A version of a document's content."""

    version: str
    size: int
    etag: str
    last_modified: str
    is_latest: bool
    is_live: bool = Field(description="Whether it is what readers see.")
    deleted: bool = Field(description="A deletion, which has no content.")

    @classmethod
    def of(cls, version: Version) -> VersionBody:
        """From the core's version."""
        stored = version.stored
        return cls(
            version=stored.version,
            size=stored.size,
            etag=stored.etag,
            last_modified=stored.last_modified,
            is_latest=stored.is_latest,
            is_live=version.is_live,
            deleted=stored.deleted,
        )


class VersionsResponse(BaseModel):
    """The newest 1,000 versions, newest first."""

    versions: list[VersionBody]


class ContentResponse(BaseModel):
    """Where the content is to be had, without further credentials."""

    url: str
    expires_at: str


class ReadPassageBody(BaseModel):
    """A passage that was read of a document."""

    text: str
    locator: LocatorBody


class TextResponse(BaseModel):
    """What was read of a document, passage by passage, in its own order."""

    version: str = Field(description="The version that was read, which is what readers see.")
    passages: list[ReadPassageBody]
    next_offset: int | None = Field(description="Gives the next ones; null after the last.")

    @classmethod
    def of(cls, text: Text) -> TextResponse:
        """From the core's passages."""
        return cls(
            version=text.record.version,
            passages=[
                ReadPassageBody(text=said, locator=LocatorBody.model_validate(asdict(place)))
                for said, place in text.passages
            ],
            next_offset=text.next_offset,
        )


class ErasedBody(BaseModel):
    """What became of one kind of thing that was made of the document."""

    what: Erasable
    found: int = Field(description="Before this call: one that broke off has left less.")
    removed: int
    remaining: int = Field(description="What a query still found at `verified_at`.")
    verified_at: str


class ReceiptResponse(BaseModel):
    """What an erasure found, removed and left."""

    document_id: str
    path: str
    title: str
    started_at: str
    finished_at: str
    duration_ms: float
    complete: bool = Field(description="Nothing is left; if not, delete the document again.")
    items: list[ErasedBody]

    @classmethod
    def of(cls, receipt: Receipt) -> ReceiptResponse:
        """From the core's receipt."""
        return cls(
            document_id=receipt.document_id,
            path=receipt.path,
            title=receipt.title,
            started_at=receipt.started_at,
            finished_at=receipt.finished_at,
            duration_ms=receipt.duration_ms,
            complete=receipt.complete,
            items=[ErasedBody.model_validate(asdict(item)) for item in receipt.items],
        )
