"""Tells an address of the public internet from one inside a network, in whatever form it hides."""

from __future__ import annotations

import ipaddress

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# An IPv4 address inside IPv6, which leads wherever the IPv4 address does (RFC 6052).
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def may_be_reached(text: str, *, private: bool = False) -> bool:
    """Whether an IP address is one of the public internet, or a `private` one that is allowed.

    Never one that is link-local: at such machines in clouds ask for their own credentials.
    """
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    every = _meant(address)
    if any(map(_is_forbidden, every)):
        return False
    return private or all(one.is_global and not one.is_reserved for one in every)


def may_never_be_reached(text: str) -> bool:
    """Whether an IP address is one that no permission opens, such as a link-local one."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return True
    return any(map(_is_forbidden, _meant(address)))


def _is_forbidden(address: Address) -> bool:
    return address.is_link_local or address.is_multicast or address.is_unspecified


def _meant(address: Address) -> list[Address]:
    """The address, and those of IPv4 that it stands for."""
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    if address.ipv4_mapped:
        return [address.ipv4_mapped]
    hidden = [address.sixtofour, *(address.teredo or ())]
    if address in _NAT64:
        hidden.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return [address, *(one for one in hidden if one is not None)]
