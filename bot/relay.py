"""The mail server that sends letters on, and from whom they come: two settings, read as one."""

from __future__ import annotations

import re
import urllib.parse
from collections.abc import Mapping
from typing import NamedTuple

from bot import hosts

URL, SENDER = "ASHAR_SMTP_URL", "ASHAR_SMTP_FROM"
_PORTS = {"smtps": 465, "smtp": 587}
_EXPECTED = f"{URL}: expected smtps://user:password@host:465 or smtp://user:password@host:587"
_FROM = re.compile(r"(?:[^<>@\s][^<>@\r\n]{0,60} <)?[A-Za-z0-9.!#$%&'*+/=?^_-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*>?")


class Relay(NamedTuple):
    """`secure`: "tls" from the first byte, "starttls" before anything is said, "" where nothing leaves the machine."""

    #: "Ashar <ashar@example.kg>", or the address alone.
    sender: str
    host: str
    port: int
    user: str = ""
    password: str = ""
    secure: str = ""


def read(given: Mapping[str, str]) -> Relay | None:
    """The server in these settings; None where there is none. Raises ValueError: which is wrong, and what it should be.

    The address itself is never quoted, for it may hold a password.
    """
    url, sender = given.get(URL, ""), given.get(SENDER, "")
    if not url and not sender:
        return None
    if not (url and sender):
        raise ValueError(f"{SENDER if url else URL}: missing, while {URL if url else SENDER} is there")
    if not _FROM.fullmatch(sender) or ("<" in sender) != (">" in sender):
        raise ValueError(f"{SENDER}: expected an e-mail, such as Ashar <ashar@example.kg>")
    try:
        parts = urllib.parse.urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError(_EXPECTED) from None
    user, password = (urllib.parse.unquote(text or "") for text in (parts.username, parts.password))
    more = parts.path.strip("/") or parts.query or parts.fragment
    # The library that logs in speaks ASCII alone.
    if parts.scheme not in _PORTS or not host or more or not (user + password).isascii():
        raise ValueError(_EXPECTED)
    secure = "tls" if parts.scheme == "smtps" else "" if hosts.is_loopback(host) else "starttls"
    return Relay(sender, host, port or _PORTS[parts.scheme], user, password, secure)
