"""WhatsApp and SMS through Twilio: its client as a codec, its HTTP over the aiohttp session of the house."""

from __future__ import annotations

import base64
import json
import logging
import urllib.parse
from collections.abc import Mapping
from typing import Any

import aiohttp
import multidict
import yarl
from twilio import request_validator
from twilio.base import exceptions
from twilio.http import AsyncHttpClient
from twilio.http import response as twilio_response
from twilio.rest import Client

from bot.channels import base, downloading, plain, twilio_templates

#: 4,096 Cyrillic letters of WhatsApp are 25 kB when percent-encoded; beyond this nobody is talking to us.
MAX_BODY = 256 * 1024
MAX_FIELDS = 300
#: WhatsApp ids with hidden numbers are longer than a number; the column holds as much.
MAX_ADDRESS = 160

#: Pool and connection within the first, the whole call within the second: seconds.
TIMEOUT = aiohttp.ClientTimeout(total=20, connect=5)

#: The address takes no messages: not a number, a landline, unknown, opted out, blocked, not on WhatsApp.
GONE = frozenset({21211, 21610, 21614, 30005, 63003, 63014, 63024, 63032})
#: The operator's fault (password, account, sender): mended within hours, and no reply may be lost by it. A
#: refused password without a code of Twilio's is HTTP's 401.
OPERATOR = frozenset({401, 20003, 20005, 21212, 21606, 63007})
#: Too fast, or too many waiting: code -> (seconds to wait, whether the whole account must).
BUSY = {
    20429: (2.0, True),
    21611: (600.0, True),
    30001: (300.0, False),
    63017: (5.0, True),
    63018: (60.0, False),
}
#: Template deleted, or its variables refused: the same message goes as words.
TEMPLATE_REFUSED = frozenset({"21655", "21656"})


#: A sender of WhatsApp's has 80 messages a second, and one person a message every six, with bursts; Twilio passes on
#: ten segments of SMS a second outside North America, and lets the rest wait in a row where no reply overtakes.
PACES = {"whatsapp": base.Pace(80, 20, 6.0), "sms": base.Pace(10)}


class _Busy(exceptions.TwilioException):
    """HTTP 429; `retry_after` in seconds, or 0 where Twilio named none."""

    def __init__(self, retry_after: float) -> None:
        super().__init__()
        self.retry_after = retry_after


