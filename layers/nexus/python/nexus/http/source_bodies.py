"""What an answer rests on, as the functions that answer write it."""

from __future__ import annotations

from pydantic import BaseModel, Field

from nexus import models
from nexus.documents.links import link_of


class Locator(BaseModel):
    """Where in the document a text stands; counts start at 1."""

    page: int | None = None
    slide: int | None = None
    sheet: str | None = None
    row: int | None = None
    heading: list[str] = []

    @classmethod
    def of(cls, locator: models.Locator) -> Locator:
        """From the core's locator."""
        return cls(
            page=locator.page,
            slide=locator.slide,
            sheet=locator.sheet,
            row=locator.row,
            heading=list(locator.heading),
        )


class SourceBody(BaseModel):
    """What an answer cites as [number]; the quote stands verbatim in the document."""

    number: int
    document_id: str
    title: str
    uri: str
    version: str
    locator: Locator
    score: float
    quote: str
    kind: models.SourceKind = Field(
        default="document",
        description="document: its text; table: figures computed from its rows; tool: what a "
        "service gave, whose name is document_id.",
    )
    link: str = Field(
        description="Where a browser opens it: the document's own web address, or this API's path "
        "to the version that is quoted, which gives a signed URL or redirects to it; empty for a "
        "tool's result."
    )

    @classmethod
    def of(cls, source: models.Source) -> SourceBody:
        """From the core's source."""
        passage = source.passage
        return cls(
            number=source.number,
            document_id=passage.document_id,
            title=passage.title,
            uri=passage.uri,
            version=passage.version,
            locator=Locator.of(passage.locator),
            score=round(passage.score, 4),
            quote=source.quote,
            kind=passage.kind,
            link=link_of(passage),
        )
