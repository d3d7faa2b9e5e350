"""POST /v1/search: ranked passages, without an answer."""

from __future__ import annotations

from fastapi import APIRouter

from functions.chat.dependencies import Services
from functions.chat.schemas import PassageBody, SearchRequest, SearchResponse
from functions.chat.searching import searched
from nexus.answering.refusals import refusal
from nexus.http.callers import Caller
from nexus.http.filtering import filters_of

router = APIRouter(tags=["search"])


@router.post("/v1/search", summary="Find passages")
async def search(body: SearchRequest, principal: Caller, services: Services) -> SearchResponse:
    """The passages that fit the query best; no language model is called."""
    filters = filters_of(body.filters)
    found = searched(
        services, principal, body.query, body.top_k or services.settings.top_k, filters
    )
    passages = list(map(PassageBody.of, found.passages))
    hint = refusal(body.query, (), filters) if found.unmatched else None
    return SearchResponse(passages=passages, hint=hint, timings=found.timings_ms)
