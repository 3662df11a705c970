"""The web chat down to its bytes, both ways: what a phone with a common browser pays for a whole survey."""

from __future__ import annotations

import asyncio
import gzip
import urllib.parse
from pathlib import Path
from typing import NamedTuple

import fastapi
import pytest

from bot.channels import weighing
from bot.services import publishing, reaching
from tests import talking
from tests.api import opened
from tests.api.test_chat import filled

#: All pages and redirections, and all that a browser sends for them: for an adult in a village, the longest way.
BUDGET = 40_000
VILLAGER = {"raion": "2", "village": "Ак-Суу"}
#: As Chrome on Android writes its requests.
BROWSER = """\
Host: ashar.example
Connection: keep-alive
Upgrade-Insecure-Requests: 1
User-Agent: Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 \
(KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36
Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,\
application/signed-exchange;v=b3;q=0.7
Sec-Fetch-Site: same-origin
Sec-Fetch-Mode: navigate
Sec-Fetch-User: ?1
Sec-Fetch-Dest: document
sec-ch-ua: "Chromium";v="142", "Google Chrome";v="142", "Not_A Brand";v="99"
sec-ch-ua-mobile: ?1
sec-ch-ua-platform: "Android"
Accept-Encoding: gzip, deflate, br, zstd
Accept-Language: ru-RU,ru;q=0.9,en-US;q=0.8,en;q=0.7
"""
FORM = "Cache-Control: max-age=0\nOrigin: null\nContent-Type: application/x-www-form-urlencoded\n"


class _Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    page: str


class _Browser:
    """A browser that counts what it sends and what it gets."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._cookie = ""
        self._line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self.page = ""
        self.load = weighing.Load()

    async def looks(self, path: str = "/chat") -> None:
        """Fetch a page."""
        answer = await self._ask(f"GET {path} HTTP/1.1\n")
        assert answer.status == 200
        self.page = answer.page
        self.load = self.load.plus(weighing.Load(messages_out=1))

    async def says(self, name: str, value: str) -> None:
        """Send the form that asks for `name`, and fetch the page it leads to."""
        body = urllib.parse.urlencode(filled(self.page, name, value), doseq=True)
        answer = await self._ask(f"POST /chat HTTP/1.1\nContent-Length: {len(body)}\n{FORM}", body)
        assert (answer.status, answer.headers["location"]) == (303, "/chat")
        self.load = self.load.plus(weighing.Load(messages_in=1))
        await self.looks()

    async def _ask(self, first: str, body: str = "") -> _Answer:
        if self._line is None:
            self._line = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._line
        head = first + BROWSER + (f"Cookie: {self._cookie}\n" if self._cookie else "") + "\n"
        sent = head.replace("\n", "\r\n").encode() + body.encode()
        writer.write(sent)
        got = await reader.readuntil(b"\r\n\r\n")
        status, *rest = got.decode().strip().split("\r\n")
        headers = {name.lower(): value for name, _, value in (each.partition(": ") for each in rest)}
        content = await reader.readexactly(int(headers["content-length"]))
        self.load = self.load.plus(weighing.Load(0, 0, len(sent), len(got) + len(content)))
        if "set-cookie" in headers:
            self._cookie = headers["set-cookie"].partition(";")[0]
        if headers.get("connection") == "close":
            writer.close()
            self._line = None
        plain = gzip.decompress(content) if headers.get("content-encoding") == "gzip" else content
        return _Answer(int(status.split()[1]), headers, plain.decode())


async def walks(app: fastapi.FastAPI, language: str) -> weighing.Load:
    """The villager's way through the survey, all of it."""
    async with opened.listening(app) as port:
        browser = _Browser(port)
        await browser.looks("/chat?start=s-priorities")
        await browser.says("pick", {"ky": "Макулмун (кыргызча)", "ru": "Даю согласие (рус.)"}[language])
        for name, value in (
            ("pick", "1"),
            ("pick", "2"),
            ("say", VILLAGER["village"]),
            ("pick", "1"),
            ("say", "30"),
            ("pick", "1"),
            ("say", "1 2 3"),
            ("say", "1 2 3"),
            ("say", reaching.SENTENCE[language]),
            ("pick", "1"),
        ):
            await browser.says(name, value)
        assert {"ky": "жоопторуңузду алдык", "ru": "ответы получены"}[language] in browser.page
        return browser.load


@pytest.mark.parametrize("language", ["ky", "ru"])
async def test_a_survey_costs_less_than_forty_kilobytes_in_all(sqlite_url: str, tmp_path: Path, language: str) -> None:
    async with opened.app(sqlite_url, tmp_path) as app:
        real = await walks(app, language)
        voice, site = app.state.house.voice, app.state.house.settings.site
    assert real.messages_out == 12
    assert real.bytes_in + real.bytes_out < BUDGET
    # What `ashar reach` and the counters say is a model: it must stay near the truth.
    catalogue = publishing.prepare([talking.FLOWS]).catalogue()
    model = weighing.Load()
    for step in reaching.walk(catalogue, "s-priorities", voice, site, "web", language, VILLAGER):
        model = model.plus(step.load)
    assert model[:2] == real[:2]
    for ours, true in zip(model[2:], real[2:], strict=True):
        assert abs(ours - true) < 0.1 * true, (model, real)
