"""Tells the requests of this machine's own programs from those that a web page had a browser send.

What a browser says of a request cannot be forged by the page that caused it: `Host` names what the
page believes to call (a name of its own, if it had that name point to 127.0.0.1), `Origin` the page
itself, and `Sec-Fetch-Site` how the two relate (https://www.w3.org/TR/fetch-metadata/).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

NAMES = ("127.0.0.1", "localhost", "[::1]")
# What a browser says of an address that a person typed, and of a page's calls to its own server.
_OWN_SITES = ("same-origin", "none")
Headers = Iterable[tuple[bytes, bytes]]


def foreign_host(headers: Headers, port: int) -> str | None:
    """Why a request is refused for the server that it believes to call; None if it is this one."""
    hosts = values(headers, b"host")
    if len(hosts) == 1 and hosts[0].lower() in {f"{name}:{port}" for name in NAMES}:
        return None
    return f"This server answers to 127.0.0.1:{port} and localhost:{port} only: call it so."


def foreign_page(headers: Headers) -> str | None:
    """Why a request is refused for the page that it comes from; None if it is from no other page.

    Call it after `foreign_host`: an origin is compared with the host.
    """
    headers = list(headers)
    own = {f"http://{host.lower()}" for host in values(headers, b"host")}
    origins = values(headers, b"origin")
    sites = values(headers, b"sec-fetch-site")
    if all(origin.lower() in own for origin in origins) and all(
        site in _OWN_SITES for site in sites
    ):
        return None
    return "A web page of another origin may not call this: call it from a program."


def values(headers: Headers, name: bytes) -> list[str]:
    """Every value of a header, in the order sent."""
    return [value.decode("latin-1").strip() for key, value in headers if key.lower() == name]


def target(scope: Any) -> str:
    """The path and query of an ASGI request, as they were sent."""
    raw = scope.get("raw_path") or scope["path"].encode()
    path = urlsplit(raw.decode("latin-1")).path
    query = scope.get("query_string", b"").decode("latin-1")
    return f"{path}?{query}" if query else path
