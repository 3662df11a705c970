"""Pictures and recordings in the web chat: a player without script, a link that says its size, and their door."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import fastapi
import httpx
import pytest
import sqlalchemy as sa

from bot.services import publishing
from models import db, media, tables
from tests import samples
from tests.api import opened
from tests.api.test_chat import PAGE, carried, opening, said


@pytest.fixture
async def app(sqlite_url: str, tmp_path: Path) -> AsyncIterator[fastapi.FastAPI]:
    """The app, with a survey that can be listened to."""
    async with opened.app(sqlite_url, tmp_path) as made:
        await publishing.publish(made.state.house.database, [samples.spoken_form(tmp_path)])
        yield made


@pytest.fixture
async def browser(app: fastapi.FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A browser that keeps cookies."""
    async with opened.client(app) as made:
        yield made


def player(page: str) -> str:
    """The address in the page's player, and in its link where a browser has none; or ""."""
    found = re.findall(r'<audio controls preload=none src="([^"]+)"><a href="([^"]+)">[^<]+</a></audio>', page)
    assert len(found) == page.count("<audio") <= 1
    assert all(played == linked for played, linked in found)
    return found[0][0] if found else ""


async def recording(app: fastapi.FastAPI) -> str:
    """The hash of the one in Kyrgyz."""
    async with app.state.house.database.reading() as connection:
        catalogue = await publishing.Library().catalogue(connection)
    return catalogue.forms[catalogue.surveys["heard"]].attachments["suu.ogg"].hash


async def test_whoever_presses_listen_has_a_player(browser: httpx.AsyncClient) -> None:
    page = await said(browser, await opening(browser, "s-heard"), "pick", "Кыргызча")
    page = await said(browser, page, "pick", "1")
    assert player(page) == ""
    assert ">Угуп көрүү</button>" in page
    listening = carried(page, 'value="listen"') | {"pick": "listen"}
    assert (await browser.post("/chat", data=listening)).status_code == 303
    answer = await browser.get("/chat")
    assert len(answer.content) < PAGE
    assert "media-src 'self'" in answer.headers["content-security-policy"]
    assert "Суу барбы?" in answer.text
    heard = await browser.get(player(answer.text))
    assert (heard.headers["content-type"], heard.content) == ("audio/ogg", samples.ogg(5))
    assert "immutable" in heard.headers["cache-control"]
    # The answer to the question has no player any more.
    assert player(await said(browser, answer.text, "pick", "1")) == ""


async def test_whoever_asks_for_the_picture_has_a_link_that_says_what_it_costs(browser: httpx.AsyncClient) -> None:
    page = await said(browser, await opening(browser, "s-heard"), "pick", "Кыргызча")
    page = await said(browser, page, "pick", "1")
    assert ">Сүрөтүн көрүү</button>" in page
    assert "/attachment/" not in page
    asking = carried(page, 'value="show"') | {"pick": "show"}
    assert (await browser.post("/chat", data=asking)).status_code == 303
    answer = await browser.get("/chat")
    assert len(answer.content) < PAGE
    assert "<img" not in answer.text
    assert player(answer.text) == ""
    assert "Суу барбы?" in answer.text
    [(link, words)] = re.findall(r'<p><a href="(/attachment/[^"]+)">([^<]+)</a>', answer.text)
    assert words == "Сүрөт, 1 КБ"
    seen = await browser.get(link)
    assert (seen.headers["content-type"], seen.content) == ("image/jpeg", samples.PICTURES["suu.jpg"])
    assert "sandbox" in seen.headers["content-security-policy"]
    assert "/attachment/" not in await said(browser, answer.text, "pick", "1")


async def test_a_spoken_survey_has_a_player_on_every_page(browser: httpx.AsyncClient, app: fastapi.FastAPI) -> None:
    folder = Path(app.state.house.settings.var) / "spoken"
    folder.mkdir()
    await publishing.publish(app.state.house.database, [samples.spoken_form(folder, spoken=True)])
    page = await said(browser, await opening(browser, "s-heard"), "pick", "Русский")
    page = await said(browser, page, "pick", "1")
    assert (await browser.get(player(page))).headers["content-type"] == "audio/mpeg"
    page = await said(browser, page, "pick", "1")
    assert "Предложение" in page
    assert (await browser.get(player(page))).content == samples.ogg(7)


