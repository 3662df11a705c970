"""Pictures and voices through the web chat's own form, by browsers without script."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from unittest import mock

import fastapi
import httpx
import pytest
import sqlalchemy as sa

from api import uploads
from bot.services import publishing, receiving
from models import tables
from tests import samples
from tests.api import opened
from tests.api.test_chat import PAGE, carried, opening, said
from tests.services import sending


@pytest.fixture
async def app(sqlite_url: str, tmp_path: Path) -> AsyncIterator[fastapi.FastAPI]:
    """The app, with a survey that asks for a picture, a voice and words; files of a megabyte at the most."""
    async with opened.app(sqlite_url, tmp_path, ASHAR_MEDIA_LIMIT="1") as made:
        (tmp_path / "sent.yaml").write_text(sending.FORM, "utf-8")
        await publishing.publish(made.state.house.database, [tmp_path / "sent.yaml"])
        yield made


@pytest.fixture
async def browser(app: fastapi.FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A browser that keeps cookies."""
    async with opened.client(app) as made:
        yield made


async def begun(browser: httpx.AsyncClient, *answers: str) -> str:
    """The page of the first question, or of the one after these answers."""
    page = await said(browser, await opening(browser, "s-sent"), "pick", "Русский")
    page = await said(browser, page, "pick", "1")
    for answer in answers:
        page = await said(browser, page, "say", answer)
    return page


async def put(browser: httpx.AsyncClient, page: str, content: bytes, name: str = "x.jpg") -> httpx.Response:
    """Send the form for a file."""
    return await browser.post("/chat", data=carried(page, "name=file "), files={"file": (name, content)})


async def media(app: fastapi.FastAPI) -> list[Any]:
    """What was sent, as (question, kind, status, mime)."""
    columns = (tables.media.c.question, tables.media.c.kind, tables.media.c.status, tables.media.c.mime)
    async with app.state.house.database.reading() as connection:
        return [tuple(row) for row in await connection.execute(sa.select(*columns).order_by(tables.media.c.created_at))]


async def arrives(app: fastapi.FastAPI, *wanted: tuple[str, ...]) -> None:
    """Wait until that was sent and is kept, and the directory holds no more than that."""
    async with asyncio.timeout(60):
        # Where it lay until then is cleared right after.
        while await media(app) != list(wanted) or len(on_disk(app)) > len(wanted):  # noqa: ASYNC110 - nobody tells us
            await asyncio.sleep(0.02)


def on_disk(app: fastapi.FastAPI) -> list[Path]:
    """Every file in the media directory."""
    return [path for path in app.state.house.files.folder.rglob("*") if path.is_file()]


async def test_a_picture_and_two_voices_without_script(app: fastapi.FastAPI, browser: httpx.AsyncClient) -> None:
    page = await begun(browser)
    assert '<input type=file name=file accept="image/*" required>' in page
    assert "enctype=multipart/form-data" in page
    answer = await put(browser, page, samples.picture(), "../../x.jpg")
    assert (answer.status_code, answer.headers["location"]) == (303, "/chat")
    page = (await browser.get("/chat")).text
    assert "Расскажите" in page
    assert 'accept="audio/*"' in page
    await put(browser, page, samples.ogg(3))
    page = (await browser.get("/chat")).text
    # Words come first where words are asked for.
    assert page.index("<textarea") < page.index("type=file")
    await put(browser, page, samples.MP3)
    page = (await browser.get("/chat")).text
    assert "type=file" not in page
    await arrives(
        app,
        ("bridge", "image", "kept", "image/jpeg"),
        ("story", "audio", "kept", "audio/ogg"),
        ("idea", "audio", "kept", "audio/mpeg"),
    )
    assert "<script" not in page


async def test_words_do_where_a_file_is_asked_for(app: fastapi.FastAPI, browser: httpx.AsyncClient) -> None:
    page = await begun(browser, "Көпүрө эски")
    assert "Расскажите" in page
    assert await media(app) == []


async def test_every_page_with_a_field_for_files_stays_light(browser: httpx.AsyncClient) -> None:
    for answers in ([], ["skip"], ["skip", "skip"]):
        page = await begun(browser, *answers)
        assert "type=file" in page
        assert len(page.encode()) < PAGE - 700
        browser.cookies.clear()


async def test_without_cookies_the_form_carries_the_secret(app: fastapi.FastAPI, browser: httpx.AsyncClient) -> None:
    page = await opening(browser, "s-sent")
    for answer in ("Русский", "1"):
        browser.cookies.clear()
        page = (await browser.post("/chat", data=carried(page, "pick") | {"pick": answer})).text
    browser.cookies.clear()
    answer_ = await put(browser, page, samples.picture())
    assert answer_.status_code == 200
    assert "Расскажите" in answer_.text
    await arrives(app, ("bridge", "image", "kept", "image/jpeg"))


async def test_a_file_sent_twice_counts_once(app: fastapi.FastAPI, browser: httpx.AsyncClient) -> None:
    page = await begun(browser)
    answers = await asyncio.gather(*(put(browser, page, samples.picture()) for _ in range(3)))
    assert [answer.status_code for answer in answers] == [303] * 3
    assert "Расскажите" in (await browser.get("/chat")).text
    assert len(await media(app)) == 1


