"""The road between the platforms and us: real HTTP that is lost, late, done twice or never answered."""

from __future__ import annotations

import asyncio
import contextlib
import enum
import json
import random
import urllib.parse
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass

import aiohttp
from aiohttp import web


class Trouble(enum.StrEnum):
    """What can happen to one request."""

    LATE = "late"  # passed on after a while
    LOST = "lost"  # the line is cut before it is passed on
    UNHEARD = "unheard"  # passed on, and the line is cut before the answer
    HANGS = "hangs"  # passed on, and the answer is never given
    BUSY = "busy"  # 429, not passed on
    BROKEN = "broken"  # 500, not passed on
    BROKEN_AFTER = "broken after"  # 500, although it was passed on
    TWICE = "twice"  # passed on twice at once
    AGAIN = "again"  # passed on once more, after others

    @property
    def unknown(self) -> bool:
        """Done, and whoever asked cannot know."""
        return self in (Trouble.UNHEARD, Trouble.HANGS, Trouble.BROKEN_AFTER)


#: How often each happens to what we send to a platform, and to what a platform sends to us.
OUT = {
    Trouble.LATE: 0.05,
    Trouble.LOST: 0.01,
    Trouble.UNHEARD: 0.01,
    Trouble.BUSY: 0.02,
    Trouble.BROKEN: 0.01,
    Trouble.BROKEN_AFTER: 0.01,
}
IN = {
    Trouble.LATE: 0.05,
    Trouble.LOST: 0.03,
    Trouble.UNHEARD: 0.03,
    Trouble.TWICE: 0.05,
    Trouble.AGAIN: 0.05,
}
#: Longer than any side waits.
_FOREVER = 60.0
_HOP_BY_HOP = {"transfer-encoding", "content-length", "connection", "host", "content-encoding", "date", "server"}


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


class Lane:
    """One direction. `url` is where to send to; `ends` names where it may lead, one of them drawn for each request."""

    def __init__(
        self, http: aiohttp.ClientSession, chance: random.Random, odds: Mapping[Trouble, float], slowest: float
    ) -> None:
        self._http, self._chance, self._odds, self._slowest = http, chance, odds, slowest
        self.ends: Callable[[], Sequence[str]] = tuple
        #: No trouble while this is so.
        self.calm = False
        self.met: Counter[Trouble] = Counter()
        #: Which end has taken how many requests.
        self.taken: Counter[str] = Counter()
        #: To whom messages went of which their sender could not know it.
        self.unknown: Counter[str] = Counter()
        self.url = ""
        self._later: set[asyncio.Task[_Answer]] = set()

    async def _pass(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        trouble = self._draw()
        if trouble is Trouble.LATE:
            await asyncio.sleep(self._chance.uniform(0, self._slowest))
        if trouble is Trouble.LOST:
            return _hang_up(request)
        if trouble is Trouble.BUSY:
            # Each platform reads its own half of this.
            said = {
                "ok": False,
                "error_code": 429,
                "description": "Too Many Requests",
                "parameters": {"retry_after": 1},
            }
            return web.json_response(said | {"code": 20429, "status": 429}, status=429, headers={"Retry-After": "1"})
        if trouble is Trouble.BROKEN:
            return _broken()
        if trouble is Trouble.TWICE:
            answer, _ = await asyncio.gather(self._forward(request, body), self._forward(request, body))
        else:
            answer = await self._forward(request, body)
        if trouble is Trouble.AGAIN:
            self._forward_later(request, body)
        if trouble and trouble.unknown and answer.status < 300:
            self.unknown[_to_whom(request.path, body)] += 1
        match trouble:
            case Trouble.UNHEARD:
                return _hang_up(request)
            case Trouble.HANGS:
                await asyncio.sleep(_FOREVER)
                return _hang_up(request)
            case Trouble.BROKEN_AFTER:
                return _broken()
        return web.Response(status=answer.status, headers=answer.headers, body=answer.body)

    def _draw(self) -> Trouble | None:
        if self.calm:
            return None
        drawn = self._chance.random()
        for trouble, odds in self._odds.items():
            drawn -= odds
            if drawn < 0:
                self.met[trouble] += 1
                return trouble
        return None

    def _forward_later(self, request: web.Request, body: bytes) -> None:
        async def again() -> _Answer:
            await asyncio.sleep(self._chance.uniform(0.1, self._slowest))
            return await self._forward(request, body)

        task = asyncio.create_task(again())
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    async def _forward(self, request: web.Request, body: bytes) -> _Answer:
        ends = self.ends()
        if not ends:
            return _Answer(502, {}, b"")
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _HOP_BY_HOP}
        end = self._chance.choice(ends)
        try:
            async with self._http.request(request.method, end + request.path_qs, data=body, headers=headers) as answer:
                found = {name: value for name, value in answer.headers.items() if name.lower() not in _HOP_BY_HOP}
                self.taken[end] += answer.status < 300
                return _Answer(answer.status, found, await answer.read())
        except (aiohttp.ClientError, TimeoutError):
            # What a balancer says while nobody listens there, or when they die in the middle.
            return _Answer(502, {}, b"")


def _to_whom(path: str, body: bytes) -> str:
    """The address a new message goes to, as its platform names it; "" of anything else."""
    if path.lower().endswith("/sendmessage"):
        return str(json.loads(body)["chat_id"])
    if path.endswith("/Messages.json"):
        return urllib.parse.parse_qs(body.decode())["To"][0]
    return ""


def _hang_up(request: web.Request) -> web.Response:
    if request.transport:
        request.transport.abort()
    return web.Response()


def _broken() -> web.Response:
    said = {"ok": False, "error_code": 500, "description": "Internal Server Error", "code": 20500, "status": 500}
    return web.json_response(said, status=500)


@contextlib.asynccontextmanager
async def lane(
    chance: random.Random,
    odds: Mapping[Trouble, float],
    *,
    slowest: float = 0.5,
    host: str = "127.0.0.1",
    patience: float = 30.0,
) -> AsyncIterator[Lane]:
    """A lane that is open until the block ends. `slowest`: seconds that what is late is late by, at the most;
    `patience`: how long it waits for whoever it leads to."""
    connector = aiohttp.TCPConnector(limit=0)
    timeout = aiohttp.ClientTimeout(total=patience)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as http:
        made = Lane(http, chance, odds, slowest)
        app = web.Application(client_max_size=4 * 1024**2)
        app.router.add_route("*", "/{path:.*}", made._pass)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.05)
        await runner.setup()
        try:
            await web.TCPSite(runner, host, 0).start()
            made.url = f"http://{host}:{runner.addresses[0][1]}"
            yield made
        finally:
            await runner.cleanup()
            for task in list(made._later):
                task.cancel()
            await asyncio.gather(*made._later, return_exceptions=True)
