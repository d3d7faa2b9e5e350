"""GET /v1/groups: the groups that there are."""

from __future__ import annotations

from fastapi import APIRouter, Request

from functions.access.dependencies import Services, audited
from functions.access.responses import GroupsResponse
from nexus.http.callers import Administrator

router = APIRouter(tags=["access"])


@router.get("/v1/groups", summary="List groups")
def listing(request: Request, principal: Administrator, services: Services) -> GroupsResponse:
    """Groups of the stage's pool, of the tenant's clients, and of documents' folders."""
    audited(request, "groups.list")
    return GroupsResponse(
        groups=services.groups.known(principal.tenant), for_people=services.groups.of_people()
    )
