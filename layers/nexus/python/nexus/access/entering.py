"""Makes one key at the gateway, puts it on its plan and enters it, and takes one away.

It is made, put on its plan and then entered, and it works from then on. Whoever is killed between
leaves a key that nobody was told and no entry names: the next change of that client removes it. A
key is taken away in the other order, and what is gone is passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress

from nexus.access.key_times import age_s, has_ended, moment
from nexus.access.repeating import KEPT_S, Request
from nexus.clients import hash_key, new_key
from nexus.errors import Conflict, UpstreamError
from nexus.models import ApiClient, Principal
from nexus.ports import ClientStore, ManagedKeys
from nexus.sign_in.context import Caller, written

PLANS = ("standard", "admin")

# Stores the entry of a key, alone or as the successor of another.
Store = Callable[[ApiClient], None]


class Entering:
    """The gateway's keys and their entries, which are to be the same. All may raise UpstreamError.

    It does not ask whether anybody else is at work on the client: `Turns` does.
    """

    def __init__(
        self, clients: ClientStore, gateway: ManagedKeys, now: Callable[[], float]
    ) -> None:
        self._clients = clients
        self._gateway = gateway
        self._now = now

    def made_for(self, request: Request, entries: list[ApiClient]) -> tuple[str, ApiClient] | None:
        """The key that a request of this name made within the hour, and its entry among these.

        Raises Conflict if the request was answered and its key is gone.
        """
        if not request.name:
            return None
        for who in {(one.principal.tenant, one.principal.client) for one in entries}:
            made = {
                one.gateway_key_id
                for one in self._gateway.of_client(*who)
                if one.request == request.name
            }
            for entry in entries:
                if entry.gateway_key_id in made and age_s(entry, self._now()) < KEPT_S:
                    value = self._gateway.value(entry.gateway_key_id)
                    if value is not None:
                        return value, entry
        if request.repeated:
            raise Conflict("What this request made was taken away since: send it as a new one.")
        return None

    def make(
        self, who: Principal, entries: Iterable[ApiClient], request: str, store: Store
    ) -> tuple[str, ApiClient]:
        """Makes a new key for a client that has these entries."""
        key, created_at = new_key(), moment(int(self._now()))
        return key, self.enter(key, who, created_at, request, entries, store)

    def enter(
        self,
        key: str,
        who: Principal,
        created_at: str,
        request: str,
        entries: Iterable[ApiClient],
        store: Store,
    ) -> ApiClient:
        """Makes this key, and rids its client of what an earlier try left."""
        self.sweep(who.tenant, who.client, entries)
        made = self._gateway.make(who.tenant, who.client, key, request)
        entry = ApiClient(hash_key(key), made, who, created_at)
        try:
            self._gateway.put_on_plan(who.plan, made)
            store(entry)
        except Exception:
            # Half a key is no key. What cannot be removed now, the next change sweeps away; what
            # was stored although it was said to have failed would name a key that nobody has.
            with suppress(UpstreamError):
                self._clients.remove(entry.key_hash)
            with suppress(UpstreamError):
                self._gateway.remove(made)
            raise
        return entry

    def sweep(self, tenant: str, client: str, entries: Iterable[ApiClient]) -> None:
        """Removes the gateway's keys of a client that no entry names: a change was broken off."""
        named = {entry.gateway_key_id for entry in entries}
        left = {one.gateway_key_id for one in self._gateway.of_client(tenant, client)} - named
        if left:
            # Read once more: no key that has been entered meanwhile is ever taken for one.
            left -= {entry.gateway_key_id for entry in self._clients.list_clients()}
        for gateway_key_id in sorted(left):
            self._gateway.remove(gateway_key_id)

    def take_away(self, entries: Iterable[ApiClient]) -> None:
        """Removes keys at the gateway, and then their entries."""
        for entry in entries:
            self._gateway.remove(entry.gateway_key_id)
            self._clients.remove(entry.key_hash)

    def adopt(self, entry: ApiClient) -> None:
        """Has the gateway's key marked as the stage's, so that it may be removed when it ends."""
        self._gateway.adopt(entry.gateway_key_id)

    def put_on_plan(self, entry: ApiClient) -> None:
        """Puts a key on its own plan, and takes it off the others first."""
        for other in PLANS:
            if other != entry.principal.plan:
                self._gateway.take_off_plan(other, entry.gateway_key_id)
        self._gateway.put_on_plan(entry.principal.plan, entry.gateway_key_id)

    def known(self, key: str) -> bool:
        """Whether a key is entered and has not ended, and the gateway still has it."""
        entry = self._clients.find(hash_key(key))
        if entry is None or has_ended(entry, self._now()):
            return False
        return self._gateway.value(entry.gateway_key_id) is not None

    def authorized(self, key: str) -> dict[str, str]:
        """What the authorizer tells the functions of a key: whose it is, or nothing."""
        entry = self._clients.find(hash_key(key))
        if entry is None or has_ended(entry, self._now()):
            return {}
        return written(Caller(entry.principal, entry.principal.client))
