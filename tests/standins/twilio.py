"""A stand-in of Twilio: its REST API with its limits, errors and faults, and the people at the other end."""

from __future__ import annotations

import asyncio
import base64
import enum
import json
import random
import re
import time
import urllib.parse
from collections.abc import Mapping
from typing import Any

import aiohttp
from aiohttp import web
from twilio import request_validator

from bot.channels import plain
from tests.standins import twilio_account, twilio_content

STOP = {"STOP", "STOPALL", "UNSUBSCRIBE", "REVOKE", "OPTOUT", "CANCEL", "END", "QUIT"}
START = {"START", "UNSTOP", "YES"}
WINDOW = 24 * 3600
_MEDIA = ("image/jpeg", "image/png", "audio/ogg", "audio/mpeg", "audio/mp4")


class Fault(enum.StrEnum):
    """What goes wrong with the next message that is to be sent."""

    BUSY = "busy"  # 429, code 20429
    ERROR = "error"  # 500 before anything was done
    ERROR_AFTER = "error after"  # 500 although the message went
    DROP = "drop"  # connection closed without an answer
    DROP_AFTER = "drop after"  # the same, although the message went
    GARBAGE = "garbage"  # 200 and somebody else's page, although the message went


class Refusal(Exception):
    """An error answer of the API."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


class Person:
    """Somebody with a phone. What they do is posted to the app; every verb returns the app's HTTP status."""

    def __init__(self, twilio: Twilio, address: str, channel: str) -> None:
        self.twilio = twilio
        self.channel = channel
        self.address = address
        self.prefix = "whatsapp:" if channel == "whatsapp" else ""
        self.wrote = -float("inf")
        self.stopped = False
        #: On WhatsApp: blocked our number. On SMS: the phone is switched off.
        self.away = False
        self._screen: list[twilio_content.Seen] = []

    def screen(self) -> list[twilio_content.Seen]:
        """All the messages that arrived, oldest first."""
        return list(self._screen)

    @property
    def last(self) -> twilio_content.Seen:
        """The newest message on the screen."""
        return self._screen[-1]

    async def says(self, text: str, **more: str) -> int:
        """Type a message; `more` are further parameters of the webhook."""
        word = text.strip().upper()
        if self.channel == "sms" and word in (START if self.stopped else STOP):
            # Twilio answers these itself, and still passes them on.
            self.stopped = not self.stopped
            answer = "You have been unsubscribed." if self.stopped else "You have been re-subscribed."
            self._screen.append(twilio_content.Seen(self.twilio.sid("SM"), answer))
        return await self._post({"Body": text, "NumSegments": str(plain.sms_segments(text)), **more})

    async def taps(self, label: str) -> int:
        """Tap the newest button or row that bears this label; LookupError if none does."""
        found = [(seen, row) for seen in self._screen for row in seen.rows if row[0] == label]
        if not found:
            raise LookupError(label)
        seen, (_, carried, description) = found[-1]
        params = {"Body": label, "OriginalRepliedMessageSid": seen.sid}
        if seen.kind == "twilio/quick-reply":
            params |= {"ButtonText": label, "ButtonPayload": carried, "MessageType": "button"}
        else:
            params |= {"ListId": carried, "ListTitle": label, "ListDescription": description}
        return await self._post(params)

    async def sends_sticker(self) -> int:
        """Send a sticker."""
        return await self.sends_file(b"RIFF\x04\x00\x00\x00WEBP", "image/webp")

    async def sends_file(self, content: bytes, mime: str, text: str = "") -> int:
        """Send a picture or a voice note; `text` is its caption."""
        media = f"{self.twilio.path}/Messages/{self.twilio.sid('MM')}/Media/{self.twilio.sid('ME')}"
        self.twilio.media[media] = (content, mime)
        url = f"https://api.twilio.com{media}"
        return await self._post({"NumMedia": "1", "MediaUrl0": url, "MediaContentType0": mime, "Body": text})

    async def sends_location(self) -> int:
        """Share a place."""
        return await self._post({"Latitude": "42.49", "Longitude": "78.39", "Label": "Каракол"})

    async def _post(self, params: Mapping[str, str]) -> int:
        self.wrote = self.twilio.now()
        sid = self.twilio.sid("MM" if params.get("NumMedia") else "SM")
        form = {
            "AccountSid": self.twilio.account,
            "ApiVersion": "2010-04-01",
            "From": self.prefix + self.address,
            "To": self.prefix + self.twilio.sender,
            "MessageSid": sid,
            "SmsMessageSid": sid,
            "SmsSid": sid,
            "SmsStatus": "received",
            "NumMedia": "0",
            "NumSegments": "1",
            "Body": "",
            "AddedWithoutNotice": "",
        }
        if self.channel == "whatsapp":
            form |= {"WaId": self.address.removeprefix("+"), "ProfileName": "Айгүл", "MessageType": "text"}
        return await self.twilio.deliver(self.twilio.public + self.twilio.hook, {**form, **params})


