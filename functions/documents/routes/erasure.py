"""DELETE /v1/documents/{id}: erases a document, and proves it with a receipt."""

from __future__ import annotations

from fastapi import APIRouter, Request

from functions.documents.dependencies import Document, Services
from functions.documents.responses import ReceiptResponse
from nexus.http.callers import Administrator

router = APIRouter(tags=["documents"])


@router.delete("/v1/documents/{document_id:segment}", summary="Erase a document")
async def erase(
    document_id: Document, request: Request, principal: Administrator, services: Services
) -> ReceiptResponse:
    """Removes all versions, chunks, cached answers and quoted text of the document, for good.

    Each is looked for again before the receipt is written. Conversations that cited the document
    keep a note that it was deleted.
    """
    services.curators.live().admit(principal.tenant, document_id)
    receipt = services.eraser().erase(principal.tenant, document_id)
    request.scope["counts"] |= {
        "complete": receipt.complete,
        "removed": {item.what: item.removed for item in receipt.items},
    }
    return ReceiptResponse.of(receipt)
