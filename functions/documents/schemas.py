"""What the management API is sent, as it is documented in /docs."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from nexus import models
from nexus.documents.curating import LARGEST_PUT, NewDocument
from nexus.http.fields import CalendarDate

DocumentId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{24}$")]
# The last id of the page before, or the last path; an empty one is the first page's. Where a text
# is asked for, how many documents were found by what they say comes behind it.
Cursor = Annotated[
    str,
    StringConstraints(
        max_length=1_400,
        pattern=r"^(([0-9a-f]{24}|~[A-Za-z0-9_-]*)?(\+[0-9]{1,3})?|\.\+[0-9]{1,3})$",
    ),
]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
VersionId = Annotated[str, StringConstraints(pattern=r"^[!-~]{1,1024}$")]
WebAddress = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=1_000),
    Field(
        description="Where the document came from on the web, http or https: answers link to it.",
        examples=["https://www.example.org/fees.html"],
    ),
]
Tags = Annotated[list[Name], Field(max_length=50)]
# "*" is who shares every group, and no document's.
Group = Annotated[Name, StringConstraints(pattern=r"^([^*]|\*.)")]
Groups = Annotated[list[Group], Field(max_length=50)]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9+/]{43}=$")]
# Segments that are neither empty nor "." or "..", which clients resolve; no control characters.
_IN_SEGMENT = r"[^/\x00-\x1f\x7f-\x9f]"
_IN_SEGMENT_BUT_DOT = r"[^/.\x00-\x1f\x7f-\x9f]"
_SEGMENT = rf"(?:{_IN_SEGMENT_BUT_DOT}|\.{_IN_SEGMENT_BUT_DOT}|\.\.{_IN_SEGMENT}){_IN_SEGMENT}*"
DocumentPath = Annotated[
    str,
    StringConstraints(min_length=1, max_length=1000, pattern=rf"^{_SEGMENT}(?:/{_SEGMENT})*$"),
]
_NAME = "[A-Za-z0-9.+_-]{1,120}"
MediaType = Annotated[
    str, StringConstraints(pattern=rf"^{_NAME}/{_NAME}(; ?charset=[A-Za-z0-9_-]{{1,40}})?$")
]


GROUPS = "Who may see it: callers that share one of these, in any case; without any, everybody."


class MetadataFields(BaseModel):
    """What a document's uploader says of it; searches can filter by all but the title."""

    model_config = ConfigDict(extra="forbid")

    title: Name | None = Field(default=None, examples=["Tuition fees 2026"])
    author: Name | None = None
    department: Name | None = Field(default=None, examples=["Finance"])
    date: CalendarDate | None = None
    tags: Tags | None = None
    url: WebAddress | None = None
    groups: Groups | None = Field(default=None, description=GROUPS, examples=[["hr"]])

    def to_metadata(self) -> models.DocumentMetadata:
        """The same, for the core."""
        return models.DocumentMetadata(
            title=self.title,
            author=self.author,
            department=self.department,
            date=self.date.isoformat() if self.date else None,
            tags=tuple(self.tags or ()),
            url=self.url,
            groups=tuple(self.groups or ()),
        )


class FileFields(BaseModel):
    """A file that is to be uploaded."""

    model_config = ConfigDict(extra="forbid")

    path: DocumentPath = Field(
        description="Its place among the tenant's documents; another upload there replaces it. "
        "With the tenant's name it is at most 1,024 bytes in UTF-8, as S3 limits it.",
        examples=["finance/fees.pdf"],
    )
    size: int = Field(ge=1, le=LARGEST_PUT, description="Bytes, at most 5 GiB.", examples=[48213])
    content_type: MediaType | None = Field(
        default=None,
        description="application/octet-stream, if it is not told.",
        examples=["application/pdf"],
    )
    checksum_sha256: Sha256 | None = Field(
        default=None, description="SHA-256 in base64: S3 then refuses any other content."
    )
    metadata: MetadataFields | None = None

    def to_document(self) -> NewDocument:
        """The same, for the core."""
        return NewDocument(
            path=self.path,
            size=self.size,
            content_type=self.content_type or "application/octet-stream",
            checksum_sha256=self.checksum_sha256 or "",
            metadata=(self.metadata or MetadataFields()).to_metadata(),
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
    date: CalendarDate | None = None
    tags: Tags | None = None
    url: WebAddress | None = None
    groups: Groups | None = Field(default=None, description=GROUPS, examples=[["hr"]])

    def to_changes(self) -> dict[str, Any]:
        """The fields that were sent, for the core."""
        sent = {name: getattr(self, name) for name in self.model_fields_set}
        if sent.get("date"):
            sent["date"] = sent["date"].isoformat()
        for name in {"tags", "groups"} & sent.keys():
            sent[name] = tuple(sent[name] or ())
        return sent


class RestoreRequest(BaseModel):
    """The version that is to be the current one again."""

    model_config = ConfigDict(extra="forbid")

    version: VersionId
