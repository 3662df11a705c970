"""Whether the desk and the postman are at work, for whoever asks after their health."""

from __future__ import annotations

import asyncio
import datetime as dt

import pytest

from bot.channels import base
from bot.services import receiving
from tests.services import house


async def test_a_desk_that_waits_for_its_database_is_held_up(sqlite_url: str) -> None:
    async with house.opened(sqlite_url) as opened:
        person = opened.person()
        assert opened.desk.held_up() == 0
        async with opened.database.transaction():
            # Whoever writes now waits for this to end.
            sending = asyncio.create_task(person.begins())
            await house.until(lambda: opened.desk.held_up() > 0.05)
        await sending
        assert opened.desk.held_up() == 0


async def test_a_desk_that_has_ended_answers_nobody(sqlite_url: str) -> None:
    async with house.opened(sqlite_url) as opened:
        closed = receiving.Desk(opened.database, house.SEAL, house.voice(), opened.channels)
        assert closed.held_up() == float("inf")


@pytest.mark.parametrize(
    ("fate", "moves"),
    [(base.Fate.SENT, True), (base.Fate.GONE, True), (base.Fate.LATER, False), (base.Fate.UNKNOWN, False)],
)
async def test_only_what_leaves_the_outbox_is_movement(sqlite_url: str, fate: base.Fate, moves: bool) -> None:
    box = house.Letterbox()
    box.fates = [base.Receipt(fate, retry_after=3600)]
    async with house.opened(sqlite_url, box) as opened:
        postman = opened.postman()
        made = postman.moved_at
        async with postman:
            await opened.person().sends(start="s-priorities")
            opened.clock.forward(minutes=1)
            await house.until(lambda: box.sent and not postman._done and not postman._sending)
    assert (postman.moved_at - made > dt.timedelta()) == moves
