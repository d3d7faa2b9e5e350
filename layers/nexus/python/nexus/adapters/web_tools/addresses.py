"""Decides which hosts and addresses a tool may speak to."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterable, Sequence
from urllib.parse import SplitResult, urlsplit

from nexus.errors import UpstreamRefused, UpstreamUnavailable

SERVICE = "tools"
_USUAL = {"https": 443, "http": 80}
# Addresses of IPv4 that stand in one of IPv6 (RFC 6052).
_NAT64 = ipaddress.ip_network("64:ff9b::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
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
            if not _may_be_reached(ipaddress.ip_address(address), named in self._private):
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


def _may_be_reached(address: Address, is_private_allowed: bool) -> bool:
    every = [address, *_inside(address)]
    # Never the addresses at which machines in clouds ask for their own credentials.
    if any(one.is_link_local or one.is_multicast or one.is_unspecified for one in every):
        return False
    return is_private_allowed or all(one.is_global and not one.is_reserved for one in every)


def _inside(address: Address) -> list[Address]:
    """The addresses of IPv4 that one of IPv6 stands for."""
    if isinstance(address, ipaddress.IPv4Address):
        return []
    found: list[Address | None] = [address.ipv4_mapped, address.sixtofour]
    found += address.teredo or ()
    if address in _NAT64:
        found.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return [one for one in found if one is not None]
