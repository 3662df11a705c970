"""Names and addresses of machines, as settings give them."""

from __future__ import annotations

import ipaddress
import urllib.parse

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def networks(text: str) -> tuple[Network, ...]:
    """Addresses and networks with commas; raises `ValueError`."""
    return tuple(ipaddress.ip_network(each.strip()) for each in text.split(","))


def is_loopback(host: str) -> bool:
    """Whether only this machine is called so."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_safe(address: str) -> bool:
    """Whether it is an https address of a host alone; http will do where nothing leaves this machine."""
    try:
        parts = urllib.parse.urlsplit(address)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return False
    encrypted = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))
    return bool(host and encrypted) and not (parts.path or parts.query or parts.fragment or parts.username)


def reachable(host: str) -> str:
    """Where a browser on this machine finds a server that listens on `host`."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared with, not listened on


def bracketed(host: str) -> str:
    """As it stands in an address."""
    return f"[{host}]" if ":" in host else host
