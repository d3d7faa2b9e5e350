"""POST /v1/documents: where to send files to."""

from __future__ import annotations

from fastapi import APIRouter, Request

from functions.documents.dependencies import Services
from functions.documents.responses import UploadBody, UploadResponse
from functions.documents.schemas import UploadRequest
from nexus.http.callers import Administrator

router = APIRouter(tags=["documents"])


@router.post("/v1/documents", summary="Upload documents")
async def upload(
    body: UploadRequest, request: Request, principal: Administrator, services: Services
) -> UploadResponse:
    """A signed PUT for each file, valid for 15 minutes: send the file with the headers told.

    A document is listed as soon as its upload has arrived. What is not said of a document that is
    uploaded again stays as it was; changing its metadata can take it away.
    """
    files = [file.to_document() for file in body.files]
    uploads = services.curators.live().uploads(principal.tenant, files)
    request.scope["counts"] = {"uploads": len(uploads)}
    return UploadResponse(uploads=[UploadBody.of(made) for made in uploads])
