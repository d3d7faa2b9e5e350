"""Reads Confluence's listings, answer by answer, and doubts one that is not whole.

https://developer.atlassian.com/cloud/confluence/rest/v2/intro/ (cursors, `_links.next` and `base`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin

from nexus.adapters.sources.calling import SERVICE, Caller
from nexus.errors import UpstreamUnavailable

A_PAGE = "250"  # the most that v2 gives at once


def answers(caller: Caller, base: str, url: str) -> Iterator[dict[str, Any]]:
    """A listing's answers, one after the other, as each names the next.

    Raises UpstreamUnavailable for one without results, or a listing that has no end.
    """
    seen: set[str] = set()
    while url:
        if url in seen:
            raise UpstreamUnavailable(SERVICE, "Confluence's listing goes round in circles.")
        seen.add(url)
        told = caller.json(url)
        results_of(told)
        yield told
        following = told.get("_links", {}).get("next", "")
        # "/wiki/api/v2/…", of the host that was asked or of the gateway before it.
        _, found, rest = str(following).partition("/api/v2/")
        if following and not found:
            raise UpstreamUnavailable(SERVICE, "Confluence's listing leads elsewhere.")
        url = f"{base}{found}{rest}" if following else ""


def results_of(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    """An answer's results. Raises UpstreamUnavailable if it has none, not even an empty list."""
    found = told.get("results")
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise UpstreamUnavailable(SERVICE, "Confluence's listing came without its results.")
    return found


def shown_at(base: str, webui: str) -> str:
    """The address in a browser of what an answer gives a link of."""
    return f"{base.rstrip('/')}{webui}" if webui.startswith("/") else urljoin(base, webui)
