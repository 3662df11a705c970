"""A house that sends e-mail by a mail server on loopback, and people who pledge on its pages."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import re
from collections.abc import AsyncIterator
from typing import NamedTuple

from bot import relay
from bot.channels import email
from bot.services import mailing
from models import outbox
from tests import talking
from tests.services import house as houses
from tests.services.house import SEAL, House, Letterbox, Person
from tests.services.test_notifying import noon, tell
from tests.standins import smtp


class Post(NamedTuple):
    """The house and the mail server."""

    house: House
    server: smtp.Server

    async def deliver(self) -> None:
        """The postman goes once, until nothing is left that can go now."""
        async with self.house.postman() as postman, asyncio.timeout(houses.PATIENCE):
            await postman.look()
            while await self._waits() or postman._sending or postman._done:  # noqa: ASYNC110 - seen only by looking
                await asyncio.sleep(0.01)

    async def _waits(self) -> bool:
        pushed = [name for name, channel in self.house.channels.items() if channel.capabilities.push]
        async with self.house.database.reading() as connection:
            return await outbox.oldest_waiting(connection, self.house.clock(), pushed) is not None

    async def tells(self) -> int:
        """It is noon in Kyrgyzstan: how many people are told something."""
        self.house.clock.now = noon(self.house)
        told = await tell(self.house, self.house.clock())
        await self.deliver()
        return told

    async def giver(self, address: str = "w" * 32) -> Person:
        """Somebody who has promised five days of work, in Russian, and is asked for an e-mail."""
        person = self.house.person(channel="web", address=address)
        asked = await person.says("/start a-suu", "2", "5 дней", "1", "пропустить")
        assert "электронную почту" in asked.head
        return person

    async def code(self, to: str) -> str:
        """The code in the last letter there."""
        await self.deliver()
        return str(re.findall(r"[0-9]{6}", self.server.to(to)[-1])[0])

    async def proves(self, person: Person, to: str) -> str:
        """The person gives that e-mail; what they are told."""
        await person.says(to)
        return (await person.says(await self.code(to.lower()))).head


@contextlib.asynccontextmanager
async def opened(url: str) -> AsyncIterator[Post]:
    """At work on that database."""
    leave = functools.partial(mailing.leave_link, SEAL, talking.SITE)
    async with smtp.server() as server:
        via = relay.Relay("Ашар <ashar@ashar.example>", "127.0.0.1", server.port)
        letters = email.Email(via, houses.voice(), talking.SITE, leave)
        async with houses.opened(url, Letterbox("web", push=False), Letterbox("telegram"), letters) as house:
            yield Post(house, server)
