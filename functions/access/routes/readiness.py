"""GET /ready: whether a version of this function works, asked before callers get it.

The API sends that path to the chat function: only who may start this one can ask it.
"""

from __future__ import annotations

from fastapi import APIRouter

from functions.access.dependencies import Services

router = APIRouter()


@router.get("/ready", include_in_schema=False)
async def ready(services: Services) -> dict[str, bool]:
    """503 while something that managing keys needs is failing."""
    services.ping()
    return {"ready": True}
