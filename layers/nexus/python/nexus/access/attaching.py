"""Puts the keys of before on the usage plans of a deployment that was made anew."""

from __future__ import annotations

import time
from collections.abc import Callable

from nexus.access.entering import PLANS
from nexus.access.key_times import has_ended
from nexus.models import ApiClient
from nexus.ports import ClientStore, ManagedKeys


class Attaching:
    """A stage's clients, and the plans that their keys are on."""

    def __init__(
        self, clients: ClientStore, gateway: ManagedKeys, now: Callable[[], float] = time.time
    ) -> None:
        self._clients = clients
        self._gateway = gateway
        self._now = now

    def detached(self) -> list[ApiClient]:
        """The clients whose keys are in no plan of this deployment, and are refused."""
        held = set[str]().union(*(self._gateway.on_plan(plan) for plan in PLANS))
        return [entry for entry in self._working() if entry.gateway_key_id not in held]

    def attach(self) -> tuple[list[ApiClient], list[ApiClient]]:
        """Puts every client's key on its plan, where it is not; can be repeated.

        A deployment that was made anew has new plans, and the keys of before are on none of them.
        Returns the clients whose keys were put there, and those whose keys the gateway has no more.
        """
        held = {plan: self._gateway.on_plan(plan) for plan in PLANS}
        attached: list[ApiClient] = []
        lost: list[ApiClient] = []
        for entry in self._working():
            key, plan = entry.gateway_key_id, entry.principal.plan
            if key in held[plan]:
                continue
            for other in PLANS:
                if other != plan and key in held[other]:
                    self._gateway.take_off_plan(other, key)
            (attached if self._gateway.put_on_plan(plan, key) else lost).append(entry)
        return attached, lost

    def _working(self) -> list[ApiClient]:
        """The entries of all clients that their time has not ended."""
        now = self._now()
        return [entry for entry in self._clients.list_clients() if not has_ended(entry, now)]
