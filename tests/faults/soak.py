"""A long day in miniature: thousands of messages, files, refusals and new lines; memory and open files stay flat."""

from __future__ import annotations

import asyncio
import itertools
import json
import statistics
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp

from tests import samples
from tests.e2e import running, serving
from tests.faults import processes
from tests.standins import telegram, twilio

_SECRET = "made-up-telegram-secret"
#: What each says over and over: into the survey, through it, out of it, and what the bot does not understand.
_WORDS = ("/start s-priorities", "2", "1", "2", "Ак-Булак", "1", "30", "1", "1 2 3", "назад", "4 5 6", "помощь", "меню")
_PEOPLE, _AT_ONCE, _SAMPLES = 100, 16, 40
#: Requests after which a line is closed and another opened.
_LINE = 25
#: What a process may hold more at the end than at a third of the way: a part of its memory and megabytes; files
#: (lines to platforms are opened as needed and kept for a while; one file in fifty messages would be hundreds).
_PART, _MEGABYTES, _FILES = 0.06, 4.0, 16


class Sample(NamedTuple):
    """What a process holds at one moment."""

    memory: float
    files: int


class Soak:
    """One process, and everything at it."""

    def __init__(self, process: processes.Process, platform: telegram.Standin) -> None:
        self._process, self._platform = process, platform
        self._numbers = itertools.count(1)
        platform.bot().files |= {"photo": samples.picture(), "voice": samples.ogg()}
        for person in range(_PEOPLE):
            platform.person(5000 + person)
        #: Status -> how often it was answered.
        self.answered: dict[int, int] = {}

    async def runs(self, messages: int) -> list[Sample]:
        """So many requests, several at once; what the process held in between, the first third aside."""
        held = []
        for turn in range(_SAMPLES):
            await asyncio.gather(*(self._line(messages // _SAMPLES // _AT_ONCE) for _ in range(_AT_ONCE)))
            # Sending to Telegram goes wrong now and then, and lines to it are made anew.
            self._platform.fails("sendMessage", drop=True, times=3)
            self._platform.floods("sendMessage", 1)
            if turn >= _SAMPLES // 3:
                held.append(Sample(self._process.memory(), self._process.handles()))
        return held

    async def _line(self, requests: int) -> None:
        for begun in range(0, requests, _LINE):
            async with aiohttp.ClientSession(self._process.url, cookie_jar=aiohttp.DummyCookieJar()) as http:
                for _ in range(min(_LINE, requests - begun)):
                    await self._request(http, next(self._numbers))

    async def _request(self, http: aiohttp.ClientSession, number: int) -> None:
        person, turn = number % _PEOPLE, number // _PEOPLE
        secret = {"X-Telegram-Bot-Api-Secret-Token": _SECRET}
        match number % 20:
            case 0:
                size = {"file_unique_id": "u", "width": 64, "height": 48, "file_size": 900}
                await self._post(http, self._update(number, person, {"photo": [{"file_id": "photo", **size}]}), secret)
            case 1:
                voice = {"file_id": "voice", "file_unique_id": "u", "duration": 4, "file_size": 300}
                await self._post(http, self._update(number, person, {"voice": voice}), secret)
            case 2:
                await self._post(http, b"{}", {})
            case 3:
                await self._post(http, b"{", secret)
            case 4:
                await self._post(http, b"a" * 70_000, secret)
            case 5:
                await self._get(http, ("/chat", "/results", "/api/campaigns", "/api/health")[turn % 4])
            case _:
                await self._post(http, self._update(number, person, {"text": _WORDS[turn % len(_WORDS)]}), secret)

    def _update(self, number: int, person: int, content: dict[str, Any]) -> bytes:
        chat = {"id": 5000 + person, "type": "private", "first_name": "Айгүл"}
        message = {"message_id": number, "date": 1_790_000_000, "chat": chat, **content}
        return json.dumps({"update_id": number, "message": message}).encode()

    async def _post(self, http: aiohttp.ClientSession, body: bytes, headers: dict[str, str]) -> None:
        async with http.post("/telegram", data=body, headers=headers) as answer:
            await answer.read()
            self._note(answer.status)

    async def _get(self, http: aiohttp.ClientSession, path: str) -> None:
        async with http.get(path) as answer:
            await answer.read()
            self._note(answer.status)

    def _note(self, status: int) -> None:
        self.answered[status] = self.answered.get(status, 0) + 1


async def soak(database_url: str, folder: Path, messages: int) -> str:
    """Run it on this migrated database; what it came to. AssertionError where the process holds more and more."""
    async with telegram.running() as platform, twilio.Twilio() as unused:
        environ = running.environ(database_url, folder / "var", platform.url, unused)
        environ = {name: value for name, value in environ.items() if "TWILIO" not in name}
        environ["ASHAR_TELEGRAM_SECRET"] = _SECRET
        process = processes.Process(environ, folder / "log", serving.free_port())
        async with processes.running(process):
            made = Soak(process, platform)
            held = await made.runs(messages)
    first, last = held[: len(held) // 3], held[-len(held) // 3 :]
    memory = [statistics.median(each.memory for each in part) for part in (first, last)]
    files = [statistics.median(each.files for each in part) for part in (first, last)]
    said = (
        f"{sum(made.answered.values())} requests {dict(sorted(made.answered.items()))}: "
        f"{memory[0]:.1f} MB after a third and {memory[1]:.1f} MB at the end, {files[0]:.0f} and {files[1]:.0f} files"
    )
    assert made.answered.keys() == {200, 400, 403, 413}, said
    assert memory[1] <= memory[0] * (1 + _PART) + _MEGABYTES, said
    assert files[1] <= files[0] + _FILES, said
    return said
