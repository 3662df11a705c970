"""What the stand-in for Twilio says of its account: its state, its numbers, and where their messages go."""

from __future__ import annotations

from typing import Any

from aiohttp import web


class Console:
    """What an operator sets in Twilio's console."""

    def __init__(self) -> None:
        self.status = "active"
        #: SMS number -> the webhook of its messages.
        self.numbers: dict[str, str] = {}
        #: WhatsApp number -> (its state, the webhook).
        self.senders: dict[str, tuple[str, str]] = {}
        #: Messaging service -> what is set of it.
        self.services: dict[str, dict[str, Any]] = {}

    def routes(self, path: str) -> list[web.RouteDef]:
        """Where it is asked; `path` is the account's."""
        return [
            web.get(f"{path}.json", self._account),
            web.get(f"{path}/IncomingPhoneNumbers.json", self._numbers),
            web.get("/v2/Channels/Senders", self._senders),
            web.get("/v1/Services/{sid}", self._service),
        ]

    async def _account(self, request: web.Request) -> web.Response:
        return web.json_response({"status": self.status, "type": "Full"})

    async def _numbers(self, request: web.Request) -> web.Response:
        wanted = request.query.get("PhoneNumber", "")
        # It finds numbers that have these digits somewhere.
        found = [
            {"phone_number": number, "sms_url": hook, "sms_method": "POST"}
            for number, hook in self.numbers.items()
            if wanted.removeprefix("+") in number
        ]
        return web.json_response({"incoming_phone_numbers": found})

    async def _senders(self, request: web.Request) -> web.Response:
        if request.query.get("Channel") != "whatsapp":
            raise web.HTTPNotFound
        found = [
            {"sender_id": f"whatsapp:{number}", "status": status, "webhook": {"callback_url": hook}}
            for number, (status, hook) in self.senders.items()
        ]
        return web.json_response({"senders": found, "meta": {"key": "senders"}})

    async def _service(self, request: web.Request) -> web.Response:
        if request.match_info["sid"] not in self.services:
            raise web.HTTPNotFound
        return web.json_response(self.services[request.match_info["sid"]])
