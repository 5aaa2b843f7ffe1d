"""Which network addresses a harvest may reach: public ones, unless a source may private ones."""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import httpx

from harvesters.faults import HarvestFault, fault

Permit = Callable[[str], bool]
Resolver = Callable[[str, int], tuple[str, ...]]
_LAST_PORT = 0xFFFF
_SHOWN = 500
_NAT64 = IPv6Network("64:ff9b::/96")


def parsed(
    text: str, base: httpx.URL | None = None, params: Mapping[str, str] | None = None
) -> httpx.URL:
    """The address, seen from a base where it is a redirect's, and with parameters; only http and
    https, and no credentials in it. Whatever a server says there: what is none is a HarvestFault.
    """
    try:
        url = httpx.URL(text) if base is None else base.join(text)
        url = url.copy_merge_params(params) if params else url
        known = url.scheme in ("http", "https") and url.host and not url.userinfo
    except (httpx.InvalidURL, ValueError) as error:
        raise fault("address-invalid", value=text[:_SHOWN]) from error
    if not known or (url.port or 1) > _LAST_PORT:
        raise fault("address-invalid", value=text[:_SHOWN])
    return url.copy_with(fragment=None)


def resolve(host: str, port: int) -> tuple[str, ...]:
    """Every address of a host, in the order the system prefers."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise fault("host-unknown", value=host, retry=True) from error
    return tuple(dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in found))


def pinned(host: str, port: int, permit: Permit, resolver: Resolver = resolve) -> str:
    """The one address to connect to, so that the name cannot mean another one a moment later.

    One forbidden address among others refuses the name: that mixture is how rebinding begins.
    """
    found = resolver(host, port)
    if not found:
        raise fault("host-unknown", value=host, retry=True)
    if not all(permit(text) for text in found):
        raise refused(host)
    return found[0]


def refused(host: str) -> HarvestFault:
    """The fault of an address that is none of ours to call."""
    return fault("address-refused", value=host)


def is_public(text: str) -> bool:
    """Whether an address belongs to the public network, also inside an IPv6 wrapping."""
    address = ip_address(text)
    if isinstance(address, IPv6Address):
        inner = _wrapped(address)
        if inner is not None:
            return is_public(str(inner))
    return address.is_global and not address.is_multicast


def anywhere(text: str) -> bool:
    """The permit of a source that an administrator trusts with private addresses. Not even then is
    a machine asked for what it tells itself alone (link-local), nor everybody at once."""
    address = ip_address(text)
    if isinstance(address, IPv6Address):
        inner = _wrapped(address)
        if inner is not None:
            return anywhere(str(inner))
    return not (address.is_link_local or address.is_multicast or address.is_unspecified)


def _wrapped(address: IPv6Address) -> IPv4Address | None:
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
