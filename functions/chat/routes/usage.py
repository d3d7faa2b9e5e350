"""GET /v1/usage: what was spent of budgets, what is left, and when that starts anew."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from functions.chat.dependencies import Services
from nexus.budgets.reporting import Spending, spending_of
from nexus.http.callers import Caller

router = APIRouter(tags=["usage"])


class CapBody(BaseModel):
    """One cap of a budget in its present window (UTC)."""

    measure: Literal["requests", "tokens", "dollars"]
    window: Literal["minute", "hour", "day", "month"]
    cap: float
    spent: float = Field(description="By requests that are answered.")
    held: float = Field(description="By requests that are being answered; most of it returns.")
    left: float
    resets_at: str


class AccountBody(BaseModel):
    """What one caller, or a tenant, has spent."""

    name: str = Field(description="The caller's name; of the tenant's account, the tenant's.")
    kind: Literal["client", "tenant"]
    requests_month: int | None = Field(description="Null where nothing was counted this month.")
    tokens_month: int | None
    dollars_month: float | None
    caps: list[CapBody] = Field(
        description="Those of the caller who asks, and of the tenant; others' are not told."
    )

    @classmethod
    def of(cls, spending: Spending) -> AccountBody:
        """From the core's account of it."""
        return cls(
            name=spending.name,
            kind=spending.kind,
            requests_month=spending.requests,
            tokens_month=spending.tokens,
            dollars_month=spending.dollars,
            caps=[
                CapBody(
                    measure=one.measure,
                    window=one.window,
                    cap=one.most,
                    spent=one.spent,
                    held=one.held,
                    left=max(0.0, round(one.most - one.spent - one.held, 9)),
                    resets_at=one.resets_at,
                )
                for one in spending.caps
            ],
        )


class UsageResponse(BaseModel):
    """What was spent of budgets; without one, nothing is counted for a caller."""

    month: str
    prices_of: str = Field(description="The day that the prices of models are of.")
    accounts: list[AccountBody] = Field(
        description="The caller's, if it has a budget; for an administrator all of the tenant's."
    )


@router.get("/v1/usage", summary="See what was spent of budgets")
async def usage(principal: Caller, services: Services) -> UsageResponse:
    """The caller's account with its caps; an administrator gets all accounts of the tenant."""
    month, found = spending_of(services.budgets, principal)
    return UsageResponse(
        month=month,
        prices_of=services.settings.prices_of,
        accounts=list(map(AccountBody.of, found)),
    )
