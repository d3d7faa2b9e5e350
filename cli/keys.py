"""API keys: made in API Gateway under a usage plan, and entered in the clients table."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime

from botocore.exceptions import ClientError

from cli.connection import Connection
from cli.failure import Failure
from nexus.clients import hash_key, new_key
from nexus.models import ApiClient, Budget, Filters, Principal, Role
from nexus.object_keys import tenant_prefix
from nexus.operations.api_keys import client_name, end_of_grace, has_ended, keys_in_use
from nexus.sign_in.context import Caller, written

# The daily run may delete those keys of the account that bear its stage under this tag, and no
# other (cdk/functions/reindex.py).
STAGE_TAG = "nexus-stage"


def moment(seconds: int) -> str:
    """A Unix time as ISO 8601, to the second."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"


def create(
    connection: Connection,
    tenant: str,
    client: str,
    role: Role,
    filters: Filters = Filters(),
    days: int | None = None,
    clock: Callable[[], float] = time.time,
    groups: tuple[str, ...] = (),
    budget: Budget | None = None,
) -> tuple[str, ApiClient]:
    """Makes a key and its entry; the key itself is returned here and never again.

    It shares these groups, or with "*" every group.

    The key works for `days` days, or until it is revoked. Raises Failure, or InvalidRequest for a
    name that cannot be a tenant's or a client's.
    """
    plan = "admin" if role == "admin" else "standard"
    now = clock()
    expires_at = int(now + days * 86_400) if days else None
    principal = Principal(tenant, client, role, plan, filters, expires_at, groups, budget)
    return admit(connection, principal, now)


def admit(connection: Connection, principal: Principal, now: float) -> tuple[str, ApiClient]:
    """Makes the key of a client that has none, and its entry, as the principal says.

    `now` is a Unix time in seconds. Raises Failure, or InvalidRequest as `create` does.
    """
    tenant_prefix(principal.tenant)
    client = client_name(principal.client)
    if of_client(connection, principal.tenant, client):
        raise Failure(
            f"Client {client} of tenant {principal.tenant} has a key: `nexus keys rotate` gives it "
            "another, `nexus keys revoke` takes it away."
        )
    principal = replace(principal, client=client)
    return _made(connection, principal, now, connection.operator.clients.put)


def rotate(
    connection: Connection,
    tenant: str,
    client: str,
    grace_days: int,
    days: int | None = None,
    clock: Callable[[], float] = time.time,
) -> tuple[str, ApiClient, int]:
    """Gives a client another key, and ends the one that it has after the grace.

    Everything else stays the client's: rights, plan, conversations. The new key works for `days`
    days, or as long as the old one was to. Returns it with its entry, and when the old one stops,
    as a Unix time in seconds. Raises Failure for a client without a key, or with two already;
    Superseded if somebody else rotates or revokes the key meanwhile.
    """
    now = clock()
    entries = of_client(connection, tenant, client)
    if not entries:
        raise nobody(tenant, client)
    old = keys_in_use(entries, now).get((tenant, entries[0].principal.client))
    if old is None:
        raise Failure(
            f"The key of client {client} has expired, and the daily run removes it: `nexus keys "
            "revoke` does so now, and `nexus keys create` makes another."
        )
    others = [entry for entry in entries if entry is not old]
    if any(not has_ended(entry, now) for entry in others):
        until = max(entry.principal.expires_at or 0 for entry in others)
        raise Failure(
            f"Client {client} has two keys until {moment(until)}: wait, "
            "or end the old one now with `nexus keys revoke --old`."
        )
    expires_at = int(now + days * 86_400) if days else old.principal.expires_at
    ends_at = end_of_grace(old, expires_at, grace_days, now)
    _tag(connection, old)
    key, entry = _made(
        connection,
        replace(old.principal, expires_at=expires_at),
        now,
        lambda new: connection.operator.clients.succeed(old, ends_at, new),
    )
    _remove(connection, [*others, old] if ends_at <= now else others)
    return key, entry, ends_at


def revoke(connection: Connection, tenant: str, client: str, *, old_only: bool = False) -> int:
    """Makes a client's keys useless, at the gateway and behind it; returns how many there were.

    With `old_only` those that a rotation left working, and not the one in use.
    """
    entries = of_client(connection, tenant, client)
    if old_only:
        in_use = keys_in_use(entries, time.time()).values()
        entries = [entry for entry in entries if entry not in in_use]
    _remove(connection, entries)
    return len(entries)


def nobody(tenant: str, client: str) -> Failure:
    """What to say of a client without a key. Raises InvalidRequest if none can have the name."""
    client_name(client)
    return Failure(f"Tenant {tenant} has no client {client}: see `nexus keys list`.")