@pytest.mark.parametrize(
    "content",
    [samples.SVG, samples.PAGE, b"%PDF-1.7", samples.mpeg4(b"vide"), samples.ogg()],
    ids=["drawing", "page", "document", "film", "sound"],
)
async def test_what_is_not_asked_for_is_not_kept(
    app: fastapi.FastAPI, browser: httpx.AsyncClient, content: bytes
) -> None:
    page = await begun(browser)
    assert (await put(browser, page, content)).status_code == 303
    again = (await browser.get("/chat")).text
    assert "Спасибо!" in again
    assert "Мост" in again
    assert await media(app) == []
    assert on_disk(app) == []


async def test_a_stranger_and_a_page_from_before_leave_nothing(
    app: fastapi.FastAPI, browser: httpx.AsyncClient
) -> None:
    page = await begun(browser)
    now = await said(browser, page, "say", "Көпүрө эски")
    assert "Расскажите" in now
    assert (await put(browser, page, samples.picture())).status_code == 303
    browser.cookies.clear()
    form = carried(page, "name=file ") | {"secret": "B" * 22}
    assert (await browser.post("/chat", data=form, files={"file": samples.picture()})).status_code == 200
    assert await media(app) == []
    assert on_disk(app) == []


async def test_a_file_that_is_too_large_is_not_read(app: fastapi.FastAPI, browser: httpx.AsyncClient) -> None:
    page = await begun(browser)
    answer = await put(browser, page, b"\xff\xd8\xff" + b"\0" * 1_100_000)
    assert (answer.status_code, answer.headers["connection"]) == (413, "close")
    assert "Принимаются файлы до 1 МБ" in answer.text
    async with opened.listening(app) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        head = "POST /chat HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=x\r\n"
        writer.write(f"{head}Content-Length: 2000000\r\n\r\n--x".encode())
        assert (await asyncio.wait_for(reader.read(), 60)).startswith(b"HTTP/1.1 413")
        writer.close()
    # Words may not be as long as files.
    long = await browser.post("/chat", data={"say": "x" * 70_000})
    assert long.status_code == 413
    assert "Напишите, пожалуйста, короче" in long.text
    assert on_disk(app) == []


async def all_places(
    app: fastapi.FastAPI, browser: httpx.AsyncClient, content: Callable[[], AsyncIterator[bytes]]
) -> list[asyncio.Task[httpx.Response]]:
    """As many as there is room for have begun to send that."""
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    posts = [
        asyncio.create_task(browser.post("/chat", content=content(), headers=headers)) for _ in range(uploads.AT_ONCE)
    ]
    async with asyncio.timeout(60):
        while len(getattr(app.state, "uploads", ())) < uploads.AT_ONCE:  # noqa: ASYNC110 - nor does a list
            await asyncio.sleep(0.01)
    return posts


async def test_only_so_many_files_are_read_at_once(app: fastapi.FastAPI, browser: httpx.AsyncClient) -> None:
    page = await begun(browser)
    go_on = asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield b"--x\r\n"
        await go_on.wait()

    posts = await all_places(app, browser, slow)
    busy = await put(browser, page, samples.picture())
    assert (busy.status_code, busy.headers["retry-after"]) == (503, "5")
    # Whoever writes words is not held up.
    assert "Расскажите" in await said(browser, page, "say", "Көпүрө эски")
    go_on.set()
    assert {answer.status_code for answer in await asyncio.gather(*posts)} == {400}
    assert app.state.uploads == []


async def test_who_sends_nothing_any_more_holds_no_place(
    app: fastapi.FastAPI, browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await begun(browser)
    over = asyncio.Event()

    async def trickling() -> AsyncIterator[bytes]:
        yield b"--x\r\n"
        while not over.is_set():
            yield b"x"
            await asyncio.sleep(0.05)

    posts = await all_places(app, browser, trickling)
    monkeypatch.setattr(uploads, "SLOW", 0.2)
    await asyncio.sleep(0.3)
    # One of them makes room, and is told so; the others may go on while nobody needs their place.
    assert (await put(browser, page, samples.picture())).status_code == 303
    async with asyncio.timeout(60):
        [first], others = await asyncio.wait(posts, return_when=asyncio.FIRST_COMPLETED)
    assert (first.result().status_code, len(others)) == (400, uploads.AT_ONCE - 1)
    over.set()
    await asyncio.gather(*posts)
    assert app.state.uploads == []


async def test_busy_asks_for_the_file_again(app: fastapi.FastAPI, browser: httpx.AsyncClient) -> None:
    page = await begun(browser)
    with mock.patch.object(app.state.house.desk, "receive", side_effect=receiving.Busy):
        answer = await put(browser, page, samples.picture())
    assert answer.status_code == 503
    assert "type=hidden" not in answer.text
    assert "<a href=/chat>" in answer.text
    assert (await put(browser, (await browser.get("/chat")).text, samples.picture())).status_code == 303
    await arrives_first(app)


async def arrives_first(app: fastapi.FastAPI) -> None:
    """The one that was kept; the other upload lies until it is swept up."""
    async with asyncio.timeout(60):
        while await media(app) != [("bridge", "image", "kept", "image/jpeg")]:  # noqa: ASYNC110 - see `arrives`
            await asyncio.sleep(0.02)
    assert len([path for path in on_disk(app) if re.fullmatch("[0-9a-f]{64}", path.name)]) == 1
