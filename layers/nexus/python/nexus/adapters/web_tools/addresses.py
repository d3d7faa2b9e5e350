"""Decides which hosts and addresses a tool may speak to."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable, Sequence
from urllib.parse import SplitResult, urlsplit

from nexus.adapters.public_addresses import may_be_reached
from nexus.errors import UpstreamRefused, UpstreamUnavailable

SERVICE = "tools"
_USUAL = {"https": 443, "http": 80}

# The addresses of a host, as `socket.getaddrinfo` finds them.
Resolve = Callable[[str, int], Sequence[str]]


def resolved(host: str, port: int) -> list[str]:
    """A host's addresses. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]).partition("%")[0] for one in found))


class Addresses:
    """The hosts that may be spoken to, as `host` or `host:port`; `private` as `host:port` alone.

    A host is looked up once for each call, and the call goes to the very address that was checked:
    a name that means another address a moment later leads nowhere else.
    """

    def __init__(
        self, hosts: Iterable[str], private: Iterable[str] = (), resolve: Resolve = resolved
    ) -> None:
        self._hosts = frozenset(one.lower() for one in hosts)
        self._private = frozenset(one.lower() for one in private)
        self._resolve = resolve

    def checked(self, url: str) -> tuple[SplitResult, str]:
        """The parts of a URL, and the address to connect to.

        Raises UpstreamRefused for a host or an address that is not allowed, UpstreamUnavailable for
        a host that cannot be looked up.
        """
        parts, port = _read(url)
        host = (parts.hostname or "").lower().rstrip(".")
        named = f"{host}:{port}"
        if named not in self._hosts and not (port == _USUAL[parts.scheme] and host in self._hosts):
            raise UpstreamRefused(SERVICE, "The tool's host is not one of network.hosts.")
        try:
            found = self._resolve(host, port)
        except (OSError, UnicodeError) as err:
            raise UpstreamUnavailable(SERVICE, "The tool's host cannot be looked up.") from err
        if not found:
            raise UpstreamUnavailable(SERVICE, "The tool's host has no address.")
        for address in found:
            if not may_be_reached(address, private=named in self._private):
                raise UpstreamRefused(
                    SERVICE, "The tool's host leads to an address that is not public."
                )
        return parts, found[0]


def _read(url: str) -> tuple[SplitResult, int]:
    try:
        parts = urlsplit(url)
        port = parts.port or _USUAL.get(parts.scheme, 0)
    except ValueError as err:
        raise UpstreamRefused(SERVICE, "The tool's address is no URL.") from err
    if parts.scheme not in _USUAL or not parts.hostname or parts.username or parts.password:
        raise UpstreamRefused(SERVICE, "The tool's address must be http:// or https:// and a host.")
    return parts, port
