"""Offices of campaigns: who holds them, and the codes by which they are taken."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import NamedTuple

import sqlalchemy as sa

from models import courses, db, tables

_role, _code = tables.role, tables.office_code


class Held(NamedTuple):
    """An office that somebody holds, or held. `person` is None where they were erased."""

    id: str
    campaign: str
    office: str
    person: str | None
    begun_at: dt.datetime
    ended_at: dt.datetime | None


class Taken(NamedTuple):
    """Somebody takes an office by a code."""

    id: str
    campaign: str
    office: str
    person: str
    code_hash: bytes


_HELD = sa.select(
    _role.c.id, _role.c.campaign_name, _role.c.office, _role.c.respondent_id, _role.c.begun_at, _role.c.ended_at
).order_by(_role.c.begun_at, _role.c.id)


async def of(connection: db.Connection, people: Collection[str]) -> list[Held]:
    """The offices that these people hold now."""
    if not people:
        return []
    mine = _HELD.where(_role.c.respondent_id.in_(sorted(people)), _role.c.ended_at.is_(None))
    return [Held(*row) for row in await connection.execute(mine)]


async def holder(connection: db.Connection, campaign: str, office: str) -> str | None:
    """Whoever holds an office now; None where nobody does, or they were erased."""
    mine = _role.c.campaign_name == campaign, _role.c.office == office, _role.c.ended_at.is_(None)
    found: str | None = await connection.scalar(sa.select(_role.c.respondent_id).where(*mine))
    return found


async def all_of(connection: db.Connection, campaign: str) -> list[Held]:
    """Whoever holds or held an office of a campaign, in order."""
    return [Held(*row) for row in await connection.execute(_HELD.where(_role.c.campaign_name == campaign))]


async def give(
    connection: db.Connection, campaign: str, office: str, code_hash: bytes, expires_at: dt.datetime
) -> None:
    """A new code; an older one of the same office is good no more."""
    await drop(connection, campaign, office)
    row = {"code_hash": code_hash, "campaign_name": campaign, "office": office, "expires_at": expires_at}
    await connection.execute(sa.insert(_code), [row])


async def drop(connection: db.Connection, campaign: str, office: str) -> bool:
    """The office's code is good no more; whether there was one."""
    mine = _code.c.campaign_name == campaign, _code.c.office == office
    return bool((await connection.execute(sa.delete(_code).where(*mine))).rowcount)


async def waiting(connection: db.Connection, campaign: str) -> dict[str, dt.datetime]:
    """Office -> until when its code is good."""
    rows = await connection.execute(
        sa.select(_code.c.office, _code.c.expires_at).where(_code.c.campaign_name == campaign)
    )
    return {row.office: row.expires_at for row in rows}


async def find(connection: db.Connection, hashes: Collection[bytes], at: dt.datetime) -> dict[bytes, tuple[str, str]]:
    """(campaign, office) behind each code that is still good; its row is locked, for a code is used once."""
    if not hashes:
        return {}
    rows = await connection.execute(
        sa.select(_code.c.code_hash, _code.c.campaign_name, _code.c.office)
        .where(_code.c.code_hash.in_(sorted(hashes)), _code.c.expires_at > at)
        .order_by(_code.c.code_hash)
        .with_for_update()
    )
    return {row.code_hash: (row.campaign_name, row.office) for row in rows}


async def end(connection: db.Connection, campaign: str, office: str, at: dt.datetime) -> bool:
    """Nobody holds the office any more; whether somebody did."""
    mine = _role.c.campaign_name == campaign, _role.c.office == office, _role.c.ended_at.is_(None)
    return bool((await connection.execute(sa.update(_role).where(*mine).values(ended_at=at))).rowcount)


async def take(connection: db.Connection, taken: Sequence[Taken], at: dt.datetime) -> None:
    """These hold their offices from now on, and nobody else; their codes are used up."""
    for each in sorted(taken, key=lambda one: (one.campaign, one.office)):
        # One after the other: of two who take one office at once the later holds it.
        await courses.hold(connection, each.campaign)
        await end(connection, each.campaign, each.office, at)
        row = {
            "id": each.id,
            "campaign_name": each.campaign,
            "office": each.office,
            "respondent_id": each.person,
            "begun_at": at,
        }
        await connection.execute(sa.insert(_role), [row])
        await connection.execute(sa.delete(_code).where(_code.c.code_hash == each.code_hash))
