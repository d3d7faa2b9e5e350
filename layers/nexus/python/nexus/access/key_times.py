"""What time does to API keys: they end, are removed at the gateway, and are to be rotated.

A client has one key. While a rotation's grace lasts it has the one before, too, which ends by its
own `expires_at`, and no function lets it through after that, whoever else is idle.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from math import inf

from nexus.errors import InvalidRequest, UpstreamError
from nexus.models import ApiClient
from nexus.ports import ClientStore, GatewayKeys

ROTATE_AFTER_DAYS = 90
LONGEST_NAME = 64
_DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class KeyReview:
    """What the daily look at the keys found.

    `to_rotate` are the keys in use of ROTATE_AFTER_DAYS and more, `removed` those that had ended,
    and `stuck` those that had ended and could not be removed: they are refused all the same.
    """

    to_rotate: tuple[ApiClient, ...]
    removed: tuple[ApiClient, ...]
    stuck: tuple[ApiClient, ...]


def moment(seconds: int) -> str:
    """A Unix time as ISO 8601, to the second."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"


def client_name(name: str) -> str:
    """A client's name in its one spelling (NFC). Raises InvalidRequest naming `client`."""
    spelled = unicodedata.normalize("NFC", name)
    # "C" is control, format, surrogate and unassigned characters; "Zl" and "Zp" end a line.
    if (
        not 1 <= len(spelled) <= LONGEST_NAME
        or spelled != spelled.strip()
        or "/" in spelled
        or any(unicodedata.category(char)[0] == "C" for char in spelled)
        or any(unicodedata.category(char) in ("Zl", "Zp") for char in spelled)
    ):
        raise InvalidRequest(
            f"A client's name is 1 to {LONGEST_NAME} characters, without '/', control characters "
            "and outer blanks.",
            "client",
        )
    return spelled


def age_s(entry: ApiClient, now: float) -> float:
    """The seconds since a key was made; `now` is a Unix time in seconds."""
    return now - datetime.fromisoformat(entry.created_at).timestamp()


def age_days(entry: ApiClient, now: float) -> int:
    """The whole days since a key was made; `now` is a Unix time in seconds."""
    return max(0, int(age_s(entry, now) // _DAY_S))


def has_ended(entry: ApiClient, now: float) -> bool:
    """Whether a key is refused by its time."""
    expires_at = entry.principal.expires_at
    return expires_at is not None and expires_at <= now


def lasts(entry: ApiClient) -> tuple[float, str]:
    """What orders a client's keys by how long they work: when one stops, and when it was made."""
    expires_at = entry.principal.expires_at
    return (inf if expires_at is None else expires_at, entry.created_at)


def keys_in_use(entries: Iterable[ApiClient], now: float) -> dict[tuple[str, str], ApiClient]:
    """Each client's key that works longest, by tenant and client; its others are in grace."""
    found: dict[tuple[str, str], ApiClient] = {}
    for entry in entries:
        client = (entry.principal.tenant, entry.principal.client)
        if not has_ended(entry, now) and (
            client not in found or lasts(entry) > lasts(found[client])
        ):
            found[client] = entry
    return found


def end_of_grace(old: ApiClient, new_expires_at: int | None, grace_days: int, now: float) -> int:
    """When a rotated key stops, as a Unix time: after the grace, and before its successor."""
    # Never the time that it had: by another time a second rotation is told from the first.
    limits = (old.principal.expires_at, new_expires_at)
    before = [limit - 1 for limit in limits if limit is not None]
    return min([int(now) + grace_days * _DAY_S, *before])


def review_keys(clients: ClientStore, gateway: GatewayKeys, now: float) -> KeyReview:
    """Removes the keys that have ended, and finds those to rotate. Raises UpstreamError.

    The gateway's key goes first: without its entry nobody would know it any more.
    """
    entries = list(clients.list_clients())
    removed, stuck = [], []
    for entry in entries:
        if has_ended(entry, now):
            try:
                gateway.remove(entry.gateway_key_id)
            except UpstreamError:
                stuck.append(entry)
                continue
            clients.remove(entry.key_hash)
            removed.append(entry)
    old = (
        entry
        for entry in keys_in_use(entries, now).values()
        if age_days(entry, now) >= ROTATE_AFTER_DAYS
    )
    by_name = sorted(old, key=lambda entry: (entry.principal.tenant, entry.principal.client))
    return KeyReview(tuple(by_name), tuple(removed), tuple(stuck))
