"""What routes take as arguments: the services and the document that is meant."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Path, Request

from functions.documents.schemas import DocumentId
from nexus.documents.seen import ManagedDocuments, SeenDocuments
from nexus.http.callers import Caller
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


def readable(principal: Caller, services: Services) -> ManagedDocuments | SeenDocuments:
    """The documents that the caller may read: all of its tenant's, if it manages them."""
    curator = services.curators.live()
    kind = ManagedDocuments if principal.manages else SeenDocuments
    return kind(curator, principal)


Readable = Annotated[ManagedDocuments | SeenDocuments, Depends(readable)]
