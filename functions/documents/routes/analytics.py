"""GET /v1/analytics/…: what a tenant was asked, how it fared, and what is missing."""

from __future__ import annotations

import csv
import io
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from functions.documents.analytics_counts import (
    OverviewResponse,
    PeopleResponse,
    SpendResponse,
    ranged,
)
from functions.documents.analytics_responses import (
    CitedBody,
    ClustersResponse,
    DocumentsAnalyticsResponse,
    ErrorsResponse,
    NamedBody,
    RatedBody,
    RatedResponse,
    clusters_response,
)
from functions.documents.dependencies import Services
from nexus.errors import NotFound
from nexus.http.callers import Administrator
from nexus.http.fields import CalendarDate
from nexus.insights.analytics import Analytics, Clusters, Period, Range
from nexus.insights.inventory import described, taken
from nexus.models import Principal
from nexus.services import DocumentsServices

router = APIRouter(prefix="/v1/analytics", tags=["analytics"])
Limit = Annotated[int, Query(ge=1, le=100, description="How many at most.")]


class Asked:
    """What an administrator asks of which days."""

    def __init__(
        self,
        principal: Administrator,
        services: Services,
        first: Annotated[
            CalendarDate | None, Query(alias="from", description="The first day, in UTC.")
        ] = None,
        last: Annotated[
            CalendarDate | None, Query(alias="to", description="The last day, which counts, too.")
        ] = None,
    ) -> None:
        self.analytics = _analytics(services)
        self.principal: Principal = principal
        self.range = Range.of(first, last, self.analytics.now())
        self.texts = services.settings.keep_questions

    @property
    def tenant(self) -> str:
        """Whose figures they are."""
        return self.principal.tenant

    def period(self) -> Period:
        """What each day of the range came to."""
        return self.analytics.period(self.tenant, self.range)


Of = Annotated[Asked, Depends()]


@router.get("/overview", summary="What the range came to")
def overview(of: Of) -> OverviewResponse:
    """Questions, answers, refusals, confidence, latency, spend, ratings and uploads, by day."""
    return OverviewResponse.of(
        of.period(), taken(of.analytics.catalogue(), of.tenant, of.range, ())
    )


@router.get("/spend", summary="Spend by client and model")
def spend(of: Of, limit: Limit = 100) -> SpendResponse:
    """What models were paid, by who asked and by model, the dearest first."""
    return SpendResponse.of(of.period(), limit)


@router.get("/people", summary="Who asks")
def people(of: Of, limit: Limit = 100) -> PeopleResponse:
    """Keys and people that asked, the most active first."""
    return PeopleResponse.of(of.period(), limit)


@router.get("/documents", summary="Documents by how often they are cited")
def documents(of: Of, limit: Limit = 50) -> DocumentsAnalyticsResponse:
    """The documents that answers cite most often, and those that none cites."""
    period, catalogue = of.period(), of.analytics.catalogue()
    counted = period.whole.documents
    ordered = sorted(counted, key=lambda key: (-counted[key].cited, -counted[key].closest, key))
    named = described(catalogue, of.tenant, ordered[:limit])
    cited = {key for key, one in counted.items() if one.cited}
    inventory = taken(catalogue, of.tenant, of.range, cited)
    return DocumentsAnalyticsResponse(
        **ranged(period, complete=inventory.complete),
        documents=inventory.documents,
        cited=[
            CitedBody(
                **NamedBody.of(named[key]).model_dump(),
                cited=counted[key].cited,
                closest=counted[key].closest,
            )
            for key in ordered[:limit]
            if key in named
        ],
        never_cited=[NamedBody.of(record) for record in inventory.never_cited],
        never_cited_count=inventory.never_cited_count,
    )


@router.get("/questions", summary="What is asked most often")
def questions(of: Of, limit: Limit = 20) -> ClustersResponse:
    """Clusters of questions that ask for the same, the commonest first.

    Words are shown where the stage keeps them (NEXUS_KEEP_QUESTIONS), of what was asked at least
    as often as NEXUS_POPULAR_FROM says.
    """
    return _clusters(of, of.analytics.clusters(of.tenant, of.range, limit, gaps=False))


@router.get(
    "/gaps",
    summary="What is missing",
    response_model=ClustersResponse,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
def gaps(
    of: Of,
    limit: Limit = 20,
    chosen: Annotated[Literal["json", "csv"], Query(alias="format")] = "json",
) -> ClustersResponse | Response:
    """Clusters of questions that were refused or rated down, with the closest documents."""
    found = _clusters(of, of.analytics.clusters(of.tenant, of.range, limit, gaps=True))
    if chosen == "json":
        return found
    return Response(_table(found), media_type="text/csv")


@router.get("/errors", summary="What failed")
def errors(of: Of) -> ErrorsResponse:
    """Questions that ended with an error, and documents that could not be ingested."""
    inventory = taken(of.analytics.catalogue(), of.tenant, of.range, ())
    return ErrorsResponse.of(of.period(), of.analytics.failures(of.tenant, of.range), inventory)


@router.get("/ratings", summary="Rated answers")
def ratings(of: Of, limit: Limit = 100) -> RatedResponse:
    """What was thought of the range's answers; nothing says who rated them.

    To read more than 100, ask day by day.
    """
    found = of.analytics.rated(of.tenant, of.range, limit + 1)
    ids = [key for one in found for key in one.document_ids]
    named = described(of.analytics.catalogue(), of.tenant, ids)
    return RatedResponse(
        first=of.range.first,
        last=of.range.last,
        complete=len(found) <= limit,
        rated=[RatedBody.of(one, named) for one in found[:limit]],
    )


def _analytics(services: DocumentsServices) -> Analytics:
    if services.analytics is None:
        raise NotFound("This deployment keeps no log of questions: NEXUS_INSIGHTS_TABLE is empty.")
    return services.analytics


def _clusters(of: Asked, found: Clusters) -> ClustersResponse:
    ids = [key for one in found.clusters for key in one.asked.documents]
    named = described(of.analytics.catalogue(), of.tenant, ids)
    told = {"first": of.range.first, "last": of.range.last, "complete": found.complete}
    return clusters_response(told, found, named, texts=of.texts)


# A spreadsheet takes a cell that begins so for a formula (OWASP, "CSV Injection").
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def _table(found: ClustersResponse) -> str:
    written = io.StringIO()
    rows = csv.writer(written)
    rows.writerow(("count", "refused", "disliked", "examples", "closest documents"))
    for one in found.clusters:
        texts = ("\n".join(one.examples), "\n".join(named.path for named in one.documents))
        safe = [f"'{text}" if text.startswith(_FORMULA) else text for text in texts]
        rows.writerow((one.count, one.refused, one.disliked, *safe))
    return written.getvalue()
