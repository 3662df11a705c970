"""A Bot API with next to no cost of its own: it answers as Telegram does and hands every screen to its person."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
import urllib.parse
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

import httptools

TOKEN = "1000:bench-of-ashar"


class Failed(Exception):
    """A bot that does not behave: the run is worth nothing."""


@dataclass(frozen=True, slots=True)
class Screen:
    """What one person sees: the message the bot has sent or edited last."""

    message_id: int
    date: int
    text: str
    #: As the bot gave it: {"inline_keyboard": [[{"text": ..., "callback_data": ...}]]}, or {}.
    markup: Mapping[str, Any]

    def buttons(self) -> list[str]:
        """The payloads of the buttons, row by row."""
        return [button["callback_data"] for row in self.markup.get("inline_keyboard", ()) for button in row]


class Stub:
    """The platform. It runs in the people's own process, so that a reply costs no further hop to be seen."""

    def __init__(self, delay: float = 0.0) -> None:
        #: Seconds each call takes.
        self.delay = delay
        #: Whether it answers everything with 429 and an hour's wait.
        self.shut = False
        self.calls = 0
        self._number = 100
        self._waiting: dict[int, asyncio.Future[Screen]] = {}
        self._methods = {
            "getme": self._get_me,
            "sendmessage": self._send_message,
            "editmessagetext": self._edit_message_text,
        }

    def fail(self, error: Exception) -> None:
        """End the run: everybody who waits hears why."""
        for reply in self._waiting.values():
            if not reply.done():
                reply.set_exception(error)

    def next_reply(self, chat: int) -> asyncio.Future[Screen]:
        """What this chat will show next."""
        reply: asyncio.Future[Screen] = asyncio.get_running_loop().create_future()
        self._waiting[chat] = reply
        return reply

    def call(self, method: str, given: Mapping[str, Any]) -> bytes:
        """The body of the answer to a call."""
        self.calls += 1
        result = self._methods.get(method.lower(), _done)(given)
        return json.dumps({"ok": True, "result": result}).encode()

    def _get_me(self, _given: Mapping[str, Any]) -> Any:
        return {"id": 1000, "is_bot": True, "first_name": "Ашар", "username": "ashar_bot"}

    def _send_message(self, given: Mapping[str, Any]) -> Any:
        self._number += 1
        return self._show(given, self._number)

    def _edit_message_text(self, given: Mapping[str, Any]) -> Any:
        return self._show(given, int(given["message_id"]))

    def _show(self, given: Mapping[str, Any], message_id: int) -> Any:
        markup = given.get("reply_markup") or {}
        if isinstance(markup, str):
            markup = json.loads(markup)
        chat = int(given["chat_id"])
        screen = Screen(message_id, int(time.time()), given["text"], markup)
        reply = self._waiting.pop(chat, None)
        if reply is None:
            # One message in, one message out: a second one would be counted for nothing.
            raise Failed(f"an unexpected message: {screen.text[:80]}")
        if not reply.done():
            reply.set_result(screen)
        return message(chat, screen)


def _done(_given: Mapping[str, Any]) -> Any:
    return True


def message(chat: int, screen: Screen) -> dict[str, Any]:
    """A message of the bot as Telegram tells of it: its whole keyboard comes along."""
    told = {
        "message_id": screen.message_id,
        "from": {"id": 1000, "is_bot": True, "first_name": "Ашар", "username": "ashar_bot"},
        "chat": {"id": chat, "first_name": "Айгүл", "type": "private"},
        "date": screen.date,
        "text": screen.text,
    }
    return told | ({"reply_markup": screen.markup} if screen.markup else {})


_WAIT = b'{"ok":false,"error_code":429,"description":"Too Many Requests","parameters":{"retry_after":3600}}'
_SHUT = b"HTTP/1.1 429 Too Many Requests\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (
    len(_WAIT),
    _WAIT,
)


class Server(asyncio.Protocol):
    """One connection of a bot to the platform."""

    def __init__(self, stub: Stub) -> None:
        self._stub = stub
        self._begin()

    def _begin(self) -> None:
        self._parser = httptools.HttpRequestParser(self)
        self._url = b""
        self._form = False
        self._body: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """asyncio's."""
        # uvloop's is one in all but name.
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """asyncio's."""
        self._parser.feed_data(data)

    def on_url(self, url: bytes) -> None:
        """The parser's."""
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """The parser's."""
        if name.lower() == b"content-type":
            self._form = value.startswith(b"application/x-www-form-urlencoded")

    def on_body(self, body: bytes) -> None:
        """The parser's."""
        self._body.append(body)

    def on_message_complete(self) -> None:
        """The parser's: a whole request is there."""
        method, body = self._url.rpartition(b"/")[2].decode(), b"".join(self._body)
        if self._stub.shut:
            self._transport.write(_SHUT)
            self._begin()
            return
        try:
            given = dict(urllib.parse.parse_qsl(body.decode())) if self._form else json.loads(body or b"{}")
            answer = self._stub.call(method, given)
        except Exception as error:  # noqa: BLE001 - whatever a bot does wrong ends the run, not this connection
            self._stub.fail(error)
            answer = b'{"ok":false,"error_code":400,"description":"Bad Request"}'
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(answer)
        if self._stub.delay:
            asyncio.get_running_loop().call_later(self._stub.delay, self._transport.write, head + answer)
        else:
            self._transport.write(head + answer)
        self._begin()


def request(update: Mapping[str, Any], secret: str) -> bytes:
    """An update as the platform posts it to the webhook."""
    body = json.dumps(update).encode()
    head = (
        "POST /telegram HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"X-Telegram-Bot-Api-Secret-Token: {secret}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class Line(asyncio.Protocol):
    """One kept-alive connection of the platform to a bot's webhook."""

    def __init__(self) -> None:
        self._answered: asyncio.Future[int] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """asyncio's."""
        # uvloop's is one in all but name.
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """asyncio's."""
        self._parser.feed_data(data)

    def connection_lost(self, _error: Exception | None) -> None:
        """asyncio's."""
        if self._answered and not self._answered.done():
            self._answered.set_exception(Failed("the bot has closed the webhook's connection"))
            self._answered.exception()  # looked at, for when a bot is killed nobody waits any more

    def on_message_complete(self) -> None:
        """The parser's: a whole answer is there."""
        if self._answered and not self._answered.done():
            self._answered.set_result(self._parser.get_status_code())

    def post(self, update: Mapping[str, Any], secret: str) -> asyncio.Future[int]:
        """Send an update; its status when the bot has answered."""
        return self.send(request(update, secret))

    def send(self, request: bytes) -> asyncio.Future[int]:
        """Send what `request` made; the status when the bot has answered."""
        self._parser = httptools.HttpResponseParser(self)
        self._answered = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return self._answered

    def close(self) -> None:
        """Hang up."""
        self._transport.close()


@contextlib.asynccontextmanager
async def served(platform: Stub) -> AsyncIterator[str]:
    """The platform at a port of its own; its address."""
    server = await asyncio.get_running_loop().create_server(lambda: Server(platform), "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()
