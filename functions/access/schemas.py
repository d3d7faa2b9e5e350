"""What the API of keys and people is sent, as it is documented in /docs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from nexus.access.key_times import LONGEST_NAME, ROTATE_AFTER_DAYS
from nexus.access.keys import plan_of
from nexus.models import Budget, Filters, Principal, Role
from nexus.object_keys import spelled

ClientName = Annotated[
    str,
    StringConstraints(min_length=1, max_length=4 * LONGEST_NAME),
    Field(
        description="Unique in its tenant: 1 to 64 characters, without '/', control characters "
        "and outer blanks.",
        examples=["web"],
    ),
]
Department = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=500),
    Field(
        description="The only department whose documents the client sees; then it manages none.",
        examples=["Finance"],
    ),
]
# "*" is who shares every group: only an operator gives it.
Group = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=r"^([^*]|\*.)"),
]
Groups = Annotated[
    list[Group],
    Field(
        max_length=50,
        description="Groups of `GET /v1/groups`, whose documents it sees beside those of no group.",
        examples=[["hr"]],
    ),
]
# Cognito's longest, without what would end a path.
Email = Annotated[
    str,
    StringConstraints(
        max_length=254, pattern=r"^[^\s/@\x00-\x1f\x7f]{1,64}@[^\s/@\x00-\x1f\x7f]{1,189}$"
    ),
    Field(examples=["ana@example.org"]),
]
Whole = Annotated[int, Field(ge=0, le=10**12)]
Dollars = Annotated[float, Field(ge=0, le=10**12, allow_inf_nan=False)]


class BudgetFields(BaseModel):
    """Caps of what a client may spend, by window (UTC); what is absent or null has none."""

    model_config = ConfigDict(extra="forbid")

    requests_minute: Whole | None = None
    requests_hour: Whole | None = None
    requests_day: Whole | None = None
    requests_month: Whole | None = None
    tokens_day: Whole | None = None
    tokens_month: Whole | None = None
    dollars_day: Dollars | None = None
    dollars_month: Dollars | None = None

    def to_budget(self) -> Budget | None:
        """The same, for the core; None without any cap."""
        budget = Budget(**self.model_dump())
        return budget if budget.named() else None


class NewClient(BaseModel):
    """A client that is to have a key."""

    model_config = ConfigDict(extra="forbid")

    name: ClientName
    role: Role = "user"
    department: Department | None = None
    groups: Groups = []
    budget: BudgetFields | None = None

    def to_filters(self) -> Filters:
        """What of the tenant's documents it sees, but for groups."""
        return _filters(self.department)


class ClientChange(BaseModel):
    """The fields to change: one that is absent stays, null removes."""

    model_config = ConfigDict(extra="forbid")

    role: Role | None = None
    department: Department | None = None
    groups: Groups | None = None
    budget: BudgetFields | None = None

    def to_change(self, groups: tuple[str, ...]) -> Callable[[Principal], Principal]:
        """What makes of a client's rights those that are asked for; `groups` are known ones."""
        sent = self.model_fields_set

        def changed(who: Principal) -> Principal:
            if self.role is not None:
                who = replace(who, role=self.role, plan=plan_of(self.role))
            if "department" in sent:
                departments = _filters(self.department).departments
                who = replace(who, filters=replace(who.filters, departments=departments))
            if "groups" in sent:
                who = replace(who, groups=groups)
            if "budget" in sent:
                who = replace(who, budget=self.budget.to_budget() if self.budget else None)
            return who

        return changed


class Rotation(BaseModel):
    """How a client gets another key."""

    model_config = ConfigDict(extra="forbid")

    grace_days: int = Field(
        default=7,
        ge=0,
        le=ROTATE_AFTER_DAYS,
        description="Days that the key of before goes on working; 0 ends it within a minute.",
    )


class NewPerson(BaseModel):
    """Somebody who is to sign in."""

    model_config = ConfigDict(extra="forbid")

    email: Email
    groups: Groups = []


class PersonChange(BaseModel):
    """The fields to change: one that is absent or null stays."""

    model_config = ConfigDict(extra="forbid")

    groups: Groups | None = Field(default=None, description="All of its groups from now on.")
    enabled: bool | None = Field(default=None, description="Whether it may sign in.")


def _filters(department: str | None) -> Filters:
    return Filters(departments=(spelled(department),) if department else ())
