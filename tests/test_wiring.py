"""The composition root: what settings open, and what is refused before anything runs."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bot import settings, wiring
from bot.services import introducing, publishing
from models import db, providers
from tests.standins import telegram, twilio

FLOWS = Path(__file__).resolve().parents[1] / "flows"


def read(tmp_path: Path, url: str, **given: str) -> settings.Settings:
    return settings.read({"ASHAR_VAR": str(tmp_path / "var"), "ASHAR_DATABASE_URL": url, **given})


async def test_a_house_that_polls_telegram_and_has_made_its_templates(tmp_path: Path, sqlite_url: str) -> None:
    async with telegram.running() as platform, twilio.Twilio() as sender:
        given = read(
            tmp_path,
            sqlite_url,
            TELEGRAM_BOT_TOKEN=telegram.TOKEN,
            ASHAR_TELEGRAM_API=platform.url,
            TWILIO_ACCOUNT_SID=sender.account,
            TWILIO_AUTH_TOKEN=sender.token,
            TWILIO_WHATSAPP_FROM=sender.sender,
            TWILIO_SMS_FROM=sender.sender,
            ASHAR_TWILIO_API=sender.url,
            ASHAR_SMTP_URL="smtp://127.0.0.1:9",
            ASHAR_SMTP_FROM="ashar@ashar.example",
            ASHAR_PUBLIC_URL="http://127.0.0.1:8000",
        )
        person = platform.person(1)
        async with wiring.memory(given) as memory:
            await publishing.publish(memory.database, [FLOWS])
        async with wiring.house(given) as house:
            assert list(house.channels) == ["web", "telegram", "whatsapp", "sms", "email"]
            await person.starts("s-priorities")
            assert "кыргызча" in str((await person.hears()).rows)
            await _until(lambda: _templates(house))
            assert len(sender.contents) == 13
        made = dict(sender.contents)
        async with wiring.house(given, receives=False) as house:
            await _until(lambda: _shown(house))
        assert sender.contents == made


async def _until(found: Callable[[], Awaitable[object]]) -> None:
    async with asyncio.timeout(60):
        while not await found():  # noqa: ASYNC110 - is seen only by looking
            await asyncio.sleep(0.02)


async def _shown(house: wiring.House) -> object:
    return getattr(house.channels["whatsapp"], "templates", None)


async def _templates(house: wiring.House) -> dict[str, str]:
    async with house.database.reading() as connection:
        return await providers.objects(connection, house.settings.twilio_account_sid)


async def test_without_accounts_there_is_the_web(tmp_path: Path, database_url: str) -> None:
    async with wiring.house(read(tmp_path, database_url)) as house:
        assert list(house.channels) == ["web"]


async def test_the_shell_answers_as_the_house_does_without_talking_to_a_platform(
    tmp_path: Path, sqlite_url: str
) -> None:
    given = read(
        tmp_path,
        sqlite_url,
        TELEGRAM_BOT_TOKEN=telegram.TOKEN,
        TWILIO_ACCOUNT_SID="AC" + "1" * 32,
        TWILIO_AUTH_TOKEN="made-up",
        TWILIO_SMS_FROM="+15005550006",
        ASHAR_PUBLIC_URL="http://127.0.0.1:8000",
        ASHAR_HELP_PHONE="0700 12 34 56",
    )
    async with wiring.memory(given) as memory:
        async with memory.database.transaction() as connection:
            await providers.keep(connection, introducing.ENTRANCES, {"telegram": "https://t.me/Ashar?start="})
        async with wiring.kit(given, memory) as kit:
            assert list(kit.channels) == ["web", "telegram", "sms"]
            assert (kit.ways(), kit.phone) == (("https://t.me/Ashar?start=",), "0700 12 34 56")
            assert len({kit.entropy() for _ in range(9)}) == 9


async def test_a_database_without_tables_is_not_used(tmp_path: Path, unmigrated_url: str) -> None:
    given = read(tmp_path, unmigrated_url)
    with pytest.raises(wiring.NotReady, match="ashar migrate"):
        async with wiring.house(given):
            pass
    async with wiring.memory(given, migrate=True):
        pass
    async with wiring.house(given):
        pass


async def test_other_keys_than_the_first_are_refused(tmp_path: Path, database_url: str) -> None:
    async with wiring.memory(read(tmp_path / "one", database_url)):
        pass
    with pytest.raises(wiring.NotReady, match="ASHAR_HASH_KEY"):
        async with wiring.memory(read(tmp_path / "another", database_url)):
            pass


async def test_two_processes_may_start_at_once(tmp_path: Path, unmigrated_url: str) -> None:
    environment = {**os.environ, "ASHAR_VAR": str(tmp_path / "var"), "ASHAR_DATABASE_URL": unmigrated_url}
    command = (sys.executable, "-m", "bot", "publish", str(FLOWS))
    started = [
        await asyncio.create_subprocess_exec(*command, cwd=FLOWS.parent, env=environment, stdout=subprocess.DEVNULL)
        for _ in range(2)
    ]
    assert [await process.wait() for process in started] == [0, 0]
    opened = db.Database(unmigrated_url)
    async with opened.reading() as connection:
        assert len((await publishing.Library().catalogue(connection)).forms) == 2
    await opened.close()
