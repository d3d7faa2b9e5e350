"""What the management API is sent, as it is documented in /docs."""

from __future__ import annotations

from datetime import date as calendar_date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from nexus import models
from nexus.documents.curating import LARGEST_PUT, NewDocument

DocumentId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{24}$")]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
VersionId = Annotated[str, StringConstraints(pattern=r"^[!-~]{1,1024}$")]
Tags = Annotated[list[Name], Field(max_length=50)]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9+/]{43}=$")]
_NAME = "[A-Za-z0-9.+_-]{1,120}"
MediaType = Annotated[
    str, StringConstraints(pattern=rf"^{_NAME}/{_NAME}(; ?charset=[A-Za-z0-9_-]{{1,40}})?$")
]


class MetadataFields(BaseModel):
    """What a document's uploader says of it; searches can filter by all but the title."""

    model_config = ConfigDict(extra="forbid")

    title: Name | None = Field(default=None, examples=["Tuition fees 2026"])
    author: Name | None = None
    department: Name | None = Field(default=None, examples=["Finance"])
    date: calendar_date | None = None
    tags: Tags = []

    def to_metadata(self) -> models.DocumentMetadata:
        """The same, for the core."""
        return models.DocumentMetadata(
            title=self.title,
            author=self.author,
            department=self.department,
            date=self.date.isoformat() if self.date else None,
            tags=tuple(self.tags),
        )


class FileFields(BaseModel):
    """A file that is to be uploaded."""

    model_config = ConfigDict(extra="forbid")

    path: str = Field(
        min_length=1,
        max_length=1024,
        description="Its place among the tenant's documents; another upload there replaces it.",
        examples=["finance/fees.pdf"],
    )
    size: int = Field(ge=1, le=LARGEST_PUT, description="Bytes, at most 5 GiB.", examples=[48213])
    content_type: MediaType = Field(
        default="application/octet-stream", examples=["application/pdf"]
    )
    checksum_sha256: Sha256 | None = Field(
        default=None, description="SHA-256 in base64: S3 then refuses any other content."
    )
    metadata: MetadataFields = MetadataFields()

    def to_document(self) -> NewDocument:
        """The same, for the core."""
        return NewDocument(
            path=self.path,
            size=self.size,
            content_type=self.content_type,
            checksum_sha256=self.checksum_sha256 or "",
            metadata=self.metadata.to_metadata(),
        )


class UploadRequest(BaseModel):
    """The files that are to be uploaded."""

    model_config = ConfigDict(extra="forbid")

    files: list[FileFields] = Field(min_length=1, max_length=100)


class ChangeRequest(BaseModel):
    """The fields to change: one that is absent stays, null removes."""

    model_config = ConfigDict(extra="forbid")

    title: Name | None = None
    author: Name | None = None
    department: Name | None = None
    date: calendar_date | None = None
    tags: Tags | None = None

    def to_changes(self) -> dict[str, Any]:
        """The fields that were sent, for the core."""
        sent = {name: getattr(self, name) for name in self.model_fields_set}
        if sent.get("date"):
            sent["date"] = sent["date"].isoformat()
        if "tags" in sent:
            sent["tags"] = tuple(sent["tags"] or ())
        return sent


class RestoreRequest(BaseModel):
    """The version that is to be the current one again."""

    model_config = ConfigDict(extra="forbid")

    version: VersionId
