"""GET …/content: the document itself."""

from __future__ import annotations

from fastapi import APIRouter

from functions.documents.dependencies import Document, Readable
from functions.documents.responses import ContentResponse
from functions.documents.schemas import VersionId

router = APIRouter(tags=["documents"])


@router.get("/v1/documents/{document_id:segment}/content", summary="Download a document")
async def content(
    document_id: Document, readable: Readable, version: VersionId | None = None
) -> ContentResponse:
    """A URL that gives the content for 15 minutes; without `version`, the newest.

    Who does not manage the documents gets the version that readers see, and no other.
    """
    found = readable.content(document_id, version)
    return ContentResponse(url=found.url, expires_at=found.expires_at)