@pytest.mark.parametrize(
    ("asked", "status", "content", "range_"),
    [
        ("", 200, samples.ogg(5), None),
        ("bytes=0-", 206, samples.ogg(5), "bytes 0-{last}/{size}"),
        ("bytes=0-1", 206, samples.ogg(5)[:2], "bytes 0-1/{size}"),
        ("bytes=4-9999", 206, samples.ogg(5)[4:], "bytes 4-{last}/{size}"),
        ("bytes=99999-", 416, b"", "bytes */{size}"),
        ("bytes=5-4", 416, b"", "bytes */{size}"),
        # What no player asks for is answered with all of it, as the standard allows.
        ("bytes=-5", 200, samples.ogg(5), None),
        ("bytes=0-1,4-5", 200, samples.ogg(5), None),
        ("bytes=²-", 200, samples.ogg(5), None),
    ],
)
async def test_a_piece_can_be_asked_for(
    app: fastapi.FastAPI, browser: httpx.AsyncClient, asked: str, status: int, content: bytes, range_: str | None
) -> None:
    link = app.state.house.attachments.link(await recording(app))
    answer = await browser.get(link, headers=[(b"Range", asked.encode())] if asked else [])
    assert (answer.status_code, answer.content) == (status, content)
    size = len(samples.ogg(5))
    assert answer.headers.get("content-range") == (range_.format(size=size, last=size - 1) if range_ else None)
    head = await browser.head(link)
    assert (head.status_code, head.headers["content-length"], head.content) == (200, str(size), b"")


@pytest.mark.parametrize("end", ["", "/0/0", "/x/0", "/²/0", "/99999999999/0", "/{until}/0", "/{later}/{mark}"])
async def test_only_an_address_that_was_given_out_is_good(
    app: fastapi.FastAPI, browser: httpx.AsyncClient, end: str
) -> None:
    link = app.state.house.attachments.link(await recording(app))
    begin, until, mark = link.rsplit("/", 2)
    wrong = begin + end.format(until=until, later=int(until) + 3600, mark=mark)
    assert (await browser.get(link)).status_code == 200
    assert (await browser.get(wrong)).status_code == 404


async def test_what_is_not_there_is_not_found(app: fastapi.FastAPI, browser: httpx.AsyncClient) -> None:
    assert (await browser.get(app.state.house.attachments.link("0" * 64))).status_code == 404


async def test_no_browser_keeps_the_photo_of_a_receipt(app: fastapi.FastAPI, browser: httpx.AsyncClient) -> None:
    house, at = app.state.house, db.now()
    draft = house.files.draft(samples.drawn())
    house.files.shelve(draft)
    async with house.database.transaction() as connection:
        version = await connection.scalar(sa.select(tables.campaign_version.c.version))
        of = {"id": "p", "campaign_name": "suu", "campaign_version": version, "need": "money", "unit": "KGS"}
        await connection.execute(
            sa.insert(tables.pledge).values(**of, quantity=100, code="ABCDEF", state="sent", country="", place="")
        )
        await connection.execute(
            sa.insert(tables.role).values(id="h", campaign_name="suu", office="treasurer", begun_at=at)
        )
        row = {"id": "m", "pledge_id": "p", "kind": "image", "status": "kept", "channel": "web", "mime": "image/jpeg"}
        await media.add(connection, [{**row, "content_hash": draft.hash, "not_before": at, "created_at": at}])
    seen = await browser.get(house.attachments.link("receipt-m-h"))
    assert (seen.headers["content-type"], seen.content) == ("image/jpeg", samples.drawn())
    assert seen.headers["cache-control"] == "no-store"
    assert (await browser.get(house.attachments.link("receipt-m-other"))).status_code == 404