class _Http(AsyncHttpClient):
    """Twilio's calls over our session. The package's own client never times out, or repeats every 5xx."""

    def __init__(self, session: aiohttp.ClientSession, bases: Mapping[str, str]) -> None:
        super().__init__(logging.getLogger(__name__), is_async=True)
        self._session = session
        self._bases = bases

    async def request(  # type: ignore[override] # so does the package's own: its base class is synchronous
        self,
        method: str,
        uri: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> twilio_response.Response:
        headers = dict(headers or {})
        if auth:
            headers["Authorization"] = _basic(*auth)
        as_json = headers.get("Content-Type") == "application/json"
        body = json.dumps(data) if as_json else urllib.parse.urlencode(data or {}, doseq=True)
        url = _truly(yarl.URL(uri), self._bases)
        if params:
            url = url.extend_query({name: str(value) for name, value in params.items()})
        async with self._session.request(
            method, url, data=body or None, headers=headers, timeout=TIMEOUT, allow_redirects=allow_redirects
        ) as answer:
            if answer.status == 429:
                raise _Busy(_seconds(answer.headers.get("Retry-After", "")))
            return twilio_response.Response(answer.status, await answer.text(), answer.headers)


def _truly(url: yarl.URL, bases: Mapping[str, str]) -> yarl.URL:
    """Where an address of a platform's truly leads."""
    base_ = bases.get(url.host or "")
    return yarl.URL(base_.rstrip("/") + url.raw_path_qs, encoded=True) if base_ else url


def door(request: base.Request) -> str:
    """Whose webhook or status callback this is, "whatsapp" or "sms"; raise `base.Malformed`."""
    return _owner(_form(request))


class Twilio:
    """One of Twilio's two channels, "whatsapp" or "sms".

    `sender` is a number, an alphanumeric name (SMS) or a messaging service's MG sid; `public_url` the address
    Twilio knows us by, without which nothing incoming can be verified. `bases` maps hosts such as
    "api.twilio.com" to other addresses. `templates` are what `make_templates` returned, and may be set later;
    `pace` is in messages a second, 0 for as fast as may be;
    `attachments` are the pictures and recordings of forms; `opening` is the sid of a template that WhatsApp approved
    for whoever has not written for a day, its one variable the message.
    """

    def __init__(
        self,
        name: str,
        account_sid: str,
        auth_token: str,
        sender: str,
        session: aiohttp.ClientSession,
        public_url: str,
        bases: Mapping[str, str] | None = None,
        templates: Mapping[str, str] | None = None,
        attachments: base.Attachments | None = None,
        opening: str = "",
        pace: int | None = None,
    ) -> None:
        self.name = name
        # Twilio fetches them from us, and an SMS has no room for one.
        self._attachments = attachments if name == "whatsapp" and public_url else None
        brings = self._attachments is not None
        self.capabilities = base.Capabilities(
            text=1600,
            segments=name == "sms",
            attachments=brings,
            window=name == "whatsapp",
            opens=name == "whatsapp" and bool(opening),
            pace=PACES[name]._replace(second=PACES[name].second if pace is None else pace) if pace != 0 else None,
        )
        self._opening = opening
        self.templates = dict(templates or {})
        # What is written already when the chat opens: whoever sends it comes in as by a link. An SMS has no such links.
        number = sender.removeprefix("whatsapp:").removeprefix("+")
        linked = name == "whatsapp" and number.isascii() and number.isdigit()
        self.entrance = f"https://wa.me/{number}?text=ashar%20" if linked else ""
        self._prefix = "whatsapp:" if name == "whatsapp" else ""
        self._sender = sender.removeprefix("whatsapp:")
        self._public_url = public_url.rstrip("/")
        self._validator = request_validator.RequestValidator(auth_token)
        self._session, self._bases = session, bases or {}
        self._password = _basic(account_sid, auth_token)
        self._client = Client(account_sid, auth_token, http_client=_Http(session, self._bases))

    def verify(self, request: base.Request) -> None:
        """Raise `base.Refused` unless Twilio signed this for our public address, path and query."""
        signature = request.headers.get("x-twilio-signature", "")
        settings = request.headers.get(request_validator.SIGNATURE_SETTINGS_HEADER.lower(), "")
        # Anybody may name a hash in that header; the key stays ours.
        algorithm = request_validator.get_signature_algorithm(settings)
        url = self._public_url + request.url
        params: object
        try:
            if _is_form(request):
                params = _form(request)
            elif len(request.body) <= MAX_BODY and "bodySHA256" in yarl.URL(url).query:
                params = request.body.decode()
            else:
                # The package raises a TypeError over a text body without its hash in the query.
                raise base.Refused("no body hash")
            signed = self._validator.validate(url, params, signature, algorithm)
        except (ValueError, base.Malformed) as error:
            raise base.Refused("unreadable") from error
        if not self._public_url or not signed:
            raise base.Refused("signature")

    def read(self, request: base.Request) -> list[base.Inbound]:
        """The one message in a webhook, or none if it is the other channel's or a status; see `base.Channel`.

        Unknown parameters are ignored: Twilio adds some without notice.
        """
        form = _form(request)
        key, sender = form.get("MessageSid", ""), form.get("From", "")
        address = sender.removeprefix("whatsapp:")
        if not key or not address.strip() or len(address) > MAX_ADDRESS:
            raise base.Malformed("MessageSid or From")
        if _owner(form) != self.name:
            return []
        # A status callback at the wrong door names our own number as its sender.
        if form.get("MessageStatus", "received") != "received":
            return []
        inbound = base.Inbound(self.name, key, address, text=form.get("Body", ""))
        carried = base.read_payload(form.get("ButtonPayload") or form.get("ListId") or "")
        if carried:
            tap, text = carried
            return [inbound._replace(text=text, tap=tap)]
        # Only with Advanced Opt-Out does Twilio say that it stopped or resumed, and has answered it itself.
        if kind := {"STOP": "blocked", "START": "unblocked"}.get(form.get("OptOutType", "")):
            return [inbound._replace(kind=kind)]
        # Pictures by SMS do not exist in Kyrgyzstan, and elsewhere cost more than they bring.
        media = _media(form) if self.name == "whatsapp" else None
        if media:
            return [inbound._replace(kind=media.kind, media=media)]
        if "Latitude" in form:
            # The Body of a place is only its name.
            spot = base.place(form["Latitude"], form.get("Longitude", ""))
            return [inbound._replace(kind="place" if spot else "media", text=spot)]
        # The caption of what cannot be taken is words all the same.
        return [inbound._replace(kind="text" if inbound.text.strip() else "media")]

    def read_status(self, request: base.Request) -> base.Status | None:
        """What became of a message, or None while it is on its way; raise `base.Malformed`.

        Callbacks come in any order: a `code` of "sent" must not undo a failure, nor "delivered" or "read".
        """
        form = _form(request)
        key = form.get("MessageSid", "")
        if not key:
            raise base.Malformed("MessageSid")
        status = form.get("MessageStatus", "")
        if status in {"sent", "delivered", "read"}:
            return base.Status(key, base.Receipt(base.Fate.SENT, key, status))
        if status in {"failed", "undelivered", "canceled"}:
            code = form.get("ErrorCode", "")
            number = int(code) if code.isascii() and code.isdigit() else 0
            receipt = _receipt(number) or base.Receipt(base.Fate.FAILED, code=str(number or status))
            return base.Status(key, receipt._replace(provider_id=key))
        return None

    async def send(self, address: str, outbound: base.Outbound) -> base.Receipt:
        """Send one message: with buttons or a list where WhatsApp has room for them, else numbered."""
        if outbound.attached:
            return await self._attach(address, outbound.attachment)
        text = plain.numbered(outbound)
        if outbound.outside and self._opening:
            # A variable of a template may have neither ends of lines nor many spaces in a row.
            line = " · ".join(" ".join(each.split()) for each in text.splitlines() if each.strip())
            packed = json.dumps({"1": line}, ensure_ascii=False)
            return await self._create(address, content_sid=self._opening, content_variables=packed)
        if self.name == "whatsapp":
            template, variables = twilio_templates.content(outbound, text)
            if template in self.templates:
                # Twilio wants the variables as one JSON text; Cyrillic escaped would be thrice as long.
                packed = json.dumps(variables, ensure_ascii=False)
                receipt = await self._create(address, content_sid=self.templates[template], content_variables=packed)
                if receipt.code not in TEMPLATE_REFUSED:
                    return receipt
            return await self._create(address, body=text)
        return await self._create(address, body=plain.plain_spaces(text))

    async def _attach(self, address: str, name: str) -> base.Receipt:
        """A picture or a recording by itself: beside a recording WhatsApp shows no words."""
        if self._attachments is None:
            return base.Receipt(base.Fate.FAILED, code="no attachments")
        receipt = await self._create(address, media_url=[self._public_url + self._attachments.link(name)])
        # The question itself does not wait until it is known whether that came.
        lost = receipt.fate is base.Fate.UNKNOWN
        return base.Receipt(base.Fate.FAILED, code=receipt.code) if lost else receipt

    async def make_templates(self) -> dict[str, str]:
        """Create those of the 13 generic templates that the account lacks; all of them, name -> ContentSid.

        They are not tied to a language or a survey: every text in them is a variable. Raises
        `TwilioException`, `aiohttp.ClientError` or `TimeoutError`.
        """
        wanted = twilio_templates.wanted()
        contents = self._client.content.v1.contents
        found = {each.friendly_name: each.sid for each in await contents.list_async()}
        for name, request in wanted.items():
            if name not in found:
                found[name] = (await contents.create_async(request)).sid
        return {name: sid for name in wanted if (sid := found[name])}

    async def fetch(self, reference: str, most: int) -> bytes:
        """A file by the address its webhook gave; see `base.Keeper`."""
        return await downloading.whole(self._session, yarl.URL(reference), self._way, most)

    def _way(self, url: yarl.URL) -> tuple[yarl.URL, Mapping[str, str]]:
        # Twilio's own host asks for the password and sends on to a store, whose address is a password by itself.
        if url.scheme != "https" or not url.host:
            raise base.Unreachable("led elsewhere")
        ours = url.host == "api.twilio.com" or url.host.endswith(".api.twilio.com")
        return _truly(url, self._bases), {"Authorization": self._password} if ours else {}

    async def _create(self, address: str, **message: Any) -> base.Receipt:
        if self._sender.startswith("MG") and len(self._sender) == 34:
            message["messaging_service_sid"] = self._sender
        else:
            message["from_"] = self._prefix + self._sender
        if self._public_url:
            message["status_callback"] = self._public_url + "/twilio/status"
        try:
            created = await self._client.messages.create_async(to=self._prefix + address, **message)
        except _Busy as busy:
            return _later("20429", busy.retry_after or BUSY[20429][0])
        except (exceptions.TwilioRestException, exceptions.TwilioServiceException) as error:
            return _refusal(error.status, error.code or error.status)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            # Nobody answered at all, or the pool was full: surely not sent, to anybody.
            return _later("unreachable", 0.0)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return base.Receipt(base.Fate.UNKNOWN, code=type(error).__name__)
        except (ValueError, TypeError, AttributeError):
            # Success, but not in Twilio's words: a proxy's page.
            return base.Receipt(base.Fate.UNKNOWN, code="unreadable")
        return base.Receipt(base.Fate.SENT, created.sid or "")


def _refusal(status: int, code: int) -> base.Receipt:
    """A receipt for an error answer; `code` is Twilio's, or the HTTP status again."""
    receipt = _receipt(code)
    if receipt:
        return receipt
    # An error behind Twilio's door may have come after the message was taken; so may anything but a 4xx.
    fate = base.Fate.FAILED if 400 <= status < 500 else base.Fate.UNKNOWN
    return base.Receipt(fate, code=str(code))


def _receipt(code: int) -> base.Receipt | None:
    """A receipt for one of Twilio's codes, where the code alone decides."""
    if code in GONE:
        return base.Receipt(base.Fate.GONE, code=str(code))
    if code in OPERATOR:
        return _later(str(code), 600.0)
    if code in BUSY:
        return _later(str(code), *BUSY[code])
    return None


def _later(code: str, seconds: float, whole_account: bool = True) -> base.Receipt:
    return base.Receipt(base.Fate.LATER, code=code, retry_after=seconds, whole_account=whole_account)


def _seconds(header: str) -> float:
    """Seconds of a Retry-After; 0 for none, for a date, and for nonsense."""
    return min(float(header), 3600.0) if header.isascii() and header.isdigit() else 0.0


def _basic(name: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


def _media(form: Mapping[str, str]) -> base.Media | None:
    """The picture or sound in a webhook; a sticker (WhatsApp's only use of WebP) is none."""
    mime, url = form.get("MediaContentType0", "").partition(";")[0].strip().lower(), form.get("MediaUrl0", "")
    kind = "image" if mime in ("image/jpeg", "image/png") else "audio" if mime.startswith("audio/") else ""
    return base.Media(kind, url, mime[:64]) if kind and url.startswith("https://") and len(url) < 1000 else None


def _owner(form: Mapping[str, str]) -> str:
    return "whatsapp" if form.get("From", "").startswith("whatsapp:") else "sms"


def _is_form(request: base.Request) -> bool:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind == "application/x-www-form-urlencoded"


def _form(request: base.Request) -> multidict.MultiDict[str]:
    """All posted parameters, blank ones too (the signature covers them); raise `base.Malformed`."""
    if not _is_form(request) or len(request.body) > MAX_BODY:
        raise base.Malformed("no form, or too long")
    try:
        fields = urllib.parse.parse_qsl(
            request.body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS
        )
    except ValueError as error:
        raise base.Malformed("no form") from error
    return multidict.MultiDict(fields)
