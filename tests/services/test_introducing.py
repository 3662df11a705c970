"""Introducing: a platform is told once, however often it must be asked."""

from __future__ import annotations

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
