"""API keys: made in API Gateway under a usage plan, and entered in the clients table."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from botocore.exceptions import ClientError

from cli.connection import Connection
from cli.failure import Failure
from nexus.clients import hash_key, new_key
from nexus.models import ApiClient, Filters, Principal, Role
from nexus.object_keys import tenant_prefix


def create(
    connection: Connection,
    tenant: str,
    client: str,
    role: Role,
    filters: Filters = Filters(),
    days: int | None = None,
) -> tuple[str, ApiClient]:
    """Makes a key and its entry; the key itself is returned here and never again.

    The key works for `days` days, or until it is revoked. Raises Failure.
    """
    tenant_prefix(tenant)  # raises InvalidRequest for a name that cannot be a tenant's
    if any(_is(entry, tenant, client) for entry in connection.operator.clients.list_clients()):
        raise Failure(
            f"Client {client} of tenant {tenant} has a key: revoke it first, or use another name."
        )
    key = new_key()
    now = time.time()
    plan = "admin" if role == "admin" else "standard"
    gateway = connection.client("apigateway")
    made = gateway.create_api_key(
        name=f"nexus-{connection.stage}-{tenant}-{client}", value=key, enabled=True
    )
    plan_id = _plans(connection)[plan]
    entry = ApiClient(
        key_hash=hash_key(key),
        gateway_key_id=made["id"],
        principal=Principal(
            tenant=tenant,
            client=client,
            role=role,
            plan=plan,
            filters=filters,
            expires_at=int(now + days * 86_400) if days else None,
        ),
        created_at=datetime.fromtimestamp(now, UTC).isoformat(timespec="seconds")[:19] + "Z",
    )
    try:
        gateway.create_usage_plan_key(usagePlanId=plan_id, keyId=made["id"], keyType="API_KEY")
        connection.operator.clients.put(entry)
    except Exception:
        gateway.delete_api_key(apiKey=made["id"])  # half a key is no key
        raise
    return key, entry


def revoke(connection: Connection, tenant: str, client: str) -> int:
    """Makes a client's keys useless, at the gateway and behind it; returns how many there were."""
    gateway = connection.client("apigateway")
    entries = [e for e in connection.operator.clients.list_clients() if _is(e, tenant, client)]
    for entry in entries:
        try:
            gateway.delete_api_key(apiKey=entry.gateway_key_id)
        except ClientError as err:
            if err.response.get("Error", {}).get("Code") != "NotFoundException":
                raise
        connection.operator.clients.remove(entry.key_hash)
    return len(entries)


def known(connection: Connection, key: str) -> bool:
    """Whether a key is entered and the gateway still has it."""
    entry = connection.operator.clients.find(hash_key(key))
    if entry is None:
        return False
    try:
        connection.client("apigateway").get_api_key(apiKey=entry.gateway_key_id)
    except ClientError as err:
        if err.response.get("Error", {}).get("Code") == "NotFoundException":
            return False
        raise
    return True


def detached(connection: Connection) -> list[ApiClient]:
    """The clients whose keys are in no plan of this deployment, and are refused."""
    held = _keys_by_plan(connection).values()
    entries = connection.operator.clients.list_clients()
    return [entry for entry in entries if not any(entry.gateway_key_id in keys for keys in held)]


def attach(connection: Connection) -> tuple[list[ApiClient], list[ApiClient]]:
    """Puts every client's key on its plan of this deployment, where it is not; can be repeated.

    A deployment that was made anew has new plans, and the keys of before are on none of them.
    Returns the clients whose keys were put there, and those whose keys the gateway has no more.
    """
    gateway, plans = connection.client("apigateway"), _plans(connection)
    held = _keys_by_plan(connection)
    attached, lost = [], []
    for entry in connection.operator.clients.list_clients():
        key, plan = entry.gateway_key_id, entry.principal.plan
        if key in held[plan]:
            continue
        for other in plans:
            # A key can be on one plan of a stage only.
            if other != plan and key in held[other]:
                gateway.delete_usage_plan_key(usagePlanId=plans[other], keyId=key)
        try:
            gateway.create_usage_plan_key(usagePlanId=plans[plan], keyId=key, keyType="API_KEY")
        except ClientError as err:
            if err.response.get("Error", {}).get("Code") != "NotFoundException":
                raise
            lost.append(entry)
        else:
            attached.append(entry)
    return attached, lost


def _plans(connection: Connection) -> dict[str, str]:
    """The ids of the deployment's plans."""
    found = connection.deployment
    return {"standard": found.standard_plan_id, "admin": found.admin_plan_id}


def _keys_by_plan(connection: Connection) -> dict[str, set[str]]:
    """The ids of the gateway's keys that are on each plan."""
    pages = connection.client("apigateway").get_paginator("get_usage_plan_keys")
    return {
        plan: {key["id"] for page in pages.paginate(usagePlanId=plan_id) for key in page["items"]}
        for plan, plan_id in _plans(connection).items()
    }


def _is(entry: ApiClient, tenant: str, client: str) -> bool:
    return (entry.principal.tenant, entry.principal.client) == (tenant, client)