class Twilio:
    """The server; `async with Twilio() as twilio`. Set `app` to where our app truly listens.

    Webhooks are signed for `public` + `hook` (what Twilio believes the address to be) and posted to `app`.
    """

    def __init__(self, token: str = "made-up-token", sender: str = "+996555000111") -> None:
        self.account = "AC" + "0" * 32
        self.path = "/2010-04-01/Accounts/" + self.account
        self.token = token
        self.sender = sender
        self.app = ""
        self.public = "https://ashar.example"
        self.hook = "/twilio"
        self.algorithm = request_validator.HMAC_SHA1
        self.url = ""
        self.people: dict[tuple[str, str], Person] = {}
        self.contents: dict[str, dict[str, Any]] = {}
        self.messages: dict[str, dict[str, Any]] = {}
        #: All that was asked to be sent, in order, as it was given.
        self.asked: list[dict[str, str]] = []
        #: Taken from the front, one a send.
        self.faults: list[Fault] = []
        self.retry_after = ""
        #: Seconds every API answer takes.
        self.latency = 0.0
        #: How often every webhook is delivered, and whether at once.
        self.deliveries, self.at_once = 1, False
        #: False as on one Kyrgyz operator: an SMS of several segments never arrives.
        self.joins_segments = False
        #: Path -> what was sent, and what it is said to be. The API sends on to the store, which takes no password.
        self.media: dict[str, tuple[bytes, str]] = {}
        self.store = "https://media.twiliocdn.com"
        #: Taken from the front, one a download: an HTTP status, or "cut".
        self.store_faults: list[int | str] = []
        #: What was fetched from us, to be seen or heard.
        self.fetched: list[bytes] = []
        #: The passwords shown at the store.
        self.shown: list[str] = []
        #: Codes of the API's error answers.
        self.refusals: list[int] = []
        self.console = twilio_account.Console()
        self._later = 0.0
        self._statuses: list[tuple[str, dict[str, str]]] = []
        self._made = 0
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Twilio:
        app = web.Application(middlewares=[self._guard])
        app.router.add_post(self.path + "/Messages.json", self._create)
        app.router.add_get(self.path + "/Messages.json", self._list)
        app.router.add_get(self.path + "/Messages/{sid}.json", self._fetch)
        app.router.add_get(self.path + "/Messages/{sid}/Media/{media}", self._media)
        app.router.add_get("/stored/{path:.*}", self._stored)
        app.router.add_post("/v1/Content", self._make_content)
        app.router.add_get("/v1/Content", self._list_contents)
        app.router.add_delete("/v1/Content/{sid}", self._delete_content)
        app.router.add_routes(self.console.routes(self.path))
        self._session = aiohttp.ClientSession()
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        self._site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await self._site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._session.close()
        if self._runner:
            await self._runner.cleanup()

    @property
    def bases(self) -> dict[str, str]:
        """Where the real client must look instead."""
        return dict.fromkeys(("api.twilio.com", "content.twilio.com", "media.twiliocdn.com"), self.url)

    async def refuse(self) -> None:
        """From now on refuse every connection."""
        await self._site.stop()

    def person(self, address: str, channel: str) -> Person:
        """The person with this number on "whatsapp" or "sms"; always the same one."""
        return self.people.setdefault((channel, address), Person(self, address, channel))

    def sid(self, prefix: str) -> str:
        """A new id."""
        self._made += 1
        return f"{prefix}{self._made:032x}"

    def now(self) -> float:
        """The stand-in's clock, in seconds."""
        return time.monotonic() + self._later

    def skip(self, seconds: float) -> None:
        """Let time pass, so that the 24 hours of WhatsApp run out."""
        self._later += seconds

    async def settle(self, shuffle: random.Random | None = None) -> list[int]:
        """Deliver the status callbacks that are due, in order or shuffled; the app's HTTP statuses."""
        due, self._statuses = self._statuses, []
        if shuffle:
            shuffle.shuffle(due)
        return [await self.deliver(url, params) for url, params in due]

    def signed(self, url: str, params: Mapping[str, str]) -> dict[str, str]:
        """The headers of a webhook to `url`."""
        validator = request_validator.RequestValidator(self.token)
        signature = validator.compute_signature(url, params, self.algorithm)
        headers = {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}
        if self.algorithm != request_validator.HMAC_SHA1:
            headers[request_validator.SIGNATURE_SETTINGS_HEADER] = f"key=webhooks_1,algorithm={self.algorithm}"
        return headers

    async def deliver(self, url: str, params: Mapping[str, str]) -> int:
        """Post a signed webhook `deliveries` times; the worst HTTP status (as at Twilio, no retries)."""
        body, headers = urllib.parse.urlencode(params), self.signed(url, params)
        path = url.removeprefix(self.public)

        async def post() -> int:
            # Twilio waits 15 s for an answer; here a machine that stands still is nobody's fault.
            wait = aiohttp.ClientTimeout(total=60)
            async with self._session.post(self.app + path, data=body, headers=headers, timeout=wait) as answer:
                await answer.read()
                return answer.status

        if self.at_once:
            return max(await asyncio.gather(*(post() for _ in range(self.deliveries))))
        return max([await post() for _ in range(self.deliveries)])

    @web.middleware
    async def _guard(self, request: web.Request, handler: Any) -> web.StreamResponse:
        try:
            await asyncio.sleep(self.latency)
            given = request.headers.get("Authorization", "")
            if request.path.startswith("/stored/"):
                self.shown += [given] if given else []
            elif given != "Basic " + base64.b64encode(f"{self.account}:{self.token}".encode()).decode():
                raise Refusal(401, 20003, "Authenticate")
            answer: web.StreamResponse = await handler(request)
            return answer
        except web.HTTPNotFound:
            refusal = Refusal(404, 20404, "The requested resource was not found")
        except Refusal as error:
            refusal = error
        self.refusals.append(refusal.code)
        headers = {"Retry-After": self.retry_after} if refusal.status == 429 and self.retry_after else {}
        body = {"code": refusal.code, "message": refusal.message, "status": refusal.status, "more_info": ""}
        return web.json_response(body, status=refusal.status, headers=headers)

    async def _create(self, request: web.Request) -> web.StreamResponse:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.asked.append(form)
        fault = self.faults.pop(0) if self.faults else None
        if fault is Fault.BUSY:
            raise Refusal(429, 20429, "Too Many Requests")
        if fault is Fault.ERROR:
            raise Refusal(500, 20500, "Internal Server Error")
        if fault is Fault.DROP:
            return _hang_up(request)
        if "MediaUrl" in form:
            await self._fetch_media(form)
        record = self._send(form)
        if fault is Fault.ERROR_AFTER:
            raise Refusal(500, 20500, "Internal Server Error")
        if fault is Fault.DROP_AFTER:
            return _hang_up(request)
        if fault is Fault.GARBAGE:
            return web.Response(text="<html>Welcome to the hotel's network</html>")
        return web.json_response(record, status=201)

    async def _fetch_media(self, form: dict[str, str]) -> None:
        """As the platform does for WhatsApp: the address must be public, and say what it has."""
        url = form["MediaUrl"]
        if not url.startswith(self.public):
            raise Refusal(400, 21620, "Invalid media URL")
        async with self._session.get(self.app + url.removeprefix(self.public)) as answer:
            # A .webp would be a sticker, and have to be made as one.
            if answer.status != 200 or answer.content_type not in _MEDIA:
                raise Refusal(400, 63019, "Media failed to download")
            self.fetched.append(await answer.read())

    def _send(self, form: dict[str, str]) -> dict[str, Any]:
        to, sender = form.get("To", ""), form.get("From", "")
        channel = "whatsapp" if to.startswith("whatsapp:") else "sms"
        address = to.removeprefix("whatsapp:")
        hidden = channel == "whatsapp" and re.fullmatch(r"[A-Z]{2}\.[A-Za-z0-9]{1,128}", address)
        if not hidden and not re.fullmatch(r"\+[1-9]\d{7,14}", address):
            raise Refusal(400, 21211, "Invalid 'To' Phone Number")
        if sender.removeprefix("whatsapp:") != self.sender and "MessagingServiceSid" not in form:
            raise Refusal(400, 21606, "The 'From' phone number is not a valid message-capable Twilio number")
        if sender.startswith("whatsapp:") != (channel == "whatsapp") and sender:
            raise Refusal(400, 63007, "Could not find a Channel with the specified From address")
        person = self.person(address, channel)
        if person.stopped:
            raise Refusal(400, 21610, "Attempt to send to unsubscribed recipient")
        seen = self._show(form)
        segments = plain.sms_segments(seen.text) if channel == "sms" else 1
        record = {
            "sid": seen.sid,
            "account_sid": self.account,
            "to": to,
            "from": sender,
            "body": seen.text,
            "status": "queued",
            "num_segments": str(segments),
            "error_code": None,
            "direction": "outbound-api",
        }
        self.messages[seen.sid] = record
        code = 0
        if channel == "whatsapp" and self.now() - person.wrote > WINDOW:
            code = 63016  # free-form outside the window: accepted first, refused by status callback
        elif person.away:
            code = 63032 if channel == "whatsapp" else 30003
        elif segments > 1 and not self.joins_segments:
            code = 30008
        self._progress(record, form, code)
        if not code:
            person._screen.append(seen)
        return record

    def _show(self, form: dict[str, str]) -> twilio_content.Seen:
        if "ContentSid" not in form:
            body = form.get("Body", "")
            if "MediaUrl" in form:
                return twilio_content.Seen(self.sid("MM"), body, kind="media")
            if not body.strip():
                raise Refusal(400, 21602, "Message body is required")
            if len(body) > 1600:
                raise Refusal(400, 21617, "The concatenated message body exceeds the 1600 character limit")
            return twilio_content.Seen(self.sid("SM"), body)
        if form["ContentSid"] not in self.contents or not form["To"].startswith("whatsapp:"):
            raise Refusal(400, 21655, "The ContentSid is Invalid")
        try:
            variables = json.loads(form.get("ContentVariables", "{}"))
            return twilio_content.seen(self.sid("MM"), self.contents[form["ContentSid"]], variables)
        except (ValueError, TypeError, KeyError) as error:
            raise Refusal(400, 21656, f"The ContentVariables Parameter is invalid: {error}") from error

    def _progress(self, record: dict[str, Any], form: dict[str, str], code: int) -> None:
        path = ["sent", "delivered"] + ["read"] * form["To"].startswith("whatsapp:")
        if code:
            path = ["failed" if code == 63016 else "undelivered"]
        record["status"], record["error_code"] = "queued", None
        for status in path:
            params = {"MessageSid": record["sid"], "SmsSid": record["sid"], "MessageStatus": status}
            params |= {
                "AccountSid": self.account,
                "From": record["from"],
                "To": record["to"],
                "SmsStatus": status,
            }
            if code:
                params["ErrorCode"] = str(code)
            if form.get("StatusCallback"):
                self._statuses.append((form["StatusCallback"], params))

    async def _list(self, request: web.Request) -> web.Response:
        messages = [each for each in self.messages.values() if request.query.get("To", each["to"]) == each["to"]]
        return web.json_response({"messages": messages, "page": 0, "next_page_uri": None})

    async def _fetch(self, request: web.Request) -> web.Response:
        if request.match_info["sid"] not in self.messages:
            raise web.HTTPNotFound
        return web.json_response(self.messages[request.match_info["sid"]])

    async def _media(self, request: web.Request) -> web.Response:
        if request.path not in self.media:
            raise web.HTTPNotFound
        return web.Response(status=307, headers={"Location": f"{self.store}/stored{request.path}?Signature=x"})

    async def _stored(self, request: web.Request) -> web.StreamResponse:
        fault = self.store_faults.pop(0) if self.store_faults else None
        if isinstance(fault, int):
            return web.Response(status=fault, headers={"Location": request.path_qs} if fault < 400 else {})
        content, mime = self.media[f"/{request.match_info['path']}"]
        answer = web.StreamResponse(headers={"Content-Type": mime, "Content-Length": str(len(content))})
        await answer.prepare(request)
        await answer.write(content[: len(content) // 2])
        if fault == "cut" and request.transport:
            request.transport.close()
        else:
            await answer.write(content[len(content) // 2 :])
        return answer

    async def _make_content(self, request: web.Request) -> web.Response:
        wanted = await request.json()
        if not twilio_content.acceptable(wanted):
            raise Refusal(400, 20001, "types and language are required")
        sid = self.sid("HX")
        self.contents[sid] = {"friendly_name": "", "variables": {}, **wanted, "sid": sid}
        return web.json_response(self.contents[sid], status=201)

    async def _list_contents(self, request: web.Request) -> web.Response:
        size, page = int(request.query.get("PageSize", "50")), int(request.query.get("Page", "0"))
        shown = list(self.contents.values())[page * size : (page + 1) * size]
        more = len(self.contents) > (page + 1) * size
        following = f"https://content.twilio.com/v1/Content?PageSize={size}&Page={page + 1}" if more else None
        return web.json_response({"contents": shown, "meta": {"key": "contents", "next_page_url": following}})

    async def _delete_content(self, request: web.Request) -> web.Response:
        if self.contents.pop(request.match_info["sid"], None) is None:
            raise web.HTTPNotFound
        return web.Response(status=204)


def _hang_up(request: web.Request) -> web.Response:
    if request.transport:
        request.transport.abort()
    return web.Response()
