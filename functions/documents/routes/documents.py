"""GET, PATCH and POST …:reindex of /v1/documents: what is known of documents, and correcting it."""

from __future__ import annotations

import time
from typing import Annotated

from fastapi import APIRouter, Query

from functions.documents.dependencies import Document, Readable, Services
from functions.documents.responses import DocumentBody, DocumentsResponse
from functions.documents.schemas import ChangeRequest, Cursor, Name
from nexus.documents.listing import Listing
from nexus.http.callers import Administrator
from nexus.models import DocumentStatus

router = APIRouter(tags=["documents"])


@router.get("/v1/documents", summary="List documents")
async def listing(
    readable: Readable,
    status: Annotated[
        DocumentStatus | None, Query(description="Deleted documents are listed only when asked.")
    ] = None,
    department: Name | None = None,
    tag: Name | None = None,
    text: Annotated[
        Name | None,
        Query(
            description="Stands in the title or the path, in any case; or words of it in what the "
            "document says, by their stems."
        ),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    cursor: Annotated[Cursor, Query(description="Of the page before.")] = "",
) -> DocumentsResponse:
    """The documents that fit, page by page.

    Who manages them finds all of the tenant's, an upload as pending at once; anybody else those
    that it may see, as they are indexed. With `text`, those with it in the title or path come
    first, then those that say it, most of its words first: at most 300. Each has up to three lines
    that do.
    """
    asked = Listing(status, department or "", tag or "", text or "")
    page = readable.page(asked, limit, cursor)
    now = time.time()
    return DocumentsResponse(
        documents=[
            DocumentBody.of(record, now, page.lines.get(record.document_id, ()))
            for record in page.records
        ],
        cursor=page.cursor,
    )


@router.get("/v1/documents/{document_id:segment}", summary="Read a document's state")
async def read(document_id: Document, readable: Readable) -> DocumentBody:
    """The document's state, how far its ingestion is, and how long the rest may take.

    A document that the caller may not see is one that does not exist.
    """
    return DocumentBody.of(readable.get(document_id), time.time())


@router.patch("/v1/documents/{document_id:segment}", summary="Change metadata", status_code=202)
async def change(
    document_id: Document, body: ChangeRequest, principal: Administrator, services: Services
) -> DocumentBody:
    """Changes what is said of the document; nothing is embedded again.

    Who may see the document, by groups, department, tags or date, is so from the next request on;
    a new title is shown once the change is ingested. Documents over 5 GiB have to be uploaded again
    instead.
    """
    record = services.curators.live().describe(principal.tenant, document_id, body.to_changes())
    return DocumentBody.of(record, time.time())


@router.post("/v1/documents/{document_id:segment}:reindex", summary="Ingest again", status_code=202)
async def reindex(
    document_id: Document, principal: Administrator, services: Services
) -> DocumentBody:
    """Has the document ingested again, whether it has changed or not."""
    record = services.curators.live().reindex(principal.tenant, document_id)
    return DocumentBody.of(record, time.time())
