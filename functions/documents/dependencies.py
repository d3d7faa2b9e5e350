"""What routes take as arguments: the services and the document that is meant."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Path, Request

from functions.documents.schemas import DocumentId
from nexus.services import DocumentsServices


async def services(request: Request) -> DocumentsServices:
    """The services that the composition root made."""
    made: DocumentsServices = request.app.state.services
    return made


Services = Annotated[DocumentsServices, Depends(services)]


async def document(
    request: Request,
    document_id: Annotated[DocumentId, Path(description="The document's id: 24 hex digits.")],
) -> str:
    """The id in the path, which the request's log line then tells."""
    request.scope["counts"] = {"document_id": document_id}
    return document_id


Document = Annotated[str, Depends(document)]
