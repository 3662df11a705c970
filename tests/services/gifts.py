"""Gifts that came, as a treasurer would have written them down: each a pledge of somebody with a phone, received."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal
from typing import NamedTuple

from bot.engine import happenings, messages
from bot.engine.pledging import events
from bot.services import booking
from models import db, turns
from tests.services.house import SEAL, House

_numbers = itertools.count(1)
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


class Gift(NamedTuple):
    """What is known of one."""

    id: str
    code: str


def code() -> str:
    """One that was not given before; the last of its letters is never taken for another."""
    number = next(_numbers)
    return f"K7{_LETTERS[number // 529 % 23]}{_LETTERS[number // 23 % 23]}{_LETTERS[number % 23]}2"


async def come(
    house: House,
    quantity: str,
    *,
    need: str = "money",
    unit: str = "",
    rate: str = "",
    received: str | None = None,
    fee: str = "0",
    at: dt.datetime | None = None,
    receipt: int | None = None,
) -> Gift:
    """Somebody promised that much, and it came (or so much of it; "0": nothing did) a minute later."""
    house.clock.forward(minutes=1)
    at, given = at or house.clock(), Gift(db.new_id(), code())
    contact, person = db.new_id(), db.new_id()
    writes = turns.Writes()
    writes.respondents.append({"id": person, "contact_id": contact, "created_at": at})
    amount, came = Decimal(quantity), Decimal(quantity if received is None else received)
    steps = [events.Event(events.Step.CONFIRMED, amount, at, events.Role.GIVER)]
    if came:
        received_at = at + dt.timedelta(minutes=1)
        steps.append(
            events.Event(events.Step.RECEIVED, came, received_at, events.Role.TREASURER, "shell", Decimal(fee))
        )
    offer = messages.Offer(need, amount, unit or ("KGS" if need == "money" else need))
    [version] = await house.rows("SELECT current FROM campaign WHERE name = 'suu'")
    worth = messages.Rate(Decimal(rate), at.date()) if rate else None
    pledged = happenings.Pledged(person, given.id, "suu", offer, given.code, "", tuple(steps), worth)
    booking.pledge(writes, pledged, version, None)
    number = f"+99655100{next(_numbers):04}"
    phone = {
        "id": db.new_id(),
        "channel": "sms",
        "key_hash": SEAL.hash("address/sms", number),
        "sealed": SEAL.close("address", number),
        "contact_id": contact,
        "heard_at": at,
    }
    async with house.database.transaction() as connection:
        await turns.add_contacts(connection, [{"id": contact, "created_at": at, "language": "ky"}], [phone])
        await turns.write(connection, writes, at)
    if receipt is not None:
        await house.write("UPDATE pledge SET receipt_number = :n WHERE id = :id", n=receipt, id=given.id)
    return given


async def accounted(house: House) -> list[int]:
    """Hundredths accounted for, of each gift in the order in which they came; the newest word of each counts."""
    found = await house.rows(
        "SELECT pledge_id, quantity FROM pledge_event WHERE step = 'accounted' ORDER BY pledge_event.id"
    )
    last = dict(found)
    first = "SELECT pledge_id FROM pledge_event WHERE step = 'received' GROUP BY pledge_id ORDER BY min(id)"
    return [last.get(pledge, 0) for pledge in await house.rows(first)]
