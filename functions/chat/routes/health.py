"""GET /health and /ready: what works now, as seen from the function."""

from __future__ import annotations

from fastapi import APIRouter, Response

from functions.chat.dependencies import Services
from functions.chat.schemas import CheckBody, HealthResponse, ReadyResponse
from nexus import __version__

router = APIRouter(tags=["health"])


@router.get("/health", summary="Health of the service and of each dependency")
async def health(services: Services) -> HealthResponse:
    """Always 200 while the function runs; `status` is degraded when a dependency fails."""
    checks = services.health.checks()
    return HealthResponse(
        status="ok" if all(check.ok for check in checks) else "degraded",
        version=__version__,
        stage=services.settings.stage,
        checks={
            check.name: CheckBody(
                status="ok" if check.ok else "failing",
                latency_ms=check.latency_ms,
                detail=check.kind,  # anyone may ask: what is behind it is in the log
            )
            for check in checks
        },
    )


@router.get(
    "/ready",
    summary="Whether questions can be answered",
    responses={503: {"model": ReadyResponse, "description": "A needed dependency fails."}},
)
async def ready(services: Services, response: Response) -> ReadyResponse:
    """503 while something that an answer needs is failing; conversations are not needed."""
    failing = [check for check in services.health.checks() if check.required and not check.ok]
    if failing:
        response.status_code = 503
        if all(check.passing for check in failing):
            response.headers["Retry-After"] = "5"
    return ReadyResponse(ready=not failing, failing=[check.name for check in failing])
