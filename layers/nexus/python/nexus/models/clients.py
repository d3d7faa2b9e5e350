"""Who calls."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from nexus.models.budgets import Budget
from nexus.models.index import Filters

Role = Literal["user", "admin"]

# As a group of a principal: it shares every document's groups. No document can be given it.
EVERY_GROUP = "*"


@dataclass(frozen=True, slots=True)
class Principal:
    """Who calls, as the API key or the token says: never anything that the request's body claims.

    `expires_at` is a Unix time in seconds after which the key no longer works, or None. `client`
    is a key's name, or "person/" and the subject of a person's token. `groups` are the groups that
    the caller shares: of documents that have groups, it sees those that have one of them.
    `budget` is what a key may spend, or None; the stage says what people and tenants may.
    """

    tenant: str
    client: str
    role: Role
    plan: str
    filters: Filters = field(default_factory=Filters)
    expires_at: int | None = None
    groups: tuple[str, ...] = ()
    budget: Budget | None = None

    @property
    def manages(self) -> bool:
        """Whether it manages all documents of its tenant, whatever groups they have."""
        return self.role == "admin" and self.filters == Filters()

    @property
    def rights(self) -> Filters:
        """What of the tenant's documents it may see: its own filters and its groups, both."""
        every = EVERY_GROUP in self.groups
        return replace(self.filters, groups=None if every else self.groups)


@dataclass(frozen=True, slots=True)
class ApiClient:
    """A key's entry in the clients table, which holds the key's SHA-256 and never the key.

    API Gateway holds the key itself, and returns it to whoever may read its keys (GetApiKey with
    `includeValue`). A client has one entry, and while a rotation's grace lasts the one before, too,
    with another `expires_at`.
    """

    key_hash: str
    gateway_key_id: str
    principal: Principal
    created_at: str
