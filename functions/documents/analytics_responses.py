"""What the analytics answer of documents, questions and ratings, as it is documented in /docs."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from functions.documents.analytics_counts import RangeBody, ranged
from nexus.insights.analytics import Cluster, Clusters, Period
from nexus.insights.inventory import Inventory
from nexus.models import DocumentRecord, Feedback, LoggedQuestion


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
