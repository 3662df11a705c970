"""Givers who have sent, and whoever signs, as they come about in the chat."""

from __future__ import annotations

import re

from bot.engine.pledging.events import Role
from bot.services import entrusting, publishing
from tests.services.house import SEAL, House, Person


async def giver(house: House, *gifts: str) -> tuple[Person, list[str]]:
    """Somebody who has promised these in Russian and said that all of them are sent; and their codes."""
    person = house.person()
    await person.begins("a-suu")
    told = await person.says(", ".join(gifts), "1")
    codes = re.findall(r"Код: (\w{6})", told.head)
    for _ in gifts:
        await person.says("мои обещания", "1", "отправлено")
    await person.says("меню")
    return person, codes


async def code(house: House, office: Role) -> str:
    """A code that opens the office."""
    return await entrusting.appoint(house.database, publishing.Library(), SEAL, "suu", office, house.clock())


async def signer(house: House, office: Role = Role.TREASURER) -> Person:
    """Somebody who has just taken that office, and stands before the menu."""
    person = house.person()
    await person.says("ашар", "2", await code(house, office), "1")
    return person


async def state(house: House, code: str) -> str:
    """Where the pledge of that code is."""
    [found] = await house.rows("SELECT state FROM pledge WHERE code = :code", code=code)
    return str(found)


async def steps(house: House, code: str) -> list[str]:
    """All that happened to it."""
    return await house.rows(
        "SELECT step FROM pledge_event JOIN pledge ON pledge.id = pledge_id WHERE code = :code"
        " ORDER BY pledge_event.id",
        code=code,
    )
