"""The network guard: no test reaches further than this machine, and none may hide that it tried."""

import ipaddress
import socket
import sys
from typing import Any

#: What was tried and refused since the last look; the fixture `loopback_only` fails the test that did it.
attempts: list[str] = []

_allowed: set[str] = {"", "localhost"}


class BeyondLoopback(RuntimeError):
    """A test tried to talk to another machine. Not an OSError, so that no code retries it as bad weather."""


def guard(*also: str) -> None:
    """Refuse every connection and look-up beyond loopback from here on; `also` names hosts that are allowed.

    An audit hook sees what Python's own sockets do, whichever library asks. It cannot see libuv (uvloop), nor
    other processes.
    """
    for host in also:
        _allowed.add(host)
        _allowed.update(str(info[4][0]) for info in socket.getaddrinfo(host, None))
    sys.addaudithook(_hook)


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = arguments[1]
        # UNIX sockets have a path, not a pair; a connected socket's sendmsg has no address at all.
        host = address[0] if isinstance(address, tuple) else ""
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = arguments[0]
    else:
        return
    if not _near(host):
        attempts.append(f"{event} {host}")
        raise BeyondLoopback(f"a test tried to reach {host} ({event}). Only stand-ins on 127.0.0.1 are allowed.")


def _near(host: object) -> bool:
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if host is None or host in _allowed:
        return True
    try:
        address = ipaddress.ip_address(str(host).partition("%")[0])
    except ValueError:
        return False
    # 0.0.0.0 and :: are only ever this machine, as the address a server binds.
    return address.is_loopback or address.is_unspecified
