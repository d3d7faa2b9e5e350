"""Gives the clients of one stage the same keys at another, which stands by for it."""

from __future__ import annotations

import time
from dataclasses import replace

from botocore.exceptions import ClientError

from cli import keys
from cli.connection import Connection
from cli.failure import Failure
from nexus.clients import hash_key
from nexus.models import ApiClient
from nexus.operations.api_keys import has_ended


def copy(source: Connection, target: Connection) -> tuple[list[ApiClient], list[ApiClient]]:
    """Makes each working key of `source` at `target` with the same value, rights and end.

    Can be repeated: what is there gets the rights and the end that it has at `source` now. Returns
    the entries that were made or changed, and those of `target` that `source` does not have, which
    are left alone. Raises Failure where the gateway of `source` no longer has a key, or both stages
    are in one region, where a key's value can be taken once only.
    """
    if source.session.region_name == target.session.region_name:
        raise Failure("Both stages are in one region, in which API Gateway takes a key only once.")
    now = time.time()
    store = target.operator.clients
    there = {entry.key_hash: entry for entry in store.list_clients()}
    changed = []
    for entry in source.operator.clients.list_clients():
        known = there.pop(entry.key_hash, None)
        if known is not None:
            same = replace(known, principal=entry.principal)
            if same != known:
                store.put(same)
                changed.append(same)
        elif not has_ended(entry, now):
            key = _value(source, entry)
            made = keys.entered(target, key, entry.principal, entry.created_at, store.put)
            changed.append(made)
    return changed, list(there.values())


def _value(source: Connection, entry: ApiClient) -> str:
    gateway = source.client("apigateway")
    try:
        found = gateway.get_api_key(apiKey=entry.gateway_key_id, includeValue=True)
        value = str(found["value"])
    except ClientError as err:
        if err.response.get("Error", {}).get("Code") != "NotFoundException":
            raise
        value = ""
    if hash_key(value) != entry.key_hash:
        who = entry.principal
        raise Failure(
            f"The gateway no longer has the key of {who.tenant} {who.client}: revoke it with "
            "`nexus keys revoke`, and make another with `nexus keys create`."
        )
    return value
