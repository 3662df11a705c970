"""Broadcasts: what is to be told to many, how far it is queued, whose turn it is, and what became of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from models import audiences, db, hearing, tables

_broadcast, _recipient, _outgoing = tables.broadcast, tables.recipient, tables.outgoing
_hearing, _respondent, _contact = tables.hearing, tables.respondent, tables.contact


class Broadcast(NamedTuple):
    """A row of `broadcast`; `text` is JSON."""

    id: int
    name: str
    kind: str
    whom: str
    text: str
    state: str
    #: Where queuing goes on; None once everybody is queued. Afterwards the same of forgetting whom it was for.
    cursor: str | None
    people: int
    begun_at: dt.datetime
    ends_at: dt.datetime


class Turn(NamedTuple):
    """Somebody whose turn it is, nobody else's until the end of the transaction; `sealed` is their conversation.

    `gone`: they stopped, or the person for whose sake it was is not behind this phone any more.
    """

    contact_id: str
    person: str
    language: str
    gone: bool
    sealed: bytes | None
    told_on: dt.date | None


_ROW = sa.select(*(_broadcast.c[name] for name in Broadcast._fields))


async def begin(connection: db.Connection, row: Mapping[str, Any]) -> Broadcast:
    """Write it down, unless one of that name is there; the one that is there."""
    await connection.execute(db.insert(connection, _broadcast).values(row).on_conflict_do_nothing())
    found = await named(connection, str(row["name"]))
    assert found is not None  # noqa: S101 - written above
    return found


async def named(connection: db.Connection, name: str) -> Broadcast | None:
    """The one of that name."""
    row = (await connection.execute(_ROW.where(_broadcast.c.name == name))).first()
    return Broadcast(*row) if row else None


async def all_(connection: db.Connection) -> list[Broadcast]:
    """All there ever were, the oldest first."""
    return [Broadcast(*row) for row in await connection.execute(_ROW.order_by(_broadcast.c.id))]


async def kept_of(connection: db.Connection, people: Collection[str]) -> dict[str, list[str]]:
    """By person, the texts (JSON) of which it is kept that they are or were for them, the oldest first."""
    found: dict[str, list[str]] = {}
    if people:
        rows = await connection.execute(
            sa.select(_recipient.c.respondent_id, _broadcast.c.text)
            # By the contact, for by it they are found.
            .join(_respondent, _respondent.c.contact_id == _recipient.c.contact_id)
            .join(_broadcast, _broadcast.c.id == _recipient.c.broadcast_id)
            .where(_respondent.c.id.in_(people), _recipient.c.respondent_id == _respondent.c.id)
            .order_by(_broadcast.c.id)
        )
        for person, text in rows:
            found.setdefault(person, []).append(text)
    return found


async def forget(connection: db.Connection, number: int, between: audiences.Between) -> None:
    """Forget whom it was for, of these contacts."""
    theirs = audiences.within(_recipient.c.contact_id, between)
    await connection.execute(sa.delete(_recipient).where(*theirs, _recipient.c.broadcast_id == number))


async def hold(connection: db.Connection, number: int, *, alone: bool) -> Broadcast:
    """As it stands, and stays until the end of the transaction; `alone` keeps out others that hold it."""
    found = await connection.execute(_ROW.where(_broadcast.c.id == number).with_for_update(read=not alone))
    return Broadcast(*found.one())


async def change(connection: db.Connection, number: int, **columns: Any) -> None:
    """It must be held alone."""
    await connection.execute(sa.update(_broadcast).where(_broadcast.c.id == number).values(columns))


# -- whose turn it is ------------------------------------------------------------------------------------------------


async def room(connection: db.Connection, number: int, channels: Collection[str], most: int) -> dict[str, int]:
    """How many more of it the outbox takes on each channel, so that `most` wait there."""
    rows = await connection.execute(
        sa.select(_outgoing.c.channel, sa.func.count().label("waiting"))
        .where(
            _outgoing.c.broadcast_id == number,
            _outgoing.c.channel.in_(channels),
            _outgoing.c.status.in_(["waiting", "sending", "unknown"]),
        )
        .group_by(_outgoing.c.channel)
    )
    waiting = {row.channel: row.waiting for row in rows}
    return {channel: most - waiting.get(channel, 0) for channel in channels}


async def turns(connection: db.Connection, number: int, channel: str, at: dt.datetime, limit: int) -> list[Turn]:
    """The next whose turn it is there. Whoever talks with us just now is put off for a minute."""
    # Whose morning came last goes first: in Russia, of which nobody knows the zone, it lasts an hour, and must not be
    # spent behind those who have all day.
    mine = sa.and_(_recipient.c.broadcast_id == number, _recipient.c.status == sa.text("'waiting'"))
    found = await connection.scalars(
        sa.select(_recipient.c.contact_id)
        .where(mine, _recipient.c.channel == channel, _recipient.c.not_before <= at)
        .order_by(_recipient.c.not_before.desc(), _recipient.c.contact_id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    contacts = sorted(found)
    if not contacts:
        return []
    free = await hearing.lock(connection, contacts)
    if busy := sorted(set(contacts) - set(free)):
        await write(connection, number, [{"of": each, "not_before": at + hearing.GATHER} for each in busy])
    told = (
        sa.select(sa.func.max(_hearing.c.told_on))
        .join(_respondent, _respondent.c.id == _hearing.c.respondent_id)
        .where(_respondent.c.contact_id == _recipient.c.contact_id)
        .scalar_subquery()
    )
    rows = await connection.execute(
        sa.select(
            _recipient.c.contact_id,
            _recipient.c.respondent_id,
            _contact.c.language,
            sa.or_(_contact.c.stopped, _respondent.c.id.is_(None)),
            _contact.c.sealed,
            sa.type_coerce(told, _hearing.c.told_on.type),
        )
        .join(_contact, _contact.c.id == _recipient.c.contact_id)
        .outerjoin(
            _respondent,
            sa.and_(_respondent.c.id == _recipient.c.respondent_id, _respondent.c.contact_id == _contact.c.id),
        )
        .where(mine, _recipient.c.contact_id.in_(free))
        .order_by(_recipient.c.contact_id)
    )
    return [Turn(*row) for row in rows]


async def twins(connection: db.Connection, number: int, contacts: Collection[str]) -> dict[str, str]:
    """Of other contacts of the same phones: the state of those it is for too, ours until the end of the transaction;
    "busy" of those that are somebody else's now."""
    if not contacts:
        return {}
    rows = await connection.execute(
        sa.select(_recipient.c.contact_id).where(
            _recipient.c.broadcast_id == number, _recipient.c.contact_id.in_(contacts)
        )
    )
    also = [row.contact_id for row in rows]
    free = await hearing.lock(connection, also)
    # Read once they are ours: another process may have told them just now.
    rows = await connection.execute(
        sa.select(_recipient.c.contact_id, _recipient.c.status).where(
            _recipient.c.broadcast_id == number, _recipient.c.contact_id.in_(free)
        )
    )
    return dict.fromkeys(also, "busy") | {row.contact_id: row.status for row in rows}


