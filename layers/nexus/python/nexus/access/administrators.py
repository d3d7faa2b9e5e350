"""Keeps a tenant's last administrator from removing itself."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from nexus.access.key_times import keys_in_use
from nexus.errors import Conflict
from nexus.models import Person
from nexus.object_keys import compared
from nexus.ports import ClientStore, UserPool


class Administrators:
    """Who administers a tenant: clients that see all of it, and people of the groups for it.

    `groups` are those of the pool that make administrators; none where another claim does, of
    which nothing is known here. `everybody` is the tenant of the whole pool, or "".
    """

    def __init__(
        self,
        clients: ClientStore,
        pool: UserPool | None,
        groups: Iterable[str],
        everybody: str = "",
        now: Callable[[], float] = time.time,
    ) -> None:
        self._clients = clients
        self._pool = pool
        self._groups = set(map(compared, groups))
        self._everybody = everybody
        self._now = now

    def are_made_by(self, groups: Iterable[str]) -> bool:
        """Whether one of these groups makes its members administrators."""
        return not self._groups.isdisjoint(map(compared, groups))

    def spare(self, tenant: str, *, client: str = "", username: str = "") -> None:
        """Raises Conflict if nobody administers the tenant but this client or person."""
        entries = keys_in_use(self._clients.list_clients(), self._now())
        if any(
            whose == tenant and name != client and entry.principal.manages
            for (whose, name), entry in entries.items()
        ):
            return
        if any(one.username != username for one in self._people(tenant)):
            return
        raise Conflict(
            "Nobody else administers this tenant: make another key or person of role admin first, "
            "or let an operator do it with `nexus keys` or `nexus people`."
        )

    def _people(self, tenant: str) -> Iterable[Person]:
        if self._pool is None or not self._groups:
            return []
        named = {
            username
            for group in self._pool.groups()
            if compared(group) in self._groups
            for username in self._pool.members(group)
        }
        if not named:
            return []
        return (
            one
            for one in self._pool.people()
            if one.username in named and one.enabled and tenant == (self._everybody or one.tenant)
        )
