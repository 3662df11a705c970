"""What Twilio says of our account: whether it is active, and where the messages to each sender go."""

from __future__ import annotations

import base64
import datetime as dt
from typing import Any, NamedTuple

import aiohttp

from bot.channels import asking_around, base

_API, _MESSAGING = "https://api.twilio.com", "https://messaging.twilio.com"


class Account(NamedTuple):
    """Its state ("active" is the good one), and Twilio's clock."""

    status: str
    at: dt.datetime | None


class Sender(NamedTuple):
    """A sender's state, "" where Twilio names none, and where the messages to it go; None: at what it belongs to."""

    status: str
    hook: str | None


class Twilio:
    """One account; `api` is another address of all of Twilio's hosts, or ""."""

    def __init__(self, session: aiohttp.ClientSession, api: str, account: str, token: str) -> None:
        self._session = session
        self._api = api
        self._account = account
        password = base64.b64encode(f"{account}:{token}".encode()).decode()
        self._headers = {"Authorization": f"Basic {password}"}

    async def account(self) -> Account:
        """Raises `base.Refused` where the password is wrong, and `base.Unreachable`."""
        answer = await self._ask(_API, f"/2010-04-01/Accounts/{self._account}.json")
        return Account(str(answer.body.get("status", "")), answer.at)

    async def sender(self, channel: str, sender: str) -> Sender | None:
        """A number, or a messaging service's sid; None if it is not the account's, or cannot be looked up."""
        if sender.startswith("MG"):
            found = (await self._ask(_MESSAGING, f"/v1/Services/{sender}")).body
            own = found.get("use_inbound_webhook_on_number")
            return Sender("", None if own else str(found.get("inbound_request_url") or "")) if found else None
        if channel == "whatsapp":
            listed = (await self._ask(_MESSAGING, "/v2/Channels/Senders?Channel=whatsapp&PageSize=100")).body
            each = _first(listed.get("senders"), "sender_id", f"whatsapp:{sender}")
            hook = each.get("webhook") or {}
            return Sender(str(each.get("status", "")), str(hook.get("callback_url") or "")) if each else None
        number = sender.replace("+", "%2B")
        path = f"/2010-04-01/Accounts/{self._account}/IncomingPhoneNumbers.json?PhoneNumber={number}"
        each = _first((await self._ask(_API, path)).body.get("incoming_phone_numbers"), "phone_number", sender)
        return Sender("", str(each.get("sms_url") or "")) if each else None

    async def _ask(self, host: str, path: str) -> asking_around.Answer:
        answer = await asking_around.ask(self._session, (self._api or host) + path, self._headers)
        if answer.status == 401:
            raise base.Refused("wrong password")
        if answer.status == 404:
            return answer._replace(body={})
        if answer.status >= 300:
            raise base.Unreachable(f"HTTP {answer.status}")
        return answer


def _first(rows: Any, field: str, value: str) -> dict[str, Any]:
    found = rows if isinstance(rows, list) else []
    return next((row for row in found if isinstance(row, dict) and row.get(field) == value), {})
