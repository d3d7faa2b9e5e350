"""The provider's public keys (RFC 7517), asked for when they are needed, and seldom."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable, Mapping
from http.client import HTTPException
from typing import Any

from nexus.errors import UpstreamUnavailable

TIMEOUT_S = 3.0
# Keys are asked for anew after ten minutes; while the provider does not answer, the old ones hold
# for an hour. A key that is not among them is asked for at most twice a minute, whoever sends it.
FRESH_S = 600.0
HELD_S = 3_600.0
PAUSE_S = 30.0
# After a failure the next try waits less, for nobody can sign in meanwhile.
PAUSE_AFTER_FAILURE_S = 5.0
_MOST_BYTES = 256 * 1024
_UNREACHABLE = "The sign-in's provider did not say its keys."


class KeySet:
    """The keys at one address, by their ids; `fetch` gets what stands there."""

    def __init__(
        self,
        url: str,
        fetch: Callable[[str], bytes] | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url = url
        self._fetch = fetch or _fetched
        self._now = now
        self._keys: dict[str, Mapping[str, Any]] = {}
        self._fetched_at = float("-inf")
        self._next_try = float("-inf")
        self._failing = False

    def key(self, key_id: str | None) -> Mapping[str, Any] | None:
        """The key of an id, or None if the provider has none of it. Raises UpstreamUnavailable.

        A token of a provider that has one key only need not name it (OpenID Connect Core, 10.1):
        None is that one.

        What cannot be known is never taken for an answer: a key that is not held, while the
        provider does not answer, is an error and not an absent one.
        """
        now = self._now()
        is_old = now - self._fetched_at >= FRESH_S
        if (is_old or self._named(key_id) is None) and now >= self._next_try:
            self._ask()
        found = self._named(key_id) if self._now() - self._fetched_at < HELD_S else None
        if found is None and self._failing:
            raise UpstreamUnavailable("sign-in", _UNREACHABLE, PAUSE_AFTER_FAILURE_S)
        return found

    def _named(self, key_id: str | None) -> Mapping[str, Any] | None:
        if key_id is None and len(self._keys) == 1:
            [key_id] = self._keys
        return self._keys.get(key_id or "")

    def _ask(self) -> None:
        try:
            self._keys = _keys_of(self._fetch(self._url))
            self._fetched_at, self._failing = self._now(), False
        except (OSError, HTTPException, ValueError):
            self._failing = True
        self._next_try = self._now() + (PAUSE_AFTER_FAILURE_S if self._failing else PAUSE_S)


def _keys_of(content: bytes) -> dict[str, Mapping[str, Any]]:
    """The keys of a set that may sign, by their ids. Raises ValueError for what is no set."""
    answer = json.loads(content)
    if not isinstance(answer, dict) or not isinstance(answer.get("keys"), list):
        raise ValueError("What stands at the address is no set of keys.")  # noqa: TRY004
    return {
        str(key.get("kid", "")): key
        for key in answer["keys"]
        if isinstance(key, dict) and key.get("use", "sig") == "sig"
    }


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """The keys stand where the operator says, and nowhere that an answer points to."""

    def redirect_request(self, *_: object) -> None:
        """Follows none: what is answered is then an error."""
        return


def _fetched(url: str) -> bytes:
    opener = urllib.request.build_opener(_NoRedirects)
    with opener.open(url, timeout=TIMEOUT_S) as response:
        content: bytes = response.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise ValueError("What stands at the address is too long for a set of keys.")
    return content
