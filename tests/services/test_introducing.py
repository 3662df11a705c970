"""Introducing: a platform is told once, however often it must be asked."""

from __future__ import annotations

import logging

import pytest
import sqlalchemy as sa

from bot.services import introducing
from models import db


class Templated:
    """A channel whose provider fails so often before it makes templates."""

    def __init__(self, fails: int, made: dict[str, str]) -> None:
        self.templates: dict[str, str] = {}
        self.fails = fails
        self.made = made
        self.had: list[dict[str, str]] = []

    async def make_templates(self) -> dict[str, str]:
        self.had.append(self.templates)
        self.fails -= 1
        if self.fails >= 0:
            raise TimeoutError
        return self.made


async def test_templates_are_made_and_known_at_the_next_start(database_url: str) -> None:
    database = db.Database(database_url)
    try:
        for fails, made, known in (
            (2, {"a": "HX1", "b": "HX2"}, {}),
            (1, {"a": "HX1", "b": "HX3"}, {"a": "HX1", "b": "HX2"}),
        ):
            channel = Templated(fails, made)
            await introducing.make_templates(database, channel, "AC0", introducing.Weather("Twilio", first=0.001))
            assert channel.templates == made
            assert channel.had == [known] * (fails + 1)
    finally:
        await database.close()


class Starting:
    """A channel that starts at once."""

    async def start(self) -> str:
        return "ashar_bot"


async def test_a_database_that_is_away_for_a_moment_ends_no_start(
    sqlite_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    away = [1, 1, 1, 1]

    def fails(_connection: object) -> None:
        if away:
            away.pop()
            raise sa.exc.OperationalError("BEGIN", None, Exception("away"))

    database = db.Database(sqlite_url)
    sa.event.listen(database._engine.sync_engine, "begin", fails)
    weather, channel = introducing.Weather("Twilio", first=0.001), Templated(0, {"a": "HX1"})
    started: list[str] = []

    async def note() -> None:
        async with database.reading():
            started.append("noted")

    try:
        assert await introducing.start(Starting(), weather, note) == "ashar_bot"
        away += [1, 1]
        await introducing.make_templates(database, channel, "AC0", weather)
        assert (started, channel.templates, away) == (["noted"], {"a": "HX1"}, [])
        assert {record.levelno for record in caplog.records} == {logging.ERROR}
    finally:
        await database.close()
