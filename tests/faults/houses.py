"""A process of ours with Telegram at the other end, and one person who writes to it."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import aiohttp

from tests.e2e import running, serving
from tests.faults import processes
from tests.standins import telegram, telegram_people, twilio

_SECRET = "made-up-telegram-secret"


class Said(NamedTuple):
    """What a webhook was answered."""

    status: int
    retry_after: str


class House:
    """A process of ours, and one person who writes to it."""

    def __init__(self, process: processes.Process, person: telegram_people.Person, http: aiohttp.ClientSession) -> None:
        self.process, self.person, self._http = process, person, http
        self._numbers = itertools.count(1)
        self._last: bytes = b""

    async def hears(self, text: str) -> Said:
        """Let the person write this; Telegram's own waits and repeats left out."""
        number = next(self._numbers)
        message = {"message_id": number, "date": 1_790_000_000, "chat": {"id": 5005, "type": "private"}, "text": text}
        self._last = json.dumps({"update_id": number, "message": message}).encode()
        return await self.again()

    async def again(self) -> Said:
        """The last message once more, as Telegram does until it is told 200."""
        headers = {"X-Telegram-Bot-Api-Secret-Token": _SECRET, "Content-Type": "application/json"}
        async with self._http.post(f"{self.process.url}/telegram", data=self._last, headers=headers) as answer:
            return Said(answer.status, answer.headers.get("Retry-After", ""))

    async def recovers(self) -> None:
        """Wait until the last message is taken: nobody has done anything to the process."""
        async with asyncio.timeout(running.PATIENCE):
            while (await self.again()).status != 200:  # noqa: ASYNC110 - a process tells nobody that it is well again
                await asyncio.sleep(0.2)

    async def health(self) -> tuple[int, str]:
        """The status of its health, and the reason."""
        async with self._http.get(f"{self.process.url}/api/health") as answer:
            return answer.status, (await answer.json())["reason"]

    async def reddens(self, reason: str) -> None:
        """Wait until its health is red for that reason."""
        async with asyncio.timeout(running.PATIENCE):
            while await self.health() != (503, reason):  # noqa: ASYNC110 - it says so to whoever asks
                await asyncio.sleep(0.2)

    async def shows(self, words: str) -> None:
        """Wait until these words are the last on the screen."""

        def seen() -> bool:
            last = self.person.glance()
            return bool(last and words in last.text)

        await running.until(seen)

    def times(self, words: str) -> int:
        """How often these words were sent."""
        return sum(words in shown.text for shown in self.person.screen() if shown.from_bot)

    async def agrees(self) -> None:
        """As far as the first question."""
        assert (await self.hears("/start s-priorities")).status == 200
        await self.shows("Согласны?")
        assert (await self.hears("2")).status == 200
        await self.shows("(1/9)")


@contextlib.asynccontextmanager
async def house(database_url: str, folder: Path, pace: float = 0) -> AsyncIterator[House]:
    """`ashar serve` on this migrated database, with Telegram at the other end."""
    async with telegram.running() as platform, twilio.Twilio() as unused, aiohttp.ClientSession() as http:
        environ = running.environ(database_url, folder / "var", platform.url, unused)
        environ = {name: value for name, value in environ.items() if "TWILIO" not in name}
        environ["ASHAR_TELEGRAM_SECRET"] = _SECRET
        process = processes.Process(environ, folder / "log", serving.free_port(), pace=pace)
        async with processes.running(process):
            yield House(process, platform.person(5005, "ru"), http)