def _made(
    connection: Connection, principal: Principal, now: float, store: Callable[[ApiClient], None]
) -> tuple[str, ApiClient]:
    key = new_key()
    return key, entered(connection, key, principal, moment(int(now)), store)


def entered(
    connection: Connection,
    key: str,
    principal: Principal,
    created_at: str,
    store: Callable[[ApiClient], None],
) -> ApiClient:
    """Makes this key at the gateway, on its plan, and stores its entry: both or neither."""
    gateway = connection.client("apigateway")
    plan_id = _plans(connection)[principal.plan]
    made = gateway.create_api_key(
        name=f"nexus-{connection.stage}-{principal.tenant}-{principal.client}",
        value=key,
        enabled=True,
        tags={STAGE_TAG: connection.stage},
    )
    entry = ApiClient(hash_key(key), made["id"], principal, created_at)
    try:
        gateway.create_usage_plan_key(usagePlanId=plan_id, keyId=made["id"], keyType="API_KEY")
        store(entry)
    except Exception:
        gateway.delete_api_key(apiKey=made["id"])  # half a key is no key
        raise
    return entry


def _tag(connection: Connection, entry: ApiClient) -> None:
    """Marks a key that was made before keys had tags, so that the daily run may delete it."""
    gateway = connection.client("apigateway")
    try:
        found = gateway.get_api_key(apiKey=entry.gateway_key_id)
    except ClientError as err:
        if not _is_missing(err):
            raise
        return
    if found.get("tags", {}).get(STAGE_TAG) != connection.stage:
        session = connection.session
        place = f"{session.get_partition_for_region(session.region_name)}:apigateway"
        arn = f"arn:{place}:{session.region_name}::/apikeys/{entry.gateway_key_id}"
        gateway.tag_resource(resourceArn=arn, tags={STAGE_TAG: connection.stage})


def _remove(connection: Connection, entries: Iterable[ApiClient]) -> None:
    gateway = connection.client("apigateway")
    for entry in entries:
        try:
            gateway.delete_api_key(apiKey=entry.gateway_key_id)
        except ClientError as err:
            if not _is_missing(err):
                raise
        connection.operator.clients.remove(entry.key_hash)


def _is_missing(err: ClientError) -> bool:
    return err.response.get("Error", {}).get("Code") == "NotFoundException"


def known(connection: Connection, key: str) -> bool:
    """Whether a key is entered and has not ended, and the gateway still has it."""
    entry = connection.operator.clients.find(hash_key(key))
    if entry is None or has_ended(entry, time.time()):
        return False
    try:
        connection.client("apigateway").get_api_key(apiKey=entry.gateway_key_id)
    except ClientError as err:
        if _is_missing(err):
            return False
        raise
    return True


def authorized(connection: Connection, key: str) -> dict[str, str]:
    """What the authorizer tells the functions of a key: whose it is, or nothing."""
    entry = connection.operator.clients.find(hash_key(key))
    if entry is None or has_ended(entry, time.time()):
        return {}
    return written(Caller(entry.principal, entry.principal.client))


def detached(connection: Connection) -> list[ApiClient]:
    """The clients whose keys are in no plan of this deployment, and are refused."""
    held = _keys_by_plan(connection).values()
    return [
        entry
        for entry in _working(connection)
        if not any(entry.gateway_key_id in keys for keys in held)
    ]


def attach(connection: Connection) -> tuple[list[ApiClient], list[ApiClient]]:
    """Puts every client's key on its plan of this deployment, where it is not; can be repeated.

    A deployment that was made anew has new plans, and the keys of before are on none of them.
    Returns the clients whose keys were put there, and those whose keys the gateway has no more.
    """
    gateway, plans = connection.client("apigateway"), _plans(connection)
    held = _keys_by_plan(connection)
    attached, lost = [], []
    for entry in _working(connection):
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
            if not _is_missing(err):
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


def _working(connection: Connection) -> list[ApiClient]:
    """The entries of all clients that their time has not ended."""
    now = time.time()
    return [
        entry for entry in connection.operator.clients.list_clients() if not has_ended(entry, now)
    ]


def of_client(connection: Connection, tenant: str, client: str) -> list[ApiClient]:
    """A client's entries, its name in whatever composition."""
    named = (tenant, unicodedata.normalize("NFC", client))
    return [
        entry
        for entry in connection.operator.clients.list_clients()
        if (entry.principal.tenant, unicodedata.normalize("NFC", entry.principal.client)) == named
    ]
