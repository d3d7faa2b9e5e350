"""GET …/versions and POST …:restore: what a document was, and making it so again."""

from __future__ import annotations

import time

from fastapi import APIRouter

from functions.documents.dependencies import Document, Services
from functions.documents.responses import DocumentBody, VersionBody, VersionsResponse
from functions.documents.schemas import RestoreRequest
from nexus.http.callers import Administrator

router = APIRouter(tags=["documents"])


@router.get("/v1/documents/{document_id:segment}/versions", summary="List versions")
async def versions(
    document_id: Document, principal: Administrator, services: Services
) -> VersionsResponse:
    """The versions that the bucket holds; which of them readers see is told of each."""
    found = services.curators.live().versions(principal.tenant, document_id)
    return VersionsResponse(versions=[VersionBody.of(version) for version in found])


@router.post(
    "/v1/documents/{document_id:segment}:restore", summary="Restore a version", status_code=202
)
async def restore(
    document_id: Document, body: RestoreRequest, principal: Administrator, services: Services
) -> DocumentBody:
    """Copies a version over the current one, and so brings back a deleted document, too.

    Answers with the document as it is until that is ingested.
    """
    record = services.curators.live().restore(principal.tenant, document_id, body.version)
    return DocumentBody.of(record, time.time())
