"""Pictures, voice notes and places from people's phones to files, through the real app and both platforms."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.services import fetching, publishing
from models import tables
from tests import samples
from tests.e2e import phones, running
from tests.services import sending


@pytest.fixture
async def app(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[running.App]:
    """The app and both platforms, with a survey that asks for a picture, a voice and words."""
    monkeypatch.setattr(fetching, "IDLE", 0.1)
    async with running.running(database_url, tmp_path) as made:
        (tmp_path / "sent.yaml").write_text(sending.FORM, "utf-8")
        await publishing.publish(made.house.database, [tmp_path / "sent.yaml"])
        yield made


async def begins(phone: phones.Phone) -> None:
    """In Russian, up to the first question."""
    await phone.comes("s-sent")
    [said] = await phone.types("2")
    assert "Мост" in said


async def arrived(app: running.App, count: int) -> list[Any]:
    """(question, content) of what was sent, once all of it is kept."""
    columns = sa.select(tables.media.c.question, tables.media.c.status, tables.media.c.content_hash)
    async with asyncio.timeout(running.PATIENCE):
        while True:
            async with app.house.database.reading() as connection:
                rows = list(await connection.execute(columns.order_by(tables.media.c.created_at)))
            if len(rows) == count and {row.status for row in rows} == {"kept"}:
                return [(row.question, app.house.files.read(row.content_hash)) for row in rows]
            await asyncio.sleep(0.02)


async def gone(app: running.App) -> None:
    """Wait until nothing is left of it."""
    folder = app.house.files.folder
    await running.until(lambda: not [path for path in folder.rglob("*") if path.is_file()])
    assert await app.count("media") == {"media": 0}


async def test_from_telegram(app: running.App) -> None:
    phone = phones.Telegram(app, 7001)
    await begins(phone)
    [said] = await phone.hears(_nothing(phone.person.sends_file("photo", samples.picture(), caption="Биздин көпүрө")))
    assert "Расскажите" in said
    [said] = await phone.hears(_nothing(phone.person.sends_file("voice", samples.ogg(), mime_type="audio/ogg")))
    assert "Предложение" in said
    # A voice note answers a question in words too.
    [said] = await phone.hears(_nothing(phone.person.sends_file("document", samples.MP3, mime_type="audio/mpeg")))
    assert "Ещё?" in said
    (bridge, picture), story, idea = await arrived(app, 3)
    assert (bridge, story, idea) == ("bridge", ("story", samples.ogg()), ("idea", samples.MP3))
    assert samples.CAMERA.encode() not in picture
    await phone.types("өчүр")
    await phone.types("1")
    await gone(app)


async def test_from_whatsapp(app: running.App) -> None:
    phone = phones.Twilio(app, "whatsapp", "+996555700100")
    await begins(phone)
    [said] = await phone.hears(phone.person.sends_file(samples.picture(), "image/jpeg"))
    assert "Расскажите" in said
    app.twilio.store_faults = [404]
    [said] = await phone.hears(phone.person.sends_file(samples.ogg(), "audio/ogg; codecs=opus"))
    assert "Предложение" in said
    await running.until(lambda: app.twilio.store_faults == [])
    failed = sa.select(sa.func.count()).where(tables.media.c.code.is_not(None))
    async with asyncio.timeout(running.PATIENCE):
        # That it failed is written down a moment later.
        while not await _scalar(app, failed):  # noqa: ASYNC110 - the database tells nobody that it changed
            await asyncio.sleep(0.02)
    async with app.house.database.transaction() as connection:
        # The store has it a moment later; nobody need wait for the second try.
        await connection.execute(sa.update(tables.media).values(not_before=tables.media.c.created_at))
    assert [name for name, _ in await arrived(app, 2)] == ["bridge", "story"]
    assert app.twilio.shown == []
    await phone.types("өчүр")
    await phone.types("1")
    await gone(app)


async def test_an_album_is_one_answer(app: running.App) -> None:
    phone = phones.Telegram(app, 7002)
    await begins(phone)
    album = {"media_group_id": "99"}
    [said] = await phone.hears(_nothing(phone.person.sends_file("photo", samples.picture(), **album)))
    assert "Расскажите" in said
    assert await phone.hears(_nothing(phone.person.sends_file("photo", samples.picture(colour="green"), **album))) == []
    assert [name for name, _ in await arrived(app, 1)] == ["bridge"]


@pytest.mark.parametrize("spoken", [False, True])
async def test_a_question_is_heard_on_telegram_and_whatsapp(app: running.App, tmp_path: Path, spoken: bool) -> None:
    (tmp_path / "heard").mkdir()
    await publishing.publish(app.house.database, [samples.spoken_form(tmp_path / "heard", spoken=spoken)])
    telegram, whatsapp = phones.Telegram(app, 7003), phones.Twilio(app, "whatsapp", "+996555700103")
    for phone in (telegram, whatsapp):
        await phone.comes("s-heard")
        said = await phone.types("1") if spoken else (await phone.types("1"), await phone.types("ук"))[1]
        # First the recording, which says nothing in letters, then the question.
        assert [bool(each) for each in said] == [False, True]
        assert "Суу барбы?" in said[1]
    voice, question = telegram.person.screen()[-2:]
    assert app.telegram.bot().files[voice.file] == samples.ogg(5)
    assert question.file == ""
    assert app.twilio.fetched == [samples.ogg(5)]
    # A tap would change the message above the recording: the question comes anew below it.
    said = await telegram.presses("Ооба")
    assert len(said) == (2 if spoken else 1)
    before, last = telegram.person.screen()[-2:]
    assert "Сунуш" in last.text
    assert app.telegram.bot().files.get(before.file) == (samples.ogg(7) if spoken else samples.ogg(5))


@pytest.mark.parametrize("spoken", [False, True])
async def test_by_sms_a_question_is_read_and_that_it_cannot_be_heard_is_said(
    app: running.App, tmp_path: Path, spoken: bool
) -> None:
    (tmp_path / "heard").mkdir()
    await publishing.publish(app.house.database, [samples.spoken_form(tmp_path / "heard", spoken=spoken)])
    phone = phones.Twilio(app, "sms", "+996555700104")
    await phone.comes("s-heard")
    await phone.types("2")
    said = await phone.types("1")
    assert "Вода есть?" in " ".join(said)
    assert "сюда звук отправить нельзя" in " ".join(await phone.types("послушать"))
    assert "сюда картинку отправить нельзя" in " ".join(await phone.types("показать"))
    assert app.twilio.fetched == []


async def test_a_picture_is_seen_by_those_who_ask_for_it(app: running.App, tmp_path: Path) -> None:
    (tmp_path / "heard").mkdir()
    await publishing.publish(app.house.database, [samples.spoken_form(tmp_path / "heard", spoken=True)])
    telegram, whatsapp = phones.Telegram(app, 7005), phones.Twilio(app, "whatsapp", "+996555700105")
    for phone in (telegram, whatsapp):
        await phone.comes("s-heard")
        await phone.types("2")
        app.twilio.fetched.clear()
        # Nothing but the picture and, below it, the question: what is spoken is not said again.
        said = await phone.types("покажи")
        assert [bool(each) for each in said] == [False, True]
        assert "Вода есть?" in said[1]
    assert app.twilio.fetched == [samples.PICTURES["voda.png"]]
    await telegram.presses("Показать картинку")
    files = app.telegram.bot().files
    seen = [shown.file for shown in telegram.person.screen() if files.get(shown.file) == samples.PICTURES["voda.png"]]
    # Given once, named twice.
    assert len(seen) == 2
    assert len(set(seen)) == 1


async def _scalar(app: running.App, statement: sa.Select[Any]) -> Any:
    async with app.house.database.reading() as connection:
        return await connection.scalar(statement)


async def _nothing(act: Any) -> None:
    await act
