"""POST /v1/search: ranked passages, without an answer."""

from __future__ import annotations

from fastapi import APIRouter

from functions.chat.dependencies import Services
from functions.chat.schemas import Locator, PassageBody, SearchRequest, SearchResponse
from nexus.http.callers import Caller

router = APIRouter(tags=["search"])


@router.post("/v1/search", summary="Find passages")
async def search(body: SearchRequest, principal: Caller, services: Services) -> SearchResponse:
    """The passages that fit the query best; no language model is called."""
    found = services.readers.with_live(
        lambda reader: reader.retriever.retrieve(
            principal,
            body.query,
            body.top_k or services.settings.top_k,
            body.filters.to_filters(),
        ),
        services.executor,
    )
    passages = [
        PassageBody(
            document_id=passage.document_id,
            title=passage.title,
            uri=passage.uri,
            version=passage.version,
            locator=Locator.of(passage.locator),
            score=round(passage.score, 4),
            text=passage.text,
        )
        for passage in found.passages
    ]
    return SearchResponse(passages=passages, timings=found.timings_ms)
