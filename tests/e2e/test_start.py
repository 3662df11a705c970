"""What `make run` starts: on an empty folder, a second time, with a platform away, killed, and set up wrongly."""

from __future__ import annotations

import asyncio
import resource
import signal
import sqlite3
import time
from pathlib import Path

import pytest

from tests.e2e import running, serving
from tests.standins import telegram as telegram_platform

#: Seconds of the processor, whoever else is using it: a second start is to take under 5 on a machine of its own.
SECOND = 5.0
#: Seconds for ending in good order.
END = 20.0


def count(var: Path, table: str) -> int:
    """How many rows a table of the embedded database has."""
    connection = sqlite3.connect(var / "ashar.sqlite")
    try:
        [number] = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    finally:
        connection.close()
    return int(number)


def used() -> float:
    """Seconds of the processor that processes took which this one began and saw end."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ended.ru_utime + ended.ru_stime


def on_telegram(platform: telegram_platform.Standin) -> dict[str, str]:
    """Settings for talking on the stand-in, by polling: there is no public address."""
    return {"TELEGRAM_BOT_TOKEN": telegram_platform.TOKEN, "ASHAR_TELEGRAM_API": platform.url}


async def polled(platform: telegram_platform.Standin) -> None:
    """The bot has taken all there is and asks for more."""

    def asked() -> bool:
        return any(method == "GetUpdates" for method, _ in platform.calls)

    await running.until(lambda: asked() and not platform.bot().updates.pending)


async def test_the_first_start_makes_everything_and_the_second_is_quick(tmp_path: Path) -> None:
    var = tmp_path / "var"
    async with serving.serving(var) as first:
        await first.ready()
        told = "\n".join(first.out)
        for path in ("/chat", "/results", "/docs"):
            assert f"{first.url}{path}" in told
            await first.page(path)
        assert "web chat" in told
        assert "Саламатсызбы" in await first.page("/chat")
        assert "priorities" in await first.page("/api/forms")
        secrets = var / "secrets.env"
        assert secrets.stat().st_mode & 0o777 == 0o600
        kept = secrets.read_bytes()
        assert not any(line.partition("=")[2] in told for line in kept.decode().splitlines() if "=" in line[:30])
        began = time.monotonic()
        assert await first.ends(signal.SIGTERM) in (0, -signal.SIGTERM)
        assert time.monotonic() - began < END
        assert "Traceback" not in "\n".join(first.err)
    before = used()
    async with serving.serving(var) as second:
        await second.ready()
        assert "Саламатсызбы" in await second.page("/chat")
    assert used() - before < SECOND
    assert (secrets.stat().st_mode & 0o777, secrets.read_bytes()) == (0o600, kept)


async def test_a_platform_that_is_away_at_start_is_said_and_stops_nothing_else(tmp_path: Path) -> None:
    async with telegram_platform.running() as platform:
        person = platform.person(77)
        async with serving.serving(tmp_path / "var", on_telegram(platform)) as process:
            async with platform.refusing():
                await process.ready()
                await process.says("Telegram does not answer")
                assert "Саламатсызбы" in await process.page("/chat")
            await process.says("Telegram answers again")
            await person.says("салам")
            assert "Саламатсызбы" in (await person.hears(running.PATIENCE)).text
            assert telegram_platform.TOKEN not in "\n".join(process.err)


async def test_an_update_killed_before_its_commit_comes_again(tmp_path: Path) -> None:
    var = tmp_path / "var"
    async with telegram_platform.running(pace=1.0) as platform:
        person = platform.person(77)
        async with serving.serving(var, on_telegram(platform)) as process:
            await process.ready()
            await polled(platform)
            # Somebody else is writing, so the message is read and cannot be kept yet.
            writer = sqlite3.connect(var / "ashar.sqlite", isolation_level=None)
            writer.execute("BEGIN IMMEDIATE")
            await person.says("салам")
            await asyncio.sleep(0.3)
            assert platform.bot().updates.pending == 1, "it was acknowledged before it was kept"
            await process.ends(signal.SIGKILL)
            writer.execute("ROLLBACK")
            writer.close()
        assert (count(var, "received"), count(var, "contact")) == (0, 0)
        async with serving.serving(var, on_telegram(platform)):
            assert "Саламатсызбы" in (await person.hears(running.PATIENCE)).text
            await polled(platform)
        assert (count(var, "received"), count(var, "contact"), count(var, "outgoing")) == (1, 1, 1)


async def test_an_update_killed_after_its_commit_comes_again_and_has_one_effect(tmp_path: Path) -> None:
    var = tmp_path / "var"
    async with telegram_platform.running(pace=1.0) as platform:
        person = platform.person(77)
        async with serving.serving(var, on_telegram(platform)) as process:
            for text in ("/start s-priorities", "по-русски"):
                await person.says(text)
                await person.hears(running.PATIENCE)
            await polled(platform)
            # However often it asks until it is killed.
            platform.fails("getUpdates", times=1_000_000, status=502, page="<html>502 Bad Gateway</html>")
            # Consent: a repeat would be taken for the answer to the first question.
            await person.says("1")
            assert "(1/" in (await person.hears(running.PATIENCE)).text
            await process.ends(signal.SIGKILL)
            assert platform.bot().updates.pending == 1, "the platform could not have known"
        platform.heals()
        said = len(person.screen())
        async with serving.serving(var, on_telegram(platform)) as process:
            await process.ready()
            await polled(platform)
        assert len(person.screen()) == said
        assert (count(var, "received"), count(var, "response"), count(var, "answer")) == (3, 1, 0)


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"ASHAR_PORT": "eighty", "ASHAR_DATABASE_URL": "mysql://x/y"}, ("ASHAR_PORT", "ASHAR_DATABASE_URL")),
        ({"TWILIO_SMS_FROM": "+15005550006"}, ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "ASHAR_PUBLIC_URL")),
        ({"TELEGRAM_BOT_TOKEN": "not a token"}, ("TELEGRAM_BOT_TOKEN",)),
        ({"ASHAR_PUBLIC_ULR": "https://ashar.example"}, ("ASHAR_PUBLIC_ULR", "ASHAR_PUBLIC_URL")),
    ],
    ids=["several", "missing", "malformed", "misspelt"],
)
async def test_wrong_settings_are_named_and_nothing_starts(
    tmp_path: Path, wrong: dict[str, str], named: tuple[str, ...]
) -> None:
    async with serving.serving(tmp_path / "var", wrong) as process:
        assert await process.ends() == 2
    said = "\n".join(process.err)
    assert [name for name in named if name not in said] == []
    assert "Traceback" not in said
    assert not process.out
    assert not (tmp_path / "var" / "secrets.env").exists()


async def test_a_taken_port_is_said(tmp_path: Path) -> None:
    async with serving.serving(tmp_path / "one") as first:
        await first.ready()
        port = int(first.url.rpartition(":")[2])
        async with serving.serving(tmp_path / "two", port=port) as second:
            assert await second.ends() == 2
        assert "ASHAR_PORT" in "\n".join(second.err)
        assert "Traceback" not in "\n".join(second.err)
        assert await first.page("/api/health")
