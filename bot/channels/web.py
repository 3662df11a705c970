"""The web chat as a channel: a posted form -> what the person said. Nothing is ever sent, pages are fetched."""

from __future__ import annotations

import hashlib
import http.cookies
import re
import secrets
import urllib.parse

from bot.channels import base

COOKIE = "ashar"
#: 128 bits in URL-safe letters. Whoever shows it is taken for the person, so anything else is not looked at.
_SECRET = re.compile(r"[A-Za-z0-9_-]{22}")
_KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")
_TAG = re.compile(r"[0-9a-f]{8}|-")
_STEP = re.compile(r"[0-9]{1,9}")
#: What a link may carry, as Telegram allows it.
_START = re.compile(r"[A-Za-z0-9_-]{1,64}")
#: Our longest form has three selects beside its five other fields.
_FIELDS = 16


class Web:
    """The channel "web". `site` is the address people know us by: a form posted from elsewhere is refused."""

    name = "web"
    capabilities = base.Capabilities(text=4096, push=False)

    def __init__(self, site: str = "") -> None:
        self._host = urllib.parse.urlsplit(site).netloc

    def verify(self, request: base.Request) -> None:
        """Raise `base.Refused` for a form that another site's page has posted in the person's name."""
        # Newer browsers say outright where a form stood.
        told = request.headers.get("sec-fetch-site")
        if told is not None:
            if told not in ("same-origin", "none"):
                raise base.Refused("cross-site")
            return
        # Older ones name the page's origin, or "null" because our pages tell them to send no referrer. Where
        # that says nothing, there is still the step, which no other page can know.
        origin = request.headers.get("origin", "null")
        ours = {self._host, request.headers.get("host", "")} - {""}
        if origin != "null" and urllib.parse.urlsplit(origin).netloc not in ours:
            raise base.Refused("origin")

    def read(self, request: base.Request) -> list[base.Inbound]:
        """The one message of a posted form; raise `base.Malformed`.

        Fields: `secret` (where there is no cookie), `tag` and `step` of the page, `key` that makes a repeat known
        for one, and what the person said: `pick` (a button), `rank` (several selects) or `say` (typed); `start`
        for a link's payload.
        """
        fields = form(request)
        address, key = secret(request) or fields.get("secret", [""])[0], fields.get("key", [""])[0]
        tag, step, start = (fields.get(name, [default])[0] for name, default in _CARRIED)
        if not (_SECRET.fullmatch(address) and _KEY.fullmatch(key)):
            raise base.Malformed("secret or key")
        if not (_TAG.fullmatch(tag) and _STEP.fullmatch(step)) or (start and not _START.fullmatch(start)):
            raise base.Malformed("tag, step or start")
        said = next((said for name in ("pick", "say", "rank") if any(said := fields.get(name, []))), [])
        text = " ".join(each for each in said if each)
        # The words belong to the key: the same page sent again is a repeat, another button of it is not.
        repeat = hashlib.sha256("\0".join((address, key, text, start)).encode()).hexdigest()
        return [base.Inbound(self.name, repeat, address, text=text, start=start, tap=(tag, int(step)))]

    async def send(self, address: str, outbound: base.Outbound) -> base.Receipt:
        """Never asked for: the page is made from what waits in the outbox."""
        return base.Receipt(base.Fate.FAILED, code="web")


_CARRIED = (("tag", "-"), ("step", "0"), ("start", ""))


def new_secret() -> str:
    """The secret of a new browser."""
    return secrets.token_urlsafe(16)


def new_key() -> str:
    """The key of one page."""
    return secrets.token_urlsafe(9)


def is_start(text: str) -> bool:
    """True for what a link may carry."""
    return bool(_START.fullmatch(text))


def secret(request: base.Request) -> str:
    """The secret in the request's cookie, or ""."""
    try:
        cookies = http.cookies.SimpleCookie(request.headers.get("cookie", ""))
    except http.cookies.CookieError:
        return ""
    found = cookies[COOKIE].value if COOKIE in cookies else ""
    return found if _SECRET.fullmatch(found) else ""


def form(request: base.Request) -> dict[str, list[str]]:
    """The fields of a posted form; raise `base.Malformed`."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise base.Malformed("no form")
    try:
        return urllib.parse.parse_qs(
            request.body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_FIELDS
        )
    except ValueError as error:
        raise base.Malformed("no form") from error
