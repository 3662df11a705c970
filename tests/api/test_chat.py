"""The web chat as browsers use it, old and new, with cookies and without, well-meaning and not."""

from __future__ import annotations

import asyncio
import html
import re
import urllib.parse
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from unittest import mock

import fastapi
import httpx
import pytest
import sqlalchemy as sa

from bot.services import publishing, receiving
from models import tables
from tests import talking
from tests.api import opened

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
#: What a page may weigh as it is sent, and what one connection may carry (DESIGN "The web chat").
PAGE, CONNECTION = 6 * 1024, 12 * 1024


@pytest.fixture
async def app(sqlite_url: str, tmp_path: Path) -> AsyncIterator[fastapi.FastAPI]:
    """The app with what ships."""
    async with opened.app(sqlite_url, tmp_path) as made:
        yield made


@pytest.fixture
async def browser(app: fastapi.FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A browser that keeps cookies."""
    async with opened.client(app) as made:
        yield made


def carried(page: str, holding: str) -> dict[str, str]:
    """The hidden fields of the form that has this in it."""
    form = next(form for form in re.findall(r"<form.*?</form>", page, re.DOTALL) if holding in form)
    hidden = re.findall(r'type=hidden name="?(\w+)"? value="([^"]*)"', form)
    return {name: html.unescape(value) for name, value in hidden}


def filled(page: str, name: str, *values: str) -> dict[str, Any]:
    """The form of the page that asks for `name`, filled in."""
    return carried(page, f"name={name} ") | {name: list(values)}


async def opening(browser: httpx.AsyncClient, start: str = "") -> str:
    """The page a browser sees first."""
    answer = await browser.get("/chat", params={"start": start} if start else None)
    assert answer.status_code == 200
    return answer.text


async def said(browser: httpx.AsyncClient, page: str, name: str, *values: str) -> str:
    """The page after this answer, by a 303."""
    answer = await browser.post("/chat", data=filled(page, name, *values))
    assert (answer.status_code, answer.headers["location"]) == (303, "/chat")
    assert "connection" not in answer.headers
    return (await browser.get("/chat")).text


async def count(app: fastapi.FastAPI, table: sa.Table) -> int:
    """Its rows."""
    async with app.state.house.database.reading() as connection:
        return int(await connection.scalar(sa.select(sa.func.count()).select_from(table)))


async def test_looking_keeps_nothing(app: fastapi.FastAPI, browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/chat?start=s-priorities")
    assert "Саламатсызбы!" in answer.text
    assert "Здравствуйте!" in answer.text
    assert "<script" not in answer.text
    cookie = answer.headers["set-cookie"]
    secret = cookie.partition("=")[2].partition(";")[0]
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", secret)
    assert cookie.endswith("; Max-Age=31536000; Path=/chat; HttpOnly; SameSite=Lax")
    assert carried(answer.text, "pick")["secret"] == secret
    assert carried(answer.text, "pick")["start"] == "s-priorities"
    assert [await count(app, table) for table in (tables.address, tables.contact, tables.received)] == [0, 0, 0]
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_the_cookie_stays_off_open_lines(sqlite_url: str, tmp_path: Path) -> None:
    async with opened.app(sqlite_url, tmp_path, ASHAR_PUBLIC_URL="https://ashar.example") as made:
        answer = await opened.client(made).get("/chat")
    assert "; Secure" in answer.headers["set-cookie"]


@pytest.mark.parametrize(("language", "first"), [("Кыргызча", "Кайсы облустан"), ("Русский", "Из какой вы области")])
async def test_a_link_leads_through_consent_to_the_first_question(
    browser: httpx.AsyncClient, language: str, first: str
) -> None:
    page = await said(browser, await opening(browser, "s-priorities"), "pick", language)
    assert f'<html lang="{"ky" if language == "Кыргызча" else "ru"}">' in page
    assert '<a href="/privacy">' in page
    page = await said(browser, page, "pick", "1")
    assert first in page
    # Where cookies work the secret stands nowhere else.
    assert "name=secret" not in page
    assert (await browser.get("/chat")).text.count(first) == 1


async def test_without_cookies_the_form_carries_the_secret(app: fastapi.FastAPI) -> None:
    async with opened.client(app) as browser:
        page = await opening(browser, "s-priorities")
        secret = carried(page, "pick")["secret"]
        for answer in ("Русский", "1", "8"):
            browser.cookies.clear()
            got = await browser.post("/chat", data=filled(page, "pick", answer))
            assert got.status_code == 200
            assert secret not in str(got.url)
            assert "set-cookie" not in got.headers
            page = got.text
            assert carried(page, "pick")["secret"] == secret
    assert "Вы:" in page


async def test_the_cookie_goes_before_the_form(app: fastapi.FastAPI, browser: httpx.AsyncClient) -> None:
    page = await opening(browser)
    own = browser.cookies["ashar"]
    await browser.post("/chat", data=filled(page, "pick", "Русский") | {"secret": "A" * 22})
    assert await app.state.house.desk.screen("web", own)
    assert not await app.state.house.desk.screen("web", "A" * 22)


async def test_a_form_sent_twice_counts_once(app: fastapi.FastAPI, browser: httpx.AsyncClient) -> None:
    page = await said(browser, await opening(browser, "s-priorities"), "pick", "Русский")
    form = filled(page, "pick", "1")
    first = await asyncio.gather(*(browser.post("/chat", data=form) for _ in range(3)))
    assert [answer.status_code for answer in first] == [303, 303, 303]
    assert await count(app, tables.response) == 1
    assert "Из какой вы области" in (await browser.get("/chat")).text
    # Reloading what came of it is only looking.
    received = await count(app, tables.received)
    for _ in range(2):
        await browser.get("/chat")
    assert await count(app, tables.received) == received


async def test_a_page_from_before_is_answered_kindly_and_changes_nothing(browser: httpx.AsyncClient) -> None:
    page = await said(browser, await opening(browser, "s-priorities"), "pick", "Русский")
    old = await said(browser, page, "pick", "1")
    now = await said(browser, old, "pick", "8")
    assert "Вы:" in now
    page = await said(browser, old, "pick", "1")
    assert "На этот вопрос уже есть ответ" in page
    assert "Вы:" in page


async def test_whoever_is_known_is_asked_before_a_link_is_followed(browser: httpx.AsyncClient) -> None:
    page = await said(browser, await opening(browser, "s-priorities"), "pick", "Русский")
    await said(browser, page, "pick", "1")
    invited = await opening(browser, "a-suu")
    assert "Вы пришли по ссылке." in invited
    assert "Из какой вы области" in await opening(browser)
    page = await said(browser, invited, "start", "a-suu")
    assert "Чистая вода в село" in page


async def test_a_ranking_by_three_lists_and_by_one_at_a_time(browser: httpx.AsyncClient) -> None:
    page = await said(browser, await opening(browser, "s-priorities"), "pick", "Русский")
    for name, answer in (("pick", "1"), ("pick", "8"), ("pick", "1"), ("say", "34"), ("pick", "1")):
        page = await said(browser, page, name, answer)
    assert page.count("<select") == 3
    page = await said(browser, page, "rank", "3", "1", "7")
    assert "А для вашего села" in page
    page = await said(browser, page, "pick", "5")
    assert page.count("class=on") == 1
    # What is picked already is not offered again in the lists.
    assert page.count("<select") == 2
    assert page.count('<option value="5">') == 0
    page = await said(browser, page, "rank", "2", "")
    page = await said(browser, page, "pick", "8")
    assert "Что ещё хотите сказать?" in page


async def test_several_are_ticked_and_sent_together(app: fastapi.FastAPI, browser: httpx.AsyncClient) -> None:
    await publishing.publish(app.state.house.database, [talking.FORMS / "homestead.yaml"])
    page = await said(browser, await opening(browser, "s-homestead"), "pick", "Даю согласие (рус.)")
    for name, answer in (("say", "4"), ("pick", "1")):
        page = await said(browser, page, name, answer)
    assert "Чем отапливаете дом?" in page
    assert (page.count("<input type=checkbox"), page.count("<select")) == (5, 0)
    # No button of an option would be the whole answer.
    assert not re.findall(r'name=pick value="\d', page)
    page = await said(browser, page, "rank", "1", "3")
    page = await said(browser, page, "pick", "back")
    assert "Ваш прежний ответ: уголь; электричество." in page


async def test_what_people_write_is_never_markup(browser: httpx.AsyncClient) -> None:
    page = await said(browser, await opening(browser, "s-priorities"), "pick", "Русский")
    for name, answer in (("pick", "1"), ("pick", "1"), ("pick", "2"), ("say", "<b>Ак-Суу</b> http://evil.example/x")):
        page = await said(browser, page, name, answer)
    page = await said(browser, page, "say", "мои данные")
    assert "&lt;b&gt;Ак-Суу&lt;/b&gt; http://evil.example/x" in page
    assert 'href="http://evil' not in page


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": opened.SITE},
        {"Origin": "https://evil.example"},
    ],
)
async def test_another_site_cannot_speak_for_anybody(
    app: fastapi.FastAPI, browser: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    form = filled(await opening(browser), "pick", "Русский")
    answer = await browser.post("/chat", data=form, headers=headers)
    assert answer.status_code == 403
    assert "<a href=/chat>" in answer.text
    assert await count(app, tables.received) == 0


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "null"},
        {"Origin": opened.SITE},
        {"Origin": "null", "Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
    ],
)
async def test_our_own_pages_can(browser: httpx.AsyncClient, headers: dict[str, str]) -> None:
    form = filled(await opening(browser), "pick", "Русский")
    assert (await browser.post("/chat", data=form, headers=headers)).status_code == 303


@pytest.mark.parametrize(
    "changes",
    [
        {"secret": ""},
        {"secret": "x" * 200},
        {"key": ""},
        {"key": "x" * 65},
        {"tag": "../../etc"},
        {"step": "-1"},
        {"step": "1" * 10},
        {"start": "s-" + "x" * 70},
        {"start": "<script>"},
    ],
)
async def test_broken_forms(app: fastapi.FastAPI, changes: dict[str, str]) -> None:
    async with opened.client(app) as browser:
        form = filled(await opening(browser), "pick", "Русский")
        browser.cookies.clear()
        answer = await browser.post("/chat", data=form | changes)
    assert answer.status_code == 400
    assert "жоголуп калды" in answer.text
    assert "потерялось" in answer.text
    assert await count(app, tables.received) == 0


@pytest.mark.parametrize(
    ("kind", "body"),
    [("application/json", "{}"), ("multipart/form-data; boundary=x", "--x--"), ("", ""), (FORM["Content-Type"], "%ff")],
)
async def test_no_form_at_all(browser: httpx.AsyncClient, kind: str, body: str) -> None:
    answer = await browser.post("/chat", content=body, headers={"Content-Type": kind} if kind else None)
    assert answer.status_code == 400


async def test_a_body_that_is_too_long_is_not_read(app: fastapi.FastAPI, browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/chat", content="say=" + "x" * 70_000, headers=FORM)
    assert (answer.status_code, answer.headers["connection"]) == (413, "close")

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b"x" * 8192
        raise AssertionError

    answer = await browser.post("/chat", content=endless(), headers=FORM)
    assert answer.status_code == 413
    # Answered while nearly all of it is still to come.
    async with opened.listening(app) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST /chat HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000\r\n\r\nsay=")
        assert (await asyncio.wait_for(reader.read(), 60)).startswith(b"HTTP/1.1 413")
        writer.close()
    assert await count(app, tables.received) == 0


async def test_nobody_says_more_than_a_messenger_lets_them(app: fastapi.FastAPI, browser: httpx.AsyncClient) -> None:
    page = await said(browser, await opening(browser), "pick", "Русский")
    answer = await browser.post("/chat", data=filled(page, "say", "я" * 4097))
    assert (answer.status_code, "короче" in answer.text) == (413, True)


async def test_busy_loses_no_word(app: fastapi.FastAPI, browser: httpx.AsyncClient) -> None:
    page = await said(browser, await opening(browser), "pick", "Русский")
    with mock.patch.object(app.state.house.desk, "receive", side_effect=receiving.Busy):
        answer = await browser.post("/chat", data=filled(page, "say", "первая строка\nвторая"))
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    again = carried(answer.text, 'name="key"')
    assert again["say"] == "первая строка\nвторая"
    assert (await browser.post("/chat", data=again)).status_code == 303


async def test_every_page_and_connection_stays_light(app: fastapi.FastAPI) -> None:
    largest: dict[str, int] = {}
    async with opened.listening(app) as port:
        for language in ("Кыргызча", "Русский"):
            for cookies in (True, False):
                visitor = _Visitor(port, cookies=cookies)
                await visitor.looks("/chat?start=s-priorities")
                for name, *values in (
                    ("pick", language),
                    *[("pick", answer) for answer in ("1", "1", "1", "1")],
                    ("say", "34"),
                    ("pick", "1"),
                    ("rank", "3", "", "5"),
                    ("say", "99"),
                    ("pick", "7"),
                    ("rank", "1", "2", "3"),
                    ("say", "Жол, суу, мектеп"),
                    ("pick", "1"),
                    ("pick", "2"),
                    ("pick", "1"),
                ):
                    await visitor.says(name, *values)
                largest[f"{language}, cookies {cookies}"] = max(visitor.sizes)
                assert max(visitor.sizes) < PAGE, largest
                assert max(visitor.connections) < CONNECTION, largest
                assert len(visitor.sizes) == 16


class _Visitor:
    """A browser down to its bytes, uncompressed; it uses a connection as long as it may."""

    def __init__(self, port: int, *, cookies: bool) -> None:
        self._port, self._cookies = port, cookies
        self._cookie = ""
        self.page = ""
        #: Bytes of each page with its headers, and of all that came over each connection.
        self.sizes: list[int] = []
        self.connections: list[int] = []
        self._line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def looks(self, path: str) -> None:
        """Fetch a page."""
        status, _, body, size = await self._ask(f"GET {path} HTTP/1.1", b"")
        assert status == 200
        self.page = body
        self.sizes.append(size)

    async def says(self, name: str, *values: str) -> None:
        """Send the form that asks for `name`, and go where it leads."""
        sent = urllib.parse.urlencode(filled(self.page, name, *values), doseq=True).encode()
        status, headers, body, size = await self._ask("POST /chat HTTP/1.1", sent)
        if self._cookies:
            assert (status, headers["location"]) == (303, "/chat")
            await self.looks("/chat")
        else:
            assert status == 200
            self.page = body
            self.sizes.append(size)

    async def _ask(self, line: str, body: bytes) -> tuple[int, dict[str, str], str, int]:
        if self._line is None:
            self._line = await asyncio.open_connection("127.0.0.1", self._port)
            self.connections.append(0)
        reader, writer = self._line
        head = f"{line}\r\nHost: 127.0.0.1\r\nContent-Type: {FORM['Content-Type']}\r\nContent-Length: {len(body)}\r\n"
        if self._cookie:
            head += f"Cookie: {self._cookie}\r\n"
        writer.write(head.encode() + b"\r\n" + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        first, *rest = answer.decode().strip().split("\r\n")
        headers = {name.lower(): value for name, _, value in (each.partition(": ") for each in rest)}
        content = await reader.readexactly(int(headers.get("content-length", 0)))
        if self._cookies and "set-cookie" in headers:
            self._cookie = headers["set-cookie"].partition(";")[0]
        size = len(answer) + len(content)
        self.connections[-1] += size
        if headers.get("connection") == "close":
            assert await reader.read() == b""
            writer.close()
            self._line = None
        return int(first.split()[1]), headers, content.decode(), size
