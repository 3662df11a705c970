"""Stand-in of Telegram: the updates of one bot on their way to it, by webhook or by long polling."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp

#: Seconds of the platform that an update is tried for; the rest lives a day.
_LIFETIME: dict[str, float] = {"callback_query": 150}
_DAY = 86_400.0


class Conflict(Exception):
    """Two ways of getting updates at once (409)."""


class Updates:
    """Numbered, kept until taken, redelivered until then. A webhook set later gets only what is new."""

    def __init__(self, http: aiohttp.ClientSession, pace: float) -> None:
        self._http = http
        #: Seconds of the test's clock that a second of the platform lasts.
        self.pace = pace
        self.url = ""
        self.secret = ""
        self.allowed: frozenset[str] = frozenset()
        #: Public address -> loopback address, as a TLS proxy would have it.
        self.tunnels: dict[str, str] = {}
        #: How many times each update is delivered, all at once.
        self.copies = 1
        #: Every webhook call: (update id, HTTP status; 0 where nobody answered).
        self.delivered: list[tuple[int, int]] = []
        #: Runs the method that an answer to the webhook may hold; nobody hears what came of it.
        self.run: Callable[[dict[str, Any]], Awaitable[None]] | None = None
        self._number = 0
        self._held: dict[str, list[tuple[dict[str, Any], str]]] = {}
        self._pending: list[dict[str, Any]] = []
        self._changed = asyncio.Condition()
        self._polls = 0
        self._queues: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._last: dict[str, Any] = {}

    @property
    def pending(self) -> int:
        """How many updates wait to be asked for."""
        return len(self._pending)

    def hold(self, kind: str) -> None:
        """Keep back updates of that kind until `release`, so that others overtake them."""
        self._held[kind] = []

    async def release(self, kind: str) -> None:
        """Let go, in order, what was held back."""
        for content, queue in self._held.pop(kind):
            await self.put(kind, content, queue)

    async def put(self, kind: str, content: dict[str, Any], queue: str) -> bool:
        """Something happened. Waits for a webhook to take it, if there is one; whether it has."""
        if kind in self._held:
            self._held[kind].append((content, queue))
            return False
        if self.allowed and kind not in self.allowed:
            return False
        self._number += 1
        update = {"update_id": 700_000_000 + self._number, kind: content}
        if self.url:
            return await self._deliver(update, queue, _LIFETIME.get(kind, _DAY))
        await self._keep(update)
        return False

    async def again(self, copies: int = 1) -> list[int]:
        """Deliver the last update once more, in so many copies at once; the statuses they got."""
        answers = await asyncio.gather(*(self._post(self._last) for _ in range(copies)))
        return [status for status, _ in answers]

    async def poll(self, offset: int, limit: int, timeout: float) -> list[dict[str, Any]]:
        """What getUpdates answers: waits up to `timeout` platform seconds; drops all below `offset`."""
        if self.url:
            raise Conflict("can't use getUpdates method while webhook is active; use deleteWebhook first")
        async with self._changed:
            self._polls += 1
            turn = self._polls
            self._changed.notify_all()
            if offset < 0:
                self._pending = self._pending[offset:]
            self._pending = [update for update in self._pending if update["update_id"] >= offset]
            try:
                async with asyncio.timeout(timeout * self.pace):
                    await self._changed.wait_for(lambda: self._pending or self._polls != turn)
            except TimeoutError:
                return []
            if self._polls != turn:
                raise Conflict("terminated by other getUpdates request; make sure only one bot is running")
            return self._pending[: max(1, min(limit, 100))]

    async def _keep(self, update: dict[str, Any]) -> None:
        async with self._changed:
            self._pending.append(update)
            self._changed.notify_all()

    async def _deliver(self, update: dict[str, Any], queue: str, lifetime: float) -> bool:
        loop = asyncio.get_running_loop()
        # One update of a queue at a time: asyncio's lock lets them through in the order they came.
        async with self._queues[queue]:
            until = loop.time() + lifetime * self.pace
            pause = 0.0
            while self.url and loop.time() <= until:
                self._last = update
                answers = await asyncio.gather(*(self._post(update) for _ in range(self.copies)))
                if any(200 <= status < 300 for status, _ in answers):
                    return True
                await asyncio.sleep(max(pause, *(wait for _, wait in answers), 0.0) * self.pace)
                pause = min(pause * 2 or 2.0, 60.0)
        if not self.url:
            await self._keep(update)
        return False

    async def _post(self, update: dict[str, Any]) -> tuple[int, float]:
        url = self.url
        for public, local in self.tunnels.items():
            if url.startswith(public):
                url = local + url.removeprefix(public)
        headers = {"Content-Type": "application/json"}
        if self.secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = self.secret
        status, wait = 0, "0"
        try:
            async with self._http.post(url, data=json.dumps(update), headers=headers) as response:
                status, wait = response.status, response.headers.get("Retry-After", "0")
                answer = await response.read()
            if 200 <= status < 300 and self.run and b'"method"' in answer:
                await self.run(json.loads(answer))
        except aiohttp.ClientError:
            pass
        self.delivered.append((update["update_id"], status))
        return status, float(wait)
