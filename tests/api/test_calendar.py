"""On the web nobody can be reminded, so a person takes the days of their promises away with them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import fastapi
import httpx
import icalendar
import pytest

from tests.api import opened, test_chat


@pytest.fixture
async def app(sqlite_url: str, tmp_path: Path) -> AsyncIterator[fastapi.FastAPI]:
    """The app with what ships."""
    async with opened.app(sqlite_url, tmp_path) as made:
        yield made


async def says(browser: httpx.AsyncClient, page: str, text: str) -> str:
    """Type it, and read the page that comes of it."""
    answer = await browser.post("/chat", data=test_chat.filled(page, "say", text), headers=test_chat.FORM)
    assert answer.status_code == 303
    return (await browser.get("/chat")).text


async def test_what_was_promised_is_in_the_file_until_it_is_taken_back(app: fastapi.FastAPI) -> None:
    async with opened.client(app) as browser:
        page = await test_chat.opening(browser, "a-suu")
        first = test_chat.carried(page, "Даю согласие") | {"pick": "Даю согласие (рус.)"}
        await browser.post("/chat", data=first, headers=test_chat.FORM)
        page = await says(browser, (await browser.get("/chat")).text, "5000 сомов до 15 апреля, 3 дня")
        assert "/chat/calendar" not in page
        page = await says(browser, page, "да")
        asked = test_chat.carried(page, "/chat/calendar")
        answer = await browser.post("/chat/calendar", data=asked, headers=test_chat.FORM)
        assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
        assert "ashar.ics" in answer.headers["content-disposition"]
        found = icalendar.Calendar.from_ical(answer.text)
        titles = [str(event["summary"]) for event in found.walk("VEVENT")]
        assert len(titles) == 2
        assert any("5 000 сомов" in title.replace("\N{NO-BREAK SPACE}", " ") for title in titles)
        page = await says(browser, page, "меню")
        # Where no promise is shown, somebody else may hold the phone by now.
        answer = await browser.post("/chat/calendar", data=asked, headers=test_chat.FORM)
        assert answer.status_code == 303


@pytest.mark.parametrize(
    "fields", [{}, {"secret": "x"}, {"secret": "a" * 22, "key": "k" * 12, "tag": "-", "step": "1"}]
)
async def test_strangers_get_nothing(app: fastapi.FastAPI, fields: dict[str, str]) -> None:
    async with opened.client(app) as browser:
        answer = await browser.post("/chat/calendar", data=fields, headers=test_chat.FORM)
        assert answer.status_code in (303, 400)
        assert "BEGIN" not in answer.text
