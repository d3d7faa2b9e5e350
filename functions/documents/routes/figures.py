"""GET /v1/metrics: the stage's figures of the last day, as JSON or for Prometheus."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Header, Query
from fastapi.responses import Response
from pydantic import BaseModel, Field

from functions.documents.dependencies import Services
from nexus.http.accepting import preferred
from nexus.http.callers import Administrator
from nexus.operations.figures import LastDay
from nexus.operations.prometheus import MEDIA_TYPE, exposition

router = APIRouter(tags=["metrics"])


class FiguresResponse(BaseModel):
    """The figures of the 24 hours before `end`, of the whole stage."""

    stage: str
    begin: datetime
    end: datetime
    complete: bool = Field(description="False when more was recorded than could be read.")
    figures: dict[str, dict[str, float | dict[str, float] | None]] = Field(
        description="By section and name; null where nothing was recorded that it could be of."
    )

    @classmethod
    def of(cls, day: LastDay) -> FiguresResponse:
        """From the core's figures."""
        return cls(
            stage=day.stage,
            begin=datetime.fromtimestamp(round(day.begin_s), UTC),
            end=datetime.fromtimestamp(round(day.end_s), UTC),
            complete=day.complete,
            figures={section: dict(told) for section, told in day.sections.items()},
        )


@router.get(
    "/v1/metrics",
    summary="The stage's figures of the last day",
    response_model=FiguresResponse,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
def metrics(
    principal: Administrator,
    services: Services,
    accept: Annotated[str, Header(include_in_schema=False)] = "*/*",
    chosen: Annotated[
        Literal["json", "prometheus"] | None,
        Query(alias="format", description="Instead of what the header Accept prefers."),
    ] = None,
) -> FiguresResponse | Response:
    """Traffic, latency, errors, answers, refusals, spend, ingestion and dependencies.

    They are of all tenants together, with nothing of one of them, and at most a minute old. Only
    administrators of the tenants that the stage names for it (NEXUS_METRICS_TENANTS) may see them.
    """
    day = services.figures.for_tenant(principal.tenant)
    wanted = chosen or preferred(accept, {"json": "application/json", "prometheus": "text/plain"})
    if wanted == "prometheus":
        return Response(exposition(day), media_type=MEDIA_TYPE)
    return FiguresResponse.of(day)
