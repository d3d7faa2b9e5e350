"""What the analytics answer in numbers, as it is documented in /docs."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from nexus.insights.analytics import Period
from nexus.insights.histogram import ERROR
from nexus.insights.inventory import Inventory
from nexus.insights.tally import BINS, Tally, Usage


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
    languages: dict[str, int] = Field(description="By ISO 639-1 code; und is not told.")
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


class SpendBody(BaseModel):
    """What one client or model came to."""

    name: str
    questions: int
    tokens_in: int
    tokens_out: int
    dollars: float

    @classmethod
    def of(cls, name: str, usage: Usage) -> SpendBody:
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
    clients: list[SpendBody]
    models: list[SpendBody]

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


def _dearest(usages: dict[str, Usage], most: int) -> list[SpendBody]:
    ordered = sorted(usages.items(), key=lambda one: (-one[1].nanodollars, one[0]))
    return [SpendBody.of(name, usage) for name, usage in ordered[:most]]
