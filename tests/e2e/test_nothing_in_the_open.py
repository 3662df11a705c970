"""Nobody is named in the open: not in a dump of the database, nor in a log at its most talkative, whatever fails."""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from unittest import mock

import pytest
import sqlalchemy as sa

from bot import redacting, wiring
from bot.channels import base
from bot.engine.pledging.events import Role
from bot.services import certifying, publishing, receiving
from models import db, tables
from tests import samples
from tests.e2e import browser, phones, running
from tests.services import sending
from tests.standins import telegram as telegram_platform
from tests.standins import twilio as twilio_platform
from tests.standins.twilio import Fault

CHAT, WHATSAPP, SMS = 7_918_273_645, "+996700918273", "+996555736455"
NAME, GIFT = "Жылдызбеков Кененсары", "Сапарбаев Эсенкул"
VILLAGE, PROPOSAL = "Зыянбек-Тоо", "Пишите kenje.zyian@example.kg или 0555 64 53 42"
#: Whatever may be found nowhere.
WORDS = (str(CHAT), WHATSAPP, SMS, WHATSAPP[4:], SMS[4:], "Жылдызбеков", "Эсенкул", VILLAGE, "kenje.zyian", "64 53 42")
#: And never in a log.
TOKENS = (telegram_platform.TOKEN, running.EXPORT_TOKEN, twilio_platform.Twilio().token)


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """All that any logger says at DEBUG, as a process of ours would write it."""
    stream, root = io.StringIO(), logging.getLogger()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    loggers = [each for each in logging.Logger.manager.loggerDict.values() if isinstance(each, logging.Logger)]
    before = {each: each.level for each in (root, *loggers)}
    for each in before:
        # SQLAlchemy would write down every row and column, for minutes; its texts have no values (see models/db.py).
        each.setLevel(logging.INFO if each.name.startswith("sqlalchemy") else logging.DEBUG)
    root.addHandler(handler)
    yield stream
    root.removeHandler(handler)
    for each, level in before.items():
        each.setLevel(level)


@pytest.fixture
async def app(database_url: str, tmp_path: Path, log: io.StringIO) -> AsyncIterator[running.App]:
    """The app and both platforms, with a survey that asks for a picture too."""
    async with running.running(database_url, tmp_path) as made:
        [handler] = [each for each in logging.getLogger().handlers if getattr(each, "stream", None) is log]
        handler.addFilter(redacting.Veil(wiring.hidden(made.house.settings)))
        # What was said before the secrets were known is another matter: nobody had written yet.
        log.seek(0)
        log.truncate()
        (tmp_path / "sent.yaml").write_text(sending.FORM, "utf-8")
        await publishing.publish(made.house.database, [tmp_path / "sent.yaml"])
        yield made


async def lives(phone: phones.Phone) -> None:
    """A survey with a village and a proposal, a promise with a name, and a code to go on elsewhere."""
    await phone.comes("s-priorities")
    for text in ("2", "1", "2", VILLAGE, "1", "34", "1", "1 2 3", "3 2 1", PROPOSAL, "1"):
        await phone.types(text)
    await phone.comes("a-suu")
    for text in ("1", "5000 сомов", "3", "2", NAME, "1", "меню", "мои обещания", "меню", "код", "мои данные"):
        await phone.types(text)


async def dump(database: db.Database) -> dict[str, bytes]:
    """Every column of every table the database has, ours or not, as text and as it lies there."""
    found: dict[str, bytes] = {}
    async with database.reading() as connection:
        names = await connection.run_sync(lambda sync: sa.inspect(sync).get_table_names())
        assert set(names) >= set(tables.metadata.tables)
        for name in names:
            rows = await connection.execute(sa.text(f'SELECT * FROM "{name}"'))
            cells = [cell for row in rows for cell in row]
            found[name] = b"\n".join(cell if isinstance(cell, bytes) else str(cell).encode() for cell in cells)
    return found


async def test_after_a_day_on_every_channel(app: running.App, log: io.StringIO) -> None:
    house = app.house
    telegram, whatsapp = phones.Telegram(app, CHAT, "ru"), phones.Twilio(app, "whatsapp", WHATSAPP)
    people: list[phones.Phone] = [telegram, whatsapp, phones.Twilio(app, "sms", SMS), browser.Browser(app)]
    for phone in people:
        await lives(phone)
    await whatsapp.comes("s-sent")
    await whatsapp.types("1")
    await whatsapp.hears(whatsapp.person.sends_file(samples.picture(), "image/jpeg", NAME))
    library = publishing.Library()
    await certifying.enter(house.database, library, house.seal, "suu", Role.TREASURER, "300 сом", GIFT, db.now())

    await everything_fails(app, telegram, whatsapp)

    found = await dump(house.database)
    for word in WORDS:
        assert not [table for table, content in found.items() if word.encode() in content], word
    told = log.getvalue()
    assert "a message was set aside" in told
    assert "Exception in ASGI application" in told
    assert "DEBUG " in told
    for word in (*WORDS, *TOKENS):
        assert word not in told, [line for line in told.splitlines() if word in line]


async def everything_fails(app: running.App, telegram: phones.Telegram, whatsapp: phones.Twilio) -> None:
    """Platforms that refuse, hang up and are away; a message that cannot be handled; a door that breaks."""
    house = app.house
    app.telegram.fails("sendMessage", status=400, description=f"Bad Request: chat {CHAT} said {NAME}")
    await telegram.person.says("меню")
    app.telegram.fails("sendMessage", drop=True)
    await telegram.person.says("меню")
    app.telegram.fails("sendMessage", status=502, page=f"<html>{PROPOSAL}</html>")
    await telegram.person.says("меню")
    app.twilio.faults = [Fault.BUSY, Fault.ERROR, Fault.DROP, Fault.GARBAGE]
    for _ in range(4):
        await whatsapp.person.says("меню")
    app.twilio.store_faults = [404]
    await whatsapp.person.sends_file(samples.ogg(), "audio/ogg", NAME)
    # A conversation that nobody can read.
    async with house.database.transaction() as connection:
        broken = sa.update(tables.contact).values(sealed=house.seal.close("contact", f'["{NAME}"]'))
        await connection.execute(broken)
    await telegram.person.says(PROPOSAL)
    await whatsapp.person.says(PROPOSAL)
    # A desk that raises what it was given, in place of a fault that nobody has found yet.

    broken_by: set[str] = set()

    async def breaks(_desk: object, inbound: base.Inbound) -> None:
        broken_by.add(inbound.channel)
        raise ValueError(f"{inbound}")

    with mock.patch.object(receiving.Desk, "receive", breaks):
        # Both platforms send it again until it is taken.
        said = [asyncio.create_task(telegram.person.says(PROPOSAL)), asyncio.create_task(whatsapp.person.says(NAME))]
        await running.until(lambda: len(broken_by) == 2)
    await asyncio.gather(*said)
