"""The web chat as a channel: a posted form -> what the person said or put in. Nothing is sent, pages are fetched."""

from __future__ import annotations

import hashlib
import http.cookies
import re
import secrets
import urllib.parse
from collections import defaultdict

from python_multipart import exceptions, multipart

from bot.channels import base, sniffing

COOKIE = "ashar"
#: 128 bits in URL-safe letters. Whoever shows it is taken for the person, so anything else is not looked at.
_SECRET = re.compile(r"[A-Za-z0-9_-]{22}")
_KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")
_TAG = re.compile(r"[0-9a-f]{3,8}|-")
_STEP = re.compile(r"[0-9]{1,9}")
#: What a link may carry, as Telegram allows it.
_START = re.compile(r"[A-Za-z0-9_-]{1,64}")
#: Our longest form has three selects beside its five other fields.
_FIELDS = 16


class Web:
    """The channel "web". `site` is the address people know us by: a form posted from elsewhere is refused."""

    name = "web"
    capabilities = base.Capabilities(text=4096, push=False, uploads=True, attachments=True)

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
        for one, and what the person said: `pick` (a button), `rank` (several selects or boxes) or `say` (typed);
        `start` for a link's payload. A `file` comes as `Inbound.media` with its content, whatever it is called and
        said to be.
        """
        fields, file = _form(request)
        address, key = secret(request) or fields.get("secret", [""])[0], fields.get("key", [""])[0]
        tag, step, start = (fields.get(name, [default])[0] for name, default in _CARRIED)
        if not (_SECRET.fullmatch(address) and _KEY.fullmatch(key)):
            raise base.Malformed("secret or key")
        if not (_TAG.fullmatch(tag) and _STEP.fullmatch(step)) or (start and not _START.fullmatch(start)):
            raise base.Malformed("tag, step or start")
        said = next((said for name in ("pick", "say", "rank") if any(said := fields.get(name, []))), [])
        text = " ".join(each for each in said if each)
        # The words belong to the key: the same page sent again is a repeat, another button of it is not.
        repeat = hashlib.sha256("\0".join((address, key, text, start)).encode() + file).hexdigest()
        kind, mime = sniffing.kind(file) if file else ("text", "")
        media = base.Media(kind, mime=mime, size=len(file), content=file) if file and kind else None
        return [base.Inbound(self.name, repeat, address, text, kind or "media", media, start, (tag, int(step)))]

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


def has_file(request: base.Request) -> bool:
    """True for the kind of form in which a file can come; its body is not looked at."""
    return _kind(request) == "multipart/form-data"


def form(request: base.Request) -> dict[str, list[str]]:
    """The fields of a posted form, files aside; raise `base.Malformed`."""
    return _form(request)[0]


def _kind(request: base.Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _form(request: base.Request) -> tuple[dict[str, list[str]], bytes]:
    """The fields, and the content of the field `file`."""
    if has_file(request):
        return _parts(request)
    if _kind(request) != "application/x-www-form-urlencoded":
        raise base.Malformed("no form")
    try:
        fields = urllib.parse.parse_qs(
            request.body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_FIELDS
        )
    except ValueError as error:
        raise base.Malformed("no form") from error
    return fields, b""


class _Parts:
    """What a parser of multipart bodies calls: the parts by name, as bytes."""

    def __init__(self) -> None:
        self.found: dict[str, list[bytearray]] = defaultdict(list)
        self._header, self._value, self._name = b"", b"", ""

    def on_part_begin(self) -> None:
        self._name = ""

    def on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def on_header_end(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._name = multipart.parse_options_header(self._value)[1].get(b"name", b"").decode()
        self._header = self._value = b""

    def on_headers_finished(self) -> None:
        if sum(map(len, self.found.values())) >= _FIELDS:
            raise ValueError("too many parts")
        self.found[self._name].append(bytearray())

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        self.found[self._name][-1] += data[start:end]


def _parts(request: base.Request) -> tuple[dict[str, list[str]], bytes]:
    # By hand, for the package's own form keeps large files on disk, in the open.
    parts = _Parts()
    names = ("part_begin", "header_field", "header_value", "header_end", "headers_finished", "part_data")
    callbacks = {f"on_{name}": getattr(parts, f"on_{name}") for name in names}
    try:
        boundary = multipart.parse_options_header(request.headers["content-type"])[1][b"boundary"]
        parser = multipart.MultipartParser(boundary, callbacks)  # type: ignore[arg-type]  # its callbacks are these
        parser.write(request.body)
        parser.finalize()
        file = bytes(next(iter(parts.found.pop("file", [])), b""))
        return {name: [bytes(each).decode() for each in values] for name, values in parts.found.items()}, file
    except (exceptions.FormParserError, KeyError, ValueError) as error:
        raise base.Malformed("no form") from error
