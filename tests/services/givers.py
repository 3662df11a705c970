"""Givers by the dozen, as the desk would have kept them: each with a phone, and a promise of days of work to suu."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal
from typing import Any

from bot.engine import happenings, messages
from bot.engine.pledging import events
from bot.services import booking
from models import db, ledger, turns
from tests.services.house import SEAL, House

_numbers = itertools.count(1)


async def promise(
    house: House,
    count: int,
    *,
    due: dt.date | None = None,
    language: str = "ky",
    days: int = 2,
    begins: str = "+99655",
) -> list[str]:
    """So many givers; the addresses at which they are told."""
    at, writes, addresses = house.clock(), turns.Writes(), []
    contacts, places = [], []
    [version] = await house.rows("SELECT current FROM campaign WHERE name = 'suu'")
    for _ in range(count):
        contact, person, address = db.new_id(), db.new_id(), f"{begins}{next(_numbers):07}"
        addresses.append(address)
        contacts.append({"id": contact, "created_at": at, "language": language})
        places.append(
            {
                "id": db.new_id(),
                "channel": "sms",
                "key_hash": SEAL.hash("address/sms", address),
                "sealed": SEAL.close("address", address),
                "contact_id": contact,
                "heard_at": at,
            }
        )
        writes.respondents.append({"id": person, "contact_id": contact, "created_at": at})
        steps = (events.Event(events.Step.CONFIRMED, Decimal(days), at, events.Role.GIVER, due=due),)
        offer, code = messages.Offer("labour", Decimal(days), "labour"), f"G{next(_numbers):05}"
        booking.pledge(writes, happenings.Pledged(person, db.new_id(), "suu", offer, code, "", steps), version, None)
    async with house.database.transaction() as connection:
        await turns.add_contacts(connection, contacts, places)
        await turns.write(connection, writes, at)
    return addresses


async def step(
    house: House,
    pledge: str,
    step: events.Step,
    quantity: int | None = None,
    by: events.Role = events.Role.GIVER,
    **more: Any,
) -> None:
    """One step of a pledge, by whoever it is: all of it, if no quantity is said. The ledger must allow it."""
    writes = turns.Writes()
    async with house.database.transaction() as connection:
        [promise] = booking.promises(await ledger.named(connection, [pledge]))
        whole = promise.standing.promised if quantity is None else Decimal(quantity)
        booking.step(writes, promise, [events.Event(step, whole, house.clock(), by, **more)])
        await turns.write(connection, writes, house.clock())


async def steps(house: House) -> dict[str, int]:
    """How often each step was made, in all pledges together."""
    found = await house.rows("SELECT step, count(*) FROM pledge_event GROUP BY step")
    return dict(found)
