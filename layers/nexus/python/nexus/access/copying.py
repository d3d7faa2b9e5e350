"""Gives the clients of one stage the same keys at another, which stands by for it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from nexus.access.key_times import has_ended
from nexus.access.keys import Keys
from nexus.clients import hash_key
from nexus.errors import Conflict
from nexus.models import ApiClient
from nexus.ports import ClientStore, ManagedKeys


def copy(
    source: ClientStore,
    source_gateway: ManagedKeys,
    target: ClientStore,
    target_keys: Keys,
    now: Callable[[], float] = time.time,
) -> tuple[list[ApiClient], list[ApiClient]]:
    """Makes each working key of `source` at `target` with the same value, rights and end.

    Can be repeated: what is there gets the rights and the end that it has at `source` now. Returns
    the entries that were made or changed, and those of `target` that `source` does not have, which
    are left alone. Raises Conflict where the gateway of `source` no longer has a key.
    """
    there = {entry.key_hash: entry for entry in target.list_clients()}
    changed, at = [], now()
    for entry in source.list_clients():
        known = there.pop(entry.key_hash, None)
        if known is not None:
            same = replace(known, principal=entry.principal)
            if same != known:
                target.put(same)
                changed.append(same)
        elif not has_ended(entry, at):
            key = _value(source_gateway, entry)
            changed.append(target_keys.copied(key, entry.principal, entry.created_at))
    return changed, list(there.values())


def _value(gateway: ManagedKeys, entry: ApiClient) -> str:
    value = gateway.value(entry.gateway_key_id)
    if value is None or hash_key(value) != entry.key_hash:
        who = entry.principal
        raise Conflict(
            f"The gateway no longer has the key of {who.tenant} {who.client}: revoke it with "
            "`nexus keys revoke`, and make another with `nexus keys create`."
        )
    return value
