"""GET …/content and …/text: the document itself, and what was read of it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Query, Response
from fastapi.responses import RedirectResponse

from functions.documents.dependencies import Document, Readable
from functions.documents.responses import ContentResponse, TextResponse
from functions.documents.schemas import VersionId
from nexus.documents.links import at_page, is_pdf
from nexus.http.accepting import preferred

router = APIRouter(tags=["documents"])
# Who holds the address reads the content: nobody keeps it, or hands it on as where one came from.
_PRIVATE = {"cache-control": "no-store", "referrer-policy": "no-referrer"}


@router.get(
    "/v1/documents/{document_id:segment}/content",
    summary="Open or download a document",
    response_model=ContentResponse,
    responses={302: {"description": "The same URL as a redirection, where that is asked for."}},
)
async def content(
    document_id: Document,
    readable: Readable,
    response: Response,
    accept: Annotated[str, Header(include_in_schema=False)] = "*/*",
    version: VersionId | None = None,
    page: Annotated[
        int | None, Query(ge=1, le=100_000, description="Opens a PDF at this page.")
    ] = None,
    redirect: Annotated[
        bool | None, Query(description="Instead of what the header Accept prefers.")
    ] = None,
) -> ContentResponse | Response:
    """A URL that gives the content for 15 minutes; without `version`, the newest.

    Who does not manage the documents gets the version that readers see, and no other.
    Browsers show PDFs, plain text and images, and save everything else. Where `redirect` is true,
    or text/html is preferred to application/json, the answer is a redirection to the URL.
    """
    found = readable.content(document_id, version)
    url = at_page(found.url, page if is_pdf(found.path) else None)
    by_header = preferred(accept, {"json": "application/json", "html": "text/html"}) == "html"
    if by_header if redirect is None else redirect:
        return RedirectResponse(url, 302, _PRIVATE)
    response.headers.update(_PRIVATE)
    return ContentResponse(url=url, expires_at=found.expires_at)


@router.get("/v1/documents/{document_id:segment}/text", summary="Read what a document says")
async def text(
    document_id: Document,
    readable: Readable,
    response: Response,
    offset: Annotated[
        int, Query(ge=0, le=10_000_000, description="The first passage to give.")
    ] = 0,
) -> TextResponse:
    """The passages that answers are made of, in the document's order, with where each stands.

    At most 100 at once, or 60,000 characters. Neighbours can share a sentence.
    """
    response.headers.update(_PRIVATE)
    return TextResponse.of(readable.text(document_id, offset))