async def write(connection: db.Connection, number: int, rows: Sequence[Mapping[str, Any]]) -> None:
    """What becomes of held recipients: their contact (as `of`) and the columns that change, all the same ones."""
    if rows:
        mine = _recipient.c.contact_id == sa.bindparam("of"), _recipient.c.broadcast_id == number
        await connection.execute(sa.update(_recipient).where(*mine), list(rows))


async def told(connection: db.Connection, contacts: Mapping[str, dt.date]) -> None:
    """Everybody behind these contacts, which are held, was told something on that day: it is enough for them."""
    rows = await connection.execute(
        sa.select(_respondent.c.id, _respondent.c.contact_id)
        .where(_respondent.c.contact_id.in_(contacts))
        .order_by(_respondent.c.id)
    )
    heard = [{"respondent_id": person, "told_on": contacts[contact]} for person, contact in rows]
    if heard:
        new = db.insert(connection, _hearing)
        days = {"told_on": new.excluded.told_on}
        await connection.execute(new.on_conflict_do_update(index_elements=["respondent_id"], set_=days), heard)


# -- calling it back -------------------------------------------------------------------------------------------------


async def recall(connection: db.Connection, number: int, limit: int, after: str) -> tuple[int, str]:
    """Take out of the outbox what has not begun to go, of so many contacts behind that one, and let its people wait
    again; how many they are, and the last contact that was looked at, "" where there is none left.

    The postman may be taking it at this moment; then it goes.
    """
    ours = _outgoing.c.broadcast_id == number
    waiting = await connection.scalars(
        sa.select(_outgoing.c.contact_id)
        .where(ours, _outgoing.c.status == "waiting", _outgoing.c.contact_id > after)
        .distinct()
        .order_by(_outgoing.c.contact_id)
        .limit(limit)
    )
    contacts = list(waiting)
    if not contacts:
        return 0, ""
    await connection.execute(
        sa.select(_contact.c.id)
        .where(_contact.c.id.in_(contacts))
        .order_by(_contact.c.id)
        .with_for_update(key_share=True)
    )
    theirs = ours, _outgoing.c.contact_id.in_(contacts)
    held = await connection.scalars(
        sa.select(_outgoing.c.id).where(*theirs, _outgoing.c.status == "waiting").with_for_update(skip_locked=True)
    )
    taken = set(held)
    pieces: dict[str, list[int]] = {}
    for contact, piece in await connection.execute(sa.select(_outgoing.c.contact_id, _outgoing.c.id).where(*theirs)):
        pieces.setdefault(contact, []).append(piece)
    # Of what has begun to go the rest goes too, or half a message would stand there.
    whole = [contact for contact, ids in pieces.items() if taken.issuperset(ids)]
    await connection.execute(sa.delete(_outgoing).where(*theirs, _outgoing.c.contact_id.in_(whole)))
    await write(connection, number, [{"of": contact, "status": "waiting"} for contact in sorted(whole)])
    return len(whole), contacts[-1]


# -- how it stands ---------------------------------------------------------------------------------------------------


async def people(connection: db.Connection, number: int) -> dict[str, int]:
    """How many people wait ("waiting"), were told or are just being told ("out"), cannot be told ("dropped")."""
    rows = await connection.execute(
        sa.select(_recipient.c.status, sa.func.count().label("people"))
        .where(_recipient.c.broadcast_id == number)
        .group_by(_recipient.c.status)
    )
    return {row.status: row.people for row in rows}


async def messages(connection: db.Connection, number: int) -> dict[tuple[str, str], int]:
    """How many messages of it are in which state, by channel: (channel, status of `outgoing`) -> messages."""
    rows = await connection.execute(
        sa.select(_outgoing.c.channel, _outgoing.c.status, sa.func.count())
        .where(_outgoing.c.broadcast_id == number)
        .group_by(_outgoing.c.channel, _outgoing.c.status)
    )
    return {(channel, status): count for channel, status, count in rows}
