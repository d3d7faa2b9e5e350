"""The paths that callers of the first plan of Nexus know: sent on to where the same is done now."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse

router = APIRouter(include_in_schema=False)

# Relative, because the gateway puts its stage's name before every path.
_MOVED = (
    ("POST", "/api/chat", "../v1/chat"),
    ("POST", "/api/documents/upload", "../../v1/documents"),
    ("GET", "/api/health", "../health"),
    ("GET", "/api/analytics", "../v1/analytics/overview"),
    ("GET", "/metrics", "v1/metrics"),
)


async def _moved(request: Request) -> RedirectResponse:
    # 308, after which clients send the same method and body again (RFC 9110, 15.4.9).
    there = request.scope["route"].name
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(there + query, status_code=308)


for _method, _path, _there in _MOVED:
    router.add_api_route(_path, _moved, methods=[_method], name=_there)
