"""Stand-in of the Telegram Bot API: a real HTTP server on loopback, which misbehaves on demand."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
from aiohttp import web

from tests.standins import telegram_bot, telegram_people, telegram_updates

TOKEN = "1000:stand-in-token"


@dataclass
class _Fault:
    method: str
    times: int
    delay: float
    drop: bool
    answer: telegram_bot.ApiError | None
    page: str
    status: int
    pause: float = 0.0
    location: str = ""
    held: asyncio.Event | None = None
    chat: str = ""


class Standin:
    """The platform. Made by `running()`; `url` is what the product calls its base URL.

    It runs in the test's own loop, on aiohttp's server: that one can cut a connection without any answer.
    """

    def __init__(self, http: aiohttp.ClientSession, token: str, pace: float) -> None:
        self._http = http
        self._token = token
        self._pace = pace
        self._bots: dict[str, telegram_bot.Bot] = {}
        self._faults: list[_Fault] = []
        self._runner: web.AppRunner | None = None
        self._port = 0
        #: Every call of a method, in order: (method, what was given).
        self.calls: list[tuple[str, dict[str, Any]]] = []

    @property
    def url(self) -> str:
        """Without a final slash, as "https://api.telegram.org" is."""
        return f"http://127.0.0.1:{self._port}"

    def bot(self, token: str = "") -> telegram_bot.Bot:
        """The bot of that token, registered if it is new; the first one's where none is named."""
        token = token or self._token
        if token not in self._bots:
            updates = telegram_updates.Updates(self._http, self._pace)
            self._bots[token] = telegram_bot.Bot(token, updates)
        return self._bots[token]

    def person(self, chat_id: int, language: str = "ky", token: str = "") -> telegram_people.Person:
        """Somebody who has opened the bot: the platform knows the chat from then on."""
        bot = self.bot(token)
        chat = bot.chats.setdefault(chat_id, telegram_bot.Chat(chat_id, language))
        return telegram_people.Person(bot, chat)

    def fails(
        self,
        method: str = "",
        *,
        times: int = 1,
        delay: float = 0.0,
        drop: bool = False,
        status: int = 0,
        description: str = "",
        parameters: Mapping[str, Any] | None = None,
        page: str = "",
        pause: float = 0.0,
        location: str = "",
        held: asyncio.Event | None = None,
        chat: str = "",
    ) -> None:
        """Misbehave at the next `times` calls of `method` ("" is any). Faults wait in line and are used up.

        The method "file" is the download of one; there `drop` cuts it off in the middle, `pause` are seconds
        before each half of it, and a `location` leads elsewhere.

        `delay`: seconds before doing it; `held`: not before that is set; `drop`: do it, then close the connection
        without an answer; `status` with `description` and `parameters`: refuse with that body, or with the HTML
        `page` of a proxy. With a `chat` only what is for that one counts.
        """
        answer = telegram_bot.ApiError(status, description, parameters) if status and not page else None
        self._faults.append(
            _Fault(method.lower(), times, delay, drop, answer, page, status, pause, location, held, chat)
        )

    def heals(self) -> None:
        """Nothing fails any more."""
        self._faults.clear()

    def floods(self, method: str = "", *seconds: int) -> None:
        """Answer the next calls with 429 and these waits, one after the other."""
        for wait in seconds:
            said = f"Too Many Requests: retry after {wait}"
            self.fails(method, status=429, description=said, parameters={"retry_after": wait})

    @contextlib.asynccontextmanager
    async def refusing(self) -> AsyncIterator[None]:
        """Meanwhile nobody listens on the port."""
        await self.stop()
        yield
        await self.start()

    async def start(self) -> None:
        """Listen, on the same port as before."""
        app = web.Application()
        app.router.add_route("*", "/bot{token}/{method}", self._answer)
        app.router.add_get("/file/bot{token}/files/{name}", self._download)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.05)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Close the port and every connection."""
        if self._runner:
            await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        given = await _given(request)
        self.calls.append((method, given))
        fault = self._fault(method, given)
        if fault:
            await asyncio.sleep(fault.delay)
            if fault.held:
                await fault.held.wait()
            if fault.page:
                return web.Response(status=fault.status, text=fault.page, content_type="text/html")
        try:
            if fault and fault.answer:
                raise fault.answer
            token = request.match_info["token"]
            if token not in self._bots:
                raise telegram_bot.ApiError(401, "Unauthorized")
            result = await self._bots[token].call(method, given)
        except telegram_bot.ApiError as error:
            return web.json_response(error.body, status=error.code)
        if fault and fault.drop and request.transport:
            request.transport.abort()
        return web.json_response({"ok": True, "result": result})

    async def _download(self, request: web.Request) -> web.StreamResponse:
        bot = self._bots.get(request.match_info["token"])
        name = request.match_info["name"]
        fault = self._fault("file", {})
        if fault:
            await asyncio.sleep(fault.delay)
        if fault and fault.status:
            headers = {"Location": fault.location} if fault.location else {}
            return web.Response(status=fault.status, text=fault.page, headers=headers)
        if bot is None or name not in bot.files:
            return web.json_response(telegram_bot.ApiError(404, "Not Found").body, status=404)
        content = bot.files[name]
        answer = web.StreamResponse(headers={"Content-Length": str(len(content))})
        await answer.prepare(request)
        for half in (content[: len(content) // 2], content[len(content) // 2 :]):
            await asyncio.sleep(fault.pause if fault else 0)
            await answer.write(half)
            if fault and fault.drop and request.transport:
                request.transport.close()
                break
        return answer

    def _fault(self, method: str, given: Mapping[str, Any]) -> _Fault | None:
        chats = "", str(given.get("chat_id", ""))
        meant = (fault for fault in self._faults if fault.method in ("", method.lower()) and fault.chat in chats)
        fault = next(meant, None)
        if fault:
            fault.times -= 1
            if not fault.times:
                self._faults.remove(fault)
        return fault


async def _given(request: web.Request) -> dict[str, Any]:
    """What a method is given: in the address, in a form or in JSON, all the same to the platform."""
    given: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        given.update(json.loads(await request.read() or b"{}"))
    else:
        given.update(await request.post())
    return given


@contextlib.asynccontextmanager
async def running(token: str = TOKEN, pace: float = 0.01) -> AsyncIterator[Standin]:
    """A platform that knows one bot. `pace`: how many of our seconds its own second lasts when it waits."""
    async with aiohttp.ClientSession() as http:
        standin = Standin(http, token, pace)
        standin.bot()
        await standin.start()
        try:
            yield standin
        finally:
            await standin.stop()
