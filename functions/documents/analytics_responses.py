"""What the analytics answer, as it is documented in /docs."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from nexus.insights.analytics import Cluster, Clusters, Period
from nexus.insights.histogram import ERROR
from nexus.insights.inventory import Inventory
from nexus.insights.tally import BINS, Tally, Usage
from nexus.models import DocumentRecord, Feedback, LoggedQuestion


class RangeBody(BaseModel):
    """What every answer says of itself."""

    first: str = Field(alias="from", description="The first day, in UTC.")
    last: str = Field(alias="to", description="The last day, in UTC; it counts, too.")
    complete: bool = Field(
        description="False where there was more than one request reads: the newest days count."
    )
    model_config = {"populate_by_name": True}


class PercentilesBody(BaseModel):
    """How long answers took, in milliseconds; null where there are none."""

    p50: float | None
    p95: float | None
    p99: float | None
    within: float = Field(description="The share by which each may be off.")


class CountsBody(BaseModel):
    """Counts of questions."""

    questions: int
    answered: int
    refused: int
    failed: int = Field(description="Questions that ended with an error.")
    cached: int
    clients: int = Field(description="Keys and people that asked.")
    dollars: float
    up: int = Field(description="Answers that were liked.")
    down: int

    @classmethod
    def of(cls, tally: Tally) -> CountsBody:
        """From the core's counts."""
        return cls(
            questions=tally.questions,
            answered=tally.questions - tally.refused - tally.failed,
            refused=tally.refused,
            failed=tally.failed,
            cached=tally.cached,
            clients=len(tally.clients),
            dollars=sum(usage.nanodollars for usage in tally.models.values()) / 1e9,
            up=tally.up,
            down=tally.down,
        )


class DayBody(CountsBody):
    """Counts of one day."""

    day: str
    uploads: int = Field(description="Documents whose first version came that day.")


class OverviewResponse(RangeBody):
    """What the range came to."""

    totals: CountsBody
    satisfaction: float | None = Field(description="The share of ratings that are up.")
    latency_ms: PercentilesBody
    confidence: dict[str, int] = Field(description="Answers, not refusals, by their level.")
    scores: list[int] = Field(description="Answers by their score, in tenths from 0 to 1.")
    languages: dict[str, int] = Field(description='By ISO 639-1 code; "" is not told.')
    reasons: dict[str, int] = Field(description="What ratings said why.")
    days: list[DayBody]

    @classmethod
    def of(cls, period: Period, inventory: Inventory) -> OverviewResponse:
        """From the core's period."""
        whole = period.whole
        rated = whole.up + whole.down
        days = sorted({*period.by_day, *inventory.uploads})
        return cls(
            **ranged(period, complete=inventory.complete),
            totals=CountsBody.of(whole),
            satisfaction=whole.up / rated if rated else None,
            latency_ms=_percentiles(whole),
            confidence={level: whole.levels[level] for level in ("high", "medium", "low")},
            scores=[whole.scores[place] for place in range(BINS)],
            languages=dict(sorted(whole.languages.items())),
            reasons=dict(sorted(whole.reasons.items())),
            days=[
                DayBody(
                    day=day,
                    uploads=inventory.uploads[day],
                    **CountsBody.of(period.by_day.get(day, Tally())).model_dump(),
                )
                for day in days
            ],
        )


class UsageBody(BaseModel):
    """What one client or model came to."""

    name: str
    questions: int
    tokens_in: int
    tokens_out: int
    dollars: float

    @classmethod
    def of(cls, name: str, usage: Usage) -> UsageBody:
        """From the core's usage."""
        return cls(
            name=name,
            questions=usage.questions,
            tokens_in=usage.tokens_in,
            tokens_out=usage.tokens_out,
            dollars=usage.dollars,
        )


class SpendResponse(RangeBody):
    """What models were paid, by who asked and by model, the dearest first."""

    dollars: float
    clients: list[UsageBody]
    models: list[UsageBody]

    @classmethod
    def of(cls, period: Period, most: int) -> SpendResponse:
        """From the core's period."""
        whole = period.whole
        return cls(
            **ranged(period),
            dollars=sum(usage.nanodollars for usage in whole.models.values()) / 1e9,
            clients=_dearest(whole.clients, most),
            models=_dearest(whole.models, most),
        )


class PersonBody(BaseModel):
    """Somebody who asked."""

    client: str
    kind: Literal["key", "person"]
    questions: int
    refused: int
    last_asked_at: str


class PeopleResponse(RangeBody):
    """Who asked, the most active first."""

    active: int = Field(description="How many keys and people asked.")
    people: list[PersonBody]

    @classmethod
    def of(cls, period: Period, most: int) -> PeopleResponse:
        """From the core's period."""
        clients = period.whole.clients
        ordered = sorted(clients.items(), key=lambda one: (-one[1].questions, one[0]))
        return cls(
            **ranged(period),
            active=len(clients),
            people=[
                PersonBody(
                    client=name,
                    kind="person" if name.startswith("person/") else "key",
                    questions=usage.questions,
                    refused=usage.refused,
                    last_asked_at=usage.last,
                )
                for name, usage in ordered[:most]
            ],
        )


