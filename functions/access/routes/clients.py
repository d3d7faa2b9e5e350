"""The routes of /v1/clients: a tenant's clients, and the keys that they call with."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request

from functions.access.dependencies import Claimed, Services, audited
from functions.access.responses import (
    ClientBody,
    ClientsResponse,
    MadeKeyResponse,
    RotatedKeyResponse,
)
from functions.access.schemas import ClientChange, ClientName, NewClient, Rotation
from nexus.access.clients import clients_of
from nexus.access.key_times import client_name, moment
from nexus.access.repeating import Request as Asked
from nexus.budgets.reporting import Spending, spent_by_client
from nexus.budgets.windows import month_of
from nexus.deadline import optional
from nexus.errors import InvalidRequest
from nexus.http.callers import Administrator
from nexus.services import AccessServices

router = APIRouter(tags=["access"])
Name = Annotated[ClientName, Path(description="The client's name.")]


@router.get("/v1/clients", summary="List clients")
def listing(request: Request, principal: Administrator, services: Services) -> ClientsResponse:
    """The tenant's clients with their rights, their keys' ids, and what they spent this month."""
    audited(request, "clients.list")
    found = clients_of(services.clients.list_clients(), principal.tenant, services.now())
    month, spent = _spent(services, principal.tenant)
    return ClientsResponse(
        clients=[ClientBody.of(one, month, spent.get(one.principal.client)) for one in found]
    )


@router.post("/v1/clients", summary="Make a client's key", status_code=201)
def create(
    body: NewClient, request: Request, principal: Administrator, services: Services, key: Claimed
) -> MadeKeyResponse:
    """A new client of the tenant, and its key: keep it now, it is not told again.

    A 409 says that the client has a key already, or that another change is at work.
    """
    name = _spelled(body.name)
    audited(request, "client.create", name, role=body.role)
    groups = services.groups.chosen(principal.tenant, body.groups)

    def make(asked: Asked) -> str:
        made, entry = services.keys.create(
            principal.tenant,
            name,
            body.role,
            body.to_filters(),
            groups=groups,
            budget=body.budget.to_budget() if body.budget else None,
            request=asked,
        )
        audited(request, "client.create", name, key_id=entry.gateway_key_id)
        return made

    asked = ["clients", body.model_dump(mode="json")]
    return MadeKeyResponse(name=name, key=services.repeatable.once(principal, key, asked, make))


@router.patch("/v1/clients/{name}", summary="Change a client")
def change(
    name: Name, body: ClientChange, request: Request, principal: Administrator, services: Services
) -> ClientBody:
    """Changes role, department, groups or budget, of all the client's keys; within a minute."""
    audited(request, "client.change", _spelled(name), fields=sorted(body.model_fields_set))
    groups = services.groups.chosen(principal.tenant, body.groups or ())
    entries = services.keys.change(
        principal.tenant,
        name,
        body.to_change(groups),
        spares_last=True,
        moves_always=body.role is not None,
    )
    [client] = clients_of(entries, principal.tenant, services.now())
    month, spent = _spent(services, principal.tenant)
    return ClientBody.of(client, month, spent.get(client.principal.client))


@router.post("/v1/clients/{name}:rotate", summary="Give a client another key")
def rotate(
    name: Name,
    request: Request,
    principal: Administrator,
    services: Services,
    key: Claimed,
    body: Rotation | None = None,
) -> RotatedKeyResponse:
    """Another key for the same client; the one of before works until `ends_at`."""
    grace_days = (body or Rotation()).grace_days
    name = _spelled(name)
    audited(request, "client.rotate", name, grace_days=grace_days)

    def make(asked: Asked) -> RotatedKeyResponse:
        made, entry, ends_at = services.keys.rotate(
            principal.tenant, name, grace_days, request=asked
        )
        audited(request, "client.rotate", name, key_id=entry.gateway_key_id)
        return RotatedKeyResponse(name=name, key=made, ends_at=moment(ends_at))

    return services.repeatable.once(principal, key, ["rotate", name, grace_days], make)


@router.delete("/v1/clients/{name}", summary="Revoke a client's keys", status_code=204)
def revoke(
    name: Name,
    request: Request,
    principal: Administrator,
    services: Services,
    old: Annotated[
        bool, Query(description="Only the key that a rotation left working, if there is one.")
    ] = False,
) -> None:
    """Takes all keys of a client away; they are refused within a minute."""
    audited(request, "client.revoke", _spelled(name), old=old)
    services.keys.revoke(principal.tenant, name, old_only=old, spares_last=True)


def _spelled(name: str) -> str:
    """A client's name in its one spelling. Raises InvalidRequest naming the field."""
    try:
        return client_name(name)
    except InvalidRequest as err:
        raise InvalidRequest(str(err), "name") from err


def _spent(services: AccessServices, tenant: str) -> tuple[str, dict[str, Spending]]:
    """The present month, and what clients spent in it; nothing, where that cannot be told."""
    ledger, now = services.ledger, services.now()
    found = optional("spent", lambda: spent_by_client(ledger, tenant, now)) if ledger else None
    return month_of(now), found or {}
