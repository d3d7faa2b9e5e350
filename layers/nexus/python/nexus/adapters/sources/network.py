"""Sends requests to public addresses alone, wherever a name, a redirect or a rebound name leads.

A source's address is said by an operator, but its pages, redirects and DNS are somebody else's. So
each request's host is resolved here, every address of it is looked at, and the connection is made
to the very address that was looked at (OWASP, "Server Side Request Forgery Prevention").
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Collection

import httpx2

from nexus.adapters.public_addresses import may_be_reached, may_never_be_reached
from nexus.adapters.tls_context import tls_context

USER_AGENT = "nexus-connector/1.0"
_TIMEOUT = httpx2.Timeout(20.0, connect=10.0)


class AddressRefused(httpx2.ConnectError):
    """The host leads where no request goes; the message says what to do."""


class NoSuchHost(httpx2.ConnectError):
    """The host has no address; the message says what to do."""


def client(private_hosts: Collection[str]) -> httpx2.Client:
    """A client that follows no redirect by itself and asks no proxy.

    Hosts that are named in `private_hosts` may have private addresses.
    """
    return httpx2.Client(
        transport=PublicTransport(private_hosts),
        follow_redirects=False,
        trust_env=False,
        timeout=_TIMEOUT,
        headers={"user-agent": USER_AGENT},
    )


class PublicTransport(httpx2.BaseTransport):
    """Raises AddressRefused for a host with an address that is not public, and NoSuchHost."""

    def __init__(
        self,
        private_hosts: Collection[str],
        resolve: Callable[[str, int], list[str]] | None = None,
    ) -> None:
        self._private = {host.lower() for host in private_hosts}
        self._resolve = resolve or _resolved
        # One for each host: connections to one address are not shared between names.
        self._by_host: dict[str, httpx2.HTTPTransport] = {}

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Sends the request to an address of its host that was looked at."""
        host = request.url.host
        if request.url.scheme not in ("http", "https") or not host:
            raise httpx2.UnsupportedProtocol("Only http and https are asked.")
        port = request.url.port or {"http": 80, "https": 443}[request.url.scheme]
        addresses = self._resolve(host, port)
        private = host.lower() in self._private
        if not all(may_be_reached(address, private=private) for address in addresses):
            raise _refused(host, addresses)
        request.extensions = {**request.extensions, "sni_hostname": host}
        request.url = request.url.copy_with(host=addresses[0])
        inner = self._by_host.get(host)
        if inner is None:
            inner = self._by_host[host] = httpx2.HTTPTransport(verify=tls_context())
        return inner.handle_request(request)

    def close(self) -> None:
        """Closes every connection."""
        for inner in self._by_host.values():
            inner.close()


def _refused(host: str, addresses: list[str]) -> AddressRefused:
    if any(map(may_never_be_reached, addresses)):
        return AddressRefused(
            f"{host} is at a link-local address or one of no single machine, which is never asked: "
            "give the source an address that is public."
        )
    return AddressRefused(
        f"{host} is at an address that is not public: if the source may be there, add {host} to "
        "NEXUS_CONNECT_PRIVATE_HOSTS in the stage's settings."
    )


def _no_such(host: str) -> NoSuchHost:
    return NoSuchHost(
        f"The host {host} does not exist, or DNS fails: correct the source's address, or try again."
    )


def _resolved(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as err:
        raise _no_such(host) from err
    # IPv4 first: Lambda functions outside a VPC of one's own have no IPv6.
    addresses = [str(one[4][0]) for one in sorted(found, key=lambda one: one[0] != socket.AF_INET)]
    if not addresses:
        raise _no_such(host)
    return addresses
