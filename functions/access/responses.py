"""What the API of keys and people answers, as it is documented in /docs."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from nexus.access.clients import ClientKeys, KeyOfClient
from nexus.access.key_times import moment
from nexus.budgets.reporting import Spending
from nexus.models import Person, Role
from nexus.sign_in.claims import client_of


class KeyBody(BaseModel):
    """A key of a client; what it is, nobody is told again."""

    id: str = Field(description="API Gateway's id of it, which is no secret.")
    created_at: str
    ends_at: str | None
    state: Literal["in_use", "in_grace", "ended"] = Field(
        description="in_grace is one that a rotation left working until it ends."
    )

    @classmethod
    def of(cls, key: KeyOfClient) -> KeyBody:
        """From the core's key."""
        ends_at = key.entry.principal.expires_at
        return cls(
            id=key.entry.gateway_key_id,
            created_at=key.entry.created_at,
            ends_at=None if ends_at is None else moment(ends_at),
            state=key.state,
        )


class SpentBody(BaseModel):
    """What a client spent this month (UTC)."""

    month: str
    requests: int
    tokens: int
    dollars: float


class ClientBody(BaseModel):
    """A client and its keys, the newest first."""

    name: str
    role: Role
    department: str | None = Field(description="The only one that it sees; null sees all or more.")
    departments: list[str]
    tags: list[str]
    groups: list[str]
    keys: list[KeyBody]
    budget: dict[str, float] | None = Field(description="Its caps by name, such as dollars_month.")
    spent: SpentBody | None = Field(description="Null where nothing was counted this month.")

    @classmethod
    def of(cls, client: ClientKeys, month: str = "", spent: Spending | None = None) -> ClientBody:
        """From the core's client, and what was counted of it."""
        who = client.principal
        departments = list(who.filters.departments)
        counted = None
        if spent is not None:
            counted = SpentBody(
                month=month,
                requests=spent.requests or 0,
                tokens=spent.tokens or 0,
                dollars=spent.dollars or 0.0,
            )
        return cls(
            name=who.client,
            role=who.role,
            department=departments[0] if len(departments) == 1 else None,
            departments=departments,
            tags=list(who.filters.tags),
            groups=list(who.groups),
            keys=list(map(KeyBody.of, client.keys)),
            budget=dict(who.budget.named()) if who.budget else None,
            spent=counted,
        )


class ClientsResponse(BaseModel):
    """The tenant's clients, by name."""

    clients: list[ClientBody]


class MadeKeyResponse(BaseModel):
    """A new key, which is told here and never again."""

    name: str
    key: str


class RotatedKeyResponse(MadeKeyResponse):
    """A new key, and until when the one of before works."""

    ends_at: str


class PersonEntry(BaseModel):
    """Somebody who may sign in."""

    email: str
    client: str = Field(description="The name by which analytics and the log count them.")
    groups: list[str]
    enabled: bool
    created_at: str
    invited: bool = Field(description="Has been invited, and has not signed in yet.")

    @classmethod
    def of(cls, person: Person) -> PersonEntry:
        """From the core's person."""
        return cls(
            email=person.email,
            client=client_of(person.subject),
            groups=list(person.groups),
            enabled=person.enabled,
            created_at=person.created_at,
            invited=person.waiting,
        )


class PeopleListResponse(BaseModel):
    """The tenant's people, by e-mail address."""

    people: list[PersonEntry]
    managed: bool = Field(
        description="Whether people are entered here; else at the organisation's own provider."
    )


class GroupsResponse(BaseModel):
    """Groups by name."""

    groups: list[str]
    for_people: list[str] = Field(description="Those that people can be in.")
