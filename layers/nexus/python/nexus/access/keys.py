"""Makes, rotates, changes and takes away the keys of a tenant's clients, one change at a time."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable
from dataclasses import replace

from nexus.access.administrators import Administrators
from nexus.access.entering import Entering
from nexus.access.key_times import client_name, end_of_grace, has_ended, keys_in_use, moment
from nexus.access.repeating import NEW, Request
from nexus.access.turns import Turns
from nexus.errors import Conflict, NotFound
from nexus.models import ApiClient, Budget, Filters, Principal, Role
from nexus.object_keys import tenant_prefix
from nexus.ports import ClientStore

EVERYTHING = Filters()


def plan_of(role: Role) -> str:
    """The usage plan of a client's keys."""
    return "admin" if role == "admin" else "standard"


class Keys:
    """The keys of a stage's clients. `now` tells Unix times in seconds.

    Every change may raise InProgress, while another of the same tenant is at work, and
    UpstreamError.
    """

    def __init__(
        self,
        clients: ClientStore,
        entering: Entering,
        turns: Turns,
        administrators: Administrators,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._clients = clients
        self._entering = entering
        self._turns = turns
        self._administrators = administrators
        self._now = now

    def create(
        self,
        tenant: str,
        client: str,
        role: Role,
        filters: Filters = EVERYTHING,
        days: int | None = None,
        groups: tuple[str, ...] = (),
        budget: Budget | None = None,
        request: Request = NEW,
    ) -> tuple[str, ApiClient]:
        """Makes a key and its entry; the key itself is returned here and never again.

        It shares these groups, or with "*" every group. The key works for `days` days, or until it
        is revoked. Raises Conflict if the client has a key, InvalidRequest for a name that cannot
        be a tenant's or a client's.
        """
        expires_at = int(self._now() + days * 86_400) if days else None
        who = Principal(tenant, client, role, plan_of(role), filters, expires_at, groups, budget)
        return self.admit(who, request)

    def admit(self, who: Principal, request: Request = NEW) -> tuple[str, ApiClient]:
        """Makes the key of a client that has none, and its entry, as the principal says."""
        tenant_prefix(who.tenant)
        who = replace(who, client=client_name(who.client))
        with self._turns.of(who.tenant):
            entries = self._of(who.tenant, who.client)
            if found := self._entering.made_for(request, entries):
                return found
            if entries:
                raise Conflict(
                    f"Client {who.client} of tenant {who.tenant} has a key: rotating gives it "
                    "another, revoking takes it away."
                )
            return self._entering.make(who, entries, request.name, self._clients.put)

    def rotate(
        self,
        tenant: str,
        client: str,
        grace_days: int,
        days: int | None = None,
        request: Request = NEW,
    ) -> tuple[str, ApiClient, int]:
        """Gives a client another key, and ends the one that it has after the grace.

        Everything else stays the client's: rights, plan, conversations. The new key works for
        `days` days, or as long as the old one was to. Returns it with its entry, and when the old
        one stops, as a Unix time in seconds. Raises NotFound for a client without a key, Conflict
        for one with two already, Superseded if its key was changed by other means meanwhile.
        """
        with self._turns.of(tenant):
            entries, now = self.of_client(tenant, client), self._now()
            if found := self._entering.made_for(request, entries):
                return *found, _grace_end(entries, found[1], now)
            old = self._rotatable(entries, now)
            others = [entry for entry in entries if entry is not old]
            expires_at = int(now + days * 86_400) if days else old.principal.expires_at
            ends_at = end_of_grace(old, expires_at, grace_days, now)
            self._entering.adopt(old)
            key, entry = self._entering.make(
                replace(old.principal, expires_at=expires_at),
                entries,
                request.name,
                lambda new: self._clients.succeed(old, ends_at, new),
            )
            self._entering.take_away([*others, old] if ends_at <= now else others)
            return key, entry, ends_at

    def revoke(
        self, tenant: str, client: str, *, old_only: bool = False, spares_last: bool = False
    ) -> int:
        """Makes a client's keys useless, at the gateway and behind it; returns how many there were.

        With `old_only` those that a rotation left working, and not the one in use; with
        `spares_last` not those of the last administrator of the tenant. Raises NotFound for a
        client without a key, Conflict for the last administrator.
        """
        with self._turns.of(tenant):
            entries, now = self.of_client(tenant, client), self._now()
            if old_only:
                in_use = keys_in_use(entries, now).values()
                entries = [entry for entry in entries if entry not in in_use]
            elif spares_last:
                self._spare(entries)
            self._entering.take_away(entries)
            if not old_only:
                self._entering.sweep(tenant, client_name(client), [])
            return len(entries)

    def change(
        self,
        tenant: str,
        client: str,
        changed: Callable[[Principal], Principal],
        *,
        spares_last: bool = False,
        moves_always: bool = False,
    ) -> list[ApiClient]:
        """Gives all keys of a client what `changed` makes of its rights; it holds within a minute.

        With `moves_always` each key is put on its plan whether that changes or not, which completes
        a change that was broken off. Raises NotFound for a client without a key, Conflict if it is
        the last administrator, is spared and would be none.
        """
        with self._turns.of(tenant):
            before = self.of_client(tenant, client)
            after = [replace(one, principal=changed(one.principal)) for one in before]
            if spares_last and not any(one.principal.manages for one in after):
                self._spare(before)
            for entry in after:
                self._clients.put(entry)
            for old, new in zip(before, after, strict=True):
                if moves_always or old.principal.plan != new.principal.plan:
                    self._entering.put_on_plan(new)
            return after

    def of_client(self, tenant: str, client: str) -> list[ApiClient]:
        """A client's entries, its name in whatever composition. Raises NotFound if it has none."""
        found = self._of(tenant, client_name(client))
        if not found:
            raise NotFound(f"Tenant {tenant} has no client {client_name(client)}.")
        return found

    def copied(self, key: str, principal: Principal, created_at: str) -> ApiClient:
        """Makes a key of another stage here, with the same value and rights."""
        with self._turns.of(principal.tenant):
            entries = self._of(principal.tenant, principal.client)
            return self._entering.enter(key, principal, created_at, "", entries, self._clients.put)

    def _rotatable(self, entries: list[ApiClient], now: float) -> ApiClient:
        who = entries[0].principal
        old = keys_in_use(entries, now).get((who.tenant, who.client))
        if old is None:
            raise Conflict(
                f"The key of client {who.client} has expired, and the daily run removes it: "
                "revoking does so now, and creating makes another."
            )
        others = [entry for entry in entries if entry is not old]
        if any(not has_ended(entry, now) for entry in others):
            until = max(entry.principal.expires_at or 0 for entry in others)
            raise Conflict(
                f"Client {who.client} has two keys until {moment(until)}: wait, or revoke the old "
                "one now."
            )
        return old

    def _spare(self, entries: list[ApiClient]) -> None:
        in_use = keys_in_use(entries, self._now()).values()
        for entry in in_use:
            if entry.principal.manages:
                who = entry.principal
                self._administrators.spare(who.tenant, client=who.client)

    def _of(self, tenant: str, client: str) -> list[ApiClient]:
        return [
            entry
            for entry in self._clients.list_clients()
            if entry.principal.tenant == tenant
            and unicodedata.normalize("NFC", entry.principal.client) == client
        ]


def _grace_end(entries: list[ApiClient], new: ApiClient, now: float) -> int:
    """When the key before this one stops; now, if it is gone."""
    ends = [one.principal.expires_at for one in entries if one is not new]
    return max([end for end in ends if end is not None], default=int(now))
