"""Residents by the dozen, as the desk would have kept them: each with a phone and a response to the survey."""

from __future__ import annotations

import itertools
from typing import Any

import sqlalchemy as sa

from bot.services import announcing, broadcasting, publishing, spreading
from models import audiences, broadcasts, db, tables
from tests.services import house as houses
from tests.services.house import SEAL, House

TEXT = {"ky": "Жума күнү саат 10до айылда чогулуш болот.", "ru": "В пятницу в 10 часов в селе собрание."}
_numbers = itertools.count(1)


async def settle(
    house: House,
    count: int,
    *,
    hear: str = "yes",
    place: str = "",
    language: str = "ky",
    channel: str = "sms",
    begins: str = "+99655",
    **response: Any,
) -> list[str]:
    """So many of them, in the order of their contacts; their addresses. `hear` "" has not come to that question."""
    at = house.clock()
    [version] = await house.rows("SELECT current FROM form WHERE name = 'priorities'")
    rows: dict[sa.Table, list[dict[str, Any]]] = {}

    def add(table: sa.Table, **row: Any) -> None:
        rows.setdefault(table, []).append(row)

    addresses = []
    for _ in range(count):
        contact, person, rid = (f"{next(_numbers):032x}" for _ in range(3))
        handle = f"{begins}{next(_numbers):07}"
        addresses.append(handle)
        add(tables.contact, id=contact, created_at=at, language=language)
        add(tables.address, **_address(channel, handle, contact), heard_at=at)
        add(tables.respondent, id=person, contact_id=contact, created_at=at)
        given = {"text_version": "t", "language": language, "channel": channel, "given_at": at}
        add(tables.consent, respondent_id=person, purpose="survey:priorities", **given)
        row = {"form_version": version, "form_name": "priorities", "wave": "1", "status": "finished"}
        row |= {"channel": channel, "language": language, "sealed": b"", "begun_at": at} | response
        add(tables.response, id=rid, respondent_id=person, **row)
        for question, value in (("hear", hear), ("raion", place)):
            if value:
                add(tables.answer, response_id=rid, question=question, value=value, answered_at=at)
    async with house.database.transaction() as connection:
        text = db.insert(connection, tables.consent_text).values(version="t", text="t")
        await connection.execute(text.on_conflict_do_nothing())
        for table, some in rows.items():
            await connection.execute(sa.insert(table), some)
    return addresses


def _address(channel: str, handle: str, contact: str) -> dict[str, Any]:
    return {
        "id": f"{next(_numbers):032x}",
        "channel": channel,
        "key_hash": SEAL.hash(f"address/{channel}", handle),
        "sealed": SEAL.close("address", handle),
        "contact_id": contact,
    }


async def has_too(house: House, contact: str, channel: str, handle: str) -> None:
    """That contact has another address, where they wrote just now."""
    async with house.database.transaction() as connection:
        row = _address(channel, handle, contact) | {"heard_at": house.clock()}
        await connection.execute(sa.insert(tables.address), [row])


def announced(
    name: str = "meeting", kind: str = "form", whom: str = "priorities", **more: Any
) -> announcing.Announcement:
    """Something to be told."""
    usual: dict[str, Any] = {"name": name, "kind": kind, "whom": whom, "text": TEXT, "days": 7}
    return announcing.Announcement(**usual | more)


async def audience(house: House, kind: str = "form", whom: str = "priorities") -> audiences.Audience:
    """Whom it is for."""
    async with house.database.reading() as connection:
        return announcing.audience(await publishing.Library().catalogue(connection), kind, whom)


async def send(house: House, said: announcing.Announcement | None = None) -> broadcasts.Broadcast:
    """Begin it, and queue everybody."""
    said = said or announced()
    each = await broadcasting.begin(house.database, said, house.clock())
    for_ = await audience(house, said.kind, said.whom)
    while each.cursor is not None and each.state == broadcasting.RUNNING:
        each = await broadcasting.queue(house.database, for_, each.id, house.clock())
    return each


async def spread(house: House, database: db.Database | None = None) -> int:
    """A round of the clock; how many were told."""
    spreader = spreading.Spreader(database or house.database, SEAL, houses.voice(), house.channels)
    return await spreader.go_on(publishing.Library(), house.clock())


async def told(house: House) -> list[str]:
    """To which addresses something of a broadcast went into the outbox, in order."""
    rows = await house.rows(
        "SELECT address.sealed FROM outgoing JOIN address ON address.id = address_id"
        " WHERE broadcast_id IS NOT NULL ORDER BY outgoing.id"
    )
    return [SEAL.open("address", sealed) for sealed in rows]
