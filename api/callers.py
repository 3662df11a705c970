"""Where a request comes from: no address of a person, but the connection that many may share."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

import fastapi

from bot import hosts


def place(request: fastapi.Request, proxies: Sequence[hosts.Network]) -> str:
    """The network of the caller: of IPv4 24 bits, of IPv6 64, as providers give them out; "" where nobody can know.

    X-Forwarded-For is believed as far as those wrote it who stand before us, which is from its end.
    """
    told = [each.strip() for line in request.headers.getlist("x-forwarded-for") for each in line.split(",")]
    peer = request.client.host if request.client else ""
    for name in (peer, *reversed(told)):
        try:
            address = ipaddress.ip_address(name.partition("%")[0])
        except ValueError:
            return ""
        if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        if not any(address in proxy for proxy in proxies):
            bits = 24 if address.version == 4 else 64
            return str(ipaddress.ip_network((address, bits), strict=False))
    return ""