class NamedBody(BaseModel):
    """A document."""

    document_id: str
    title: str
    path: str

    @classmethod
    def of(cls, record: DocumentRecord) -> NamedBody:
        """From the catalogue's record."""
        return cls(document_id=record.document_id, title=record.title, path=record.path)


class CitedBody(NamedBody):
    """A document, and how often answers cited it, or refusals named it as closest."""

    cited: int
    closest: int


class DocumentsAnalyticsResponse(RangeBody):
    """Documents by how often answers cite them; those deleted since are not among them."""

    documents: int = Field(description="How many documents there are.")
    cited: list[CitedBody]
    never_cited: list[NamedBody] = Field(description="The first 100 by path.")
    never_cited_count: int


class ClusterBody(BaseModel):
    """Questions that ask for the same; `examples` are words of some, where they may be shown."""

    count: int
    refused: int
    disliked: int = Field(description="Answered, and rated down.")
    examples: list[str]
    documents: list[NamedBody] = Field(description="Cited, or the closest, the commonest first.")


class ClustersResponse(RangeBody):
    """Clusters of questions."""

    clusters: list[ClusterBody]
    texts: bool = Field(description="Whether the stage keeps questions in words.")


class FailureBody(BaseModel):
    """A question that ended with an error."""

    at: str
    client: str
    error: str


class FailedDocumentBody(NamedBody):
    """A document that could not be ingested."""

    reason: str
    updated_at: str


class ErrorsResponse(RangeBody):
    """What failed: questions by error, the last 50 of them, and documents that are not ingested."""

    questions: dict[str, int]
    recent: list[FailureBody]
    documents: list[FailedDocumentBody]
    documents_count: int

    @classmethod
    def of(
        cls, period: Period, recent: list[LoggedQuestion], inventory: Inventory
    ) -> ErrorsResponse:
        """From the core's period, failures and inventory."""
        return cls(
            **ranged(period, complete=inventory.complete),
            questions=dict(sorted(period.whole.errors.items())),
            recent=[
                FailureBody(at=one.created_at, client=one.client, error=one.failed)
                for one in recent
            ],
            documents=[
                FailedDocumentBody(
                    **NamedBody.of(record).model_dump(),
                    reason=record.reason,
                    updated_at=record.updated_at,
                )
                for record in inventory.failed
            ],
            documents_count=inventory.failed_count,
        )


class RatedBody(BaseModel):
    """A rated answer; nothing says who rated it."""

    created_at: str
    rating: Literal["up", "down"]
    reasons: list[str]
    comment: str
    question: str
    answer: str
    refused: bool
    confidence: str | None
    score: float | None
    documents: list[NamedBody]
    models: list[str]
    settings: str

    @classmethod
    def of(cls, one: Feedback, named: dict[str, DocumentRecord]) -> RatedBody:
        """From the core's rating."""
        return cls(
            created_at=one.created_at,
            rating=one.rating,
            reasons=list(one.reasons),
            comment=one.comment,
            question=one.question,
            answer=one.answer,
            refused=one.refused,
            confidence=one.level,
            score=one.score,
            documents=[NamedBody.of(named[key]) for key in one.document_ids if key in named],
            models=list(one.models),
            settings=one.settings,
        )


class RatedResponse(RangeBody):
    """Rated answers, the oldest first."""

    rated: list[RatedBody]


def clusters_response(
    period: dict[str, Any], found: Clusters, named: dict[str, DocumentRecord], *, texts: bool
) -> ClustersResponse:
    """Clusters with the documents that are still there."""
    bodies = [cluster_body(one, named) for one in found.clusters]
    return ClustersResponse(**period, clusters=bodies, texts=texts)


def cluster_body(cluster: Cluster, named: dict[str, DocumentRecord]) -> ClusterBody:
    """One cluster."""
    asked = cluster.asked
    ordered = sorted(asked.documents.items(), key=lambda one: (-one[1], one[0]))
    return ClusterBody(
        count=asked.count,
        refused=asked.refused,
        disliked=asked.disliked,
        examples=list(cluster.examples),
        documents=[NamedBody.of(named[key]) for key, _ in ordered if key in named],
    )


def ranged(period: Period, *, complete: bool = True) -> dict[str, Any]:
    """What every answer says of itself, from the core's period."""
    return {
        "first": period.range.first,
        "last": period.range.last,
        "complete": period.complete and complete,
    }


def _percentiles(tally: Tally) -> PercentilesBody:
    told = {f"p{share:.0f}": tally.latency.percentile(share / 100) for share in (50, 95, 99)}
    return PercentilesBody(within=ERROR, **told)


def _dearest(usages: dict[str, Usage], most: int) -> list[UsageBody]:
    ordered = sorted(usages.items(), key=lambda one: (-one[1].nanodollars, one[0]))
    return [UsageBody.of(name, usage) for name, usage in ordered[:most]]
